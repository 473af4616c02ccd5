import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings

from palaestra.envs.tabular.effective_horizon import (
    Lookahead,
    effective_horizon,
    lookahead,
    nearly_optimal_k,
    reachable,
)
from palaestra.envs.tabular.mdp import TabularMDP
from palaestra.envs.tabular.solvers import expected_return, lookahead_q, optimal_q, optimal_return, returns_span

from .examples import lure, processes

few = settings(max_examples=25, deadline=None)


def test_a_lure_takes_two_steps_of_lookahead():
    assert lookahead(lure(), 1) == Lookahead(1, False, 0.0)
    found = effective_horizon(lure())
    assert (found.minimum_k, found.k) == (2, 2)
    assert found.gap == pytest.approx(0.3)  # right 1.0, left 0.7; after it right 1, left 0
    assert found.horizon == pytest.approx(2 + math.log2(1 / 0.3**2))


def test_one_step_of_a_bandit_worked_out_by_hand():
    P_S_A_S = np.zeros((2, 4, 2))
    P_S_A_S[:, :, 1] = 1.0
    R = np.array([[0.0, 0.5, 1.0, 0.75], [0.0] * 4])
    bandit = TabularMDP.from_dense(P_S_A_S, R, start_S=np.array([1.0, 0.0]), horizon=1)
    found = effective_horizon(bandit)
    assert (found.minimum_k, found.gap) == (1, 0.25)
    assert found.horizon == pytest.approx(1 + math.log(16, 4)) == pytest.approx(3.0)


def test_where_no_action_is_wrong_nothing_has_to_be_learned():
    P_S_A_S = np.ones((1, 2, 1))
    same = TabularMDP.from_dense(P_S_A_S, np.ones((1, 2)), start_S=np.ones(1), horizon=5)
    found = effective_horizon(same)
    assert (found.minimum_k, found.horizon) == (1, 1.0)
    assert math.isinf(found.gap)


def test_a_wrong_choice_where_greedy_play_never_comes_does_not_count():
    """As `lure`, but with a better choice at the start: the lure lies off the way."""
    P_S_A_S = np.zeros((5, 3, 5))
    P_S_A_S[0, 0, 1] = P_S_A_S[0, 1, 2] = P_S_A_S[0, 2, 4] = 1.0
    P_S_A_S[1:, :, 3] = 1.0
    P_S_A_S[1] = 0.0
    P_S_A_S[1, :, 0] = 1.0  # left leads back to the start
    R_S_A = np.zeros((5, 3))
    R_S_A[0, 2] = 10.0
    mdp = TabularMDP.from_dense(
        P_S_A_S, R_S_A, start_S=np.eye(5)[0], horizon=1, terminal_S=np.array([0, 0, 0, 1, 1], bool)
    )
    reached = reachable(mdp, np.array([[[False, False, True]] * 5]))
    assert reached.tolist() == [[True, False, False, False, False]]
    assert effective_horizon(mdp).minimum_k == 1


def test_the_gap_counts_where_actions_lead_that_are_as_good_though_they_do_not_look_it():
    """The first two actions are both optimal, but random play earns less after the second: who is greedy avoids it.

    There the choice is between 1, 0.9 and 0.
    """
    P_S_A_S = np.zeros((3, 3, 3))
    P_S_A_S[:, :, 2] = 1.0
    P_S_A_S[0, 1] = [0.0, 1.0, 0.0]
    R_S_A = np.array([[1.0, 0.0, 0.0], [1.0, 0.9, 0.0], [0.0, 0.0, 0.0]])
    terminal_S = np.array([False, False, True])
    mdp = TabularMDP.from_dense(P_S_A_S, R_S_A, start_S=np.eye(3)[0], horizon=2, terminal_S=terminal_S)
    found = lookahead(mdp, 1)
    assert found.is_solvable
    assert found.gap == pytest.approx(0.1)


def test_without_a_gap_there_is_no_bound_even_if_greedy_play_is_optimal():
    P_S_A_S = np.zeros((4, 2, 4))
    P_S_A_S[0, 0, 3] = P_S_A_S[0, 1, 1] = P_S_A_S[1, 0, 2] = 1.0
    P_S_A_S[1, 1, 3] = P_S_A_S[2:, :, 3] = 1.0
    # at the second choice left is best, for it leads to 1 and not to 0.6, but random play earns 0.5 of it
    R_S_A = np.array([[1.0, 0.0], [0.0, 0.6], [1.0, 0.0], [0.0, 0.0]])
    terminal_S = np.array([False, False, False, True])
    mdp = TabularMDP.from_dense(P_S_A_S, R_S_A, start_S=np.eye(4)[0], horizon=3, terminal_S=terminal_S)
    assert lookahead(mdp, 1) == Lookahead(1, True, 0.0)
    assert math.isinf(lookahead(mdp, 1).horizon(2))
    assert (effective_horizon(mdp).minimum_k, effective_horizon(mdp).k) == (1, 2)


@few
@given(processes(states=3, actions=2, steps=3))
def test_solvable_means_that_every_greedy_policy_is_optimal(mdp):
    span = returns_span(mdp)
    eye = np.eye(mdp.n_actions)
    for k in range(1, mdp.horizon + 1):
        Q_T_S_A = lookahead_q(mdp, k)
        best_T_S_A = Q_T_S_A.max(axis=-1, keepdims=True) - Q_T_S_A <= 1e-9 * span
        choices = [np.flatnonzero(row) for row in best_T_S_A.reshape(-1, mdp.n_actions)]
        if math.prod(map(len, choices)) > 512:
            continue
        values = [
            expected_return(mdp, eye[np.array(choice).reshape(best_T_S_A.shape[:2])])
            for choice in itertools.product(*choices)
        ]
        assert lookahead(mdp, k).is_solvable == bool(min(values) >= optimal_return(mdp) - 1e-7 * span)


@few
@given(processes())
def test_the_horizon_is_the_least_over_all_lookaheads(mdp):
    found = effective_horizon(mdp)
    every = [lookahead(mdp, k) for k in range(1, mdp.horizon + 1)]
    assert found.horizon == pytest.approx(min(each.horizon(mdp.n_actions) for each in every))
    assert found.minimum_k == next(each.k for each in every if each.is_solvable)
    assert every[-1].is_solvable
    assert every[-1].gap > 0
    assert all(each.is_solvable for each in every if each.gap > 0)
    np.testing.assert_allclose(lookahead_q(mdp, mdp.horizon), optimal_q(mdp), atol=1e-9)


def test_a_lure_that_costs_little_can_be_followed():
    """Left earns 0.7, right 1.0, random play 0.575: the left is 29 % of the way."""
    assert nearly_optimal_k(lure(), 0.25) == 1
    assert nearly_optimal_k(lure(), 0.35) == 2


@few
@given(processes())
def test_what_is_solvable_is_nearly_optimal(mdp):
    assert 1 <= nearly_optimal_k(mdp) <= effective_horizon(mdp).minimum_k


def test_a_share_over_1_is_refused():
    with pytest.raises(ValueError, match="share"):
        nearly_optimal_k(lure(), 1.5)


def test_scaled_rewards_change_nothing():
    mdp = lure()
    scaled = TabularMDP(
        mdp.probability_S_A_K.copy(),
        mdp.successor_S_A_K.copy(),
        mdp.reward_S_A_K * 40,
        mdp.start_S.copy(),
        mdp.terminal_S.copy(),
        mdp.horizon,
    )
    assert effective_horizon(scaled).horizon == pytest.approx(effective_horizon(mdp).horizon)
