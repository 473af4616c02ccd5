import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palaestra.agents.control.sqirl.random_play import Episode, q_iteration_targets, random_play, returns_to_go

LONG = Episode([10, 11, 12, 13], [0, 1, 2], [1.0, 2.0, 4.0])
SHORT = Episode([20, 21], [1], [8.0])


def test_returns_worked_out_by_hand():
    assert returns_to_go(np.array([1.0, 2.0, 4.0]), 1.0).tolist() == [7.0, 6.0, 4.0]
    assert returns_to_go(np.array([1.0, 2.0, 4.0]), 0.5).tolist() == [3.0, 4.0, 4.0]


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=10), st.floats(0.1, 1.0))
def test_a_return_is_a_reward_and_the_discounted_return_after_it(rewards, gamma):
    returns = returns_to_go(np.array(rewards), gamma)
    np.testing.assert_allclose(returns[:-1], np.array(rewards[:-1]) + gamma * returns[1:], atol=1e-9)
    assert returns[-1] == rewards[-1]


def test_the_target_of_a_step_of_q_iteration_worked_out_by_hand():
    reward_N, ended_N = np.array([1.0, 1.0]), np.array([False, True])
    next_q_N_A = np.array([[2.0, 4.0], [2.0, 4.0]])
    assert q_iteration_targets(reward_N, ended_N, next_q_N_A, 0.5).tolist() == [3.0, 1.0]


def test_only_what_was_chosen_at_random_is_kept():
    play = random_play([LONG, SHORT], 1, 1.0)
    assert play.observation_N.tolist() == [11, 12]
    assert play.next_observation_N.tolist() == [12, 13]
    assert play.action_N.tolist() == [1, 2]
    assert play.reward_N.tolist() == [2.0, 4.0]
    assert play.return_N.tolist() == [6.0, 4.0]
    assert play.ended_N.tolist() == [False, True]
    assert play.step_N.tolist() == [1, 2]


def test_from_the_beginning_all_episodes_are_kept():
    play = random_play([LONG, SHORT], 0, 1.0)
    assert play.observation_N.tolist() == [10, 11, 12, 20]
    assert play.ended_N.tolist() == [False, False, True, True]
    assert play.at_step(0).observation_N.tolist() == [10, 20]


def test_a_step_that_no_episode_reached_is_refused():
    with pytest.raises(ValueError, match="first_step"):
        random_play([SHORT], 1, 1.0)
