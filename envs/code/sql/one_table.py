"""Questions about one table."""

from __future__ import annotations

from .asker import Asker, Question
from .schema import Kind
from .wording import AGGREGATES, filtered, names, phrases


def count_rows(ask: Asker) -> Question:
    """How many rows fulfil a condition."""
    table = ask.one(ask.tables)
    where = ask.condition(table)
    return filtered(
        f"How many {table.name} are there {where.text}?", f"SELECT COUNT(*) FROM {table.name} WHERE {{}}", where
    )


def list_rows(ask: Asker) -> Question:
    """Columns of the rows that fulfil a condition."""
    table = ask.one(ask.tables)
    where = ask.condition(table)
    columns = ask.columns(table, 2)
    return filtered(
        f"List the {phrases(columns)} of every {table.singular} {where.text}.",
        f"SELECT {names(columns)} FROM {table.name} WHERE {{}}",
        where,
    )


def sort_rows(ask: Asker) -> Question:
    """Columns of the rows that fulfil a condition, in order."""
    table = ask.one(ask.tables)
    where = ask.condition(table)
    by, label = ask.one(table.of_kind(Kind.INTEGER, Kind.REAL, Kind.DATE)), table.label
    words, direction, other = ask.one((("lowest", "ASC", "DESC"), ("highest", "DESC", "ASC")))
    words = {"lowest": "earliest", "highest": "latest"}[words] if by.kind is Kind.DATE else words
    query = f"SELECT {label.name}, {by.name} FROM {table.name} WHERE {{}} ORDER BY {by.name} {{}}, {label.name}"
    return Question(
        f"List the {label.phrase} and the {by.phrase} of every {table.singular} {where.text}, the {words} {by.phrase} "
        f"first, equal ones by {label.phrase}.",
        query.format(where.sql, direction),
        True,
        (query.format(where.sql, other), *(query.format(mistaken, direction) for mistaken in where.mistaken)),
    )


def first_rows(ask: Asker) -> Question:
    """The rows that come first in some order."""
    table = ask.one(ask.tables)
    by, label = ask.one(table.of_kind(Kind.INTEGER, Kind.REAL, Kind.DATE)), table.label
    words, direction, other = ask.one((("lowest", "ASC", "DESC"), ("highest", "DESC", "ASC")))
    words = {"lowest": "earliest", "highest": "latest"}[words] if by.kind is Kind.DATE else words
    count = ask.number(2, 4)
    query = f"SELECT {label.name} FROM {table.name} ORDER BY {by.name} {{}}, {label.name} LIMIT {{}}"
    return Question(
        f"Which {count} {table.name} have the {words} {by.phrase}? List the {label.phrase} only, the {words} first; of "
        f"equal ones the {label.phrase} that comes first in the alphabet goes first.",
        query.format(direction, count),
        True,
        (query.format(other, count), query.format(direction, count + 1)),
    )


def aggregate_rows(ask: Asker) -> Question:
    """An aggregate of the rows that fulfil a condition."""
    table = ask.one(ask.tables)
    where = ask.condition(table)
    of = ask.one(table.of_kind(Kind.INTEGER, Kind.REAL))
    words, function = ask.one(AGGREGATES)
    return filtered(
        f"What is the {words} {of.phrase} of the {table.name} {where.text}?",
        f"SELECT {function}({of.name}) FROM {table.name} WHERE {{}}",
        where,
    )


def count_groups(ask: Asker) -> Question:
    """How many rows of each kind fulfil a condition."""
    table = ask.one([table for table in ask.tables if table.of_kind(Kind.CATEGORY)])
    by = ask.one(table.of_kind(Kind.CATEGORY))
    where = ask.condition(table)
    return filtered(
        f"For each {by.phrase}, how many {table.name} are there {where.text}? Give the {by.phrase} and the number; "
        "leave out those without any.",
        f"SELECT {by.name}, COUNT(*) FROM {table.name} WHERE {{}} GROUP BY {by.name}",
        where,
    )


def aggregate_groups(ask: Asker) -> Question:
    """An aggregate of each kind."""
    table = ask.one([table for table in ask.tables if table.of_kind(Kind.CATEGORY)])
    by = ask.one(table.of_kind(Kind.CATEGORY))
    of = ask.one(table.of_kind(Kind.INTEGER, Kind.REAL))
    words, function = ask.one(AGGREGATES)
    others = tuple(other for _, other in AGGREGATES if other != function)
    query = f"SELECT {by.name}, {{}}({of.name}) FROM {table.name} GROUP BY {by.name}"
    return Question(
        f"For each {by.phrase}, what is the {words} {of.phrase} of its {table.name}? Give both.",
        query.format(function),
        False,
        tuple(query.format(other) for other in others),
    )


def count_values(ask: Asker) -> Question:
    """How many different values there are in a column."""
    table = ask.one([table for table in ask.tables if table.of_kind(Kind.CATEGORY)])
    of = ask.one(table.of_kind(Kind.CATEGORY))
    where = ask.condition(table)
    query = f"SELECT COUNT(DISTINCT {of.name}) FROM {table.name} WHERE {{}}"
    return filtered(
        f"How many different values of {of.phrase} do the {table.name} {where.text} have?",
        query,
        where,
        query.replace("DISTINCT ", "").format(where.sql),
    )
