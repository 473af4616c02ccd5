"""Expressions taken apart into statements, for languages that cannot write everything as an expression.

A choice becomes an `If`, the second operand of `and` and `or` is looked at in an `If` of its own, and whatever else
cannot stand where it does is given a name before. What comes out has two statements more than the small language, and
its `Let` may stand in any block.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

from ..syntax import (
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
    Return,
    Set,
    SetAt,
    Statement,
    Type,
    Variable,
    While,
)
from ..walking import walk
from .idioms import negation
from .names import local_names


@dataclass(frozen=True, slots=True)
class Declare:
    """A new local variable without a value."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Break:
    """The end of the innermost loop."""


BREAK = cast(Statement, Break())

CannotStand = Callable[[Expression, Expression | Statement], bool]
"""Whether an expression cannot be written as a part of another expression or statement."""

_NAMES = {Type.INT: "value", Type.BOOL: "holds", Type.STR: "piece", Type.INTS: "items"}


def lower(function: Function, cannot_stand: CannotStand, taken: Collection[str]) -> Function:
    """A function that does the same and is made only of what can stand where it does.

    Args:
        function: the function.
        cannot_stand: what cannot.
        taken: names that no new variable may have, beside those of the function.
    """
    names = {*taken, *(parameter.name for parameter in function.parameters), *local_names(function.body)}
    return replace(function, body=tuple(_Lowering(cannot_stand, names).block(function.body)))


def stands(expression: Expression, place: Expression | Statement, cannot_stand: CannotStand) -> bool:
    """Whether an expression and all of its parts can stand where they do."""
    if cannot_stand(expression, place):
        return False
    return all(stands(part, expression, cannot_stand) for part in operands(expression))


def operands(expression: Expression) -> tuple[Expression, ...]:
    """The expressions that an expression is made of."""
    match expression:
        case Apply(_, arguments) | Call(_, arguments):
            return arguments
        case Conditional(condition, then, otherwise):
            return condition, then, otherwise
    return ()


class _Lowering:
    def __init__(self, cannot_stand: CannotStand, names: set[str]) -> None:
        self._cannot_stand = cannot_stand
        self._taken = names

    # Statements.

    def block(self, statements: Sequence[Statement]) -> Iterator[Statement]:
        for statement in statements:
            yield from self._statement(statement)

    def _statement(self, statement: Statement) -> Iterator[Statement]:
        match statement:
            case Let(name, value):
                if self._is_taken_apart(value, statement):
                    yield cast(Statement, Declare(name, value.type))
                    yield from self._assign(name, value, statement)
                else:
                    before, value = self._expression(value, statement)
                    yield from (*before, Let(name, value))
            case Set(name, value):
                yield from self._assign(name, value, statement)
            case SetAt(name, index, value):
                before, index = self._expression(index, statement)
                then, value = self._expression(value, statement)
                yield from (*before, *then, SetAt(name, index, value))
            case Append(name, value):
                before, value = self._expression(value, statement)
                yield from (*before, Append(name, value))
            case Return(value):
                yield from self._return(value, statement)
            case If():
                yield from self._if(statement)
            case While():
                yield from self._while(statement)
            case ForRange(name, start, stop, body):
                before, start = self._expression(start, statement)
                then, stop = self._expression(stop, statement)
                yield from (*before, *then, ForRange(name, start, stop, tuple(self.block(body))))
            case _:
                yield statement

    def _assign(self, name: str, value: Expression, place: Statement) -> Iterator[Statement]:
        if not self._is_taken_apart(value, place):
            before, value = self._expression(value, place)
            yield from (*before, Set(name, value))
            return
        match value:
            case Conditional(condition, then, otherwise):
                before, condition = self._condition(condition)
                yield from before
                yield If(condition, tuple(self._assign(name, then, place)), tuple(self._assign(name, otherwise, place)))
            case Apply(op, (first, second)) if not _reads(second, name):
                yield from self._assign(name, first, place)
                holds = Variable(name, Type.BOOL)
                condition = holds if op is Op.AND else negation(holds)
                yield If(condition, tuple(self._assign(name, second, place)))
            case _:
                before, value = self._expression(value, place)
                yield from (*before, Set(name, value))

    def _return(self, value: Expression, place: Statement) -> Iterator[Statement]:
        if not self._is_taken_apart(value, place):
            before, value = self._expression(value, place)
            yield from (*before, Return(value))
            return
        match value:
            case Conditional(condition, then, otherwise):
                yield from self._if(If(condition, (Return(then),)))
                yield from self._return(otherwise, place)
            case Apply(op, (first, second)):
                condition = negation(first) if op is Op.AND else first
                yield from self._if(If(condition, (Return(Literal(op is Op.OR)),)))
                yield from self._return(second, place)

    def _if(self, choice: If) -> Iterator[Statement]:
        match choice:
            case If(Apply(Op.AND, (first, second)) as condition, then, ()) if self._is_taken_apart(condition, choice):
                yield from self._if(If(first, (If(second, then),)))
            case If(condition, then, otherwise):
                before, condition = self._condition(condition)
                yield from (*before, If(condition, tuple(self.block(then)), tuple(self.block(otherwise))))

    def _while(self, loop: While) -> Iterator[Statement]:
        rest = loop.condition
        condition: Expression = Literal(True)
        if self._stands(rest, loop):
            yield While(rest, tuple(self.block(loop.body)))
            return
        match rest:
            case Apply(Op.AND, (first, second)) if self._stands(first, loop):
                condition, rest = first, second
        leave = self._if(If(negation(rest), (BREAK,)))
        yield While(condition, (*leave, *self.block(loop.body)))

    # Expressions: what must be done before, and what then stands in their place.

    def _condition(self, condition: Expression) -> tuple[list[Statement], Expression]:
        return self._expression(condition, If(condition, ()))

    def _expression(self, expression: Expression, place: Expression | Statement) -> tuple[list[Statement], Expression]:
        if self._stands(expression, place):
            return [], expression
        if self._is_taken_apart(expression, place):
            name = self._new_name(expression.type)
            declare = cast(Statement, Declare(name, expression.type))
            return [declare, *self._assign(name, expression, Let(name, expression))], Variable(name, expression.type)
        before: list[Statement] = []
        parts = []
        for part in operands(expression):
            steps, part_value = self._expression(part, expression)
            before += steps
            parts.append(part_value)
        match expression:
            case Apply(op):
                value: Expression = Apply(op, tuple(parts))
            case Call(function, _, type):
                value = Call(function, tuple(parts), type)
            case Conditional():
                value = Conditional(*parts)
            case _:
                value = expression
        if not self._cannot_stand(expression, place):
            return before, value
        name = self._new_name(expression.type)
        return [*before, *self._statement(Let(name, value))], Variable(name, expression.type)

    def _is_taken_apart(self, expression: Expression, place: Expression | Statement) -> bool:
        """Whether a part that is not always looked at must become a statement."""
        match expression:
            case Conditional(_, then, otherwise):
                late = (then, otherwise)
            case Apply(Op.AND | Op.OR, (_, second)):
                late = (second,)
            case _:
                return False
        return self._cannot_stand(expression, place) or not all(self._stands(part, expression) for part in late)

    def _stands(self, expression: Expression, place: Expression | Statement) -> bool:
        return stands(expression, place, self._cannot_stand)

    def _new_name(self, type: Type) -> str:
        name, number = _NAMES[type], 2
        while name in self._taken:
            name, number = f"{_NAMES[type]}{number}", number + 1
        self._taken.add(name)
        return name


def _reads(expression: Expression, name: str) -> bool:
    return any(isinstance(part, Variable) and part.name == name for _, part in walk(expression))
