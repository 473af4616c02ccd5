"""Group filters: pure functions that keep the groups worth training on.

A new filter is one function behind `@register_filter`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from .config import LLMConfig
from .named import NamedFunctions
from .types import Episode, Group

Filter = Callable[[Sequence[Group], LLMConfig], list[Group]]
"""From groups to those that are kept."""

FILTERS: NamedFunctions[Filter] = NamedFunctions("filter")
register_filter = FILTERS.register


@register_filter("drop_uniform")
def drop_uniform(
    groups: Sequence[Group], config: LLMConfig, *, by: Literal["return", "success"] = "return"
) -> list[Group]:
    """Drop groups whose graded episodes all came out alike: they have no signal (dynamic sampling, Yu et al. 2025).

    Args:
        groups: what was played, and shaped.
        config: not used.
        by: what must differ within a group. `success` also drops groups that differ in what shapers added alone, as
            DAPO does.
    """

    def outcome(episode: Episode) -> float:
        return episode.total_reward if by == "return" else bool(episode.success)

    return [
        group for group in groups if len({outcome(episode) for episode in group.episodes if episode.is_gradable}) > 1
    ]


def keep(groups: Sequence[Group], config: LLMConfig) -> list[Group]:
    """The groups that pass all of `config.filters`."""
    kept = list(groups)
    for choice in config.filters:
        kept = FILTERS.bind(choice)(kept, config)
    return kept
