"""Looking things up by name."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")


def find_named(table: Mapping[str, T], name: str, *, what: str) -> T:
    """The entry of a table.

    Args:
        table: entries by name.
        name: the one wanted.
        what: what the table holds, for the message.

    Raises:
        ValueError: there is none; the message names the nearest.
    """
    if name in table:
        return table[name]
    near = difflib.get_close_matches(name, table, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(table))}"
    raise ValueError(f"unknown {what} {name!r}; {hint}")
