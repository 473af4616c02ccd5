"""C."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from ..syntax import Expression, Function, Literal, Op, Parameter, Type
from .braces import OPERATORS, BracePrinter
from .idioms import Idiom
from .printer import Lines, Written, quoted
from .templates import Helper, Level, Template, function, inside

_AT = (Level.POSTFIX, Level.ANY)
_LIST = """\
typedef struct {
    int length;
    int capacity;
    int *items;
} List;"""
_APPEND = """\
void append(List *list, int value) {
    if (list->length == list->capacity) {
        list->capacity = 2 * list->capacity + 4;
        list->items = realloc(list->items, list->capacity * sizeof(int));
    }
    list->items[list->length++] = value;
}"""
_FILLED = """\
List filled(int length, int value) {
    List list = {0};
    for (int i = 0; i < length; i++) {
        append(&list, value);
    }
    return list;
}"""
_LIST_OF = """\
List list_of(int length, const int *values) {
    List list = {0};
    for (int i = 0; i < length; i++) {
        append(&list, values[i]);
    }
    return list;
}"""
_COMPARE = """\
int compare(const void *left, const void *right) {
    int a = *(const int *)left, b = *(const int *)right;
    return (a > b) - (a < b);
}"""
_SORTED = """\
List sorted(List list) {
    List result = list_of(list.length, list.items);
    qsort(result.items, result.length, sizeof(int), compare);
    return result;
}"""
_READ_LINE = """\
char *read_line(void) {
    int length = 0, capacity = 64;
    char *line = malloc(capacity);
    for (int c = getchar(); c != EOF && c != '\\n'; c = getchar()) {
        if (length + 1 == capacity) {
            capacity *= 2;
            line = realloc(line, capacity);
        }
        line[length++] = c;
    }
    line[length] = '\\0';
    return line;
}"""
_READ_LIST = """\
List read_list(void) {
    List list = {0};
    for (char *word = strtok(read_line(), " "); word != NULL; word = strtok(NULL, " ")) {
        append(&list, atoi(word));
    }
    return list;
}"""
_PRINT_LIST = """\
void print_list(List list) {
    for (int i = 0; i < list.length; i++) {
        printf(i > 0 ? " %d" : "%d", list.items[i]);
    }
    printf("\\n");
}"""
_CHARACTER = """\
const char *character(int code) {
    char *text = malloc(2);
    text[0] = code;
    text[1] = '\\0';
    return text;
}"""
_JOIN = """\
const char *join(const char *left, const char *right) {
    char *text = malloc(strlen(left) + strlen(right) + 1);
    strcpy(text, left);
    return strcat(text, right);
}"""
_TO_STRING = """\
const char *to_string(int number) {
    char *text = malloc(12);
    sprintf(text, "%d", number);
    return text;
}"""
FLOOR_DIV = """\
int floor_div(int a, int b) {
    return a / b - (a % b < 0);
}"""
MOD = """\
int mod(int a, int b) {
    int rest = a % b;
    return rest < 0 ? rest + b : rest;
}"""


class CPrinter(BracePrinter):
    """Writes C17."""

    types: ClassVar = {Type.INT: "int", Type.BOOL: "bool", Type.STR: "const char *", Type.INTS: "List"}
    templates: ClassVar = {
        **OPERATORS,
        Op.DIV: function("floor_div", 2, "floor_div"),
        Op.MOD: function("mod", 2, "mod"),
        Op.ABS: function("abs", 1, "stdlib.h"),
        Op.MIN: function("min", 2, "min"),
        Op.MAX: function("max", 2, "max"),
        Op.STR_EQ: Template("strcmp({0}, {1}) == 0", Level.COMPARISON, (Level.ANY, Level.ANY), ("string.h",)),
        Idiom.STR_NE: Template("strcmp({0}, {1}) != 0", Level.COMPARISON, (Level.ANY, Level.ANY), ("string.h",)),
        Op.STR_LENGTH: Template("(int)strlen({0})", Level.UNARY, (Level.ANY,), ("string.h",)),
        Op.CHAR_AT: Template("character({0}[{1}])", Level.POSTFIX, _AT, ("character",)),
        Idiom.CHAR_IS: Template("{0}[{1}] == {2}", Level.COMPARISON, (*_AT, Level.ANY)),
        Idiom.CHAR_IS_NOT: Template("{0}[{1}] != {2}", Level.COMPARISON, (*_AT, Level.ANY)),
        Idiom.CHARS_EQ: Template("{0}[{1}] == {2}[{3}]", Level.COMPARISON, _AT * 2),
        Idiom.CHARS_NE: Template("{0}[{1}] != {2}[{3}]", Level.COMPARISON, _AT * 2),
        Op.CONCAT: function("join", 2, "join"),
        Op.ORD: Template("{0}[0]", Level.POSTFIX, (Level.POSTFIX,)),
        Idiom.ORD_AT: Template("{0}[{1}]", Level.POSTFIX, _AT),
        Idiom.ORD_OF: inside("{0}", 1),
        Op.CHR: function("character", 1, "character"),
        Op.INT_TO_STR: function("to_string", 1, "to_string"),
        Op.LENGTH: Template("{0}.length", Level.POSTFIX, (Level.POSTFIX,)),
        Op.AT: Template("{0}.items[{1}]", Level.POSTFIX, _AT),
        Op.FILLED: function("filled", 2, "filled"),
        Op.SORTED: function("sorted", 1, "sorted"),
    }
    library = frozenset({"calloc", "free", "index", "perror", "remove", "rename", "rewind"})
    append = inside("append(&{0}, {1})", 2, "append")
    helpers: ClassVar = {
        "list": Helper(_LIST),
        "append": Helper(_APPEND, ("list", "stdlib.h")),
        "filled": Helper(_FILLED, ("append",)),
        "list_of": Helper(_LIST_OF, ("append",)),
        "compare": Helper(_COMPARE),
        "sorted": Helper(_SORTED, ("list_of", "compare")),
        "read_line": Helper(_READ_LINE, ("stdio.h", "stdlib.h")),
        "read_list": Helper(_READ_LIST, ("read_line", "append", "string.h")),
        "print_list": Helper(_PRINT_LIST, ("list", "stdio.h")),
        "character": Helper(_CHARACTER, ("stdlib.h",)),
        "join": Helper(_JOIN, ("stdlib.h", "string.h")),
        "to_string": Helper(_TO_STRING, ("stdio.h", "stdlib.h")),
        "floor_div": Helper(FLOOR_DIV),
        "mod": Helper(MOD),
        "min": Helper("int min(int a, int b) {\n    return a < b ? a : b;\n}"),
        "max": Helper("int max(int a, int b) {\n    return a > b ? a : b;\n}"),
    }
    readers: ClassVar = {
        Type.INT: inside("int {0} = atoi(read_line());", 1, "read_line", "stdlib.h"),
        Type.BOOL: inside('bool {0} = strcmp(read_line(), "true") == 0;', 1, "read_line", "stdbool.h", "string.h"),
        Type.STR: inside("const char *{0} = read_line();", 1, "read_line"),
        Type.INTS: inside("List {0} = read_list();", 1, "read_list"),
    }
    writers: ClassVar = {
        Type.INT: inside('printf("%d\\n", {0});', 1, "stdio.h"),
        Type.BOOL: Template('puts({0} ? "true" : "false");', Level.ANY, (Level.OR,), ("stdio.h",)),
        Type.STR: inside("puts({0});", 1, "stdio.h"),
        Type.INTS: inside("print_list({0});", 1, "print_list"),
    }

    def imports(self, names: Sequence[str]) -> Lines:
        """Headers."""
        return [f"#include <{name}>" for name in names]

    def head(self, function: Function) -> str:
        """`void` for no parameters."""
        for type in (function.result, *(parameter.type for parameter in function.parameters)):
            self._declare(type)
        return super().head(function).replace("()", "(void)")

    def let(self, name: str, value: Expression) -> Lines:
        """An empty list begins as zeros."""
        self._declare(value.type)
        return [f"List {name} = {{0}};"] if value == Literal(()) else super().let(name, value)

    def read(self, parameters: Sequence[Parameter]) -> Lines:
        """Numbers alone are scanned."""
        if not parameters or any(parameter.type is not Type.INT for parameter in parameters):
            return super().read(parameters)
        self.need("stdio.h")
        names = [parameter.name for parameter in parameters]
        places, targets = " ".join(["%d"] * len(names)), ", ".join(f"&{name}" for name in names)
        return [f"int {', '.join(names)};", f'scanf("{places}", {targets});']

    def main(self, function: Function, alone: Expression | None) -> Lines:
        """The main function."""
        return self.enclosed("int main(void) {", [*super().main(function, alone), "return 0;"])

    def literal(self, value: int | bool | str | tuple[int, ...]) -> Written:
        """`true` and `false` have a header."""
        if isinstance(value, bool):
            self._declare(Type.BOOL)
        return super().literal(value)

    def list(self, numbers: Sequence[int]) -> Written:
        """A compound literal."""
        if not numbers:
            self.need("list")
            return "(List){0}", Level.POSTFIX
        self.need("list_of")
        return f"list_of({len(numbers)}, (int[]){{{', '.join(map(str, numbers))}}})", Level.POSTFIX

    def character(self, literal: Literal) -> str:
        """In single quotation marks."""
        return quoted(str(literal.value), "'")

    def _declare(self, type: Type) -> None:
        if type is Type.BOOL:
            self.need("stdbool.h")
        elif type is Type.INTS:
            self.need("list")
