"""Functions that recipes know by name."""

from __future__ import annotations

import functools
import inspect
import typing
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from ...envs.core.names import unknown_name

F = TypeVar("F", bound=Callable[..., Any])

Choice = str | dict[str, Any]
"""What a recipe says of a stage: the name of a function, or a mapping of `name` and its keyword arguments."""


def name_of(choice: Choice) -> str:
    """The name in a choice.

    Raises:
        ValueError: it has none.
    """
    name = choice if isinstance(choice, str) else choice.get("name")
    if not isinstance(name, str):
        raise ValueError(f"a mapping needs the key 'name' beside its parameters, got {choice!r}")
    return name


class NamedFunctions(Generic[F]):
    """A table of functions (or classes) of one kind.

    The keyword-only parameters of a function are its settings: a recipe may give them beside the name.

    Args:
        what: the kind, for messages.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._functions: dict[str, F] = {}

    def register(self, name: str) -> Callable[[F], F]:
        """A decorator that makes a function known under a name; a name used again takes the newer function."""

        def decorate(function: F) -> F:
            self._functions[name] = function
            return function

        return decorate

    def __iter__(self) -> Iterator[str]:
        return iter(self._functions)

    def find(self, name: str) -> F:
        """The function of a name.

        Raises:
            ValueError: there is none; the message names the nearest.
        """
        if name not in self._functions:
            raise unknown_name(f"unknown {self._what} {name!r}", name, self._functions)
        return self._functions[name]

    def bind(self, choice: Choice) -> F:
        """The function of a choice, its keyword arguments filled in.

        Raises:
            ValueError: the name or a parameter is unknown, missing, or of another type; the message names it.
        """
        name = name_of(choice)
        function = self.find(name)
        given = {} if isinstance(choice, str) else {key: value for key, value in choice.items() if key != "name"}
        settings = bind_settings(function, given, what=f"{self._what} {name}")
        return typing.cast(F, functools.partial(function, **settings)) if settings else function


def bind_settings(function: Callable[..., Any], given: Mapping[str, Any], *, what: str) -> dict[str, Any]:
    """Check keyword arguments against a function's keyword-only parameters.

    Args:
        function: a function or class.
        given: the arguments.
        what: what to call the function in messages.

    Returns:
        The arguments in the types that the function wants.

    Raises:
        ValueError: an argument is unknown, missing, or of another type; the message names it.
    """
    parameters = _settings_of(function)
    settings: dict[str, Any] = {}
    for key, value in given.items():
        if key not in parameters:
            raise unknown_name(f"{what} has no parameter {key!r}", key, parameters)
        try:
            settings[key] = parameters[key][1].validate_python(value)
        except ValidationError as error:
            detail = error.errors(include_url=False)[0]
            if detail["type"] == "value_error":  # of a dataclass, which names the key itself
                raise ValueError(f"{what}: {detail.get('ctx', {})['error']}") from error
            where = ".".join(map(str, (key, *detail["loc"])))
            raise ValueError(f"{what}: {where}: {detail['msg']}, got {value!r}") from error
    missing = [key for key, (required, _) in parameters.items() if required and key not in given]
    if missing:
        raise ValueError(f"{what} needs the parameter {missing[0]!r}")
    return settings


@functools.cache
def _settings_of(function: Callable[..., Any]) -> dict[str, tuple[bool, TypeAdapter[Any]]]:
    """The keyword-only parameters: whether each is required, and its type."""
    hints = typing.get_type_hints(function.__init__ if inspect.isclass(function) else function)
    return {
        name: (parameter.default is parameter.empty, TypeAdapter(hints[name]))
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY
    }
