"""What several operations together have a shorter word for, and arithmetic that nobody would write out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum

from ..syntax import Apply, Expression, Literal, Op


class Idiom(StrEnum):
    """Operations on operands; a language has a template for those that it writes in a way of their own."""

    STR_NE = "str_ne"
    DIVIDES = "divides"  # the first operand's remainder by the second is 0: the same however remainders are rounded
    NOT_DIVIDES = "not_divides"
    PLAIN_DIV = "plain_div"  # of a dividend that is never negative
    PLAIN_MOD = "plain_mod"
    CHAR_IS = "char_is"  # (string, index, literal)
    CHAR_IS_NOT = "char_is_not"
    CHARS_EQ = "chars_eq"  # (string, index, string, index)
    CHARS_NE = "chars_ne"
    ORD_AT = "ord_at"  # (string, index)
    ORD_OF = "ord_of"  # (literal)


INDICES: Mapping[Op | Idiom, tuple[int, ...]] = {
    Op.AT: (1,),
    Op.CHAR_AT: (1,),
    Idiom.CHAR_IS: (1,),
    Idiom.CHAR_IS_NOT: (1,),
    Idiom.CHARS_EQ: (1, 3),
    Idiom.CHARS_NE: (1, 3),
    Idiom.ORD_AT: (1,),
}
"""Which operands are indices."""

CHARACTERS: Mapping[Op | Idiom, int] = {Idiom.CHAR_IS: 2, Idiom.CHAR_IS_NOT: 2, Idiom.ORD_OF: 0}
"""Which operand is a literal of one character."""

_OPPOSITES = {Idiom.CHARS_EQ: Idiom.CHARS_NE, Idiom.CHAR_IS: Idiom.CHAR_IS_NOT}
_NEGATIONS = {Op.EQ: Op.NE, Op.NE: Op.EQ, Op.LT: Op.GE, Op.GE: Op.LT, Op.GT: Op.LE, Op.LE: Op.GT}


def idioms(
    apply: Apply, is_nonnegative: Callable[[Expression], bool]
) -> Iterator[tuple[Idiom, tuple[Expression, ...]]]:
    """The idioms that an operation is, the most special first, each with its operands.

    Args:
        apply: the operation.
        is_nonnegative: whether an expression is known never to be negative.
    """
    match apply:
        case Apply(Op.NOT, (Apply(Op.STR_EQ) as equal,)):
            for found, operands in idioms(equal, is_nonnegative):
                yield _OPPOSITES[found], operands
            yield Idiom.STR_NE, equal.arguments
        case Apply(Op.STR_EQ, (Apply(Op.CHAR_AT, left), Apply(Op.CHAR_AT, right))):
            yield Idiom.CHARS_EQ, (*left, *right)
        case Apply(Op.STR_EQ, (Apply(Op.CHAR_AT, where), Literal(str() as text) as literal)) if len(text) == 1:
            yield Idiom.CHAR_IS, (*where, literal)
        case Apply(Op.EQ, (Apply(Op.MOD, operands), Literal(0))):
            yield Idiom.DIVIDES, operands
        case Apply(Op.NE, (Apply(Op.MOD, operands), Literal(0))):
            yield Idiom.NOT_DIVIDES, operands
        case Apply(Op.DIV, (dividend, _) as operands) if is_nonnegative(dividend):
            yield Idiom.PLAIN_DIV, operands
        case Apply(Op.MOD, (dividend, _) as operands) if is_nonnegative(dividend):
            yield Idiom.PLAIN_MOD, operands
        case Apply(Op.ORD, (Apply(Op.CHAR_AT, where),)):
            yield Idiom.ORD_AT, where
        case Apply(Op.ORD, (Literal(str() as text) as literal,)) if len(text) == 1:
            yield Idiom.ORD_OF, (literal,)


def plain(apply: Apply) -> Apply:
    """An operation without `+ -5` and `- -5`, which are `- 5` and `+ 5`."""
    match apply:
        case Apply(Op.ADD | Op.SUB as op, (first, Literal(int() as number))) if number < 0:
            return Apply(Op.SUB if op is Op.ADD else Op.ADD, (first, Literal(-number)))
    return apply


def plus(expression: Expression, number: int) -> Expression:
    """An integer with another added to it, without `i - 1 + 1` and `0 + 1`."""
    match expression:
        case Literal(int() as value):
            return Literal(value + number)
        case Apply(Op.ADD, (first, Literal(int() as value))):
            return _sum(first, value + number)
        case Apply(Op.SUB, (first, Literal(int() as value))):
            return _sum(first, number - value)
    return _sum(expression, number)


def negation(condition: Expression) -> Expression:
    """A condition that holds where another does not."""
    match condition:
        case Literal(bool() as value):
            return Literal(not value)
        case Apply(Op.NOT, (inner,)):
            return inner
        case Apply(op, operands) if op in _NEGATIONS:
            return Apply(_NEGATIONS[op], operands)
    return Apply(Op.NOT, (condition,))


def _sum(expression: Expression, number: int) -> Expression:
    if number == 0:
        return expression
    return plain(Apply(Op.ADD, (expression, Literal(number))))
