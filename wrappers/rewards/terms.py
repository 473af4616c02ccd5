"""Rewards that are made of named terms."""

from __future__ import annotations

from typing import Any, SupportsFloat

TASK = "task"
"""The term of the environment's own reward, where it names none."""


def add_term(reward: SupportsFloat, info: dict[str, Any], name: str, value: float) -> tuple[float, dict[str, Any]]:
    """Add a named term to a step's reward.

    Args:
        reward: the reward so far.
        info: the step's info; its `reward_terms`, where there are any, add up to the reward.
        name: of the term; terms of one name add up.
        value: of the term.

    Returns:
        The reward with the term, which is exactly the sum of `reward_terms`, and a new info that holds these.
    """
    terms = dict(info.get("reward_terms") or {TASK: float(reward)})
    terms[name] = terms.get(name, 0.0) + value
    return sum(terms.values()), {**info, "reward_terms": terms}
