"""What was seen of random play, as arrays, and what a Q function is fitted to on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(slots=True)
class Episode:
    """One episode as it is collected.

    Attributes:
        observations: one more than there are actions, once the episode has ended.
        actions: those chosen.
        rewards: those received.
    """

    observations: list[Any]
    actions: list[int] = field(default_factory=list)
    rewards: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RandomPlay:
    """Transitions from which on everything was chosen at random, N of them.

    Attributes:
        observation_N: before the action; further axes are the observation's.
        action_N: the action.
        reward_N: the reward.
        next_observation_N: after the action.
        ended_N: whether the episode ended with it.
        return_N: the discounted sum of the rewards from this one to the end of the episode.
        step_N: how many actions of the episode came before.
    """

    observation_N: NDArray[Any]
    action_N: NDArray[np.int64]
    reward_N: NDArray[np.float64]
    next_observation_N: NDArray[Any]
    ended_N: NDArray[np.bool_]
    return_N: NDArray[np.float64]
    step_N: NDArray[np.int64]

    def at_step(self, step: int) -> RandomPlay:
        """The transitions at one step of their episodes."""
        rows = self.step_N == step
        return RandomPlay(
            self.observation_N[rows],
            self.action_N[rows],
            self.reward_N[rows],
            self.next_observation_N[rows],
            self.ended_N[rows],
            self.return_N[rows],
            self.step_N[rows],
        )


def random_play(episodes: Sequence[Episode], first_step: int, gamma: float) -> RandomPlay:
    """The transitions of episodes from a step on.

    Args:
        episodes: that have ended.
        first_step: the first one in which the action was chosen at random.
        gamma: the discount.

    Raises:
        ValueError: no episode was so long.
    """
    tails = [episode for episode in episodes if len(episode.actions) > first_step]
    if not tails:
        raise ValueError(f"first_step must lie before the end of an episode, got {first_step}")
    steps = [np.arange(first_step, len(episode.actions)) for episode in tails]
    return RandomPlay(
        np.concatenate([np.stack(episode.observations[first_step:-1]) for episode in tails]),
        np.concatenate([np.array(episode.actions[first_step:], np.int64) for episode in tails]),
        np.concatenate([np.array(episode.rewards[first_step:], np.float64) for episode in tails]),
        np.concatenate([np.stack(episode.observations[first_step + 1 :]) for episode in tails]),
        np.concatenate([each == each[-1] for each in steps]),
        np.concatenate([returns_to_go(np.array(episode.rewards[first_step:]), gamma) for episode in tails]),
        np.concatenate(steps),
    )


def returns_to_go(reward_T: NDArray[Any], gamma: float) -> NDArray[np.float64]:
    """G_t = r_t + γ G_{t+1}, with nothing after the last reward."""
    return_T = np.zeros(len(reward_T))
    after = 0.0
    for t in reversed(range(len(reward_T))):
        after = return_T[t] = reward_T[t] + gamma * after
    return return_T


def q_iteration_targets(
    reward_N: NDArray[Any], ended_N: NDArray[np.bool_], next_q_N_A: NDArray[Any], gamma: float
) -> NDArray[np.float64]:
    """What Q^{i+1} is fitted to: r + γ max_a Q^i(s', a), and r alone where the episode ended."""
    return reward_N + np.where(ended_N, 0.0, gamma * next_q_N_A.max(axis=-1))
