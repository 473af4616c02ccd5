import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palaestra.envs.tabular.solvers import (
    backup,
    expected_return,
    greedy,
    improve,
    lookahead_q,
    optimal_q,
    optimal_return,
    policy_q,
    random_policy,
    random_return,
    return_bounds,
    value_iteration,
)

from .examples import lure, processes

few = settings(max_examples=25, deadline=None)


def test_values_worked_out_by_hand():
    mdp = lure()
    np.testing.assert_allclose(optimal_q(mdp)[0, 0], [0.7, 1.0])
    np.testing.assert_allclose(lookahead_q(mdp, 1)[0, 0], [0.65, 0.5])
    np.testing.assert_allclose(lookahead_q(mdp, 2)[0, 0], [0.7, 1.0])
    assert optimal_return(mdp) == 1.0
    assert random_return(mdp) == pytest.approx(0.575)
    assert return_bounds(mdp) == (0.0, 1.0)


def test_value_iteration_of_a_loop_worked_out_by_hand():
    mdp = lure()
    Q_S_A = value_iteration(mdp, 0.5)
    np.testing.assert_allclose(Q_S_A, [[0.35, 0.5], [0.6, 0.7], [0.0, 1.0], [0.0, 0.0]])


def every_deterministic_policy(mdp):
    eye = np.eye(mdp.n_actions)
    for choice in itertools.product(range(mdp.n_actions), repeat=mdp.horizon * mdp.n_states):
        yield eye[np.array(choice).reshape(mdp.horizon, mdp.n_states)]


@few
@given(processes(states=2, actions=2, steps=3))
def test_the_best_of_all_policies_is_found(mdp):
    best = max(expected_return(mdp, policy) for policy in every_deterministic_policy(mdp))
    assert optimal_return(mdp) == pytest.approx(best)
    assert expected_return(mdp, greedy(mdp, optimal_q(mdp))) == pytest.approx(best)


@few
@given(processes(), st.integers(0, 2**32 - 1))
def test_no_policy_is_better_than_the_best_or_out_of_bounds(mdp, seed):
    policy = np.random.default_rng(seed).dirichlet(np.ones(mdp.n_actions), (mdp.horizon, mdp.n_states))
    least, greatest = return_bounds(mdp)
    value = expected_return(mdp, policy)
    assert least - 1e-9 <= value <= optimal_return(mdp) + 1e-9
    assert optimal_return(mdp) <= greatest + 1e-9


@few
@given(processes())
def test_values_keep_the_bellman_equation(mdp):
    Q_T_S_A, P_S_A_S, R_S_A = optimal_q(mdp), mdp.P_S_A_S, mdp.R_S_A
    after_T_S = np.concatenate([Q_T_S_A.max(axis=-1)[1:], np.zeros((1, mdp.n_states))])
    np.testing.assert_allclose(Q_T_S_A, R_S_A + np.einsum("san,tn->tsa", P_S_A_S, after_T_S), atol=1e-9)
    np.testing.assert_allclose(improve(mdp, Q_T_S_A), Q_T_S_A, atol=1e-9)


@few
@given(processes())
def test_a_simulation_by_every_path_gives_the_random_return(mdp):
    P_S_S = mdp.P_S_A_S.mean(axis=1)
    here_S, total = mdp.start_S, 0.0
    for _ in range(mdp.horizon):
        total += here_S @ mdp.R_S_A.mean(axis=1)
        here_S = here_S @ P_S_S
    assert random_return(mdp) == pytest.approx(total)


@few
@given(processes())
def test_looking_farther_ahead_is_never_worth_less_and_at_last_everything(mdp):
    q = [lookahead_q(mdp, k) for k in range(1, mdp.horizon + 1)]
    for shorter, longer in itertools.pairwise(q):
        assert (longer >= shorter - 1e-9).all()
    np.testing.assert_allclose(q[-1], optimal_q(mdp), atol=1e-9)
    np.testing.assert_allclose(q[0], policy_q(mdp, random_policy(mdp)))


@few
@given(processes(), st.sampled_from([0.0, 0.5, 0.9]))
def test_value_iteration_ends_at_a_fixed_point(mdp, discount):
    Q_S_A = value_iteration(mdp, discount)
    np.testing.assert_allclose(backup(mdp, Q_S_A.max(axis=-1), discount), Q_S_A, atol=1e-8)


@pytest.mark.parametrize(("discount", "tolerance", "name"), [(1.0, 1e-3, "discount"), (0.5, 0.0, "tolerance")])
def test_value_iteration_that_would_not_end_is_refused(discount, tolerance, name):
    with pytest.raises(ValueError, match=name):
        value_iteration(lure(), discount, tolerance)


def test_lookahead_of_nothing_is_refused():
    with pytest.raises(ValueError, match="k must be"):
        lookahead_q(lure(), 0)
