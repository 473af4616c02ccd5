"""Questions about two tables: rows, and what they belong to."""

from __future__ import annotations

from .asker import Asker, Question
from .schema import Kind, Table
from .wording import AGGREGATES, a, filtered, join_on, qualified


def list_joined(ask: Asker) -> Question:
    """Columns of both tables."""
    owner, item, joined = _pair(ask)
    where = ask.condition(owner)
    return filtered(
        f"For every {item.singular} of {a(owner)} {where.text}, list the {item.label.phrase} of the {item.singular} "
        f"and the {owner.label.phrase} of the {owner.singular}.",
        f"SELECT {qualified(item, item.label)}, {qualified(owner, owner.label)} FROM {joined} WHERE {{}}",
        where,
    )


def aggregate_joined(ask: Asker) -> Question:
    """An aggregate of one table's rows, by a condition on the other's."""
    owner, item, joined = _pair(ask)
    where = ask.condition(owner)
    of = ask.one(item.of_kind(Kind.INTEGER, Kind.REAL))
    words, function = ask.one(AGGREGATES)
    return filtered(
        f"What is the {words} {of.phrase} of the {item.name} that belong to {a(owner)} {where.text}?",
        f"SELECT {function}({qualified(item, of)}) FROM {joined} WHERE {{}}",
        where,
    )


def count_joined(ask: Asker) -> Question:
    """How many rows fulfil conditions on both tables."""
    owner, item, joined = _pair(ask)
    first, second = ask.condition(item), ask.condition(owner)
    query = f"SELECT COUNT(*) FROM {joined} WHERE {{}} AND {{}}"
    return Question(
        f"How many {item.name} {first.text} belong to {a(owner)} {second.text}?",
        query.format(first.sql, second.sql),
        False,
        (*(query.format(mistaken, second.sql) for mistaken in first.mistaken),
         *(query.format(first.sql, mistaken) for mistaken in second.mistaken)),
    )  # fmt: skip


def distinct_owners(ask: Asker) -> Question:
    """Rows of one table with a row of the other that fulfils a condition, each once."""
    owner, item, joined = _pair(ask)
    where = ask.condition(item)
    query = f"SELECT DISTINCT {qualified(owner, owner.label)} FROM {joined} WHERE {{}}"
    return filtered(
        f"Which {owner.name} have at least one {item.singular} {where.text}? List each {owner.label.phrase} once.",
        query,
        where,
        query.replace("DISTINCT ", "").format(where.sql),
    )


def first_joined(ask: Asker) -> Question:
    """The rows that come first, with what they belong to."""
    owner, item, joined = _pair(ask)
    by = ask.one(item.of_kind(Kind.INTEGER, Kind.REAL))
    words, direction, other = ask.one((("lowest", "ASC", "DESC"), ("highest", "DESC", "ASC")))
    count = ask.number(2, 4)
    where = ask.condition(owner)
    query = (
        f"SELECT {qualified(item, item.label)}, {qualified(owner, owner.label)} FROM {joined} WHERE {{}} "
        f"ORDER BY {qualified(item, by)} {{}}, {qualified(item, item.label)} LIMIT {count}"
    )
    return Question(
        f"Of the {item.name} that belong to {a(owner)} {where.text}, take the {count} with the {words} {by.phrase}, "
        f"equal ones by {item.label.phrase}. List the {item.singular}'s {item.label.phrase} and the {owner.singular}'s "
        f"{owner.label.phrase}, the {words} first.",
        query.format(where.sql, direction),
        True,
        (query.format(where.sql, other), query.format("TRUE", direction)),
    )


def owners_with_many(ask: Asker) -> Question:
    """Groups that are large."""
    owner, item, joined = _pair(ask)
    where = ask.condition(item)
    least = ask.number(2, 3)
    label = qualified(owner, owner.label)
    groups = f"SELECT {label}, COUNT(*) FROM {joined} WHERE {{}} GROUP BY {label}"
    query = f"{groups} HAVING COUNT(*) {{}} {least}"
    return Question(
        f"Which {owner.name} have at least {least} {item.name} {where.text}? Give the {owner.label.phrase} and how "
        "many they are.",
        query.format(where.sql, ">="),
        False,
        (query.format(where.sql, ">"), groups.format(where.sql), query.format("TRUE", ">=")),
    )


def owners_by_aggregate(ask: Asker) -> Question:
    """Groups in the order of an aggregate."""
    owner, item, joined = _pair(ask)
    of = ask.one(item.of_kind(Kind.INTEGER, Kind.REAL))
    words, function = ask.one(AGGREGATES[:2])
    where = ask.condition(item)
    label = qualified(owner, owner.label)
    query = (
        f"SELECT {label}, {function}({qualified(item, of)}) FROM {joined} WHERE {{}} GROUP BY {label} "
        f"ORDER BY {function}({qualified(item, of)}) {{}}, {label}"
    )
    return Question(
        f"For each {owner.singular} with {a(item)} {where.text}, give the {owner.label.phrase} and the {words} "
        f"{of.phrase} of these {item.name}, the highest {words} first, equal ones by {owner.label.phrase}.",
        query.format(where.sql, "DESC"),
        True,
        (query.format(where.sql, "ASC"), query.format("TRUE", "DESC")),
    )


def above_average(ask: Asker) -> Question:
    """Rows above the average of some rows."""
    _, item, _ = _pair(ask)
    of = ask.one(item.of_kind(Kind.INTEGER, Kind.REAL))
    where = ask.condition(item)
    query = (
        f"SELECT {item.label.name} FROM {item.name} WHERE {of.name} {{}} (SELECT AVG({of.name}) FROM {item.name} "
        "WHERE {})"
    )
    return Question(
        f"List the {item.label.phrase} of every {item.singular} whose {of.phrase} is above the average {of.phrase} of "
        f"the {item.name} {where.text}.",
        query.format(">", where.sql),
        False,
        (query.format("<", where.sql), query.format(">", "TRUE"), f"{query.format('>', where.sql)} AND {where.sql}"),
    )


def owners_without(ask: Asker) -> Question:
    """Rows of one table without a row of the other that fulfils a condition."""
    owner, item, joined = _pair(ask)
    where = ask.condition(item)
    key = item.reference_to(owner)
    assert key is not None
    label = qualified(owner, owner.label)
    query = (
        f"SELECT {label} FROM {owner.name} WHERE {owner.name}.id {{}} (SELECT {key.name} FROM {item.name} WHERE {{}})"
    )
    return Question(
        f"Which {owner.name} have no {item.singular} {where.text}? List the {owner.label.phrase}.",
        query.format("NOT IN", where.sql),
        False,
        (query.format("IN", where.sql), f"SELECT DISTINCT {label} FROM {joined} WHERE NOT ({where.sql})"),
    )


def best_of_owners(ask: Asker) -> Question:
    """The rows with the most, all of them where several have it."""
    owner, item, joined = _pair(ask)
    of = ask.one(item.of_kind(Kind.INTEGER, Kind.REAL))
    words, function, other = ask.one((("highest", "MAX", "MIN"), ("lowest", "MIN", "MAX")))
    where = ask.condition(owner)
    query = (
        f"SELECT {qualified(item, item.label)}, {qualified(owner, owner.label)} FROM {joined} WHERE {{}} AND "
        f"{qualified(item, of)} = (SELECT {{}}({qualified(item, of)}) FROM {joined} WHERE {{}})"
    )
    return Question(
        f"Of the {item.name} that belong to {a(owner)} {where.text}, which have the {words} {of.phrase} of them all? "
        f"List the {item.singular}'s {item.label.phrase} and the {owner.singular}'s {owner.label.phrase}; several may "
        "have it.",
        query.format(where.sql, function, where.sql),
        False,
        (query.format(where.sql, other, where.sql), query.format("TRUE", function, "TRUE")),
    )


def _pair(ask: Asker) -> tuple[Table, Table, str]:
    """What rows belong to, the rows, and both joined."""
    owner, item = ask.tables[:2]
    return owner, item, f"{owner.name} JOIN {join_on(item, owner)}"
