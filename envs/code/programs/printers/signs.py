"""Which integers are never negative, as far as the assignments tell: these are divided the same way everywhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from ..syntax import (
    Apply,
    Conditional,
    Expression,
    ForRange,
    Function,
    If,
    Let,
    Literal,
    Op,
    Set,
    Statement,
    Type,
    Variable,
    While,
)

_ALWAYS = frozenset({Op.MOD, Op.ABS, Op.STR_LENGTH, Op.LENGTH, Op.ORD})
_IF_ALL_ARE = frozenset({Op.ADD, Op.MUL, Op.DIV, Op.MIN})


def nonnegative_variables(function: Function) -> frozenset[str]:
    """The names of a function's local variables that are never negative: all those that nothing speaks against."""
    assignments = list(_assignments(function.body))
    known = {name for name, _ in assignments}
    while True:
        refuted = {name for name, value in assignments if name in known and not is_nonnegative(value, known)}
        if not refuted:
            return frozenset(known)
        known -= refuted


def is_nonnegative(expression: Expression, known: Collection[str]) -> bool:
    """Whether an integer is never negative.

    Args:
        expression: the integer.
        known: names of variables that are never negative.
    """
    match expression:
        case Literal(int() as value):
            return value >= 0
        case Variable(name):
            return name in known
        case Conditional(_, then, otherwise):
            return is_nonnegative(then, known) and is_nonnegative(otherwise, known)
        case Apply(op, arguments):
            if op in _IF_ALL_ARE:
                return all(is_nonnegative(argument, known) for argument in arguments)
            return op in _ALWAYS or (op is Op.MAX and any(is_nonnegative(argument, known) for argument in arguments))
    return False


def _assignments(block: Sequence[Statement]) -> Iterator[tuple[str, Expression]]:
    for statement in block:
        match statement:
            case Let(name, value) | Set(name, value) if value.type is Type.INT:
                yield name, value
            case If(_, then, otherwise):
                yield from _assignments(then)
                yield from _assignments(otherwise)
            case While(_, body):
                yield from _assignments(body)
            case ForRange(name, start, _, body):
                yield name, start
                yield from _assignments(body)
