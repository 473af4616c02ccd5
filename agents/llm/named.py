"""Looking things up by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from ...envs.core.names import did_you_mean

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
    raise ValueError(f"unknown {what} {name!r}{did_you_mean(name, table)} (known: {', '.join(sorted(table))})")
