"""Rewards for the length of what the policy writes."""

from __future__ import annotations

from collections.abc import Sequence

from ..config import LLMConfig
from ..types import Episode, Group
from .registry import register_shaper


@register_shaper("overlong")
def overlong(
    groups: Sequence[Group],
    config: LLMConfig,
    *,
    buffer: float = 0.2,
    penalty: float = 0.5,
    longest: int | None = None,
) -> list[list[float]]:
    """A penalty that grows as an episode comes near the limit (soft overlong punishment, DAPO, Yu et al. 2025, eq. 13).

    0 up to longest - b tokens, then -penalty (length - (longest - b)) / b, with b = buffer * longest: -penalty at the
    limit.

    Args:
        groups: what was played.
        config: of the update.
        buffer: the share of the limit in which the penalty grows; DAPO's is 4,096 tokens of 20,480.
        penalty: at the limit, and at most; half of DAPO's, whose rewards are -1 and 1.
        longest: the most own tokens of an episode; None for `max_new_tokens`, which is one turn's.

    Returns:
        What each episode of each group gains.

    Raises:
        ValueError: the share is no share.
    """
    if not 0 < buffer <= 1:
        raise ValueError(f"shaper overlong: buffer must lie in (0, 1], got {buffer}")
    limit = config.max_new_tokens if longest is None else longest
    width = buffer * limit

    def bonus(episode: Episode) -> float:
        over = own_length(episode) - (limit - width)
        return -penalty * min(over / width, 1.0) if over > 0 else 0.0

    return [[bonus(episode) for episode in group.episodes] for group in groups]


@register_shaper("brevity")
def brevity(groups: Sequence[Group], config: LLMConfig, *, weight: float = 0.4) -> list[list[float]]:
    """A reward for being among the short ones of one's group (the length reward of Kimi k1.5).

    lambda = 1/2 - (length - shortest) / (longest - shortest); a success gains weight * lambda, a failure
    weight * min(0, lambda). Where all are of one length nobody gains anything. Kimi Team 2025, arXiv 2501.12599,
    section 2.3.3, where it is switched on only after a warm-up.

    Args:
        groups: what was played.
        config: not used.
        weight: the report gives none; this one is that of hkust-nlp/Laser's port.

    Returns:
        What each episode of each group gains.
    """
    return [_brevity_in_group(group, weight) for group in groups]


def own_length(episode: Episode) -> int:
    """How many own tokens an episode has, over all its turns."""
    return sum(int(segment.own_T.sum()) for segment in episode.last.lineage())


def _brevity_in_group(group: Group, weight: float) -> list[float]:
    lengths = [own_length(episode) for episode in group.episodes]
    shortest, longest = min(lengths), max(lengths)
    if shortest == longest:
        return [0.0] * len(lengths)
    gains = [0.5 - (length - shortest) / (longest - shortest) for length in lengths]
    return [
        weight * (gain if episode.success else min(0.0, gain))
        for gain, episode in zip(gains, group.episodes, strict=True)
    ]
