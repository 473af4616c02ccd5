"""Questions about four tables: items belong to owners, and an event is what one of the people did with an item."""

from __future__ import annotations

from .asker import Asker, Question
from .schema import Kind, Table
from .wording import a, article, filtered, join_on, qualified


def people_of_owners(ask: Asker) -> Question:
    """How many different people are connected with an owner."""
    owner, _, people, _, joined = _all_joined(ask)
    where = ask.condition(owner)
    query = f"SELECT COUNT(DISTINCT {people.name}.id) FROM {joined} WHERE {{}}"
    return filtered(
        f"How many different {people.name} have {a(ask.tables[3])} for {a(ask.tables[1])} of {a(owner)} {where.text}?",
        query,
        where,
        query.replace("DISTINCT ", "").format(where.sql),
    )


def events_of_owners(ask: Asker) -> Question:
    """How many events every owner has, none included."""
    owner, item, _, event, _ = _all_joined(ask)
    label = qualified(owner, owner.label)
    joined = f"{owner.name} {{0}} {join_on(item, owner)} {{0}} {join_on(event, item)}"
    query = f"SELECT {label}, COUNT({{1}}) FROM {joined} GROUP BY {label}"
    return Question(
        f"For every {owner.singular}, give the {owner.label.phrase} and the number of {event.name} for {item.name} of "
        f"the {owner.singular}, 0 where there are none.",
        query.format("LEFT JOIN", f"{event.name}.id"),
        False,
        (query.format("JOIN", f"{event.name}.id"), query.format("LEFT JOIN", f"DISTINCT {item.name}.id")),
    )


def people_with_gaps(ask: Asker) -> Question:
    """How many events of each person lack a value."""
    _, _, people, event, _ = _all_joined(ask)
    gap = next(column for column in event.columns if column.nullable)
    label = qualified(people, people.label)
    query = f"SELECT {label}, COUNT(*) FROM {people.name} JOIN {join_on(event, people)} WHERE {{}} GROUP BY {label}"
    missing = f"{event.name}.{gap.name} IS NULL"
    return Question(
        f"Some {event.name} have no {gap.phrase}. For each {people.singular} who has such {event.name}, give the "
        f"{people.label.phrase} and how many they are.",
        query.format(missing),
        False,
        (query.format("TRUE"), query.format(f"NOT {missing}")),
    )


def average_with_gaps(ask: Asker) -> Question:
    """An average of every item that leaves out what is not there, and is nothing where nothing is there."""
    _, item, _, event, _ = _all_joined(ask)
    gap = next(column for column in event.columns if column.nullable)
    label, of = qualified(item, item.label), f"{event.name}.{gap.name}"
    query = f"SELECT {label}, {{1}} FROM {item.name} {{0}} {join_on(event, item)} GROUP BY {label}"
    return Question(
        f"For every {item.singular}, give the {item.label.phrase} and the average {gap.phrase} of its {event.name}. "
        f"Those without {article(gap.phrase)} do not count; where there is none at all the average is NULL.",
        query.format("LEFT JOIN", f"AVG({of})"),
        False,
        (query.format("JOIN", f"AVG({of})"), query.format("LEFT JOIN", f"AVG(COALESCE({of}, 0))")),
    )


def best_of_each(ask: Asker) -> Question:
    """The first row of each owner by some order."""
    owner, item, _, _, _ = _all_joined(ask)
    of = ask.one(item.of_kind(Kind.INTEGER, Kind.REAL))
    words, direction, other = ask.one((("highest", "DESC", "ASC"), ("lowest", "ASC", "DESC")))
    name, label, order = qualified(owner, owner.label), qualified(item, item.label), qualified(item, of)
    placed = (
        f"SELECT {name} AS owner, {label} AS label, ROW_NUMBER() OVER (PARTITION BY {owner.name}.id "
        f"ORDER BY {order} {{}}, {label}) AS place FROM {owner.name} JOIN {join_on(item, owner)}"
    )
    query = f"SELECT owner, label FROM ({placed}) AS placed WHERE place = {{}}"
    place, number = ask.one((("", 1), ("second ", 2)))
    least = "at least two" if number == 2 else "at least one"
    text = (
        f"For each {owner.singular} with {least} {item.name if number == 2 else item.singular}, which of its "
        f"{item.name} has the {place}{words} {of.phrase}? Order equal ones by {item.label.phrase}. Give the "
        f"{owner.singular}'s {owner.label.phrase} and the {item.singular}'s {item.label.phrase}."
    )
    return Question(text, query.format(direction, number), False,
                    (query.format(other, number), query.format(direction, 3 - number)))  # fmt: skip


def above_their_average(ask: Asker) -> Question:
    """Rows above the average of the rows that belong to the same."""
    owner, item, _, _, _ = _all_joined(ask)
    of = ask.one(item.of_kind(Kind.INTEGER, Kind.REAL))
    key = item.reference_to(owner)
    assert key is not None
    query = (
        f"SELECT {item.label.name} FROM {item.name} WHERE {of.name} > (SELECT AVG(other.{of.name}) FROM {item.name} AS "
        "other{})"
    )
    same = f" WHERE other.{key.name} = {item.name}.{key.name}"
    return Question(
        f"List the {item.label.phrase} of every {item.singular} whose {of.phrase} is above the average {of.phrase} of "
        f"the {item.name} of the same {owner.singular}.",
        query.format(same),
        False,
        (query.format(""), query.replace(">", "<").format(same)),
    )


def people_who_never(ask: Asker) -> Question:
    """People without an event for an item that fulfils a condition."""
    _, item, people, event, _ = _all_joined(ask)
    where = ask.condition(item)
    to_people = event.reference_to(people)
    assert to_people is not None
    query = (
        f"SELECT {people.label.name} FROM {people.name} WHERE {{}} EXISTS (SELECT 1 FROM {item.name} JOIN "
        f"{join_on(event, item)} WHERE {event.name}.{to_people.name} = {people.name}.id AND {{}})"
    )
    return Question(
        f"Which {people.name} have no {event.singular} for {a(item)} {where.text}? List the {people.label.phrase}.",
        query.format("NOT", where.sql),
        False,
        (query.format("", where.sql), query.format("NOT", "TRUE"), query.format("NOT", where.mistaken[1])),
    )


def totals_by_kind(ask: Asker) -> Question:
    """A total over events by a category of the items or the people, in the order of the totals."""
    _, item, people, event, joined = _all_joined(ask)
    table, by = ask.one([(table, by) for table in (item, people) for by in table.of_kind(Kind.CATEGORY)])
    of = ask.one([column for column in event.columns if column.is_number and not column.nullable])
    where = ask.condition(ask.tables[0])
    kind, total = qualified(table, by), f"SUM({qualified(event, of)})"
    query = f"SELECT {kind}, {total} FROM {joined} WHERE {{}} GROUP BY {kind} ORDER BY {total} {{}}, {kind}"
    return Question(
        f"Take the {event.name} for {item.name} of {a(ask.tables[0])} {where.text}. For each {by.phrase} of the "
        f"{table.singular}, give the {by.phrase} and their total {of.phrase}, the highest total first, equal ones by "
        f"{by.phrase}.",
        query.format(where.sql, "DESC"),
        True,
        (query.format(where.sql, "ASC"), query.format("TRUE", "DESC")),
    )


def _all_joined(ask: Asker) -> tuple[Table, Table, Table, Table, str]:
    owner, item, people, event = ask.tables
    to_people = event.reference_to(people)
    assert to_people is not None
    joined = (
        f"{owner.name} JOIN {join_on(item, owner)} JOIN {join_on(event, item)} JOIN {people.name} ON "
        f"{event.name}.{to_people.name} = {people.name}.id"
    )
    return owner, item, people, event, joined
