"""What may be varied from episode to episode, and within which bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .arguments import check_integer, check_number
from .names import did_you_mean


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from `low` to `high`.

    Attributes:
        low: the least.
        high: the greatest.
        is_integer: whether only whole numbers are meant.
    """

    low: float
    high: float
    is_integer: bool = False

    def check(self, name: str, value: Any) -> None:
        """Refuse what does not lie within.

        Raises:
            ValueError: it does not; the message names the argument as `name`.
        """
        if self.is_integer:
            check_integer(name, value, int(self.low), int(self.high))
        elif not self.low <= check_number(name, value) <= self.high:
            raise ValueError(f"{name} must be from {self.low:g} to {self.high:g}, got {value!r}")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few values.

    Attributes:
        values: which.
    """

    values: tuple[Any, ...]

    def check(self, name: str, value: Any) -> None:
        """Refuse what is not one of them.

        Raises:
            ValueError: it is not; the message names the argument as `name`.
        """
        if value not in self.values:
            raise ValueError(f"{name} must be one of {', '.join(map(repr, self.values))}, got {value!r}")


def check_randomized(values: Any, randomizable: Mapping[str, Range | Choice]) -> dict[str, Any]:
    """The values of `reset(options={"randomize": {name: value}})`, where all may be varied so.

    Args:
        values: by name.
        randomizable: what may be varied.

    Raises:
        ValueError: it is no mapping, a name is unknown or a value out of range.
    """
    if not isinstance(values, Mapping):
        raise ValueError(f"options['randomize'] must be a mapping of values by name, got {values!r}")
    for name, value in values.items():
        if name not in randomizable:
            known = ", ".join(randomizable) or "nothing"
            hint = did_you_mean(str(name), list(randomizable)) if randomizable else ""
            raise ValueError(f"options['randomize'] has the unknown name {name!r}{hint} (known: {known})")
        randomizable[name].check(f"options['randomize'][{name!r}]", value)
    return dict(values)
