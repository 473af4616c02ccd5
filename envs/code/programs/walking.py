"""Ways through a program's tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from .syntax import Expression, Literal, Program, Statement, Type

Path = tuple[str | int, ...]
"""The way from a program to one of its nodes: names of fields, and indices in them."""

REMOVED = object()
"""In place of a statement: none."""


def walk(node: Any, path: Path = ()) -> Iterator[tuple[Path, Expression | Statement]]:
    """Every statement and expression of a node, the node first, in the order of the text, and the way to it.

    Args:
        node: a program, function, statement, expression or tuple of these.
        path: to the node.
    """
    if isinstance(node, tuple):
        for i, item in enumerate(node):
            if is_dataclass(item):
                yield from walk(item, (*path, i))
    elif is_dataclass(node):
        if isinstance(node, Expression | Statement):
            yield path, node
        for field in fields(node):
            yield from walk(getattr(node, field.name), (*path, field.name))


def node_at(program: Program, path: Path) -> Any:
    """What a path leads to.

    Raises:
        AttributeError, IndexError: it leads nowhere.
    """
    node: Any = program
    for step in path:
        node = getattr(node, step) if isinstance(step, str) else node[step]
    return node


def put(node: Any, path: Path, value: Any) -> Any:
    """The node with what a path leads to exchanged for a value, or taken out of its tuple where that is `REMOVED`."""
    if not path:
        return value
    step, *rest = path
    if isinstance(step, str):
        return replace(node, **{step: put(getattr(node, step), tuple(rest), value)})
    inner = put(node[step], tuple(rest), value)
    return node[:step] + (() if inner is REMOVED else (inner,)) + node[step + 1 :]


def constants(node: Any) -> list[int]:
    """The integers that stand in a node, in the order of the text."""
    return [
        part.value  # pyright: ignore[reportReturnType]  (an int by its type)
        for _, part in walk(node)
        if isinstance(part, Literal) and part.type is Type.INT
    ]
