"""How far ahead one has to look beyond random play: k-QVI-solvability, gaps and effective horizons.

After Laidlaw, Zhu, Russell and Dragan (ICLR 2024, arXiv 2312.08369), "The effective horizon explains deep RL
performance in stochastic environments", section 3. Q¹ is the random policy's Q, Q^{i+1} is one step of Q-value
iteration on Q^i. Returns are scaled to [0, 1], as the paper has them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .mdp import TabularMDP
from .solvers import (
    TOLERANCE,
    Values,
    expected_return,
    greedy,
    improve,
    lookahead_q,
    optimal_q,
    optimal_return,
    random_return,
    returns_span,
)


@dataclass(frozen=True, slots=True)
class Lookahead:
    """What acting greedily on Q^k comes to.

    Attributes:
        k: steps of lookahead.
        is_solvable: whether every policy that is greedy on Q^k is optimal (the process is k-QVI-solvable).
        gap: Δ_k, of returns scaled to [0, 1]: by how much the best action's Q^k exceeds that of any action that is
            not optimal, where it is least; infinite where all actions are optimal, 0 where some action that is not
            optimal looks as good as the best.
    """

    k: int
    is_solvable: bool
    gap: float

    def horizon(self, n_actions: int) -> float:
        """H̄_k = k + log_A(1 / Δ_k²); k where no action is ever wrong, infinite where there is no gap."""
        if self.gap == 0.0:
            return math.inf
        return self.k + (max(0.0, -2.0 * math.log(self.gap, n_actions)) if math.isfinite(self.gap) else 0.0)


@dataclass(frozen=True, slots=True)
class EffectiveHorizon:
    """The effective horizon of a process.

    Attributes:
        minimum_k: the least k for which the process is k-QVI-solvable.
        k: the k that gives the least H̄_k.
        gap: Δ_k.
        horizon: H̄ = min over k of H̄_k.
    """

    minimum_k: int
    k: int
    gap: float
    horizon: float


def lookahead(mdp: TabularMDP, k: int) -> Lookahead:
    """Whether a process is k-QVI-solvable, and with what gap.

    Which steps and states count is as in the authors' code (cassidylaidlaw/effective-horizon, EffectiveHorizon.jl). For
    solvability, those that a greedy policy can come to (`calculate_minimum_k`, value_iteration.jl). For the gap, those
    that a policy can come to which takes any action that looks better than every wrong one, since whoever has to
    estimate Q^k may take any of these (`compute_simple_effective_horizon`, gorp_bounds.jl). The paper's definition has
    the infimum over all states, also those that nobody comes to.

    Raises:
        ValueError: k is below 1.
    """
    return _judge(mdp, k, lookahead_q(mdp, k), optimal_q(mdp))


def effective_horizon(mdp: TabularMDP) -> EffectiveHorizon:
    """The least k for which a process is k-QVI-solvable, and its stochastic effective horizon H̄.

    Q^T is Q*, so that every process is T-QVI-solvable; no k over the H̄ found so far can make it smaller.
    """
    optimal_T_S_A = optimal_q(mdp)
    Q_T_S_A = lookahead_q(mdp, 1)
    minimum_k: int | None = None
    best: tuple[float, Lookahead] | None = None
    for k in range(1, mdp.horizon + 1):
        if best is not None and k >= best[0]:
            break
        found = _judge(mdp, k, Q_T_S_A, optimal_T_S_A)
        if found.is_solvable:
            minimum_k = minimum_k or k
            horizon = found.horizon(mdp.n_actions)
            best = (horizon, found) if best is None or horizon < best[0] else best
        Q_T_S_A = improve(mdp, Q_T_S_A)
    if best is None or minimum_k is None:
        raise AssertionError("every process is T-QVI-solvable")  # Q^T = Q*
    return EffectiveHorizon(minimum_k, best[1].k, best[1].gap, best[0])


def nearly_optimal_k(mdp: TabularMDP, share: float = 0.95) -> int:
    """The least k for which acting greedily on Q^k earns that share of the way from random play to the best.

    It forgives a choice that costs next to nothing, which k-QVI-solvability does not. Of actions that are equally good
    by Q^k, each is chosen alike.

    Raises:
        ValueError: the share is not from 0 to 1.
    """
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"share must be from 0 to 1, got {share}")
    random, best = random_return(mdp), optimal_return(mdp)
    Q_T_S_A = lookahead_q(mdp, 1)
    for k in range(1, mdp.horizon + 1):
        earned = expected_return(mdp, greedy(mdp, Q_T_S_A))
        if earned - random >= share * (best - random) - TOLERANCE * returns_span(mdp):
            return k
        Q_T_S_A = improve(mdp, Q_T_S_A)
    raise AssertionError("what is greedy on Q^T is optimal")  # Q^T = Q*


def reachable(mdp: TabularMDP, allowed_T_S_A: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where the policies that choose only allowed actions can come to, in each step, as a mask of shape (T, S)."""
    reached_T_S = np.zeros(allowed_T_S_A.shape[:2], np.bool_)
    reached_S = mdp.start_S > 0
    for t in range(mdp.horizon):
        reached_T_S[t] = reached_S & ~mdp.terminal_S
        allowed_S_A = allowed_T_S_A[t] & reached_T_S[t][:, None]
        follows_S_A_K = (mdp.probability_S_A_K > 0) & allowed_S_A[:, :, None]
        reached_S = np.zeros(mdp.n_states, np.bool_)
        reached_S[mdp.successor_S_A_K[follows_S_A_K]] = True
    return reached_T_S


def _judge(mdp: TabularMDP, k: int, Q_T_S_A: Values, optimal_T_S_A: Values) -> Lookahead:
    span = returns_span(mdp)
    best_T_S = Q_T_S_A.max(axis=-1)
    greedy_T_S_A = best_T_S[:, :, None] - Q_T_S_A <= TOLERANCE * span
    wrong_T_S_A = optimal_T_S_A.max(axis=-1, keepdims=True) - optimal_T_S_A > TOLERANCE * span
    if (greedy_T_S_A & wrong_T_S_A)[reachable(mdp, greedy_T_S_A)].any():
        return Lookahead(k, False, 0.0)
    wrong_q_T_S = np.where(wrong_T_S_A, Q_T_S_A, -np.inf).max(axis=-1)
    right_T_S_A = Q_T_S_A - wrong_q_T_S[:, :, None] > TOLERANCE * span
    gap = float((best_T_S - wrong_q_T_S)[reachable(mdp, right_T_S_A)].min() / span)
    return Lookahead(k, True, gap if gap > TOLERANCE else 0.0)
