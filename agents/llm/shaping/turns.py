"""Rewards for how many turns an episode takes."""

from __future__ import annotations

from collections.abc import Sequence

from ..config import LLMConfig
from ..types import Episode, Group
from .registry import register_shaper


@register_shaper("failed_turns")
def failed_turns(
    groups: Sequence[Group], config: LLMConfig, *, per_turn: float = 0.05, most: float = 0.2
) -> list[list[float]]:
    """What a failed episode gains for having tried: min(most, per_turn * (turns - 1)); a success gains nothing.

    Source: Yu et al. 2025, "Demystifying reinforcement learning in agentic reasoning"; Gen-Verse/Open-AgentRL,
    `recipe/demystify/reward.py`: a wrong answer after tool calls scores min(-0.6, -1 + 0.1 calls).

    Args:
        groups: what was played.
        config: not used.
        per_turn: for each turn before the last; half of the source's, whose rewards are -1 and 1.
        most: it may gain; half of the source's for the same reason.

    Returns:
        What each episode of each group gains.
    """

    def bonus(episode: Episode) -> float:
        return 0.0 if episode.success else min(most, per_turn * (len(episode.rewards_K) - 1))

    return [[bonus(episode) for episode in group.episodes] for group in groups]
