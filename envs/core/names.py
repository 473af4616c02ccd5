"""Names that were misspelt."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, or None where none is alike."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.45)
    return near[0] if near else None


def unknown_name(problem: str, name: str, known: Collection[str]) -> ValueError:
    """The error about a name that is not known: the problem, the nearest name, and all there are.

    Args:
        problem: what is wrong, with the name as it was given.
        name: the name, as it is compared with the known ones.
        known: the names there are.
    """
    return ValueError(f"{problem}{did_you_mean(name, known)} (known: {', '.join(sorted(known))})")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean NAME?` for the end of an error message, or nothing where no known name is alike."""
    near = nearest(name, known)
    return f"; did you mean {near}?" if near else ""
