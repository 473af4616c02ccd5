"""Whether what a program printed, or what its function returned, is what was expected.

What a program printed is data: it is compared in time linear in its length, and never evaluated.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from ...core.arguments import check_number
from ..sandbox import Sandbox
from .cases import StdinCase

Agreement = Callable[[StdinCase, bytes], bool]
"""Whether a program that was given a case's input may print these bytes."""

_LONGEST_NUMBER = 400  # in characters; the largest double has 309 digits
_NUMBER = re.compile(rb"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?|inf(?:inity)?|nan)", re.IGNORECASE)


class Comparison(Protocol):
    """A way to compare outputs with what was expected."""

    def prepare(self, sandbox: Sandbox) -> Agreement:
        """What compares; it may be called from many threads at once.

        Raises:
            CheckerBroken: a checker program cannot be made to run.
            SandboxBroken: the sandbox failed.
        """
        ...


@dataclass(frozen=True, slots=True)
class Exact:
    """Byte for byte; one line end at the end may be there or not."""

    def prepare(self, sandbox: Sandbox) -> Agreement:
        """Compares bytes."""
        return lambda case, printed: printed.removesuffix(b"\n") == case.expected.encode().removesuffix(b"\n")


@dataclass(frozen=True, slots=True)
class Tokens:
    """Word for word; white space only parts them."""

    def prepare(self, sandbox: Sandbox) -> Agreement:
        """Compares words and their order."""
        return lambda case, printed: printed.split() == case.expected.encode().split()


@dataclass(frozen=True, slots=True)
class Floats:
    """Word for word, but numbers may differ a little: |printed - expected| <= max(absolute, relative * |expected|).

    Not a number agrees with itself alone, and an infinity with that of its sign.

    Attributes:
        absolute: the largest difference of small numbers.
        relative: the largest difference as a share of the expected number.

    Raises:
        ValueError: one is negative or not finite.
    """

    absolute: float = 1e-6
    relative: float = 1e-6

    def __post_init__(self) -> None:
        for name in ("absolute", "relative"):
            if check_number(name, getattr(self, name)) < 0:
                raise ValueError(f"{name} must be 0 or more, got {getattr(self, name)!r}")

    def prepare(self, sandbox: Sandbox) -> Agreement:
        """Compares words, numbers within the tolerance."""
        return self._agrees

    def close(self, got: float, expected: float) -> bool:
        """Whether a number is near enough to another."""
        if math.isfinite(got) and math.isfinite(expected):
            return abs(got - expected) <= max(self.absolute, self.relative * abs(expected))
        return got == expected or (math.isnan(got) and math.isnan(expected))

    def _agrees(self, case: StdinCase, printed: bytes) -> bool:
        got, expected = printed.split(), case.expected.encode().split()
        return len(got) == len(expected) and all(map(self._word_agrees, got, expected))

    def _word_agrees(self, got: bytes, expected: bytes) -> bool:
        if got == expected:
            return True
        return _is_number(got) and _is_number(expected) and self.close(float(got), float(expected))


def _is_number(word: bytes) -> bool:
    return len(word) <= _LONGEST_NUMBER and _NUMBER.fullmatch(word) is not None


def values_agree(got: Any, expected: Any, tolerance: Floats | None = None) -> bool:
    """Whether two values of the types of JSON are the same.

    Numbers are compared by value, as JSON has only one kind of them: 1 is 1.0. A bool is no number: 1 is not true.
    Objects have no order, arrays do.

    Args:
        got: any such value.
        expected: likewise; the comparison goes no deeper than this one.
        tolerance: how far numbers may differ where one of them is no integer; None for not at all.
    """
    if isinstance(expected, dict):
        return (
            isinstance(got, dict)
            and got.keys() == expected.keys()
            and all(values_agree(got[key], value, tolerance) for key, value in expected.items())
        )
    if isinstance(expected, list | tuple):
        return (
            isinstance(got, list | tuple)
            and len(got) == len(expected)
            and all(values_agree(*pair, tolerance) for pair in zip(got, expected, strict=True))
        )
    if isinstance(expected, bool) or isinstance(got, bool) or not isinstance(expected, int | float):
        return type(got) is type(expected) and got == expected
    if not isinstance(got, int | float):
        return False
    if got == expected:
        return True
    if tolerance is None or (isinstance(got, int) and isinstance(expected, int)):
        return False
    try:
        return tolerance.close(float(got), float(expected))
    except OverflowError:  # an integer that no double holds is near no double
        return False
