"""Programs with one mistake: every small change of a program that keeps it well-typed, and what was changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .building import add, subtract
from .check import check
from .interpreter import STEPS, Executable, RunError
from .syntax import (
    Append,
    Apply,
    Conditional,
    Expression,
    ForRange,
    Function,
    If,
    Let,
    Literal,
    Op,
    Program,
    Set,
    SetAt,
    Statement,
    Type,
    Value,
    Variable,
)
from .walking import REMOVED, Path, node_at, put, walk
from .wording import formula, sentence


class Mistake(StrEnum):
    """What kind of change it is."""

    OPERATOR = "wrong operator"
    CONSTANT = "off-by-one constant"
    COMPARISON = "wrong comparison"
    BRANCHES = "swapped branches"
    VARIABLE = "wrong variable"
    MISSING = "missing statement"
    INITIAL = "wrong initial value"
    BOUND = "loop bound"


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed program.

    Attributes:
        program: with the change.
        kind: of change.
        function: the name of the function that was changed.
        path: to the changed node, in the original; for a missing statement, to the statement.
        original: the node as it was.
        changed: the node as it is, None where a statement is missing.
        expected: what stands there in the original, in the notation of mathematics.
        found: what stands there now, empty where a statement is missing.
        description: the change in one line.
    """

    program: Program
    kind: Mistake
    function: str
    path: Path
    original: Expression | Statement
    changed: Expression | Statement | None
    expected: str
    found: str
    description: str


def mutants(program: Program) -> tuple[Mutant, ...]:
    """All programs that are one mistake away, each once, in a fixed order; some may do the same as the original.

    Args:
        program: one that `check` admits; so is every mutant.
    """
    found: dict[Program, Mutant] = {}  # the bound of a loop is also made of constants: the first kind counts
    for index, function in enumerate(program.functions):
        start: Path = ("functions", index)
        for path, node in walk(function, start):
            for kind, changed in _changes(node, path, program, function):
                mutant = _mutant(program, kind, function, path, node, changed)
                if mutant is not None:
                    found.setdefault(mutant.program, mutant)
    return tuple(found.values())


def killing_inputs(
    program: Program, mutant: Program, inputs: Sequence[Sequence[Value]], *, steps: int = STEPS
) -> tuple[int, ...]:
    """The indices of the inputs on which a mutant does something else than the program; none: they agree on all.

    Args:
        program: the original.
        mutant: the changed program.
        inputs: which the original runs on.
        steps: how many each run may take; a run of the mutant that is refused is something else.

    Raises:
        RunError: the original cannot run on some input.
    """
    right, wrong = Executable(program), Executable(mutant)
    return tuple(i for i, case in enumerate(inputs) if _differ(right, wrong, case, steps))


def _differ(right: Executable, wrong: Executable, case: Sequence[Value], steps: int) -> bool:
    expected = right.run(case, steps=steps)
    try:
        return wrong.run(case, steps=steps) != expected
    except RunError:
        return True


# Making.


def _mutant(
    program: Program, kind: Mistake, function: Function, path: Path, node: Expression | Statement, changed: Any
) -> Mutant | None:
    mutated = put(program, path, changed)
    try:
        check(mutated)
    except ValueError:
        return None
    gone = changed is REMOVED
    expected, now = _fragment(node), "" if gone else _fragment(changed)
    if kind is Mistake.BRANCHES and isinstance(node, If):
        expected, now = _branches(node), _branches(changed)
    said = f"{expected} is missing" if gone else f"{now} stands where {expected} should"
    return Mutant(
        program=mutated,
        kind=kind,
        function=function.name,
        path=path,
        original=node,
        changed=None if gone else changed,
        expected=expected,
        found=now,
        description=f"in {function.name}: {kind}: {said}",
    )


def _fragment(node: Expression | Statement) -> str:
    return sentence(node) if isinstance(node, Statement) else formula(node)


def _branches(node: If) -> str:
    then, otherwise = (", ".join(map(sentence, block)) for block in (node.then, node.otherwise))
    return f"{sentence(node)}: {then}; else: {otherwise}"


# Changes of one node.

_OTHER_OPERATORS = {
    Op.ADD: (Op.SUB,),
    Op.SUB: (Op.ADD,),
    Op.MUL: (Op.ADD,),
    Op.DIV: (Op.MOD,),
    Op.MOD: (Op.DIV,),
    Op.MIN: (Op.MAX,),
    Op.MAX: (Op.MIN,),
    Op.AND: (Op.OR,),
    Op.OR: (Op.AND,),
}
_OTHER_COMPARISONS = {
    Op.EQ: (Op.NE,),
    Op.NE: (Op.EQ,),
    Op.LT: (Op.LE, Op.GT),
    Op.LE: (Op.LT, Op.GE),
    Op.GT: (Op.GE, Op.LT),
    Op.GE: (Op.GT, Op.LE),
}
_DROPPED = {Op.NEG, Op.ABS, Op.NOT}


def _changes(
    node: Expression | Statement, path: Path, program: Program, function: Function
) -> Iterator[tuple[Mistake, Any]]:
    match node:
        case Apply(op, arguments):
            for other in _OTHER_OPERATORS.get(op, ()):
                yield Mistake.OPERATOR, Apply(other, arguments)
            for other in _OTHER_COMPARISONS.get(op, ()):
                yield Mistake.COMPARISON, Apply(other, arguments)
            if op in _DROPPED:
                yield Mistake.OPERATOR, arguments[0]
        case Literal(value) if node.type is Type.INT and not _has_a_kind_of_its_own(path, program):
            yield Mistake.CONSTANT, Literal(value + 1)  # pyright: ignore[reportOperatorIssue]
            yield Mistake.CONSTANT, Literal(value - 1)  # pyright: ignore[reportOperatorIssue]
        case Variable(name, type):
            for other in _variables(function, type):
                if other != name:
                    yield Mistake.VARIABLE, Variable(other, type)
        case Conditional(condition, then, otherwise) if then != otherwise:
            yield Mistake.BRANCHES, Conditional(condition, otherwise, then)
        case If(condition, then, otherwise) if otherwise and then != otherwise:
            yield Mistake.BRANCHES, If(condition, otherwise, then)
        case Let(name, Literal(value)) if not isinstance(value, str | tuple):
            for other in (not value,) if isinstance(value, bool) else (value + 1, value - 1):
                yield Mistake.INITIAL, Let(name, Literal(other))
        case ForRange(name, start, stop, body):
            for other in (_shifted(stop, -1), _shifted(stop, 1)):
                yield Mistake.BOUND, ForRange(name, start, other, body)
            yield Mistake.BOUND, ForRange(name, _shifted(start, 1), stop, body)
    if isinstance(node, Set | SetAt | Append | If):
        yield Mistake.MISSING, REMOVED


def _has_a_kind_of_its_own(path: Path, program: Program) -> bool:
    """Whether a literal is an initial value or a bound of a loop."""
    parent = node_at(program, path[:-1])
    return isinstance(parent, Let) or (isinstance(parent, ForRange) and path[-1] in ("start", "stop"))


def _shifted(bound: Expression, by: int) -> Expression:
    if isinstance(bound, Literal) and isinstance(bound.value, int):
        return Literal(bound.value + by)
    if isinstance(bound, Apply) and bound.op in (Op.ADD, Op.SUB) and bound.arguments[1] == Literal(1):
        # n - 1 becomes n or n - 2, not n - 1 + 1
        step = 1 if bound.op is Op.ADD else -1
        return bound.arguments[0] if step + by == 0 else Apply(bound.op, (bound.arguments[0], Literal(2)))
    return add(bound, 1) if by > 0 else subtract(bound, 1)


def _variables(function: Function, type: Type) -> list[str]:
    """All variables of a type that the function has anywhere."""
    names = {parameter.name: parameter.type for parameter in function.parameters}
    for _, node in walk(function.body, ()):
        match node:
            case Let(name, value):
                names[name] = value.type
            case ForRange(name):
                names[name] = Type.INT
    return [name for name, known in names.items() if known is type]
