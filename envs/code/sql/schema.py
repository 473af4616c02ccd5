"""Tables, what their columns hold, and databases drawn from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

Value = int | float | str | None


class Kind(StrEnum):
    """What a column holds."""

    KEY = "key"  # 1, 2, 3 …
    REFERENCE = "reference"  # the key of a row of another table
    NAME = "name"  # a text that no other row of the table has
    CATEGORY = "category"  # one of a few texts
    INTEGER = "integer"
    REAL = "real"  # with two decimal places at most
    DATE = "date"  # as text, YYYY-MM-DD


_TYPES = {
    Kind.KEY: "INTEGER PRIMARY KEY",
    Kind.REFERENCE: "INTEGER",
    Kind.NAME: "TEXT",
    Kind.CATEGORY: "TEXT",
    Kind.INTEGER: "INTEGER",
    Kind.REAL: "DOUBLE",  # REAL has 32 bits in DuckDB, 64 in SQLite
    Kind.DATE: "TEXT",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        name: of the column.
        phrase: what a question calls it.
        kind: what it holds.
        values: the texts of a category; for names, the words that are combined, those that come first.
        more: for names, the words that come second; empty where a name is one word.
        low: the smallest number, or the first year.
        high: the largest number, or the last year.
        refers_to: the table that a reference leads to.
        nullable: whether a row may have none.
    """

    name: str
    phrase: str
    kind: Kind
    values: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    low: int = 0
    high: int = 0
    refers_to: str = ""
    nullable: bool = False

    @property
    def is_number(self) -> bool:
        """Whether it can be summed."""
        return self.kind in (Kind.INTEGER, Kind.REAL)


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        name: of the table, which is also the plural of what a row is.
        singular: what a row is.
        columns: the key first.
    """

    name: str
    singular: str
    columns: tuple[Column, ...]

    @property
    def label(self) -> Column:
        """The column that a question names a row by."""
        return next(column for column in self.columns if column.kind is Kind.NAME)

    @property
    def has_label(self) -> bool:
        """Whether there is a column that names a row."""
        return any(column.kind is Kind.NAME for column in self.columns)

    def of_kind(self, *kinds: Kind) -> tuple[Column, ...]:
        """Its columns of some kinds, those that every row has."""
        return tuple(column for column in self.columns if column.kind in kinds and not column.nullable)

    def reference_to(self, table: Table) -> Column | None:
        """The column that leads to another table, or None."""
        return next((column for column in self.columns if column.refers_to == table.name), None)


@dataclass(frozen=True, slots=True)
class Database:
    """Tables with their rows.

    Attributes:
        tables: those that are referred to before those that refer to them.
        rows: of each table, one value a column.
    """

    tables: tuple[Table, ...]
    rows: tuple[tuple[tuple[Value, ...], ...], ...]

    def script(self) -> str:
        """The SQL statements that make it, in the common language of DuckDB and SQLite."""
        statements: list[str] = []
        for table, rows in zip(self.tables, self.rows, strict=True):
            statements.append(create_statement(table))
            if rows:
                values = ",".join(f"({','.join(map(literal, row))})" for row in rows)
                statements.append(f"INSERT INTO {table.name} VALUES {values};")
        return "\n".join(statements)

    def values_of(self, table: Table, column: Column) -> list[Value]:
        """What a column holds, row by row, without NULLs."""
        rows = self.rows[self.tables.index(table)]
        index = table.columns.index(column)
        return [row[index] for row in rows if row[index] is not None]


def create_statement(table: Table) -> str:
    """The statement that makes an empty table."""
    columns = ", ".join(f"{column.name} {_type(column)}" for column in table.columns)
    return f"CREATE TABLE {table.name} ({columns});"


def literal(value: Value) -> str:
    """A value as SQL spells it."""
    if value is None:
        return "NULL"
    if isinstance(value, str):
        quoted = value.replace("'", "''")
        return f"'{quoted}'"
    return repr(value)


def draw_database(rng: np.random.Generator, tables: Sequence[Table], counts: Sequence[int]) -> Database:
    """Fill tables.

    Args:
        rng: of the values.
        tables: those that are referred to first.
        counts: how many rows each gets.
    """
    size = {table.name: count for table, count in zip(tables, counts, strict=True)}
    rows: list[tuple[tuple[Value, ...], ...]] = []
    for table in tables:
        columns = [_draw_column(rng, column, size[table.name], size) for column in table.columns]
        rows.append(tuple(zip(*columns, strict=True)))
    return Database(tuple(tables), tuple(rows))


def _type(column: Column) -> str:
    references = f" REFERENCES {column.refers_to}(id)" if column.refers_to else ""
    return _TYPES[column.kind] + references


def _draw_column(rng: np.random.Generator, column: Column, count: int, size: dict[str, int]) -> list[Value]:
    values: list[Value]
    match column.kind:
        case Kind.KEY:
            return list(range(1, count + 1))
        case Kind.NAME:
            return _draw_names(rng, column, count)
        case Kind.REFERENCE:
            values = [int(key) for key in rng.integers(1, size[column.refers_to] + 1, count)]
        case Kind.CATEGORY:
            values = [column.values[index] for index in rng.integers(len(column.values), size=count).tolist()]
        case Kind.INTEGER:
            values = [int(number) for number in rng.integers(column.low, column.high + 1, count)]
        case Kind.REAL:
            # in steps of a quarter: sums are exact, and two rows may share a value
            values = [number / 4 for number in rng.integers(4 * column.low, 4 * column.high + 1, count).tolist()]
        case Kind.DATE:
            years = rng.integers(column.low, column.high + 1, count).tolist()
            months = rng.integers(1, 13, count).tolist()
            days = rng.integers(1, 29, count).tolist()
            values = [f"{y}-{m:02}-{d:02}" for y, m, d in zip(years, months, days, strict=True)]
    if column.nullable:
        missing = (rng.random(count) < 0.3).tolist()
        values = [None if gone else value for value, gone in zip(values, missing, strict=True)]
    return values


def _draw_names(rng: np.random.Generator, column: Column, count: int) -> list[Value]:
    seconds = column.more or ("",)
    chosen = rng.choice(len(column.values) * len(seconds), size=count, replace=False).tolist()
    return [f"{column.values[number // len(seconds)]} {seconds[number % len(seconds)]}".strip() for number in chosen]
