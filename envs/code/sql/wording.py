"""What questions and their queries are put together from."""

from __future__ import annotations

from collections.abc import Sequence

from .asker import Condition, Question
from .schema import Column, Table

AGGREGATES = (("average", "AVG"), ("total", "SUM"), ("highest", "MAX"), ("lowest", "MIN"))
"""What a question calls them, and SQL."""


def filtered(text: str, query: str, where: Condition, *weaker: str) -> Question:
    """A question without an order whose query has one condition.

    Args:
        text: of the question.
        query: with `{}` for the condition.
        where: the condition.
        weaker: queries besides those with a mistaken condition.
    """
    mistaken = (query.format(condition) for condition in where.mistaken)
    return Question(text, query.format(where.sql), False, (*mistaken, *weaker))


def join_on(table: Table, owner: Table) -> str:
    """`table ON …`, behind a JOIN with what its rows belong to."""
    key = table.reference_to(owner)
    assert key is not None
    return f"{table.name} ON {table.name}.{key.name} = {owner.name}.id"


def qualified(table: Table, column: Column) -> str:
    """A column with its table."""
    return f"{table.name}.{column.name}"


def names(columns: Sequence[Column]) -> str:
    """Columns as SQL lists them."""
    return ", ".join(column.name for column in columns)


def phrases(columns: Sequence[Column]) -> str:
    """Columns as a question lists them."""
    return " and the ".join(column.phrase for column in columns)


def a(table: Table) -> str:
    """`an author`."""
    return article(table.singular)


def article(noun: str) -> str:
    """`a` or `an`, and the noun."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
