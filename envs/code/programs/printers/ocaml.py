"""OCaml."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from ..syntax import (
    Append,
    Apply,
    Call,
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
)
from .changes import changes
from .idioms import Idiom, plus
from .printer import Layout, Lines, Printer, Written, quoted
from .templates import Helper, Level, Template, binary, chain, comparison

_FLOOR_DIV = """\
let floor_div a b =
    if a >= 0 then
        a / b
    else
        (a + 1) / b - 1"""
_FLOOR_MOD = """\
let floor_mod a b =
    let rest = a mod b in
    if rest < 0 then
        rest + b
    else
        rest"""
_SORTED = """\
let sorted numbers =
    let copy = Array.copy numbers in
    Array.sort compare copy;
    copy"""
_READ_LIST = """\
let read_list () =
    let words = String.split_on_char ' ' (read_line ()) in
    Array.of_list (List.map int_of_string (List.filter (( <> ) "") words))"""
_AT = (Level.POSTFIX, Level.ANY)


def _applied(name: str, arguments: int, *needs: str) -> Template:
    places = " ".join(f"{{{i}}}" for i in range(arguments))
    return Template(f"{name} {places}", Level.APPLICATION, (Level.POSTFIX,) * arguments, needs)


class OCamlPrinter(Printer):
    """Writes OCaml: what comes after an early return is its other branch, and only loops are left by an exception."""

    layout = Layout(
        if_="if {} then",
        elif_="else if {} then",
        else_="else",
        end_if="",
        while_="while {} do",
        end_while="done",
        end_for="done",
        end_function="",
    )
    templates: ClassVar = {
        Op.ADD: binary("+", Level.SUM),
        Op.SUB: binary("-", Level.SUM),
        Op.MUL: binary("*", Level.PRODUCT),
        Op.DIV: _applied("floor_div", 2, "floor_div"),
        Op.MOD: _applied("floor_mod", 2, "floor_mod"),
        Idiom.PLAIN_DIV: binary("/", Level.PRODUCT),
        Idiom.PLAIN_MOD: binary("mod", Level.PRODUCT),
        Idiom.DIVIDES: Template("{0} mod {1} = 0", Level.COMPARISON, (Level.PRODUCT, Level.UNARY)),
        Idiom.NOT_DIVIDES: Template("{0} mod {1} <> 0", Level.COMPARISON, (Level.PRODUCT, Level.UNARY)),
        Op.NEG: Template("-{0}", Level.UNARY, (Level.ATOM,)),  # `-!` would be an operator
        Op.ABS: _applied("abs", 1),
        Op.MIN: _applied("min", 2),
        Op.MAX: _applied("max", 2),
        Op.EQ: comparison("="),
        Op.NE: comparison("<>"),
        Op.LT: comparison("<"),
        Op.LE: comparison("<="),
        Op.GT: comparison(">"),
        Op.GE: comparison(">="),
        Op.AND: chain("&&", Level.AND),
        Op.OR: chain("||", Level.OR),
        Op.NOT: _applied("not", 1),
        Op.STR_EQ: comparison("="),
        Idiom.STR_NE: comparison("<>"),
        Op.STR_LENGTH: _applied("String.length", 1),
        Op.CHAR_AT: Template("String.make 1 {0}.[{1}]", Level.APPLICATION, _AT),
        Idiom.CHAR_IS: Template("{0}.[{1}] = {2}", Level.COMPARISON, (*_AT, Level.ANY)),
        Idiom.CHAR_IS_NOT: Template("{0}.[{1}] <> {2}", Level.COMPARISON, (*_AT, Level.ANY)),
        Idiom.CHARS_EQ: Template("{0}.[{1}] = {2}.[{3}]", Level.COMPARISON, _AT * 2),
        Idiom.CHARS_NE: Template("{0}.[{1}] <> {2}.[{3}]", Level.COMPARISON, _AT * 2),
        Op.CONCAT: chain("^", Level.CONCATENATION),
        Op.ORD: Template("Char.code {0}.[0]", Level.APPLICATION, (Level.POSTFIX,)),
        Idiom.ORD_AT: Template("Char.code {0}.[{1}]", Level.APPLICATION, _AT),
        Idiom.ORD_OF: _applied("Char.code", 1),
        Op.CHR: Template("String.make 1 (Char.chr {0})", Level.APPLICATION, (Level.POSTFIX,)),
        Op.INT_TO_STR: _applied("string_of_int", 1),
        Op.LENGTH: _applied("Array.length", 1),
        Op.AT: Template("{0}.({1})", Level.POSTFIX, _AT),
        Op.FILLED: _applied("Array.make", 2),
        Op.SORTED: _applied("sorted", 1, "sorted"),
    }
    conditional = Template(
        "if {0} then {1} else {2}", Level.CONDITIONAL, (Level.CONDITIONAL, Level.OR, Level.CONDITIONAL)
    )
    helpers: ClassVar = {
        "floor_div": Helper(_FLOOR_DIV),
        "floor_mod": Helper(_FLOOR_MOD),
        "sorted": Helper(_SORTED),
        "read_list": Helper(_READ_LIST),
    }
    readers: ClassVar = {
        Type.INT: Template("let {0} = read_int () in", Level.ANY, ()),
        Type.BOOL: Template('let {0} = read_line () = "true" in', Level.ANY, ()),
        Type.STR: Template("let {0} = read_line () in", Level.ANY, ()),
        Type.INTS: Template("let {0} = read_list () in", Level.ANY, (), ("read_list",)),
    }
    writers: ClassVar = {
        Type.INT: _applied('Printf.printf "%d\\n"', 1),
        Type.BOOL: _applied('Printf.printf "%b\\n"', 1),
        Type.STR: _applied("print_endline", 1),
        Type.INTS: Template(
            'print_endline (String.concat " " (List.map string_of_int (Array.to_list {0})))',
            Level.ANY,
            (Level.POSTFIX,),
        ),
    }
    end = ""
    called = re.compile(r"(?<![\w.:])[a-z]\w*(?= \{)")

    def __init__(self) -> None:
        super().__init__()
        self._references: frozenset[str] = frozenset()
        self._leaves_by_exception = False

    # Programs.

    def head(self, function: Function) -> str:
        """`let` and the parameters."""
        return f"let {function.name} {' '.join(parameter.name for parameter in function.parameters) or '()'} ="

    def function(self, function: Function) -> Lines:
        """One definition; variables that change are references."""
        longer = {change.name for change in changes(function.body) if isinstance(change, Append)}
        self._references = frozenset(longer)
        lines = super().function(function)
        self._references = frozenset()
        return lines

    def body(self, function: Function) -> Lines:
        """A value, or an attempt that an exception with the value ends."""
        self._references |= self.reassigned
        self._leaves_by_exception = False
        lines = self.value(function.body)
        if not self._leaves_by_exception:
            return lines
        type = {Type.INT: "int", Type.BOOL: "bool", Type.STR: "string", Type.INTS: "int array"}[function.result]
        return [f"let exception Return of {type} in", "try", *self.indented(lines), "with Return value -> value"]

    def main(self, function: Function, alone: Expression | None) -> Lines:
        """What is done, as a definition of nothing."""
        return ["let () =", *self.indented(super().main(function, alone))]

    # Statements.

    def value(self, statements: Sequence[Statement]) -> Lines:
        """Statements of which the last gives the value of all."""
        first, *rest = statements
        match first:
            case Return(value):
                return [self.expression(value)]
            case Let():
                return [*self.statement(first), *self.value(rest)]
            case If(condition, then, otherwise) if _always_returns(then):
                return self._value_of_choice(condition, then, (*otherwise, *rest))
            case If(condition, then, otherwise) if _always_returns(otherwise):
                return self._value_of_choice(condition, (*then, *rest), otherwise)
        return [*_ended(self.statement(first)), *self.value(rest)]

    def block(self, statements: Sequence[Statement]) -> Lines:
        """Statements that only do something."""
        lines = [self.statement(statement) for statement in statements]
        return [line for each in lines[:-1] for line in _ended(each)] + lines[-1]

    def choice(self, condition: Expression, then: Sequence[Statement], otherwise: Sequence[Statement]) -> Lines:
        """A choice of what to do."""
        is_choice = len(otherwise) == 1 and isinstance(otherwise[0], If)
        return self._choice(condition, self.block(then), self.block(otherwise) if otherwise else [], is_choice)

    def let(self, name: str, value: Expression) -> Lines:
        """`let`."""
        if name in self._references:
            return [f"let {name} = ref {self.expression(value, Level.POSTFIX)} in"]
        return [f"let {name} = {self.expression(value)} in"]

    def assignment(self, target: Expression, value: Expression) -> str:
        """References are told, elements replaced."""
        if not isinstance(target, Variable):
            return f"{self.expression(target)} <- {self.expression(value)}"
        if value == Apply(Op.ADD, (target, Literal(1))):
            return f"incr {target.name}"
        return f"{target.name} := {self.expression(value)}"

    def extension(self, name: str, value: Expression) -> str:
        """A longer array."""
        return f"{name} := Array.append !{name} [|{self.expression(value)}|]"

    def count(self, loop: ForRange) -> str:
        """`for` and the first and the last number."""
        return f"for {loop.name} = {self.expression(loop.start)} to {self.expression(plus(loop.stop, -1))} do"

    def give(self, value: Expression) -> Lines:
        """Inside what only does something, an exception takes the value out of it."""
        self._leaves_by_exception = True
        return [f"raise (Return {self.expression(value, Level.POSTFIX)})"]

    def _value_of_choice(
        self, condition: Expression, then: Sequence[Statement], otherwise: Sequence[Statement]
    ) -> Lines:
        match otherwise[0]:
            case If(_, first, second):
                is_choice = _always_returns(first) or _always_returns(second)
            case _:
                is_choice = False
        return self._choice(condition, self.value(then), self.value(otherwise), is_choice)

    def _choice(self, condition: Expression, then: Lines, otherwise: Lines, is_choice: bool) -> Lines:
        """`begin` and `end` stand around what is more than a line; an other branch that `is_choice` goes on with it."""
        begin, end = (" begin", "end ") if len(then) > 1 else ("", "")
        lines = [f"if {self.expression(condition)} then{begin}", *self.indented(then)]
        if not otherwise:
            return [*lines, end.strip()] if end else lines
        if is_choice:
            return [*lines, f"{end}else {otherwise[0]}", *otherwise[1:]]
        if len(otherwise) > 1:
            return [*lines, f"{end}else begin", *self.indented(otherwise), "end"]
        return [*lines, f"{end}else", *self.indented(otherwise)]

    # Expressions.

    def variable(self, name: str) -> Written:
        """What a reference holds, or what a name stands for."""
        return (f"!{name}", Level.POSTFIX) if name in self._references else (name, Level.ATOM)

    def call(self, call: Call) -> Written:
        """A function before its arguments."""
        arguments = [self.expression(argument, Level.POSTFIX) for argument in call.arguments]
        return f"{call.function} {' '.join(arguments) or '()'}", Level.APPLICATION

    def list(self, numbers: Sequence[int]) -> Written:
        """Between bars."""
        return f"[|{'; '.join(map(str, numbers))}|]", Level.ATOM

    def character(self, literal: Literal) -> str:
        """In single quotation marks."""
        return quoted(str(literal.value), "'")


def _always_returns(statements: Sequence[Statement]) -> bool:
    match statements:
        case (*_, Return()):
            return True
        case (*_, If(_, then, otherwise)):
            return _always_returns(then) and _always_returns(otherwise)
    return False


def _ended(lines: Lines) -> Lines:
    return [*lines[:-1], f"{lines[-1]};"]
