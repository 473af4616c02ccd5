"""C++."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from ..syntax import Conditional, Expression, Function, Literal, Op, Parameter, Type
from .braces import OPERATORS, BracePrinter
from .c import FLOOR_DIV, MOD
from .idioms import Idiom
from .printer import Lines, Written, quoted
from .templates import Helper, Level, Template, binary, comparison, function, inside

_AT = (Level.POSTFIX, Level.ANY)
_LENGTH = Template("int({0}.size())", Level.POSTFIX, (Level.POSTFIX,))
_SORTED = """\
std::vector<int> sorted(std::vector<int> list) {
    std::sort(list.begin(), list.end());
    return list;
}"""
_READ_LINE = """\
std::string read_line() {
    std::string line;
    std::getline(std::cin, line);
    return line;
}"""
_READ_LIST = """\
std::vector<int> read_list() {
    std::istringstream line(read_line());
    std::vector<int> list;
    for (int value; line >> value;) {
        list.push_back(value);
    }
    return list;
}"""
_PRINT_LIST = """\
void print_list(const std::vector<int> &list) {
    for (int i = 0; i < int(list.size()); i++) {
        std::cout << (i > 0 ? " " : "") << list[i];
    }
    std::cout << "\\n";
}"""


class CppPrinter(BracePrinter):
    """Writes C++17."""

    types: ClassVar = {Type.INT: "int", Type.BOOL: "bool", Type.STR: "std::string", Type.INTS: "std::vector<int>"}
    parameter_types: ClassVar = {Type.STR: "const std::string &", Type.INTS: "const std::vector<int> &"}
    templates: ClassVar = {
        **OPERATORS,
        Op.DIV: function("floor_div", 2, "floor_div"),
        Op.MOD: function("mod", 2, "mod"),
        Op.ABS: function("std::abs", 1, "cstdlib"),
        Op.MIN: function("std::min", 2, "algorithm"),
        Op.MAX: function("std::max", 2, "algorithm"),
        Op.STR_EQ: comparison("=="),
        Idiom.STR_NE: comparison("!="),
        Op.STR_LENGTH: _LENGTH,
        Op.CHAR_AT: Template("std::string(1, {0}[{1}])", Level.POSTFIX, _AT, ("string",)),
        Idiom.CHAR_IS: Template("{0}[{1}] == {2}", Level.COMPARISON, (*_AT, Level.ANY)),
        Idiom.CHAR_IS_NOT: Template("{0}[{1}] != {2}", Level.COMPARISON, (*_AT, Level.ANY)),
        Idiom.CHARS_EQ: Template("{0}[{1}] == {2}[{3}]", Level.COMPARISON, _AT * 2),
        Idiom.CHARS_NE: Template("{0}[{1}] != {2}[{3}]", Level.COMPARISON, _AT * 2),
        Op.CONCAT: binary("+", Level.SUM),
        Op.ORD: Template("int({0}[0])", Level.POSTFIX, (Level.POSTFIX,)),
        Idiom.ORD_AT: Template("int({0}[{1}])", Level.POSTFIX, _AT),
        Idiom.ORD_OF: inside("int({0})", 1),
        Op.CHR: inside("std::string(1, char({0}))", 1, "string"),
        Op.INT_TO_STR: function("std::to_string", 1, "string"),
        Op.LENGTH: _LENGTH,
        Op.AT: Template("{0}[{1}]", Level.POSTFIX, _AT),
        Op.FILLED: function("std::vector<int>", 2, "vector"),
        Op.SORTED: function("sorted", 1, "sorted"),
    }
    augmented: ClassVar = {**BracePrinter.augmented, Op.CONCAT: "+="}
    append = Template("{0}.push_back({1})", Level.ANY, (Level.POSTFIX, Level.ANY))
    helpers: ClassVar = {
        "floor_div": Helper(FLOOR_DIV),
        "mod": Helper(MOD),
        "sorted": Helper(_SORTED, ("algorithm", "vector")),
        "read_line": Helper(_READ_LINE, ("iostream", "string")),
        "read_list": Helper(_READ_LIST, ("read_line", "sstream", "vector")),
        "print_list": Helper(_PRINT_LIST, ("iostream", "vector")),
    }
    readers: ClassVar = {
        Type.INT: inside("int {0} = std::stoi(read_line());", 1, "read_line"),
        Type.BOOL: inside('bool {0} = read_line() == "true";', 1, "read_line"),
        Type.STR: inside("std::string {0} = read_line();", 1, "read_line"),
        Type.INTS: inside("std::vector<int> {0} = read_list();", 1, "read_list"),
    }
    writers: ClassVar = {
        Type.INT: Template('std::cout << {0} << "\\n";', Level.ANY, (Level.SUM,), ("iostream",)),
        Type.BOOL: Template('std::cout << ({0} ? "true" : "false") << "\\n";', Level.ANY, (Level.OR,), ("iostream",)),
        Type.STR: Template('std::cout << {0} << "\\n";', Level.ANY, (Level.SUM,), ("iostream",)),
        Type.INTS: inside("print_list({0});", 1, "print_list"),
    }

    def imports(self, names: Sequence[str]) -> Lines:
        """Headers."""
        return [f"#include <{name}>" for name in names]

    def head(self, function: Function) -> str:
        """Strings and lists have headers."""
        for type in (function.result, *(parameter.type for parameter in function.parameters)):
            self._declare(type)
        return super().head(function)

    def let(self, name: str, value: Expression) -> Lines:
        """An empty list needs no value."""
        self._declare(value.type)
        if value == Literal(()):
            return [f"std::vector<int> {name};"]
        return super().let(name, value)

    def read(self, parameters: Sequence[Parameter]) -> Lines:
        """Numbers alone are read by `>>`."""
        if not parameters or any(parameter.type is not Type.INT for parameter in parameters):
            return super().read(parameters)
        self.need("iostream")
        names = [parameter.name for parameter in parameters]
        return [f"int {', '.join(names)};", f"std::cin >> {' >> '.join(names)};"]

    def main(self, function: Function, alone: Expression | None) -> Lines:
        """The main function."""
        return self.enclosed("int main() {", super().main(function, alone))

    def expression(self, expression: Expression, least: Level = Level.ANY) -> str:
        """A choice of constants is made a string to be looked into: of `(a ? "x" : "y")[i]` GCC 12 makes wrong code."""
        if least >= Level.POSTFIX and isinstance(expression, Conditional) and _is_pointer(expression):
            self.need("string")
            return f"std::string({self.expression(expression)})"
        return super().expression(expression, least)

    def operation(self, word: Op | Idiom, operands: Sequence[Expression]) -> Written:
        """Constants are made strings where operators would take them for pointers."""
        if word in (Op.CONCAT, Op.STR_EQ, Idiom.STR_NE, Op.STR_LENGTH) and all(map(_is_pointer, operands)):
            self.need("string")
            first, template = f"std::string({self.expression(operands[0])})", self.templates[word]
            rest = [self.expression(operand, template.operands[1]) for operand in operands[1:]]
            return self.filled(template, first, *rest), template.level
        return super().operation(word, operands)

    def list(self, numbers: Sequence[int]) -> Written:
        """A vector."""
        self.need("vector")
        return f"std::vector<int>{{{', '.join(map(str, numbers))}}}", Level.POSTFIX

    def character(self, literal: Literal) -> str:
        """In single quotation marks."""
        return quoted(str(literal.value), "'")

    def _declare(self, type: Type) -> None:
        if type is Type.STR:
            self.need("string")
        elif type is Type.INTS:
            self.need("vector")


def _is_pointer(text: Expression) -> bool:
    match text:
        case Literal(str()):
            return True
        case Conditional(_, then, otherwise):
            return _is_pointer(then) and _is_pointer(otherwise)
    return False
