"""The questions of each level, in English, each made together with the query that answers it."""

from __future__ import annotations

from collections.abc import Callable

from .asker import Asker, Question
from .four_tables import (
    above_their_average,
    average_with_gaps,
    best_of_each,
    events_of_owners,
    people_of_owners,
    people_who_never,
    people_with_gaps,
    totals_by_kind,
)
from .one_table import (
    aggregate_groups,
    aggregate_rows,
    count_groups,
    count_rows,
    count_values,
    first_rows,
    list_rows,
    sort_rows,
)
from .two_tables import (
    above_average,
    aggregate_joined,
    best_of_owners,
    count_joined,
    distinct_owners,
    first_joined,
    list_joined,
    owners_by_aggregate,
    owners_with_many,
    owners_without,
)

Template = Callable[[Asker], Question]
"""Draws a question about a database."""

TEMPLATES: tuple[tuple[Template, ...], ...] = (
    (count_rows, list_rows),
    (sort_rows, first_rows, aggregate_rows, count_groups, aggregate_groups, count_values),
    (list_joined, aggregate_joined, count_joined, distinct_owners, first_joined),
    (owners_with_many, owners_by_aggregate, above_average, owners_without, best_of_owners),
    (people_of_owners, events_of_owners, people_with_gaps, average_with_gaps, best_of_each, above_their_average,
     people_who_never, totals_by_kind),
)  # fmt: skip
"""The questions of each level."""
