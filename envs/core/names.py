"""Names that were misspelt."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, or None where none is alike."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.45)
    return near[0] if near else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean NAME?` for the end of an error message, or nothing where no known name is alike."""
    near = nearest(name, known)
    return f"; did you mean {near}?" if near else ""
