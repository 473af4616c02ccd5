"""What languages with C's braces and operators share."""

from __future__ import annotations

from typing import ClassVar

from ..syntax import Apply, Expression, ForRange, Function, Literal, Op, Type
from .changes import may_be_repeated
from .idioms import Idiom
from .printer import Layout, Lines, Printer
from .templates import Level, Template, binary, chain, comparison, prefix

OPERATORS = {
    Op.ADD: binary("+", Level.SUM),
    Op.SUB: binary("-", Level.SUM),
    Op.MUL: binary("*", Level.PRODUCT),
    Op.NEG: prefix("-"),
    Op.EQ: comparison("=="),
    Op.NE: comparison("!="),
    Op.LT: comparison("<"),
    Op.LE: comparison("<="),
    Op.GT: comparison(">"),
    Op.GE: comparison(">="),
    Op.AND: chain("&&", Level.AND),
    Op.OR: chain("||", Level.OR),
    Op.NOT: prefix("!"),
    Idiom.PLAIN_DIV: binary("/", Level.PRODUCT),
    Idiom.PLAIN_MOD: binary("%", Level.PRODUCT),
    Idiom.DIVIDES: Template("{0} % {1} == 0", Level.COMPARISON, (Level.PRODUCT, Level.UNARY)),
    Idiom.NOT_DIVIDES: Template("{0} % {1} != 0", Level.COMPARISON, (Level.PRODUCT, Level.UNARY)),
}
"""Operators that mean the same in all of them; remainders of negative numbers are negative."""

CONDITIONAL = Template("{0} ? {1} : {2}", Level.CONDITIONAL, (Level.OR, Level.CONDITIONAL, Level.CONDITIONAL))


class BracePrinter(Printer):
    """Writes a language with braces, by default one with types before the names.

    Attributes:
        types: how the types of variables and results are written.
        parameter_types: those of parameters that are written otherwise.
        counter: what declares a loop's variable.
    """

    layout = Layout(
        if_="if ({}) {{",
        elif_="}} else if ({}) {{",
        else_="} else {",
        end_if="}",
        while_="while ({}) {{",
        end_while="}",
        end_for="}",
        end_function="}",
    )
    conditional = CONDITIONAL
    types: ClassVar[dict[Type, str]]
    parameter_types: ClassVar[dict[Type, str]] = {}
    counter: ClassVar[str] = "int"
    augmented: ClassVar = {Op.ADD: "+=", Op.SUB: "-=", Op.MUL: "*="}

    def head(self, function: Function) -> str:
        """The result's type, the name and the parameters."""
        types = {**self.types, **self.parameter_types}
        parameters = ", ".join(_typed(types[parameter.type], parameter.name) for parameter in function.parameters)
        return f"{_typed(self.types[function.result], function.name)}({parameters}) {{"

    def let(self, name: str, value: Expression) -> Lines:
        """The type, the name and the value."""
        return [f"{_typed(self.types[value.type], name)} = {self.expression(value)};"]

    def assignment(self, target: Expression, value: Expression) -> str:
        """`++` for what is one more."""
        if value == Apply(Op.ADD, (target, Literal(1))):
            return f"{self.expression(target)}++{self.end}"
        return super().assignment(target, value)

    def count(self, loop: ForRange) -> str:
        """`for`."""
        names, values, condition = self.range(loop)
        first = ", ".join(f"{name} = {value}" for name, value in zip(names, values, strict=True))
        return f"for ({self.counter} {first}; {condition}; {loop.name}++) {{"

    def range(self, loop: ForRange) -> tuple[list[str], list[str], str]:
        """The variables of a loop over a range, their first values, and the condition for going on.

        The end of the range is put aside where it may change.
        """
        start, stop = self.expression(loop.start), loop.stop
        if not may_be_repeated(stop, loop.body):
            return [loop.name, "stop"], [start, self.expression(stop)], f"{loop.name} < stop"
        match stop:
            case Apply(Op.ADD, (last, Literal(1))):
                condition = f"{loop.name} <= {self.expression(last, Level.SUM)}"
            case _:
                condition = f"{loop.name} < {self.expression(stop, Level.SUM)}"
        return [loop.name], [start], condition

    def enclosed(self, head: str, lines: Lines) -> Lines:
        """The main function around what it does."""
        return [head, *self.indented(lines), "}"]


def _typed(type: str, name: str) -> str:
    return f"{type}{name}" if type.endswith("*") or type.endswith("&") else f"{type} {name}"
