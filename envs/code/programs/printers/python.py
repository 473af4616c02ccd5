"""Python."""

from __future__ import annotations

from typing import ClassVar

from ..syntax import ForRange, Function, Literal, Op, Type
from .idioms import Idiom
from .printer import Layout, Printer, quoted
from .templates import Level, Template, binary, chain, comparison, function, inside, prefix


class PythonPrinter(Printer):
    """Writes Python 3."""

    layout = Layout(
        if_="if {}:",
        elif_="elif {}:",
        else_="else:",
        end_if="",
        while_="while {}:",
        end_while="",
        end_for="",
        end_function="",
    )
    templates: ClassVar = {
        Op.ADD: binary("+", Level.SUM),
        Op.SUB: binary("-", Level.SUM),
        Op.MUL: binary("*", Level.PRODUCT),
        Op.DIV: binary("//", Level.PRODUCT),
        Op.MOD: binary("%", Level.PRODUCT),
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
        Op.AND: chain("and", Level.AND),
        Op.OR: chain("or", Level.OR),
        Op.NOT: prefix("not ", Level.NOT),
        Op.STR_EQ: comparison("=="),
        Idiom.STR_NE: comparison("!="),
        Op.STR_LENGTH: function("len", 1),
        Op.CHAR_AT: Template("{0}[{1}]", Level.POSTFIX, (Level.POSTFIX, Level.ANY)),
        Op.CONCAT: chain("+", Level.SUM),
        Op.ORD: function("ord", 1),
        Op.CHR: function("chr", 1),
        Op.INT_TO_STR: function("str", 1),
        Op.LENGTH: function("len", 1),
        Op.AT: Template("{0}[{1}]", Level.POSTFIX, (Level.POSTFIX, Level.ANY)),
        Op.FILLED: Template("[{1}] * {0}", Level.PRODUCT, (Level.UNARY, Level.ANY)),
        Op.SORTED: function("sorted", 1),
    }
    conditional = Template("{1} if {0} else {2}", Level.CONDITIONAL, (Level.OR, Level.OR, Level.CONDITIONAL))
    readers: ClassVar = {
        Type.INT: inside("{0} = int(input())", 1),
        Type.BOOL: inside('{0} = input() == "true"', 1),
        Type.STR: inside("{0} = input()", 1),
        Type.INTS: inside("{0} = list(map(int, input().split()))", 1),
    }
    writers: ClassVar = {
        Type.INT: inside("print({0})", 1),
        Type.BOOL: Template('print("true" if {0} else "false")', Level.ANY, (Level.OR,)),
        Type.STR: inside("print({0})", 1),
        Type.INTS: Template("print(*{0})", Level.ANY, (Level.OR,)),
    }
    booleans = ("False", "True")
    augmented: ClassVar = {Op.ADD: "+=", Op.SUB: "-=", Op.MUL: "*=", Op.DIV: "//=", Op.MOD: "%=", Op.CONCAT: "+="}
    append = Template("{0}.append({1})", Level.ANY, (Level.POSTFIX, Level.ANY))
    end = ""
    blank_lines = 2

    def string(self, text: str) -> str:
        """In single quotation marks where these spare backslashes."""
        return quoted(text, "'") if '"' in text and "'" not in text else super().string(text)

    def head(self, function: Function) -> str:
        """`def` and the parameters."""
        return f"def {function.name}({', '.join(parameter.name for parameter in function.parameters)}):"

    def count(self, loop: ForRange) -> str:
        """`for` and a range."""
        stop = self.expression(loop.stop)
        bounds = stop if loop.start == Literal(0) else f"{self.expression(loop.start)}, {stop}"
        return f"for {loop.name} in range({bounds}):"
