"""Loops over indices, for languages whose first index is 1."""

from __future__ import annotations

from ..syntax import Apply, Expression, ForRange, Literal, Op, SetAt, Statement, Variable
from ..walking import Path, put, walk
from .idioms import plus


def one_based(loop: ForRange) -> ForRange:
    """The loop one number higher, with one less in every index, if its variable is only looked up by.

    What then is written for `xs[i]` is again `xs[i]`, and no longer `xs[i + 1]`.
    """
    found = [(path, index) for path, index in _indices(loop.body) if _is_near(index, loop.name)]
    reads = sum(isinstance(part, Variable) and part.name == loop.name for _, part in walk(loop.body))
    if len(found) != reads or not found:
        return loop
    body = loop.body
    for path, index in found:
        body = put(body, path, plus(index, -1))
    return ForRange(loop.name, plus(loop.start, 1), plus(loop.stop, 1), body)


def _indices(block: tuple[Statement, ...]) -> list[tuple[Path, Expression]]:
    found: list[tuple[Path, Expression]] = []
    for path, part in walk(block):
        match part:
            case Apply(Op.AT | Op.CHAR_AT, (_, index)):
                found.append(((*path, "arguments", 1), index))
            case SetAt(_, index):
                found.append(((*path, "index"), index))
    return found


def _is_near(index: Expression, name: str) -> bool:
    """Whether an index is a variable, or one that a constant is added to or taken from."""
    match index:
        case Apply(Op.ADD | Op.SUB, (Variable(variable), Literal())):
            return variable == name
        case Variable(variable):
            return variable == name
    return False
