"""What a question is, and the draws it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from .schema import Column, Database, Kind, Table, literal

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Question:
    """A question and its answer.

    Attributes:
        text: in English.
        query: that answers it, in the common language of DuckDB and SQLite.
        ordered: whether the question demands an order of the rows.
        weaker: queries that leave out or mistake one thing the question demands. A database on which one of them gives
            the same rows as `query` does not test that thing.
    """

    text: str
    query: str
    ordered: bool
    weaker: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """What a row must fulfil.

    Attributes:
        text: behind the noun: `whose price is more than 5`.
        sql: of the `WHERE` clause.
        mistaken: what somebody may write instead; always true comes first.
    """

    text: str
    sql: str
    mistaken: tuple[str, ...]


class Asker:
    """Draws what questions are about.

    Args:
        rng: of all choices.
        database: whose values the conditions compare with.
    """

    def __init__(self, rng: np.random.Generator, database: Database) -> None:
        self._rng = rng
        self._database = database
        self.tables = database.tables

    def one(self, choices: Sequence[T]) -> T:
        """One of some things."""
        return choices[int(self._rng.integers(len(choices)))]

    def number(self, low: int, high: int) -> int:
        """An integer from `low` to `high`."""
        return int(self._rng.integers(low, high + 1))

    def columns(self, table: Table, most: int) -> tuple[Column, ...]:
        """One to `most` columns to show: the name first."""
        others = table.of_kind(Kind.CATEGORY, Kind.INTEGER, Kind.REAL, Kind.DATE)
        chosen = self._rng.permutation(len(others))[: self.number(0, most - 1)].tolist()
        return (table.label, *(others[index] for index in chosen))

    def condition(self, table: Table) -> Condition:
        """A condition on a column of a table that compares with a value which some row has."""
        column = self.one(table.of_kind(Kind.CATEGORY, Kind.INTEGER, Kind.REAL, Kind.DATE))
        name, phrase = f"{table.name}.{column.name}", column.phrase
        values = self._database.values_of(table, column)
        value = self.one(values)
        bound = literal(value)
        if column.kind is Kind.CATEGORY:
            other = self.one(values)
            if other == value or self.number(0, 1):
                return Condition(f"whose {phrase} is {value}", f"{name} = {bound}", ("TRUE", f"{name} <> {bound}"))
            either = f"{name} IN ({bound}, {literal(other)})"
            return Condition(f"whose {phrase} is {value} or {other}", either, ("TRUE", f"{name} = {bound}"))
        less, more = ("before", "after") if column.kind is Kind.DATE else ("less than", "more than")
        words, strict, loose = self.one(((less, "<", "<="), (more, ">", ">="), ("at least", ">=", ">")))
        words = f"{value} or later" if column.kind is Kind.DATE and words == "at least" else f"{words} {value}"
        return Condition(f"whose {phrase} is {words}", f"{name} {strict} {bound}", ("TRUE", f"{name} {loose} {bound}"))
