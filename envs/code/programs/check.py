"""The rules of the small language that a program must keep before it is run, printed or changed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .reserved import RESERVED
from .syntax import (
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
from .values import check_value

MAX_DEPTH = 100
"""How deep expressions and statements may be nested, a called function's depth being added to that of the call."""

MAX_NAME_LENGTH = 32

_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Header:
    """What callers know of a function.

    Attributes:
        parameters: their types.
        result: its type.
        depth: how deep it is nested.
    """

    parameters: tuple[Type, ...]
    result: Type
    depth: int


def check(program: Program) -> None:
    """Hold a program to the rules of `syntax`.

    Raises:
        ValueError: it is ill-typed or breaks a rule; the message names the function and the rule.
    """
    if not program.functions:
        raise ValueError("program must have a function")
    headers: dict[str, Header] = {}
    for function in program.functions:
        _check_word(function.name)
        try:
            headers[function.name] = _check_function(function, headers)
        except ValueError as error:
            raise ValueError(f"{function.name}: {error}") from None


def _check_function(function: Function, headers: Mapping[str, Header]) -> Header:
    for parameter in function.parameters:
        _check_word(parameter.name)
    scope = Scope(function.name, function.parameters, headers)
    depth = _check_block(function.body, scope, function.result, top=True)
    if not isinstance(function.body[-1], Return):
        raise ValueError("the last statement of a function must be Return")
    if depth > MAX_DEPTH:
        raise ValueError(f"it is nested {depth} deep, at most {MAX_DEPTH} will do")
    return Header(tuple(parameter.type for parameter in function.parameters), function.result, depth)


class Scope:
    """The names that a function knows at one of its places, and what may be done with them.

    Args:
        function: its name.
        parameters: its parameters.
        headers: of the functions before it.

    Raises:
        ValueError: a name is taken.
    """

    def __init__(self, function: str, parameters: Sequence[Parameter], headers: Mapping[str, Header]) -> None:
        if function in headers:
            raise ValueError(f"there is a function {function} already")
        self.headers = headers
        self._function = function
        self._parameters: dict[str, Type] = {}
        self._locals: dict[str, Type] = {}
        self._loops: list[str] = []
        self._past_loops: set[str] = set()
        for parameter in parameters:
            self._check_new(parameter.name)
            self._parameters[parameter.name] = parameter.type

    def read(self, name: str) -> Type:
        """The type of a variable that may be read here.

        Raises:
            ValueError: there is none of that name.
        """
        if name in self._loops:
            return Type.INT
        known = self._locals.get(name) or self._parameters.get(name)
        if known is None:
            raise ValueError(f"no variable {name} is known here")
        return known

    def let(self, name: str, value: Expression) -> None:
        """A new local variable.

        Raises:
            ValueError: the name is taken, or the value a list that has a name.
        """
        self._check_new(name)
        if name in self._past_loops:
            raise ValueError(f"{name} has been a loop's variable")
        _check_fresh(value)
        self._locals[name] = value.type

    def assign(self, name: str, value: Expression) -> None:
        """Another value for a local variable.

        Raises:
            ValueError: it is no local variable, of another type, or the value a list that has a name.
        """
        if self._local(name) is not value.type:
            raise ValueError(f"{name} is of type {self._local(name)}, its new value of type {value.type}")
        _check_fresh(value)

    def change(self, name: str, *integers: Expression) -> None:
        """A change of a local list by integers: an element, or an index and an element.

        Raises:
            ValueError: it is no local list, or they are no integers.
        """
        if self._local(name) is not Type.INTS:
            raise ValueError(f"{name} must be a list to be changed")
        for integer in integers:
            _expect(integer.type, Type.INT)

    def returns(self, value: Expression, result: Type) -> None:
        """A function's result.

        Raises:
            ValueError: it is of another type, or a parameter that is a list.
        """
        _expect(value.type, result)
        if not (isinstance(value, Variable) and value.name in self._locals):
            _check_fresh(value)

    def enter(self, loop: str) -> None:
        """The body of a loop over a range begins.

        Raises:
            ValueError: its variable's name is taken.
        """
        self._check_new(loop)
        self._loops.append(loop)
        self._past_loops.add(loop)

    def leave(self) -> None:
        """The body of the innermost loop over a range ends."""
        self._loops.pop()

    def _check_new(self, name: str) -> None:
        if name in self._parameters or name in self._locals or name in self._loops:
            raise ValueError(f"the name {name} is taken")
        if name == self._function or name in self.headers:
            raise ValueError(f"{name} is the name of a function")

    def _local(self, name: str) -> Type:
        if name not in self._locals:
            kind = "a parameter" if name in self._parameters else "a loop's variable" if name in self._loops else None
            raise ValueError(
                f"{name} is {kind} and cannot be changed" if kind else f"no local variable {name} is known"
            )
        return self._locals[name]


def check_arguments(what: str, expected: Sequence[Type], found: Sequence[Type]) -> None:
    """Whether the arguments of an operation or a call are of the right types.

    Raises:
        ValueError: they are not; the message names `what` was to be applied.
    """
    if tuple(expected) != tuple(found):
        raise ValueError(f"{what} takes ({', '.join(expected)}), got ({', '.join(found)})")


def _check_word(name: str) -> None:
    if not _NAME.fullmatch(name) or len(name) > MAX_NAME_LENGTH:
        raise ValueError(f"names must be lower-case words of at most {MAX_NAME_LENGTH} letters, got {name[:40]!r}")
    if name in RESERVED:
        raise ValueError(f"the word {name} is reserved in some language")


def _check_block(block: Sequence[Statement], scope: Scope, result: Type, *, top: bool = False) -> int:
    if not block:
        raise ValueError("a block must have a statement")
    depth = 0
    for i, statement in enumerate(block):
        if isinstance(statement, Return) and i + 1 < len(block):
            raise ValueError("nothing may stand behind a Return")
        if isinstance(statement, Let):
            if not top:
                raise ValueError(f"the Let of {statement.name} must not stand inside another statement")
            _check_word(statement.name)
        depth = max(depth, _check_statement(statement, scope, result))
    return depth


def _check_statement(statement: Statement, scope: Scope, result: Type) -> int:
    match statement:
        case Let(name, value):
            depth = _check_expression(value, scope)
            scope.let(name, value)
        case Set(name, value):
            depth = _check_expression(value, scope)
            scope.assign(name, value)
        case SetAt(name, index, value):
            depth = max(_check_expression(index, scope), _check_expression(value, scope))
            scope.change(name, index, value)
        case Append(name, value):
            depth = _check_expression(value, scope)
            scope.change(name, value)
        case Return(value):
            depth = _check_expression(value, scope)
            scope.returns(value, result)
        case If(condition, then, otherwise):
            depth = max(_check_expression(condition, scope), _check_block(then, scope, result))
            _expect(condition.type, Type.BOOL)
            if otherwise:
                depth = max(depth, _check_block(otherwise, scope, result))
        case While(condition, body):
            depth = max(_check_expression(condition, scope), _check_block(body, scope, result))
            _expect(condition.type, Type.BOOL)
        case ForRange(name, start, stop, body):
            depth = max(_check_expression(start, scope), _check_expression(stop, scope))
            _expect(start.type, Type.INT)
            _expect(stop.type, Type.INT)
            _check_word(name)
            scope.enter(name)
            depth = max(depth, _check_block(body, scope, result))
            scope.leave()
    return depth + 1


def _check_expression(expression: Expression, scope: Scope) -> int:
    match expression:
        case Literal(value):
            check_value(value, expression.type)
            return 1
        case Variable(name, type):
            if scope.read(name) is not type:
                raise ValueError(f"{name} is of type {scope.read(name)}, not of type {type}")
            return 1
        case Conditional(condition, then, otherwise):
            depths = [_check_expression(part, scope) for part in (condition, then, otherwise)]
            _expect(condition.type, Type.BOOL)
            _expect(otherwise.type, then.type)
            return max(depths) + 1
        case Apply(op, arguments):
            depths = [_check_expression(argument, scope) for argument in arguments]
            check_arguments(op, SIGNATURES[op].arguments, [argument.type for argument in arguments])
            return max(depths) + 1
        case Call(name, arguments, type):
            depths = [_check_expression(argument, scope) for argument in arguments]
            header = scope.headers.get(name)
            if header is None:
                raise ValueError(f"no function {name} stands before")
            check_arguments(name, header.parameters, [argument.type for argument in arguments])
            if header.result is not type:
                raise ValueError(f"{name} gives a value of type {header.result}, not of type {type}")
            return max(depths, default=0) + header.depth + 1


def _check_fresh(value: Expression) -> None:
    """A list that is bound to a name must be a new one, or two names could stand for the same."""
    if value.type is not Type.INTS:
        return
    if isinstance(value, Variable):
        raise ValueError(f"the list {value.name} must be copied to have another name")
    if isinstance(value, Conditional):
        _check_fresh(value.then)
        _check_fresh(value.otherwise)


def _expect(found: Type, expected: Type) -> None:
    if found is not expected:
        raise ValueError(f"a value of type {expected} was expected, got one of type {found}")
