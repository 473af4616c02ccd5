"""Lua."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from ..syntax import Conditional, Expression, ForRange, Function, Op, Type
from .idioms import Idiom, plus
from .printer import Layout, Lines, Printer, Written
from .templates import Helper, Level, Template, binary, chain, comparison, function, inside, prefix

_LENGTH = Template("#{0}", Level.UNARY, (Level.APPLICATION,))
_READ_LIST = """\
local function read_list()
    local list = {}
    for word in io.read():gmatch("%S+") do
        table.insert(list, tonumber(word))
    end
    return list
end"""
_FILLED = """\
local function filled(count, value)
    local list = {}
    for i = 1, count do
        list[i] = value
    end
    return list
end"""
_SORTED = """\
local function sorted(list)
    local copy = table.move(list, 1, #list, 1, {})
    table.sort(copy)
    return copy
end"""
_CHOICE = Template("{0} and {1} or {2}", Level.OR, (Level.AND, Level.NOT, Level.OR))
_CHOICE_OF_BOOLEANS = Template(
    "{0} and {1} or not {3} and {2}", Level.OR, (Level.AND, Level.NOT, Level.NOT, Level.APPLICATION)
)


class LuaPrinter(Printer):
    """Writes Lua 5.3 and 5.4."""

    layout = Layout(
        if_="if {} then",
        elif_="elseif {} then",
        else_="else",
        end_if="end",
        while_="while {} do",
        end_while="end",
        end_for="end",
        end_function="end",
    )
    templates: ClassVar = {
        Op.ADD: binary("+", Level.SUM),
        Op.SUB: binary("-", Level.SUM),
        Op.MUL: binary("*", Level.PRODUCT),
        Op.DIV: binary("//", Level.PRODUCT),
        Op.MOD: binary("%", Level.PRODUCT),
        Op.NEG: prefix("-"),
        Op.ABS: function("math.abs", 1),
        Op.MIN: function("math.min", 2),
        Op.MAX: function("math.max", 2),
        Op.EQ: comparison("=="),
        Op.NE: comparison("~="),
        Op.LT: comparison("<"),
        Op.LE: comparison("<="),
        Op.GT: comparison(">"),
        Op.GE: comparison(">="),
        Op.AND: chain("and", Level.AND),
        Op.OR: chain("or", Level.OR),
        Op.NOT: prefix("not "),
        Op.STR_EQ: comparison("=="),
        Idiom.STR_NE: comparison("~="),
        Op.STR_LENGTH: _LENGTH,
        Op.CHAR_AT: Template("{0}:sub({1}, {1})", Level.POSTFIX, (Level.POSTFIX, Level.ANY)),
        Op.CONCAT: chain("..", Level.CONCATENATION),
        Op.ORD: Template("{0}:byte()", Level.POSTFIX, (Level.POSTFIX,)),
        Idiom.ORD_AT: Template("{0}:byte({1})", Level.POSTFIX, (Level.POSTFIX, Level.ANY)),
        Op.CHR: function("string.char", 1),
        Op.INT_TO_STR: function("tostring", 1),
        Op.LENGTH: _LENGTH,
        Op.AT: Template("{0}[{1}]", Level.POSTFIX, (Level.POSTFIX, Level.ANY)),
        Op.FILLED: function("filled", 2, "filled"),
        Op.SORTED: function("sorted", 1, "sorted"),
    }
    conditional = _CHOICE
    append = inside("table.insert({0}, {1})", 2)
    helpers: ClassVar = {
        "read_list": Helper(_READ_LIST),
        "filled": Helper(_FILLED),
        "sorted": Helper(_SORTED),
    }
    readers: ClassVar = {
        Type.INT: inside("local {0} = tonumber(io.read())", 1),
        Type.BOOL: inside('local {0} = io.read() == "true"', 1),
        Type.STR: inside("local {0} = io.read()", 1),
        Type.INTS: inside("local {0} = read_list()", 1, "read_list"),
    }
    writers: ClassVar = {
        Type.INT: inside("print({0})", 1),
        Type.BOOL: inside("print({0})", 1),
        Type.STR: inside("print({0})", 1),
        Type.INTS: inside('print(table.concat({0}, " "))', 1),
    }
    end = ""
    first_index = 1

    def head(self, function: Function) -> str:
        """`local function` and the parameters."""
        parameters = ", ".join(parameter.name for parameter in function.parameters)
        return f"local function {function.name}({parameters})"

    def let(self, name: str, value: Expression) -> Lines:
        """`local`."""
        return [f"local {name} = {self.expression(value)}"]

    def count(self, loop: ForRange) -> str:
        """`for` and the first and the last number."""
        return f"for {loop.name} = {self.expression(loop.start)}, {self.expression(plus(loop.stop, -1))} do"

    def written(self, expression: Expression) -> Written:
        """`and` and `or` make a choice, but for one between truth values, where the first may be false."""
        match expression:
            case Conditional(condition, then, otherwise) if then.type is Type.BOOL:
                return self.fill(_CHOICE_OF_BOOLEANS, condition, then, otherwise, condition), Level.OR
        return super().written(expression)

    def literal(self, value: int | bool | str | tuple[int, ...]) -> Written:
        """Strings and lists are in parentheses where something stands behind them."""
        text, level = super().literal(value)
        return text, Level.APPLICATION if isinstance(value, str | tuple) else level

    def list(self, numbers: Sequence[int]) -> Written:
        """In braces."""
        return f"{{{', '.join(map(str, numbers))}}}", Level.APPLICATION
