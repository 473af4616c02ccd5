"""Durations as people type them."""

from __future__ import annotations

import re

from ..errors import UsageError

_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0}


def parse_duration(text: str, name: str) -> float | None:
    """The seconds of `90s`, `30m` or `1.5h`; None for `never`.

    Args:
        text: what was typed.
        name: of the option, for the error.

    Raises:
        UsageError: it is none of these, or not over zero.
    """
    if text == "never":
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smh])", text)
    seconds = float(found[1]) * _SECONDS[found[2]] if found else 0.0
    if seconds <= 0:
        raise UsageError(f"{name} takes a time such as 90s, 30m or 1.5h, or never; got {text!r}")
    return seconds
