"""How many episodes SQIRL really needs, by playing it with tables, many episodes at once.

H̄ bounds the samples from above, by the smallest of all gaps. Where the bound is far off, this tells what is enough.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from ...agents.control.sqirl.policies import Regression, TablePolicy
from ...agents.control.sqirl.random_play import RandomPlay
from ...envs.tabular.solved import SolvedProcess
from ...envs.tabular.solvers import expected_return


@dataclass(frozen=True, slots=True)
class SampledHorizon:
    """What was enough in simulation.

    Attributes:
        k: the depth of planning that needed least.
        episodes: m, for each step of the episodes; None where no number that was tried was enough.
        horizon: log_A m, so that A to its power is m as in the theory; infinite where m is None.
    """

    k: int
    episodes: int | None
    horizon: float


def sampled_horizon(
    solved: SolvedProcess, *, depths: tuple[int, ...] = (1, 2, 3), runs: int = 5, share: float = 0.95, most: int = 4096
) -> SampledHorizon:
    """The least power of two m with which at least half of the runs of SQIRL solve a process.

    Args:
        solved: the process.
        depths: the k that are tried.
        runs: how many there are of each m.
        share: how far on the way from random play to the best counts as solved, by the exact return.
        most: the largest m that is tried.

    Raises:
        ValueError: there is no depth or no run, or `most` is below 1.
    """
    if not depths or runs < 1 or most < 1:
        raise ValueError(f"depths, runs and most must be 1 or more, got {depths}, {runs} and {most}")
    wanted = solved.random_return + share * (solved.optimal_return - solved.random_return)
    for exponent in range(most.bit_length()):
        for k in depths:
            if _share_solved(solved, k, 2**exponent, runs, wanted) >= 0.5:
                return SampledHorizon(k, 2**exponent, math.log(2**exponent, solved.mdp.n_actions))
    return SampledHorizon(depths[-1], None, math.inf)


def learned_policy(solved: SolvedProcess, k: int, episodes: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """The policy_T_S_A that one pass of SQIRL comes to."""
    mdp = solved.mdp
    table = TablePolicy(spaces.Discrete(mdp.n_states), spaces.Discrete(mdp.n_actions), lambda _: 0.0)
    settings = Regression(k, 1.0, batch_size=1, n_epochs=1, max_grad_norm=1.0, learning_rate=0.0)
    best_T_S = np.zeros((mdp.horizon, mdp.n_states), np.int64)
    for t in range(mdp.horizon):
        play = _play(solved, best_T_S[:t], episodes, rng)
        if not len(play.action_N):  # every episode ended before
            break
        best_T_S[t:] = table.regress(play, t, settings, None).argmax(axis=-1)
    return np.eye(mdp.n_actions)[best_T_S]


def _share_solved(solved: SolvedProcess, k: int, episodes: int, runs: int, wanted: float) -> float:
    generators = np.random.default_rng([k, episodes]).spawn(runs)
    returns = [expected_return(solved.mdp, learned_policy(solved, k, episodes, rng)) for rng in generators]
    return float(np.mean([earned >= wanted - 1e-9 for earned in returns]))


def _play(solved: SolvedProcess, best_t_S: NDArray[np.int64], episodes: int, rng: np.random.Generator) -> RandomPlay:
    """The transitions of random play, after steps that follow a policy."""
    mdp, first = solved.mdp, len(best_t_S)
    state_N = rng.choice(mdp.n_states, episodes, p=mdp.start_S)
    rows: list[tuple[Any, ...]] = []
    number_N = np.arange(episodes)
    for step in range(mdp.horizon):
        random_N = rng.integers(mdp.n_actions, size=len(state_N))
        action_N = best_t_S[step][state_N] if step < first else random_N
        drawn_N = rng.random(len(state_N))
        outcome_N = (drawn_N[:, None] >= solved.cumulative_S_A_K[state_N, action_N]).sum(axis=-1)
        after_N = mdp.successor_S_A_K[state_N, action_N, outcome_N]
        ended_N = mdp.terminal_S[after_N] | (step + 1 == mdp.horizon)
        if step >= first:
            reward_N = mdp.reward_S_A_K[state_N, action_N, outcome_N]
            rows.append((state_N, action_N, reward_N, after_N, ended_N, number_N))
        state_N, number_N = after_N[~ended_N], number_N[~ended_N]
    to_go = np.zeros(episodes)
    returns: list[NDArray[np.float64]] = []
    for _, _, reward_N, _, _, number_N in reversed(rows):
        to_go[number_N] += reward_N
        returns.insert(0, to_go[number_N])
    steps = [np.full(len(row[0]), first + i) for i, row in enumerate(rows)]
    state, action, reward, after, ended, _ = (np.concatenate(column) for column in zip(*rows, strict=True))
    return RandomPlay(state, action, reward, after, ended, np.concatenate(returns), np.concatenate(steps))
