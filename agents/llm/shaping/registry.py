"""Where reward shapers are known by name, and how what they add becomes part of an episode."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ..config import LLMConfig
from ..named import NamedFunctions, name_of
from ..types import Episode, Group

Shaper = Callable[[Sequence[Group], LLMConfig], list[list[float]]]
"""From groups to what each episode of each group gains."""

SHAPERS: NamedFunctions[Shaper] = NamedFunctions("shaper")
register_shaper = SHAPERS.register


def shape(groups: Sequence[Group], config: LLMConfig) -> list[Group]:
    """The groups with what `config.shapers` add, one after the other; the groups handed in stay as they are."""
    shaped = list(groups)
    for choice in config.shapers:
        bonus_G_B = SHAPERS.bind(choice)(shaped, config)
        name = name_of(choice)
        shaped = [
            Group([_with_term(*pair, name) for pair in zip(group.episodes, bonus_B, strict=True)])
            for group, bonus_B in zip(shaped, bonus_G_B, strict=True)
        ]
    return shaped


def _with_term(episode: Episode, bonus: float, name: str) -> Episode:
    *terms_before, last_terms = episode.reward_terms_K
    *rewards_before, last_reward = episode.rewards_K
    return replace(
        episode,
        rewards_K=[*rewards_before, last_reward + bonus],
        reward_terms_K=[*terms_before, {**last_terms, name: bonus}],
    )
