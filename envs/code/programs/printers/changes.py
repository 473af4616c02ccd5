"""What statements change, and whether what a loop depends on stays the same meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..syntax import Append, Apply, Call, Conditional, Expression, Literal, Op, Set, SetAt, Statement, Variable
from ..walking import walk

_DEAR = frozenset({Op.SORTED, Op.FILLED})


def changes(block: Sequence[Statement]) -> Iterator[Set | SetAt | Append]:
    """The statements that change a variable, also those inside others."""
    return (part for _, part in walk(tuple(block)) if isinstance(part, Set | SetAt | Append))


def reassigned(block: Sequence[Statement]) -> frozenset[str]:
    """The names of variables that get another value, lists that only change inside left aside."""
    return frozenset(change.name for change in changes(block) if isinstance(change, Set))


def may_be_repeated(stop: Expression, body: Sequence[Statement]) -> bool:
    """Whether the end of a loop's range may be worked out before each round: it costs little and stays the same."""
    changed = list(changes(body))
    values = {change.name for change in changed}
    lengths = {change.name for change in changed if not isinstance(change, SetAt)}
    return _stays(stop, values, lengths)


def _stays(expression: Expression, values: set[str], lengths: set[str]) -> bool:
    match expression:
        case Variable(name):
            return name not in values
        case Apply(Op.LENGTH, (Variable(name),)):
            return name not in lengths
        case Apply(op, operands):
            return op not in _DEAR and all(_stays(operand, values, lengths) for operand in operands)
        case Conditional(condition, then, otherwise):
            return all(_stays(part, values, lengths) for part in (condition, then, otherwise))
        case Literal() | Call():
            return isinstance(expression, Literal)
