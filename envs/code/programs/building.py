"""Short ways to write programs of the small language down: `add(n, 3)` for `Apply(Op.ADD, (n, Literal(3)))`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from .syntax import (
    Append,
    Apply,
    Call,
    Conditional,
    Expression,
    ForRange,
    Function,
    If,
    Let,
    Literal,
    Op,
    Parameter,
    Program,
    Return,
    Set,
    SetAt,
    Statement,
    Type,
    Value,
    Variable,
    While,
)

Operand = Expression | Value
"""An expression, or a constant."""


def expression(operand: Operand) -> Expression:
    """The operand, a constant as a `Literal`."""
    return Literal(operand) if isinstance(operand, int | bool | str | tuple) else operand


def apply(op: Op, *operands: Operand) -> Apply:
    """An operation on operands."""
    return Apply(op, tuple(map(expression, operands)))


add, subtract, multiply = partial(apply, Op.ADD), partial(apply, Op.SUB), partial(apply, Op.MUL)
divide, modulo = partial(apply, Op.DIV), partial(apply, Op.MOD)
negative, absolute = partial(apply, Op.NEG), partial(apply, Op.ABS)
minimum, maximum = partial(apply, Op.MIN), partial(apply, Op.MAX)
equal, unequal = partial(apply, Op.EQ), partial(apply, Op.NE)
less, at_most = partial(apply, Op.LT), partial(apply, Op.LE)
greater, at_least = partial(apply, Op.GT), partial(apply, Op.GE)
both, either, negation = partial(apply, Op.AND), partial(apply, Op.OR), partial(apply, Op.NOT)
same = partial(apply, Op.STR_EQ)
string_length, character = partial(apply, Op.STR_LENGTH), partial(apply, Op.CHAR_AT)
join, code, character_of = partial(apply, Op.CONCAT), partial(apply, Op.ORD), partial(apply, Op.CHR)
decimal = partial(apply, Op.INT_TO_STR)
length, element = partial(apply, Op.LENGTH), partial(apply, Op.AT)
filled, ascending = partial(apply, Op.FILLED), partial(apply, Op.SORTED)

integer = partial(Variable, type=Type.INT)
boolean = partial(Variable, type=Type.BOOL)
string = partial(Variable, type=Type.STR)
integers = partial(Variable, type=Type.INTS)


def choose(condition: Operand, then: Operand, otherwise: Operand) -> Conditional:
    """One expression or another."""
    return Conditional(expression(condition), expression(then), expression(otherwise))


def call(function: Function, *operands: Operand) -> Call:
    """A call of a function."""
    return Call(function.name, tuple(map(expression, operands)), function.result)


def let(variable: Variable, value: Operand) -> Let:
    """A new local variable."""
    return Let(variable.name, expression(value))


def put(variable: Variable, value: Operand) -> Set:
    """Another value for a local variable."""
    return Set(variable.name, expression(value))


def put_at(variable: Variable, index: Operand, value: Operand) -> SetAt:
    """Another element of a local list."""
    return SetAt(variable.name, expression(index), expression(value))


def append(variable: Variable, value: Operand) -> Append:
    """One more element of a local list."""
    return Append(variable.name, expression(value))


def when(condition: Operand, *then: Statement, otherwise: Sequence[Statement] = ()) -> If:
    """Statements where a condition holds."""
    return If(expression(condition), then, tuple(otherwise))


def loop(condition: Operand, *body: Statement) -> While:
    """Statements while a condition holds."""
    return While(expression(condition), body)


def count(variable: Variable, start: Operand, stop: Operand, *body: Statement) -> ForRange:
    """Statements for each integer from `start` up to but without `stop`."""
    return ForRange(variable.name, expression(start), expression(stop), body)


def give(value: Operand) -> Return:
    """The end of a function."""
    return Return(expression(value))


def function(name: str, parameters: Sequence[Variable], *body: Statement) -> Function:
    """A function whose body ends with a `Return`."""
    last = body[-1]
    if not isinstance(last, Return):
        raise ValueError("body must end with a Return")
    return Function(
        name, tuple(Parameter(parameter.name, parameter.type) for parameter in parameters), last.value.type, body
    )


def program(*functions: Function) -> Program:
    """A program; its last function is the task's."""
    return Program(functions)
