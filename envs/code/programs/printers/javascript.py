"""JavaScript."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from ..syntax import Expression, Function, Op, Parameter, Type
from .braces import OPERATORS, BracePrinter
from .idioms import Idiom
from .printer import Lines
from .templates import Helper, Level, Template, chain, comparison, function, inside

_FLOOR = Template("Math.floor({0} / {1})", Level.POSTFIX, (Level.PRODUCT, Level.UNARY))
_AT = Template("{0}[{1}]", Level.POSTFIX, (Level.POSTFIX, Level.ANY))
_LENGTH = Template("{0}.length", Level.POSTFIX, (Level.POSTFIX,))
_READ = 'require("fs").readFileSync(0, "utf8").split("\\n")'


class JavaScriptPrinter(BracePrinter):
    """Writes JavaScript for node."""

    templates: ClassVar = {
        **OPERATORS,
        Op.DIV: _FLOOR,
        Idiom.PLAIN_DIV: _FLOOR,
        Op.MOD: function("mod", 2, "mod"),
        Op.ABS: function("Math.abs", 1),
        Op.MIN: function("Math.min", 2),
        Op.MAX: function("Math.max", 2),
        Op.EQ: comparison("==="),
        Op.NE: comparison("!=="),
        Idiom.DIVIDES: Template("{0} % {1} === 0", Level.COMPARISON, (Level.PRODUCT, Level.UNARY)),
        Idiom.NOT_DIVIDES: Template("{0} % {1} !== 0", Level.COMPARISON, (Level.PRODUCT, Level.UNARY)),
        Op.STR_EQ: comparison("==="),
        Idiom.STR_NE: comparison("!=="),
        Op.STR_LENGTH: _LENGTH,
        Op.CHAR_AT: _AT,
        Op.CONCAT: chain("+", Level.SUM),
        Op.ORD: Template("{0}.charCodeAt(0)", Level.POSTFIX, (Level.POSTFIX,)),
        Idiom.ORD_AT: Template("{0}.charCodeAt({1})", Level.POSTFIX, (Level.POSTFIX, Level.ANY)),
        Op.CHR: function("String.fromCharCode", 1),
        Op.INT_TO_STR: function("String", 1),
        Op.LENGTH: _LENGTH,
        Op.AT: _AT,
        Op.FILLED: inside("Array({0}).fill({1})", 2),
        Op.SORTED: Template("[...{0}].sort((a, b) => a - b)", Level.POSTFIX, (Level.CONDITIONAL,)),
    }
    append = Template("{0}.push({1})", Level.ANY, (Level.POSTFIX, Level.ANY))
    augmented: ClassVar = {**BracePrinter.augmented, Op.CONCAT: "+="}
    counter = "let"
    helpers: ClassVar = {
        "mod": Helper("function mod(a, b) {\n    return ((a % b) + b) % b;\n}"),
    }
    readers: ClassVar = {
        Type.INT: inside("const {0} = Number(input[{1}]);", 2),
        Type.BOOL: inside('const {0} = input[{1}] === "true";', 2),
        Type.STR: inside("const {0} = input[{1}];", 2),
        Type.INTS: inside('const {0} = input[{1}].split(" ").filter(Boolean).map(Number);', 2),
    }
    writers: ClassVar = {
        Type.INT: inside("console.log(String({0}));", 1),  # which has no -0
        Type.BOOL: inside("console.log({0});", 1),
        Type.STR: inside("console.log({0});", 1),
        Type.INTS: Template('console.log({0}.join(" "));', Level.ANY, (Level.POSTFIX,)),
    }

    def read(self, parameters: Sequence[Parameter]) -> Lines:
        """All lines are read at once; numbers alone are taken apart at once, too."""
        if not parameters:
            return []
        if all(parameter.type is Type.INT for parameter in parameters):
            return [f"const [{', '.join(parameter.name for parameter in parameters)}] = {_READ}.map(Number);"]
        lines = [
            self.filled(self.readers[parameter.type], parameter.name, str(i)) for i, parameter in enumerate(parameters)
        ]
        return [f"const input = {_READ};", *lines]

    def head(self, function: Function) -> str:
        """`function` and the parameters."""
        return f"function {function.name}({', '.join(parameter.name for parameter in function.parameters)}) {{"

    def let(self, name: str, value: Expression) -> Lines:
        """`const` for what gets no other value."""
        return [f"{'let' if name in self.reassigned else 'const'} {name} = {self.expression(value)};"]
