"""Programs read from the surface."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..check import MAX_DEPTH, Header, Scope, check_arguments
from ..syntax import (
    SIGNATURES,
    Append,
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
    Parameter,
    Program,
    Return,
    Set,
    SetAt,
    Statement,
    Type,
    Variable,
    While,
)
from ..values import LIMIT
from . import words

MAX_TEXT_LENGTH = 20_000
"""The longest program that is read, in characters."""

_OPERATIONS = {word: op for op, word in words.WORDS.items()}
_TYPES = {mark: type for type, mark in words.MARKS.items()}

_WORD = re.compile(r"[ \t\r\n]*+(\|(?:[ -{}~]|\|\|)*+\|(?![^ \t\r\n])|[^ \t\r\n]++)")
_TEXT = re.compile(r"\|(?:[ -{}~]|\|\|)*+\|")
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,9}")
_NAME = re.compile(r"([a-z][a-z0-9_]{0,31})([#?$@:=^+!\[]?)")


class SkinError(ValueError):
    """A text is no program; the message says where, and what was expected.

    Attributes:
        line: from 1.
        word: in the line, from 1.
    """

    def __init__(self, line: int, word: int, expected: str) -> None:
        super().__init__(f"line {line}, word {word}: {expected}")
        self.line = line
        self.word = word


def parse(text: str) -> Program:
    """The program that a text is; `parse(write(program)) == program`. Takes time linear in the text.

    Names may be words that other languages reserve; otherwise the program is one that `check` admits.

    Raises:
        SkinError: it is none; the message quotes nothing of the text but names in it.
    """
    if len(text) > MAX_TEXT_LENGTH:
        raise SkinError(1, 1, f"a program of at most {MAX_TEXT_LENGTH} characters was expected")
    parser = _Parser()
    line, word, at = 1, 0, 0
    try:
        while found := _WORD.match(text, at):
            ends = text.count("\n", at, found.start(1))
            line, word, at = line + ends, 1 if ends else word + 1, found.end()
            parser.read(found[1])
        word += 1
        return parser.finish()
    except ValueError as error:
        raise SkinError(line, word, str(error)) from None


@dataclass(slots=True)
class _Block:
    """A block that has begun and not ended.

    Attributes:
        closers: what may end it.
        statements: so far.
        start: what stands before it: the condition, or the loop's start and stop.
        loop: the loop's variable.
        then: what stands before the `/`.
    """

    closers: tuple[str, ...]
    statements: list[Statement] = field(default_factory=list)
    start: tuple[Expression, ...] = ()
    loop: str = ""
    then: tuple[Statement, ...] = ()


class _Parser:
    """Reads word by word; every ValueError says what was expected instead."""

    def __init__(self) -> None:
        self._functions: list[Function] = []
        self._headers: dict[str, Header] = {}
        self._header: list[Parameter] = []  # of the function that begins
        self._blocks: list[_Block] = []  # innermost last; none between functions
        self._values: list[tuple[Expression, int]] = []  # operands that wait, and how deep they are
        self._list: list[int] | None = None  # a list literal that has begun
        self._depth = 0
        self._scope: Scope

    def read(self, word: str) -> None:
        if not self._blocks:
            self._read_header(word)
        elif self._list is not None:
            if word == ">":
                self._push(Literal(tuple(self._list)))
                self._list = None
            elif _INTEGER.fullmatch(word):
                self._list.append(_integer(word))
            else:
                raise ValueError("an integer or > was expected")
        elif word[0].isdigit() or (word[0] == "-" and len(word) > 1):
            if not _INTEGER.fullmatch(word):
                raise ValueError("an integer in decimal digits was expected")
            self._push(Literal(_integer(word)))
        elif op := _OPERATIONS.get(word):
            self._apply(op, word)
        elif word[0] == "|":
            if not _TEXT.fullmatch(word):
                raise ValueError("a text of printable ASCII between | and | was expected")
            self._push(Literal(word[1:-1].replace("||", "|")))
        elif found := _NAME.fullmatch(word):
            self._read_name(*found.groups())
        else:
            self._read_sign(word)

    def finish(self) -> Program:
        if self._blocks:
            raise ValueError("more was expected: the last function is not ended")
        if self._header or not self._functions:
            raise ValueError("a function was expected, such as n# f# { n 1 Ba . }")
        return Program(tuple(self._functions))

    def _read_header(self, word: str) -> None:
        found = _NAME.fullmatch(word)
        if found and found[2] in _TYPES:
            self._header.append(Parameter(found[1], _TYPES[found[2]]))
        elif word == "{" and self._header:
            *parameters, function = self._header
            self._scope = Scope(function.name, parameters, self._headers)
            self._depth = 0
            self._blocks.append(_Block(("}",)))
        else:
            raise ValueError("a function was expected: names with types (# ? $ @), then {")

    def _read_name(self, name: str, mark: str) -> None:
        match mark:
            case "":
                self._push(Variable(name, self._scope.read(name)))
            case "!":
                self._call(name)
            case ":":
                if len(self._blocks) > 1:
                    raise ValueError("a new variable must not stand inside another statement")
                (value,) = self._operands(1)
                self._scope.let(name, value)
                self._add(Let(name, value))
            case "=":
                (value,) = self._operands(1)
                self._scope.assign(name, value)
                self._add(Set(name, value))
            case "^":
                index, value = self._operands(2)
                self._scope.change(name, index, value)
                self._add(SetAt(name, index, value))
            case "+":
                (value,) = self._operands(1)
                self._scope.change(name, value)
                self._add(Append(name, value))
            case "[":
                start = self._operands(2)
                check_arguments("a loop", (Type.INT, Type.INT), [bound.type for bound in start])
                self._scope.enter(name)
                self._open(_Block(("]",), start=start, loop=name))
            case _:
                raise ValueError("types are marked before the { of a function only")

    def _read_sign(self, word: str) -> None:
        match word:
            case ".":
                (value,) = self._operands(1)
                self._scope.returns(value, self._header[-1].type)
                self._add(Return(value))
            case "(":
                self._open(_Block((")", "/"), start=self._condition()))
            case "[":
                self._open(_Block((";",)))
            case "<":
                self._list = []
            case words.TRUE | words.FALSE:
                self._push(Literal(word == words.TRUE))
            case words.CONDITIONAL:
                self._choose()
            case "}" | ")" | "]" | "/" | ";":
                self._close(word)
            case _:
                raise ValueError("a word of the language was expected")

    # Values.

    def _push(self, value: Expression, depth: int = 1) -> None:
        if len(self._blocks) + depth > MAX_DEPTH:
            raise ValueError(f"something nested at most {MAX_DEPTH} deep was expected")
        self._values.append((value, depth))

    def _pop(self, what: str, expected: tuple[Type, ...]) -> tuple[tuple[Expression, ...], int]:
        count = len(expected)
        operands = self._values[len(self._values) - count :] if count else []
        check_arguments(what, expected, [value.type for value, _ in operands])
        del self._values[len(self._values) - count :]
        return tuple(value for value, _ in operands), max((depth for _, depth in operands), default=0)

    def _apply(self, op: Op, word: str) -> None:
        arguments, depth = self._pop(word, SIGNATURES[op].arguments)
        self._push(Apply(op, arguments), depth + 1)

    def _call(self, name: str) -> None:
        header = self._headers.get(name)
        if header is None:
            raise ValueError(f"no function {name} stands before")
        arguments, depth = self._pop(name, header.parameters)
        self._push(Call(name, arguments, header.result), depth + header.depth + 1)

    def _choose(self) -> None:
        type = self._values[-1][0].type if self._values else Type.INT
        (condition, then, otherwise), depth = self._pop(words.CONDITIONAL, (Type.BOOL, type, type))
        self._push(Conditional(condition, then, otherwise), depth + 1)

    # Statements.

    def _operands(self, count: int, outside: int = 0) -> tuple[Expression, ...]:
        """All values that wait, for the statement that takes them, in `outside` blocks less than now."""
        if len(self._values) != count:
            raise ValueError(f"{count} value{'s' * (count > 1)} before it were expected, got {len(self._values)}")
        operands = tuple(value for value, _ in self._values)
        depth = len(self._blocks) - outside + max(depth for _, depth in self._values)
        self._depth = max(self._depth, depth)
        self._values.clear()
        return operands

    def _condition(self, outside: int = 0) -> tuple[Expression, ...]:
        operands = self._operands(1, outside)
        check_arguments("a condition", (Type.BOOL,), [operands[0].type])
        return operands

    def _add(self, statement: Statement) -> None:
        block = self._blocks[-1]
        statements = block.statements
        if block.closers == (";",):
            raise ValueError("a condition and ; were expected")
        if statements and isinstance(statements[-1], Return):
            raise ValueError("nothing may stand behind a return")
        statements.append(statement)

    def _open(self, block: _Block) -> None:
        if len(self._blocks) >= MAX_DEPTH:
            raise ValueError(f"something nested at most {MAX_DEPTH} deep was expected")
        self._blocks.append(block)

    def _close(self, word: str) -> None:
        block = self._blocks[-1]
        if word not in block.closers:
            raise ValueError(f"{' or '.join(block.closers)} was expected")
        if word == ";":
            block.start, block.closers = self._condition(outside=1), ("]",)
            return
        if self._values:
            raise ValueError("what is done with the value before it was expected")
        if not block.statements:
            raise ValueError("a statement was expected")
        statements = tuple(block.statements)
        if word == "/":
            block.then, block.statements, block.closers = statements, [], (")",)
            return
        self._blocks.pop()
        if word == "}":
            self._end_function(statements)
        elif word == ")":
            self._add(If(block.start[0], *((block.then, statements) if block.then else (statements,))))
        elif block.loop:
            self._scope.leave()
            self._add(ForRange(block.loop, block.start[0], block.start[1], statements))
        else:
            self._add(While(block.start[0], statements))

    def _end_function(self, body: tuple[Statement, ...]) -> None:
        if not isinstance(body[-1], Return):
            raise ValueError("a return was expected as the last statement of the function")
        *parameters, function = self._header
        if self._depth > MAX_DEPTH:
            raise ValueError(f"something nested at most {MAX_DEPTH} deep was expected")
        self._functions.append(Function(function.name, tuple(parameters), function.type, body))
        self._headers[function.name] = Header(
            tuple(parameter.type for parameter in parameters), function.type, self._depth
        )
        self._header = []


def _integer(word: str) -> int:
    number = int(word)
    if not -LIMIT < number < LIMIT:
        raise ValueError("an integer strictly between -2^31 and 2^31 was expected")
    return number
