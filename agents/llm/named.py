"""Functions that recipes know by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

from ...envs.core.names import did_you_mean

F = TypeVar("F", bound=Callable)


class NamedFunctions(Mapping[str, F], Generic[F]):
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
            known = ", ".join(sorted(self._functions))
            raise ValueError(f"unknown {self._what} {name!r}{did_you_mean(name, self._functions)} (known: {known})")
        return self._functions[name]

    def __getitem__(self, name: str) -> F:
        return self._functions[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._functions)

    def __len__(self) -> int:
        return len(self._functions)
