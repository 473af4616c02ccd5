"""Draws a question with databases on which its answer can be told from what only looks like it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .asker import Asker, Question
from .comparison import Row, same_rows
from .domains import DOMAINS, Domain, draw_columns
from .questions import TEMPLATES
from .schema import Database, Table, draw_database

_MOST_ROWS = 12  # of an answer on the database that is shown
_QUESTIONS_A_DATABASE = 4


@dataclass(frozen=True, slots=True)
class SQLLevel:
    """One difficulty.

    Attributes:
        tables: how many tables there are.
        extra_columns: how many columns each has beyond the least, at most.
        rows: how many rows the items have; the others have a number in proportion.
        templates: which questions are asked, as an index into `TEMPLATES`.
    """

    tables: int
    extra_columns: int
    rows: int
    templates: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """A question with the databases it is asked of.

    Attributes:
        question: of the question.
        shown: the database that is described.
        hidden: another database of the same tables.
    """

    question: Question
    shown: Database
    hidden: Database


def draw_question(rng: np.random.Generator, level: SQLLevel) -> Drawn:
    """Draw a question that its databases test.

    The right rows are few, not empty and not the same in both databases, and each of the question's weaker queries
    gives other rows in one of the two.

    Args:
        rng: of everything.
        level: the difficulty.
    """
    while True:
        tables = _draw_tables(rng, DOMAINS[int(rng.integers(len(DOMAINS)))], level)
        shown = draw_database(rng, tables, _counts(rng, level))
        hidden = draw_database(rng, tables, _counts(rng, level))
        connections = [_filled(shown), _filled(hidden)]
        try:
            for _ in range(_QUESTIONS_A_DATABASE):
                templates = TEMPLATES[level.templates]
                template = templates[int(rng.integers(len(templates)))]
                question = template(Asker(rng, shown))
                if _is_tested(question, connections):
                    return Drawn(question, shown, hidden)
        finally:
            for connection in connections:
                connection.close()


def _draw_tables(rng: np.random.Generator, domain: Domain, level: SQLLevel) -> tuple[Table, ...]:
    tables = (domain.owners, domain.items, domain.people, domain.events)
    if level.tables == 1:
        table = draw_columns(rng, tables[int(rng.integers(3))], level.extra_columns)
        # what a reference leads to is not there
        return (Table(table.name, table.singular, tuple(column for column in table.columns if not column.refers_to)),)
    return tuple(draw_columns(rng, table, level.extra_columns) for table in tables[: level.tables])


def _counts(rng: np.random.Generator, level: SQLLevel) -> list[int]:
    def about(count: int) -> int:
        return int(rng.integers(count, count + count // 3 + 1))

    if level.tables == 1:
        return [about(level.rows)]
    return [about(count) for count in (level.rows // 3, level.rows, level.rows // 2, 2 * level.rows)[: level.tables]]


def _filled(database: Database) -> sqlite3.Connection:
    # what is run here was written in this package, not by a policy
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.executescript(database.script())
    return connection


def _is_tested(question: Question, connections: Sequence[sqlite3.Connection]) -> bool:
    answers = [_rows(connection, question.query) for connection in connections]
    shown, hidden = answers
    if not 1 <= len(shown) <= _MOST_ROWS or not hidden or shown in ([(0,)], [(None,)]):
        return False
    if same_rows(shown, hidden, ordered=False):
        return False
    return all(
        any(
            not same_rows(rows, _rows(connection, weaker), ordered=question.ordered)
            for connection, rows in zip(connections, answers, strict=True)
        )
        for weaker in question.weaker
    )


def _rows(connection: sqlite3.Connection, query: str) -> list[Row]:
    return connection.execute(query).fetchall()
