"""Lengths as publishers give them."""

from __future__ import annotations

import re

from ..errors import UsageError

_INCHES = {"in": 1.0, "cm": 1 / 2.54, "mm": 1 / 25.4, "pt": 1 / 72.27}
"""A point is TeX's: a column's width is what `\\the\\columnwidth` prints."""

_NARROWEST, _WIDEST = 1.5, 40.0


def parse_length(text: str, name: str) -> float:
    """The inches of `3.25in`, `8.5cm`, `85mm` or `234.9pt`.

    Args:
        text: what was typed.
        name: of the option, for the error.

    Raises:
        UsageError: it is none of these, or no width that a figure can have.
    """
    found = re.fullmatch(r"(\d*\.?\d+)\s?(in|cm|mm|pt)", text.strip())
    if found is None:
        raise UsageError(f"{name} takes a width such as 3.25in, 8.5cm, 85mm or 234.9pt, got {text!r}")
    inches = float(found[1]) * _INCHES[found[2]]
    if not _NARROWEST <= inches <= _WIDEST:
        raise UsageError(f"{name} must lie between {_NARROWEST:g}in and {_WIDEST:g}in, got {text}")
    return inches
