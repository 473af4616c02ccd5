"""Exact solutions of finite decision processes.

Values are of what is still to come: `Q_T_S_A[t, s, a]` is the expected sum of rewards from step t on, when `a` is
chosen in `s`. Nothing comes after step T - 1 or after a terminal state.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .mdp import TabularMDP

TOLERANCE = 1e-9
"""Values that differ by less are taken to be equal, relative to the range of returns."""

Values = NDArray[np.float64]


def backup(mdp: TabularMDP, V_S: Values, discount: float = 1.0) -> Values:
    """One step of the Bellman equation: Q(s, a) = E[r + discount · V(s')].

    Args:
        mdp: the process.
        V_S: the values of the states after the step.
        discount: of them.

    Returns:
        Q_S_A, 0 in terminal states.
    """
    worth_S_A_K = mdp.reward_S_A_K + discount * np.where(mdp.terminal_S, 0.0, V_S)[mdp.successor_S_A_K]
    return np.where(mdp.terminal_S[:, None], 0.0, (mdp.probability_S_A_K * worth_S_A_K).sum(axis=-1))


def optimal_q(mdp: TabularMDP) -> Values:
    """Q*_T_S_A of the best policy, by backward induction (Bellman 1957; Puterman 1994, section 4.5)."""
    Q_T_S_A = np.zeros((mdp.horizon, mdp.n_states, mdp.n_actions))
    V_S = np.zeros(mdp.n_states)
    for t in reversed(range(mdp.horizon)):
        Q_T_S_A[t] = backup(mdp, V_S)
        V_S = Q_T_S_A[t].max(axis=-1)
    return Q_T_S_A


def policy_q(mdp: TabularMDP, policy_T_S_A: Values) -> Values:
    """Q_T_S_A of a policy.

    Args:
        mdp: the process.
        policy_T_S_A: the probability of each action, in each step and state.
    """
    Q_T_S_A = np.zeros((mdp.horizon, mdp.n_states, mdp.n_actions))
    V_S = np.zeros(mdp.n_states)
    for t in reversed(range(mdp.horizon)):
        Q_T_S_A[t] = backup(mdp, V_S)
        V_S = (policy_T_S_A[t] * Q_T_S_A[t]).sum(axis=-1)
    return Q_T_S_A


def random_policy(mdp: TabularMDP) -> Values:
    """The policy that chooses every action alike, as policy_T_S_A."""
    return np.full((mdp.horizon, mdp.n_states, mdp.n_actions), 1.0 / mdp.n_actions)


def improve(mdp: TabularMDP, Q_T_S_A: Values) -> Values:
    """One step of Q-value iteration: Q'_t(s, a) = E[r + max_a' Q_{t+1}(s', a')], and E[r] in the last step."""
    V_T_S = Q_T_S_A.max(axis=-1)
    after_T_S = np.concatenate([V_T_S[1:], np.zeros((1, mdp.n_states))])
    return np.stack([backup(mdp, V_S) for V_S in after_T_S])


def lookahead_q(mdp: TabularMDP, k: int) -> Values:
    """Q^k_T_S_A: the random policy's Q, after k - 1 steps of Q-value iteration (Laidlaw et al. 2024, section 3).

    Raises:
        ValueError: k is below 1.
    """
    if k < 1:
        raise ValueError(f"k must be 1 or more, got {k}")
    Q_T_S_A = policy_q(mdp, random_policy(mdp))
    for _ in range(k - 1):
        Q_T_S_A = improve(mdp, Q_T_S_A)
    return Q_T_S_A


def greedy(mdp: TabularMDP, Q_T_S_A: Values) -> Values:
    """The policy that chooses the best actions, those that are equally good alike, as policy_T_S_A."""
    best_T_S_A = Q_T_S_A.max(axis=-1, keepdims=True) - Q_T_S_A <= TOLERANCE * returns_span(mdp)
    return best_T_S_A / best_T_S_A.sum(axis=-1, keepdims=True)


def expected_return(mdp: TabularMDP, policy_T_S_A: Values) -> float:
    """The expected return of a policy."""
    Q_S_A = policy_q(mdp, policy_T_S_A)[0]
    return float(mdp.start_S @ (policy_T_S_A[0] * Q_S_A).sum(axis=-1))


def optimal_return(mdp: TabularMDP) -> float:
    """The expected return of the best policy."""
    return float(mdp.start_S @ optimal_q(mdp)[0].max(axis=-1))


def random_return(mdp: TabularMDP) -> float:
    """The expected return of the policy that chooses every action alike."""
    return expected_return(mdp, random_policy(mdp))


def value_iteration(mdp: TabularMDP, discount: float, tolerance: float = 1e-10) -> Values:
    """Q*_S_A of the same process without a horizon.

    Stops where the values are within `tolerance` of the fixed point: ‖Q - Q*‖ ≤ discount / (1 - discount) · ‖change‖.

    Raises:
        ValueError: the discount is not from 0 to below 1, or the tolerance is not over 0.
    """
    if not 0.0 <= discount < 1.0:
        raise ValueError(f"discount must be from 0 to below 1, got {discount}")
    if not tolerance > 0.0:
        raise ValueError(f"tolerance must be over 0, got {tolerance}")
    Q_S_A = np.zeros((mdp.n_states, mdp.n_actions))
    while True:
        former_S_A = Q_S_A
        Q_S_A = backup(mdp, former_S_A.max(axis=-1), discount)
        if discount * abs(Q_S_A - former_S_A).max() <= tolerance * (1.0 - discount):
            return Q_S_A


def return_bounds(mdp: TabularMDP) -> tuple[float, float]:
    """The least and the greatest return that an episode can have, whatever is done and whatever chance does."""
    possible_S_A_K = mdp.probability_S_A_K > 0
    least_S, greatest_S = np.zeros(mdp.n_states), np.zeros(mdp.n_states)
    for _ in range(mdp.horizon):
        low_S_A_K = np.where(possible_S_A_K, mdp.reward_S_A_K + least_S[mdp.successor_S_A_K], np.inf)
        high_S_A_K = np.where(possible_S_A_K, mdp.reward_S_A_K + greatest_S[mdp.successor_S_A_K], -np.inf)
        least_S = np.where(mdp.terminal_S, 0.0, low_S_A_K.min(axis=(1, 2)))
        greatest_S = np.where(mdp.terminal_S, 0.0, high_S_A_K.max(axis=(1, 2)))
    starts = mdp.start_S > 0
    return float(least_S[starts].min()), float(greatest_S[starts].max())


def returns_span(mdp: TabularMDP) -> float:
    """The greatest return less the least; 1 where all are equal."""
    least, greatest = return_bounds(mdp)
    return greatest - least or 1.0
