"""Functions that recipes know by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from ...envs.core.names import unknown_name

F = TypeVar("F", bound=Callable)


class NamedFunctions(Generic[F]):
    """A table of functions of one kind.

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

    def find(self, name: str) -> F:
        """The function of a name.

        Raises:
            ValueError: there is none; the message names the nearest.
        """
        if name not in self._functions:
            raise unknown_name(f"unknown {self._what} {name!r}", name, self._functions)
        return self._functions[name]
