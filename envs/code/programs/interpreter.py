"""Runs programs of the small language, within bounds on what they may compute and hold.

A program is turned into closures once and then run on as many inputs as one likes. Nothing of it is ever text that
Python reads. Programs must be such that `check` admits them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from .syntax import (
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
    Program,
    Return,
    Set,
    SetAt,
    Statement,
    Value,
    Variable,
    While,
)
from .values import LIMIT, MAX_LENGTH, check_value

STEPS = 100_000
"""How many steps a run may take unless said otherwise."""


class Refusal(StrEnum):
    """Why a run was broken off."""

    INPUTS = "inputs"
    BOUNDS = "bounds"
    DIVISOR = "divisor"
    INDEX = "index"
    CHARACTER = "character"
    LENGTH = "length"
    STEPS = "steps"


_WORDS = {
    Refusal.BOUNDS: "an integer left the bounds of 2^31",
    Refusal.DIVISOR: "a divisor is not positive",
    Refusal.INDEX: "an index is out of range",
    Refusal.CHARACTER: "a string is not one character, or a code not one of printable ASCII",
    Refusal.LENGTH: f"a length is negative or over {MAX_LENGTH}",
    Refusal.STEPS: "it took too many steps",
}


class RunError(ValueError):
    """A run left the bounds of the language.

    Attributes:
        reason: which of them.
    """

    def __init__(self, reason: Refusal, detail: str = "") -> None:
        super().__init__(detail or _WORDS[reason])
        self.reason = reason


# A frame is a list: first the steps that are left, as a list of one number that all frames of a run share, then the
# variables. What a statement's closure returns is the function's result, or None where the function goes on.
_Frame = list[Any]
_Code = Callable[[_Frame], Any]


class Executable:
    """A program made ready to run. May be used from many threads at once.

    Args:
        program: one that `check` admits.
    """

    def __init__(self, program: Program) -> None:
        functions: dict[str, _Compiled] = {}
        for function in program.functions:
            functions[function.name] = _Compiled(function, functions)
        self._main = functions[program.main.name]
        self._types = tuple(parameter.type for parameter in program.main.parameters)

    def run(self, inputs: Sequence[Value], *, steps: int = STEPS) -> Value:
        """The program's result.

        Args:
            inputs: of the types of its parameters.
            steps: how many it may take. One is an expression or a statement, counted wherever a loop's body or a
                function begins, and an element of a list that is sorted or filled.

        Raises:
            RunError: the inputs do not fit, or the run left the language's bounds.
        """
        if len(inputs) != len(self._types):
            raise RunError(Refusal.INPUTS, f"inputs must be {len(self._types)} values, got {len(inputs)}")
        values = []
        for value, type in zip(inputs, self._types, strict=True):
            try:
                check_value(value, type)
            except ValueError as error:
                raise RunError(Refusal.INPUTS, str(error)) from None
            values.append(list(value) if isinstance(value, tuple) else value)
        main = self._main
        if steps < main.steps:
            raise RunError(Refusal.STEPS)
        result = main.body([[steps - main.steps], *values, *main.locals])
        return tuple(result) if isinstance(result, list) else result


def run(program: Program, inputs: Sequence[Value], *, steps: int = STEPS) -> Value:
    """Run a program once; see `Executable`, which runs one many times.

    Raises:
        RunError: the inputs do not fit, or the run left the language's bounds.
    """
    return Executable(program).run(inputs, steps=steps)


class _Compiled:
    """A function as closures."""

    def __init__(self, function: Function, functions: dict[str, _Compiled]) -> None:
        self._functions = functions
        self._slots: dict[str, int] = {}
        for parameter in function.parameters:
            self._slot(parameter.name)
        self.steps = 0
        self.body, self.steps = self._block(function.body)
        self.locals = (None,) * (len(self._slots) - len(function.parameters))

    def _slot(self, name: str) -> int:
        return self._slots.setdefault(name, len(self._slots) + 1)

    # Statements: a closure, and how many steps it is.

    def _block(self, statements: tuple[Statement, ...]) -> tuple[_Code, int]:
        parts = [self._statement(statement) for statement in statements]
        codes, steps = tuple(code for code, _ in parts), sum(steps for _, steps in parts)
        if not codes:
            return lambda _: None, 0
        if len(codes) == 1:
            return codes[0], steps

        def block(frame: _Frame) -> Any:
            for code in codes:
                result = code(frame)
                if result is not None:
                    return result
            return None

        return block, steps

    def _statement(self, statement: Statement) -> tuple[_Code, int]:
        match statement:
            case Return(value):
                code, steps = self._expression(value)
                return code, steps + 1
            case Let(name, value) | Set(name, value):
                code, steps = self._expression(value)
                return _assignment(self._slot(name), code), steps + 1
            case Append(name, value):
                code, steps = self._expression(value)
                return _append(self._slot(name), code), steps + 1
            case SetAt(name, index, value):
                (index_code, index_steps), (code, steps) = self._expression(index), self._expression(value)
                return _assignment_at(self._slot(name), index_code, code), index_steps + steps + 1
            case If(condition, then, otherwise):
                test, test_steps = self._expression(condition)
                (yes, yes_steps), (no, no_steps) = self._block(then), self._block(otherwise)
                steps = test_steps + yes_steps + no_steps + 1
                if not otherwise:
                    return (lambda frame: yes(frame) if test(frame) else None), steps
                return (lambda frame: yes(frame) if test(frame) else no(frame)), steps
            case While(condition, body):
                (test, test_steps), (code, steps) = self._expression(condition), self._block(body)
                return _while(test, code, test_steps + steps + 1), test_steps + 1
            case ForRange(name, start, stop, body):
                (first, first_steps), (last, last_steps) = self._expression(start), self._expression(stop)
                slot = self._slot(name)
                code, steps = self._block(body)
                return _for(slot, first, last, code, steps + 1), first_steps + last_steps + 1

    # Expressions: likewise.

    def _expression(self, expression: Expression) -> tuple[_Code, int]:
        match expression:
            case Literal(value):
                if isinstance(value, tuple):
                    return (lambda _: list(value)), 1 + len(value)
                return (lambda _: value), 1
            case Variable(name):
                return operator.itemgetter(self._slots[name]), 1
            case Conditional(condition, then, otherwise):
                (test, a), (yes, b), (no, c) = map(self._expression, (condition, then, otherwise))
                return (lambda frame: yes(frame) if test(frame) else no(frame)), a + b + c + 1
            case Apply(op, arguments):
                parts = [self._expression(argument) for argument in arguments]
                return _APPLY[op](*(code for code, _ in parts)), sum(steps for _, steps in parts) + 1
            case Call(name, arguments):
                parts = [self._expression(argument) for argument in arguments]
                code = _call(self._functions[name], tuple(code for code, _ in parts))
                return code, sum(steps for _, steps in parts) + 1


def _assignment(slot: int, value: _Code) -> _Code:
    def assign(frame: _Frame) -> None:
        frame[slot] = value(frame)

    return assign


def _assignment_at(slot: int, index: _Code, value: _Code) -> _Code:
    def assign(frame: _Frame) -> None:
        elements, i = frame[slot], index(frame)
        if not 0 <= i < len(elements):
            raise RunError(Refusal.INDEX)
        elements[i] = value(frame)

    return assign


def _append(slot: int, value: _Code) -> _Code:
    def append(frame: _Frame) -> None:
        elements = frame[slot]
        if len(elements) >= MAX_LENGTH:
            raise RunError(Refusal.LENGTH)
        elements.append(value(frame))

    return append


def _while(test: _Code, body: _Code, steps: int) -> _Code:
    def loop(frame: _Frame) -> Any:
        left = frame[0]
        while test(frame):
            left[0] -= steps
            if left[0] < 0:
                raise RunError(Refusal.STEPS)
            result = body(frame)
            if result is not None:
                return result
        return None

    return loop


def _for(slot: int, start: _Code, stop: _Code, body: _Code, steps: int) -> _Code:
    def loop(frame: _Frame) -> Any:
        left = frame[0]
        for i in range(start(frame), stop(frame)):
            left[0] -= steps
            if left[0] < 0:
                raise RunError(Refusal.STEPS)
            frame[slot] = i
            result = body(frame)
            if result is not None:
                return result
        return None

    return loop


def _call(function: _Compiled, arguments: tuple[_Code, ...]) -> _Code:
    body, steps, others = function.body, function.steps, function.locals

    def call(frame: _Frame) -> Any:
        left = frame[0]
        left[0] -= steps
        if left[0] < 0:
            raise RunError(Refusal.STEPS)
        return body([left, *[argument(frame) for argument in arguments], *others])

    return call


# Operations: closures of their arguments to a closure.


def _arithmetic(function: Callable[[int, int], int]) -> Callable[[_Code, _Code], _Code]:
    def apply(a: _Code, b: _Code) -> _Code:
        def code(frame: _Frame) -> int:
            result = function(a(frame), b(frame))
            if -LIMIT < result < LIMIT:
                return result
            raise RunError(Refusal.BOUNDS)

        return code

    return apply


def _division(function: Callable[[int, int], int]) -> Callable[[_Code, _Code], _Code]:
    def apply(a: _Code, b: _Code) -> _Code:
        def code(frame: _Frame) -> int:
            dividend, divisor = a(frame), b(frame)
            if divisor <= 0:
                raise RunError(Refusal.DIVISOR)
            return function(dividend, divisor)

        return code

    return apply


def _plain1(function: Callable[[Any], Any]) -> Callable[[_Code], _Code]:
    return lambda a: lambda frame: function(a(frame))


def _plain2(function: Callable[[Any, Any], Any]) -> Callable[[_Code, _Code], _Code]:
    return lambda a, b: lambda frame: function(a(frame), b(frame))


def _element(elements: _Code, index: _Code) -> _Code:
    def code(frame: _Frame) -> Any:
        sequence, i = elements(frame), index(frame)
        if 0 <= i < len(sequence):
            return sequence[i]
        raise RunError(Refusal.INDEX)

    return code


def _concat(a: _Code, b: _Code) -> _Code:
    def code(frame: _Frame) -> str:
        result = a(frame) + b(frame)
        if len(result) > MAX_LENGTH:
            raise RunError(Refusal.LENGTH)
        return result

    return code


def _ord(a: _Code) -> _Code:
    def code(frame: _Frame) -> int:
        text = a(frame)
        if len(text) != 1:
            raise RunError(Refusal.CHARACTER)
        return ord(text)

    return code


def _chr(a: _Code) -> _Code:
    def code(frame: _Frame) -> str:
        number = a(frame)
        if not 32 <= number <= 126:
            raise RunError(Refusal.CHARACTER)
        return chr(number)

    return code


def _filled(count: _Code, element: _Code) -> _Code:
    def code(frame: _Frame) -> list[int]:
        length = count(frame)
        if not 0 <= length <= MAX_LENGTH:
            raise RunError(Refusal.LENGTH)
        _charge(frame, length)
        return [element(frame)] * length

    return code


def _sorted(a: _Code) -> _Code:
    def code(frame: _Frame) -> list[int]:
        elements = a(frame)
        _charge(frame, len(elements))
        return sorted(elements)

    return code


def _charge(frame: _Frame, steps: int) -> None:
    frame[0][0] -= steps
    if frame[0][0] < 0:
        raise RunError(Refusal.STEPS)


_APPLY: dict[Op, Callable[..., _Code]] = {
    Op.ADD: _arithmetic(operator.add),
    Op.SUB: _arithmetic(operator.sub),
    Op.MUL: _arithmetic(operator.mul),
    Op.DIV: _division(operator.floordiv),
    Op.MOD: _division(operator.mod),
    Op.NEG: _plain1(operator.neg),
    Op.ABS: _plain1(abs),
    Op.MIN: _plain2(min),
    Op.MAX: _plain2(max),
    Op.EQ: _plain2(operator.eq),
    Op.NE: _plain2(operator.ne),
    Op.LT: _plain2(operator.lt),
    Op.LE: _plain2(operator.le),
    Op.GT: _plain2(operator.gt),
    Op.GE: _plain2(operator.ge),
    Op.AND: lambda a, b: lambda frame: a(frame) and b(frame),
    Op.OR: lambda a, b: lambda frame: a(frame) or b(frame),
    Op.NOT: _plain1(operator.not_),
    Op.STR_EQ: _plain2(operator.eq),
    Op.STR_LENGTH: _plain1(len),
    Op.CHAR_AT: _element,
    Op.CONCAT: _concat,
    Op.ORD: _ord,
    Op.CHR: _chr,
    Op.INT_TO_STR: _plain1(str),
    Op.LENGTH: _plain1(len),
    Op.AT: _element,
    Op.FILLED: _filled,
    Op.SORTED: _sorted,
}
