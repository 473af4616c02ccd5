"""The table of registered environments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import gymnasium as gym

from .names import nearest

Kind = Literal["text", "body", "tabular"]

_ID = re.compile(r"[a-z]+/[A-Z][A-Za-z0-9]*-v\d+")


@dataclass(frozen=True, slots=True)
class EnvEntry:
    """One row of the table.

    Attributes:
        id: `domain/Name-vN`.
        entry_point: `module:Class`, imported when the environment is made, or the class itself.
        kind: `text` for agents that speak, `body` for agents that move, `tabular` for agents that choose one of a few
            numbered actions in a world whose every state is counted.
        turns: `single` where an episode is one action.
        levels: how many difficulties there are, counted from 0.
        summary: one line for `palaestra list`.
        tags: words to filter by.
        kwargs: constructor arguments that the id fixes.
        vector_entry_point: `module:maker` of a native vector of it, which `gym.make_vec` prefers; None where there is
            none.

    Raises:
        ValueError: the id is not of the form `domain/Name-vN`, or there is no level.
    """

    id: str
    entry_point: str | type[gym.Env[Any, Any]]
    kind: Kind
    turns: Literal["single", "multi"]
    levels: int
    summary: str
    tags: tuple[str, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict, hash=False)  # a dict has no hash
    vector_entry_point: str | None = None

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ValueError(f"id must look like domain/Name-v0, got {self.id!r}")
        if self.levels < 1:
            raise ValueError(f"levels must be 1 or more, got {self.levels}")

    @property
    def domain(self) -> str:
        """The part of the id before the slash."""
        return self.id.partition("/")[0]


_TABLE: dict[str, EnvEntry] = {}


def register(entry: EnvEntry) -> None:
    """Add a row to the table and register its id with Gymnasium; the same row twice changes nothing.

    Raises:
        ValueError: the id is taken by another row.
    """
    if entry.id in _TABLE:
        if _TABLE[entry.id] != entry:
            raise ValueError(f"id {entry.id!r} is registered already, for {_TABLE[entry.id].entry_point}")
        return
    gym.register(
        id=entry.id,
        entry_point=entry.entry_point,
        kwargs=dict(entry.kwargs),
        vector_entry_point=entry.vector_entry_point,
    )
    _TABLE[entry.id] = entry


def entries() -> tuple[EnvEntry, ...]:
    """Every row, sorted by id."""
    return tuple(_TABLE[id] for id in sorted(_TABLE))


def find_entry(id: str) -> EnvEntry:
    """The row of an id.

    Raises:
        ValueError: no such id; the message names the nearest one.
    """
    if id in _TABLE:
        return _TABLE[id]
    # compare without case, and a bare name with the names alone: `guessnumber` should find `text/GuessNumber-v0`
    candidates = {known.lower(): known for known in _TABLE}
    candidates |= {known.partition("/")[2].partition("-v")[0].lower(): known for known in _TABLE}
    near = nearest(id.lower(), candidates)
    hint = f"; did you mean {candidates[near]}?" if near else ""
    raise ValueError(f"unknown environment id {id!r}{hint} (`palaestra list` shows all)")


def check_known(id: str) -> None:
    """Refuse an id that is neither this suite's nor registered with Gymnasium by anybody else.

    Raises:
        ValueError: no such id; the message names the nearest one of this suite.
    """
    if id not in gym.registry:
        find_entry(id)


def kind_of_env(id: str) -> Kind:
    """What kind of agent an id is for; what others have registered with Gymnasium is taken to be for those that move.

    Raises:
        ValueError: no such id; the message names the nearest one of this suite.
    """
    check_known(id)
    return _TABLE[id].kind if id in _TABLE else "body"
