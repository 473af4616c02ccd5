"""Go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

from ..syntax import (
    Append,
    Apply,
    Conditional,
    Expression,
    ForRange,
    Function,
    Let,
    Literal,
    Op,
    Parameter,
    Set,
    SetAt,
    Statement,
    Type,
    Variable,
)
from ..walking import walk
from .braces import OPERATORS, BracePrinter
from .idioms import Idiom
from .lowering import Declare
from .printer import Layout, Lines, Written, quoted
from .templates import Helper, Level, Template, chain, comparison, function, inside

_AT = (Level.POSTFIX, Level.ANY)
_MOD = """\
func mod(a, b int) int {
	return (a%b + b) % b
}"""
_FLOOR_DIV = """\
func floorDiv(a, b int) int {
	if a < 0 {
		return (a+1)/b - 1
	}
	return a / b
}"""
_ABS = """\
func abs(a int) int {
	if a < 0 {
		return -a
	}
	return a
}"""
_MIN = """\
func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}"""
_MAX = """\
func max(a, b int) int {
	if a > b {
		return a
	}
	return b
}"""
_FILLED = """\
func filled(count, value int) []int {
	list := make([]int, count)
	for i := range list {
		list[i] = value
	}
	return list
}"""
_SORTED = """\
func sorted(list []int) []int {
	result := append([]int{}, list...)
	sort.Ints(result)
	return result
}"""
_READ_LINE = """\
var stdin = bufio.NewReader(os.Stdin)

func readLine() string {
	line, _ := stdin.ReadString('\\n')
	return strings.TrimSuffix(line, "\\n")
}"""
_READ_INT = """\
func readInt() int {
	number, _ := strconv.Atoi(readLine())
	return number
}"""
_READ_LIST = """\
func readList() []int {
	list := []int{}
	for _, word := range strings.Fields(readLine()) {
		number, _ := strconv.Atoi(word)
		list = append(list, number)
	}
	return list
}"""


class GoPrinter(BracePrinter):
    """Writes Go, which has no choice inside an expression and refuses variables that nothing reads."""

    layout = Layout(
        if_="if {} {{",
        elif_="}} else if {} {{",
        else_="} else {",
        end_if="}",
        while_="for {} {{",
        end_while="}",
        end_for="}",
        end_function="}",
    )
    types: ClassVar = {Type.INT: "int", Type.BOOL: "bool", Type.STR: "string", Type.INTS: "[]int"}
    templates: ClassVar = {
        **OPERATORS,
        Op.DIV: function("floorDiv", 2, "floorDiv"),
        Op.MOD: function("mod", 2, "mod"),
        Op.ABS: function("abs", 1, "abs"),
        Op.MIN: function("min", 2, "min"),
        Op.MAX: function("max", 2, "max"),
        Op.STR_EQ: comparison("=="),
        Idiom.STR_NE: comparison("!="),
        Op.STR_LENGTH: function("len", 1),
        Op.CHAR_AT: Template("string({0}[{1}])", Level.POSTFIX, _AT),
        Idiom.CHAR_IS: Template("{0}[{1}] == {2}", Level.COMPARISON, (*_AT, Level.ANY)),
        Idiom.CHAR_IS_NOT: Template("{0}[{1}] != {2}", Level.COMPARISON, (*_AT, Level.ANY)),
        Idiom.CHARS_EQ: Template("{0}[{1}] == {2}[{3}]", Level.COMPARISON, _AT * 2),
        Idiom.CHARS_NE: Template("{0}[{1}] != {2}[{3}]", Level.COMPARISON, _AT * 2),
        Op.CONCAT: chain("+", Level.SUM),
        Op.ORD: Template("int({0}[0])", Level.POSTFIX, (Level.POSTFIX,)),
        Idiom.ORD_AT: Template("int({0}[{1}])", Level.POSTFIX, _AT),
        Idiom.ORD_OF: inside("int({0})", 1),
        Op.CHR: inside("string(rune({0}))", 1),
        Op.INT_TO_STR: function("strconv.Itoa", 1, "strconv"),
        Op.LENGTH: function("len", 1),
        Op.AT: Template("{0}[{1}]", Level.POSTFIX, _AT),
        Op.FILLED: function("filled", 2, "filled"),
        Op.SORTED: function("sorted", 1, "sorted"),
    }
    augmented: ClassVar = {**BracePrinter.augmented, Op.CONCAT: "+="}
    append = inside("{0} = append({0}, {1})", 2)
    helpers: ClassVar = {
        "mod": Helper(_MOD),
        "floorDiv": Helper(_FLOOR_DIV),
        "abs": Helper(_ABS),
        "min": Helper(_MIN),
        "max": Helper(_MAX),
        "filled": Helper(_FILLED),
        "sorted": Helper(_SORTED, ("sort",)),
        "readLine": Helper(_READ_LINE, ("bufio", "os", "strings")),
        "readInt": Helper(_READ_INT, ("readLine", "strconv")),
        "readList": Helper(_READ_LIST, ("readLine", "strconv")),
    }
    readers: ClassVar = {
        Type.INT: inside("{0} := readInt()", 1, "readInt"),
        Type.BOOL: inside('{0} := readLine() == "true"', 1, "readLine"),
        Type.STR: inside("{0} := readLine()", 1, "readLine"),
        Type.INTS: inside("{0} := readList()", 1, "readList"),
    }
    writers: ClassVar = {
        Type.INT: inside("fmt.Println({0})", 1, "fmt"),
        Type.BOOL: inside("fmt.Println({0})", 1, "fmt"),
        Type.STR: inside("fmt.Println({0})", 1, "fmt"),
        Type.INTS: inside('fmt.Println(strings.Trim(fmt.Sprint({0}), "[]"))', 1, "fmt", "strings"),
    }
    end = ""
    step = "\t"
    library = frozenset({"init"})

    def __init__(self) -> None:
        super().__init__()
        self._unread: frozenset[str] = frozenset()

    # Programs.

    def imports(self, names: Sequence[str]) -> Lines:
        """The package, and the packages that it uses."""
        match names:
            case []:
                return ["package main"]
            case [name]:
                return ["package main", "", f'import "{name}"']
        return ["package main", "", "import (", *(f'\t"{name}"' for name in names), ")"]

    def head(self, function: Function) -> str:
        """`func`, the parameters and the result's type."""
        parameters = ", ".join(f"{parameter.name} {self.types[parameter.type]}" for parameter in function.parameters)
        return f"func {function.name}({parameters}) {self.types[function.result]} {{"

    def body(self, function: Function) -> Lines:
        """Statements."""
        names = {statement.name for statement in function.body if isinstance(statement, Let | Declare)}
        self._unread = frozenset(names - _read(function.body))
        return super().body(function)

    def main(self, function: Function, alone: Expression | None) -> Lines:
        """The main function."""
        self._unread = frozenset()
        if alone is not None:
            self._unread = frozenset(parameter.name for parameter in function.parameters) - {
                part.name for _, part in walk(alone) if isinstance(part, Variable)
            }
        return self.enclosed("func main() {", super().main(function, alone))

    def read(self, parameters: Sequence[Parameter]) -> Lines:
        """Numbers alone are scanned."""
        if not parameters or any(parameter.type is not Type.INT for parameter in parameters):
            unread = [f"_ = {parameter.name}" for parameter in parameters if parameter.name in self._unread]
            return [*super().read(parameters), *unread]
        self.need("fmt")
        names = [parameter.name for parameter in parameters]
        return [f"var {', '.join(names)} int", f"fmt.Scan({', '.join(f'&{name}' for name in names)})"]

    # Statements.

    def let(self, name: str, value: Expression) -> Lines:
        """`:=`; what nothing reads is said to be so."""
        return [f"{name} := {self.expression(value)}", *([f"_ = {name}"] if name in self._unread else [])]

    def declare(self, name: str, type: Type) -> Lines:
        """`var`."""
        return [f"var {name} {self.types[type]}", *([f"_ = {name}"] if name in self._unread else [])]

    def repeat(self, condition: Expression, body: Sequence[Statement]) -> Lines:
        """A loop that goes on until it is left has no condition."""
        if condition == Literal(True):
            return self.framed("for {", self.block(body), "}")
        return super().repeat(condition, body)

    def count(self, loop: ForRange) -> str:
        """`for` without parentheses."""
        names, values, condition = self.range(loop)
        return f"for {', '.join(names)} := {', '.join(values)}; {condition}; {loop.name}++ {{"

    # Expressions.

    def cannot_stand(self, expression: Expression, place: Expression | Statement) -> bool:
        """Choices."""
        return isinstance(expression, Conditional)

    def operation(self, word: Op | Idiom, operands: Sequence[Expression]) -> Written:
        """A new list is full of zeros."""
        match word, operands:
            case Op.FILLED, (count, Literal(0)):
                return f"make([]int, {self.expression(count)})", Level.POSTFIX
        return super().operation(word, operands)

    def list(self, numbers: Sequence[int]) -> Written:
        """A slice."""
        return f"[]int{{{', '.join(map(str, numbers))}}}", Level.ATOM

    def character(self, literal: Literal) -> str:
        """In single quotation marks."""
        return quoted(str(literal.value), "'")


def _read(block: Sequence[Statement]) -> set[str]:
    """The names of variables that are read; a list whose elements change is, and what is only added to is not."""
    times: Counter[str] = Counter()
    for _, part in walk(tuple(block)):
        match part:
            case Variable(name) | SetAt(name) | Append(name):
                times[name] += 1
            case Set(name, Apply(op, (Variable(first), _))) if first == name and op in GoPrinter.augmented:
                times[name] -= 1
    return {name for name, count in times.items() if count > 0}
