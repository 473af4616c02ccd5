"""Finds what a user named on the command line."""

from __future__ import annotations

from ...envs.core import EnvEntry, find_entry
from ..errors import UsageError


def entry_named(id: str) -> EnvEntry:
    """The registered environment of an id.

    Raises:
        UsageError: there is none; the message names the nearest.
    """
    try:
        return find_entry(id)
    except ValueError as error:
        raise UsageError(str(error)) from error
