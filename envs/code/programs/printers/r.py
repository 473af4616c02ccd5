"""R."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from ..syntax import Apply, Expression, ForRange, Function, Literal, Op, Parameter, Return, Type
from .idioms import Idiom, plus
from .printer import Layout, Lines, Printer, Written
from .templates import Level, Template, binary, chain, comparison, function, inside, prefix


class RPrinter(Printer):
    """Writes R, whose numbers here are doubles that hold integers."""

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
    templates: ClassVar = {
        Op.ADD: binary("+", Level.SUM),
        Op.SUB: binary("-", Level.SUM),
        Op.MUL: binary("*", Level.PRODUCT),
        Op.DIV: binary("%/%", Level.MODULO),
        Op.MOD: binary("%%", Level.MODULO),
        Op.NEG: prefix("-"),
        Op.ABS: function("abs", 1),
        Op.MIN: function("min", 2),
        Op.MAX: function("max", 2),
        Op.EQ: comparison("=="),
        Op.NE: comparison("!="),
        Op.LT: comparison("<"),
        Op.LE: comparison("<="),
        Op.GT: comparison(">"),
        Op.GE: comparison(">="),
        Op.AND: chain("&&", Level.AND),
        Op.OR: chain("||", Level.OR),
        Op.NOT: prefix("!", Level.NOT),
        Op.STR_EQ: comparison("=="),
        Idiom.STR_NE: comparison("!="),
        Op.STR_LENGTH: function("nchar", 1),
        Op.CHAR_AT: inside("substr({0}, {1}, {1})", 2),
        Op.CONCAT: function("paste0", 2),
        Op.ORD: function("utf8ToInt", 1),
        Op.CHR: function("intToUtf8", 1),
        Op.INT_TO_STR: inside('sprintf("%d", {0})', 1),
        Op.LENGTH: function("length", 1),
        Op.AT: Template("{0}[{1}]", Level.POSTFIX, (Level.POSTFIX, Level.ANY)),
        Op.FILLED: inside("rep({1}, {0})", 2),
        Op.SORTED: function("sort", 1),
    }
    conditional = Template("if ({0}) {1} else {2}", Level.CONDITIONAL, (Level.ANY, Level.OR, Level.CONDITIONAL))
    append = inside("{0} <- c({0}, {1})", 2)
    readers: ClassVar = {
        Type.INT: inside("{0} <- as.numeric(input[{1}])", 2),
        Type.BOOL: inside('{0} <- input[{1}] == "true"', 2),
        Type.STR: inside("{0} <- input[{1}]", 2),
        Type.INTS: inside("{0} <- scan(text = input[{1}], quiet = TRUE)", 2),
    }
    writers: ClassVar = {
        Type.INT: inside('cat(sprintf("%d\\n", {0}))', 1),
        Type.BOOL: inside('writeLines(if ({0}) "true" else "false")', 1),
        Type.STR: inside("writeLines({0})", 1),
        Type.INTS: inside('writeLines(paste(sprintf("%d", {0}), collapse = " "))', 1),
    }
    booleans = ("FALSE", "TRUE")
    assign = "<-"
    end = ""
    first_index = 1
    names_apart = True

    def read(self, parameters: Sequence[Parameter]) -> Lines:
        """All lines are read at once."""
        lines = [
            self.filled(self.readers[parameter.type], parameter.name, str(i))
            for i, parameter in enumerate(parameters, 1)
        ]
        return ['input <- readLines(file("stdin"), warn = FALSE)', *lines] if lines else []

    def head(self, function: Function) -> str:
        """A variable that holds a function."""
        parameters = ", ".join(parameter.name for parameter in function.parameters)
        return f"{function.name} <- function({parameters}) {{"

    def body(self, function: Function) -> Lines:
        """The last expression is the result."""
        *statements, last = function.body
        return [*self.block(statements), *([self.expression(last.value)] if isinstance(last, Return) else [])]

    def give(self, value: Expression) -> Lines:
        """`return` is a function."""
        return [f"return({self.expression(value)})"]

    def count(self, loop: ForRange) -> str:
        """`for` and a sequence, which may be empty."""
        match loop.start:
            case Literal(int() as first):
                length = plus(loop.stop, -first)
            case start:
                first, length = None, Apply(Op.SUB, (loop.stop, start))
        match first, length:
            case 1, Apply(Op.LENGTH, (whole,)):
                return f"for ({loop.name} in seq_along({self.expression(whole)})) {{"
        many = self.expression(length if self.is_nonnegative(length) else Apply(Op.MAX, (Literal(0), length)))
        if first == 0 or first == 1:
            return f"for ({loop.name} in seq_len({many}){' - 1' if first == 0 else ''}) {{"
        return f"for ({loop.name} in seq({self.expression(loop.start)}, length.out = {many})) {{"

    def operation(self, word: Op | Idiom, operands: Sequence[Expression]) -> Written:
        """What is joined is joined at once."""
        if word is Op.CONCAT:
            return f"paste0({', '.join(map(self.expression, _joined(operands)))})", Level.POSTFIX
        return super().operation(word, operands)

    def list(self, numbers: Sequence[int]) -> Written:
        """`c`, or an empty vector."""
        return f"c({', '.join(map(str, numbers))})" if numbers else "numeric(0)", Level.POSTFIX


def _joined(operands: Sequence[Expression]) -> list[Expression]:
    joined: list[Expression] = []
    for operand in operands:
        match operand:
            case Apply(Op.CONCAT, parts):
                joined += _joined(parts)
            case _:
                joined.append(operand)
    return joined
