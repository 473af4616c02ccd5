"""What the text of a unit test says about its quality; nothing is run.

The channels are those of Steenhoek et al., Reinforcement Learning from Automatic Feedback for High-Quality Unit Test
Generation, 2023: three that a test must have, and four smells that it should not.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, fields

MAX_LENGTH = 6_000
MAX_DEPTH = 60

REQUIRED = ("syntax", "assertion", "focal_call")
"""The channels without which a text is no test of the function."""


@dataclass(frozen=True, slots=True)
class UnitTestQuality:
    """Which channels hold of a test; none holds where the syntax is wrong.

    Attributes:
        syntax: it is Python.
        assertion: there is an `assert`.
        focal_call: the function under test is called by its name.
        no_duplicate_assertions: no two `assert` say the same.
        no_conditionals: there is no `if`, conditional expression or `match`.
        no_prints: nothing is printed.
        not_empty: there is a statement that does something, and in every function named `test_*` too.
    """

    syntax: bool = False
    assertion: bool = False
    focal_call: bool = False
    no_duplicate_assertions: bool = False
    no_conditionals: bool = False
    no_prints: bool = False
    not_empty: bool = False

    @property
    def is_test(self) -> bool:
        """Whether all required channels hold."""
        return all(getattr(self, name) for name in REQUIRED)


CHANNELS = tuple(field.name for field in fields(UnitTestQuality))


def assess_quality(source: str, focal: str) -> UnitTestQuality:
    """The channels of a test's text.

    Args:
        source: any string.
        focal: the name of the function under test.
    """
    tree = parse_test(source)
    if tree is None:
        return UnitTestQuality()
    return UnitTestQuality(
        syntax=True,
        assertion=has_assertion(tree),
        focal_call=calls(tree, focal),
        no_duplicate_assertions=not has_duplicate_assertions(tree),
        no_conditionals=not has_conditionals(tree),
        no_prints=not calls(tree, "print"),
        not_empty=not is_empty(tree),
    )


def parse_test(source: str) -> ast.Module | None:
    """The syntax tree of a test.

    Returns:
        None where it is not Python, has more than 6,000 characters, or is nested more than 60 levels deep.
    """
    if len(source) > MAX_LENGTH:
        return None
    try:
        tree = ast.parse(source)
    # the parser gives up on deep nesting in several ways; SystemError is CPython 3.11's, where a finaliser parses too
    except (SyntaxError, ValueError, RecursionError, MemoryError, SystemError):
        return None
    return tree if _is_shallow(tree) else None


def has_assertion(tree: ast.AST) -> bool:
    """Whether there is an `assert`."""
    return any(True for _ in _assertions(tree))


def calls(tree: ast.AST, name: str) -> bool:
    """Whether a function is called by its name."""
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
        for node in ast.walk(tree)
    )


def has_duplicate_assertions(tree: ast.AST) -> bool:
    """Whether two `assert` have the same condition."""
    conditions = [ast.dump(assertion.test) for assertion in _assertions(tree)]
    return len(set(conditions)) < len(conditions)


def has_conditionals(tree: ast.AST) -> bool:
    """Whether there is an `if`, a conditional expression or a `match`."""
    return any(isinstance(node, ast.If | ast.IfExp | ast.Match) for node in ast.walk(tree))


def is_empty(tree: ast.Module) -> bool:
    """Whether the module, or a function named `test_*`, has no statement that does something."""
    bodies = [tree.body]
    bodies += [node.body for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and is_test_name(node.name)]
    return any(all(_does_nothing(statement) for statement in body) for body in bodies)


def is_test_name(name: str) -> bool:
    """Whether a function of this name is a test."""
    return name.startswith("test_")


def _assertions(tree: ast.AST) -> Iterator[ast.Assert]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Assert))


def _does_nothing(statement: ast.stmt) -> bool:
    # a docstring or `...` is a constant that stands alone
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _is_shallow(tree: ast.AST) -> bool:
    layer: list[ast.AST] = [tree]
    for _ in range(MAX_DEPTH):
        layer = [child for node in layer for child in ast.iter_child_nodes(node)]
        if not layer:
            return True
    return False
