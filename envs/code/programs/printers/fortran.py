"""Fortran."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from ..syntax import (
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
    Statement,
    Type,
    Variable,
    While,
)
from ..walking import walk
from .idioms import Idiom, plus
from .lowering import Declare, operands
from .printer import Layout, Lines, Printer, Written
from .templates import Helper, Level, Template, binary, chain, comparison, function, inside, prefix

_FLOOR_DIV = """\
integer function floor_div(a, b)
    integer, intent(in) :: a, b
    floor_div = a / b
    if (mod(a, b) < 0) floor_div = floor_div - 1
end function floor_div"""
_SAME = """\
logical function same(a, b)
    character(len=*), intent(in) :: a, b
    same = len(a) == len(b) .and. a == b
end function same"""
_TO_STRING = """\
function to_string(number)
    integer, intent(in) :: number
    character(len=:), allocatable :: to_string
    character(len=11) :: digits
    write (digits, '(i0)') number
    to_string = trim(digits)
end function to_string"""
_SORTED = """\
function sorted(list) result(copy)
    integer, intent(in) :: list(:)
    integer, allocatable :: copy(:)
    integer :: i, j, value
    copy = list
    do i = 2, size(copy)
        value = copy(i)
        j = i - 1
        do while (j > 0)
            if (copy(j) <= value) exit
            copy(j + 1) = copy(j)
            j = j - 1
        end do
        copy(j + 1) = value
    end do
end function sorted"""
_READ_LINE = """\
function read_line() result(line)
    character(len=:), allocatable :: line
    character(len=256) :: piece
    integer :: length, status
    line = ""
    do
        read (*, '(a)', advance='no', size=length, iostat=status) piece
        line = line // piece(:length)
        if (status /= 0) exit
    end do
end function read_line"""
_READ_LIST = """\
function read_list() result(list)
    integer, allocatable :: list(:)
    character(len=:), allocatable :: line
    integer :: i, words
    line = " " // read_line()
    words = 0
    do i = 2, len(line)
        if (line(i - 1:i - 1) == " " .and. line(i:i) /= " ") words = words + 1
    end do
    allocate (list(words))
    if (words > 0) read (line, *) list
end function read_list"""

_AT = (Level.ATOM, Level.ANY)
_TYPES = {
    Type.INT: "integer",
    Type.BOOL: "logical",
    Type.STR: "character(len=:), allocatable",
    Type.INTS: "integer, allocatable",
}
_PARAMETER_TYPES = {**_TYPES, Type.STR: "character(len=*)", Type.INTS: "integer"}


class FortranPrinter(Printer):
    """Writes Fortran 2008 in free form, whose `.and.`, `.or.` and `merge` may look at all of their operands."""

    layout = Layout(
        if_="if ({}) then",
        elif_="else if ({}) then",
        else_="else",
        end_if="end if",
        while_="do while ({})",
        end_while="end do",
        end_for="end do",
        end_function="",
    )
    templates: ClassVar = {
        Op.ADD: binary("+", Level.SUM),
        Op.SUB: binary("-", Level.SUM),
        Op.MUL: binary("*", Level.PRODUCT),
        Op.DIV: function("floor_div", 2, "floor_div"),
        Op.MOD: function("modulo", 2),
        Idiom.PLAIN_DIV: binary("/", Level.PRODUCT),
        Idiom.PLAIN_MOD: function("mod", 2),
        Idiom.DIVIDES: Template("mod({0}, {1}) == 0", Level.COMPARISON, (Level.ANY, Level.ANY)),
        Idiom.NOT_DIVIDES: Template("mod({0}, {1}) /= 0", Level.COMPARISON, (Level.ANY, Level.ANY)),
        Op.NEG: prefix("-", Level.SUM),
        Op.ABS: function("abs", 1),
        Op.MIN: function("min", 2),
        Op.MAX: function("max", 2),
        Op.EQ: comparison("=="),
        Op.NE: comparison("/="),
        Op.LT: comparison("<"),
        Op.LE: comparison("<="),
        Op.GT: comparison(">"),
        Op.GE: comparison(">="),
        Op.AND: chain(".and.", Level.AND),
        Op.OR: chain(".or.", Level.OR),
        Op.NOT: prefix(".not. ", Level.NOT),
        Op.STR_EQ: function("same", 2, "same"),  # `==` does not see blanks at the end
        Op.STR_LENGTH: function("len", 1),
        Op.CHAR_AT: Template("{0}({1}:{1})", Level.POSTFIX, _AT),
        Idiom.CHAR_IS: Template("{0}({1}:{1}) == {2}", Level.COMPARISON, (*_AT, Level.ANY)),
        Idiom.CHAR_IS_NOT: Template("{0}({1}:{1}) /= {2}", Level.COMPARISON, (*_AT, Level.ANY)),
        Idiom.CHARS_EQ: Template("{0}({1}:{1}) == {2}({3}:{3})", Level.COMPARISON, _AT * 2),
        Idiom.CHARS_NE: Template("{0}({1}:{1}) /= {2}({3}:{3})", Level.COMPARISON, _AT * 2),
        Op.CONCAT: chain("//", Level.CONCATENATION),
        Op.ORD: function("iachar", 1),
        Op.CHR: function("achar", 1),
        Op.INT_TO_STR: function("to_string", 1, "to_string"),
        Op.LENGTH: function("size", 1),
        Op.AT: Template("{0}({1})", Level.POSTFIX, _AT),
        Op.FILLED: inside("spread({1}, 1, {0})", 2),
        Op.SORTED: function("sorted", 1, "sorted"),
    }
    conditional = inside("merge({1}, {2}, {0})", 3)
    append = inside("{0} = [{0}, {1}]", 2)
    helpers: ClassVar = {
        "floor_div": Helper(_FLOOR_DIV),
        "same": Helper(_SAME),
        "to_string": Helper(_TO_STRING),
        "sorted": Helper(_SORTED),
        "read_line": Helper(_READ_LINE),
        "read_list": Helper(_READ_LIST, ("read_line",)),
    }
    readers: ClassVar = {
        Type.INT: inside("read (*, *) {0}", 1),
        Type.BOOL: inside('{0} = read_line() == "true"', 1, "read_line"),
        Type.STR: inside("{0} = read_line()", 1, "read_line"),
        Type.INTS: inside("{0} = read_list()", 1, "read_list"),
    }
    writers: ClassVar = {
        Type.INT: inside("print '(i0)', {0}", 1),
        Type.BOOL: inside('print \'(a)\', trim(merge("true ", "false", {0}))', 1),
        Type.STR: inside("print '(a)', {0}", 1),
        Type.INTS: inside("print '(*(i0, :, \" \"))', {0}", 1),
    }
    booleans = (".false.", ".true.")
    end = ""
    first_index = 1

    def __init__(self) -> None:
        super().__init__()
        self._function = ""

    # Programs.

    def main(self, function: Function, alone: Expression | None) -> Lines:
        """Variables and what is done with them."""
        variables = [(parameter.name, parameter.type) for parameter in function.parameters]
        lines = super().main(function, alone)
        return self.indented(["implicit none", *_declarations(variables, _TYPES), *([""] if variables else []), *lines])

    def assemble(self, functions: Sequence[Lines], main: Lines) -> str:
        """A program that contains the functions."""
        if not main:
            return super().assemble(functions, main)
        inner = super().assemble(functions, []).rstrip("\n").split("\n") if functions or self.has_helpers else []
        contained = ["", "contains", "", *self.indented(inner), ""] if inner else []
        return "\n".join(["program main", *main, *contained, "end program main"]) + "\n"

    def function(self, function: Function) -> Lines:
        """One definition; its name is also the variable that holds the result."""
        self._function = function.name
        return [*super().function(function), f"end function {function.name}"]

    def head(self, function: Function) -> str:
        """The name and the parameters."""
        return f"function {function.name}({', '.join(parameter.name for parameter in function.parameters)})"

    def body(self, function: Function) -> Lines:
        """Declarations, and statements of which the last only sets the result."""
        parameters = [(parameter.name, parameter.type) for parameter in function.parameters]
        *statements, last = function.body
        lines = self.block(statements) + self.give(last.value if isinstance(last, Return) else Literal(0))[:1]
        variables = [(function.name, function.result), *dict.fromkeys(_variables(function.body))]
        return [
            *_declarations(parameters, {type: f"{name}, intent(in)" for type, name in _PARAMETER_TYPES.items()}),
            *_declarations(variables, _TYPES),
            "",
            *lines,
        ]

    # Statements.

    def choice(self, condition: Expression, then: Sequence[Statement], otherwise: Sequence[Statement]) -> Lines:
        """On one line where it has room."""
        lines = super().choice(condition, then, otherwise)
        if len(lines) != 3 or isinstance(then[0], If):
            return lines
        return [f"if ({self.condition(condition)}) {lines[1].strip()}"]

    def repeat(self, condition: Expression, body: Sequence[Statement]) -> Lines:
        """A loop that goes on until it is left has no condition."""
        return (
            self.framed("do", self.block(body), "end do")
            if condition == Literal(True)
            else super().repeat(condition, body)
        )

    def count(self, loop: ForRange) -> str:
        """`do` and the first and the last number."""
        return f"do {loop.name} = {self.expression(loop.start)}, {self.expression(plus(loop.stop, -1))}"

    def give(self, value: Expression) -> Lines:
        """The result is set before the function ends."""
        return [f"{self._function} = {self.expression(value)}", "return"]

    def leave(self) -> Lines:
        """`exit`."""
        return ["exit"]

    def declare(self, name: str, type: Type) -> Lines:
        """All variables are declared at the top."""
        return []

    # Expressions.

    def cannot_stand(self, expression: Expression, place: Expression | Statement) -> bool:
        """Choices whose branches must not both be looked at, and elements of what has no name."""
        match place:
            case Apply(Op.AT | Op.CHAR_AT, (whole, _)) if whole is expression:
                return not isinstance(expression, Variable)
        match expression:
            case Conditional(_, then, otherwise):
                return then.type in (Type.STR, Type.INTS) or any(
                    True for part in (then, otherwise) for _ in _partial(part)
                )
            case Apply(Op.AND | Op.OR, (first, second)):
                return not set(_partial(second)) <= set(_looked_at(first))
        return False

    def list(self, numbers: Sequence[int]) -> Written:
        """In brackets; an empty list has a type."""
        return super().list(numbers) if numbers else ("[integer ::]", Level.ATOM)

    def string(self, text: str) -> str:
        """Quotation marks in it are doubled."""
        return '"' + text.replace('"', '""') + '"'


def _partial(expression: Expression) -> Iterator[Expression | Statement]:
    """The parts of an expression that may have no value, depending on variables."""
    for _, part in walk(expression):
        match part:
            case Call() | Apply(Op.AT | Op.CHAR_AT | Op.ORD | Op.CHR):
                yield part
            case Apply(Op.DIV | Op.MOD, (_, divisor)) if not isinstance(divisor, Literal):
                yield part


def _looked_at(expression: Expression) -> Iterator[Expression]:
    """The parts of an expression that are looked at whatever the variables are."""
    yield expression
    match expression:
        case Conditional(first) | Apply(Op.AND | Op.OR, (first, _)):
            yield from _looked_at(first)
        case _:
            for part in operands(expression):
                yield from _looked_at(part)


def _variables(block: Sequence[Statement]) -> Iterator[tuple[str, Type]]:
    for statement in block:
        match statement:
            case Let(name, value):
                yield name, value.type
            case Declare(name, type):
                yield name, type
            case If(_, then, otherwise):
                yield from _variables(then)
                yield from _variables(otherwise)
            case While(_, body):
                yield from _variables(body)
            case ForRange(name, _, _, body):
                yield name, Type.INT
                yield from _variables(body)


def _declarations(variables: Iterable[tuple[str, Type]], types: dict[Type, str]) -> Lines:
    grouped: dict[Type, list[str]] = {}
    for name, type in variables:
        grouped.setdefault(type, []).append(f"{name}(:)" if type is Type.INTS else name)
    return [f"{types[type]} :: {', '.join(names)}" for type, names in grouped.items()]
