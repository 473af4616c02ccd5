import numpy as np
import pytest

from palaestra.agents.control.fastrlap.goals import PracticeGoals, mixed_goals, practice_rewards


def test_a_step_is_worth_the_metres_nearer_to_the_goal_a_bonus_there_and_a_penalty_for_help():
    position, after = np.array([[0.0, 0.0]] * 3), np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    goal = np.array([[4.0, 0.0], [1.5, 0.0], [0.0, -2.0]])
    reached, taken_over = np.array([False, True, False]), np.array([False, False, True])
    rewards = practice_rewards(position, after, goal, reached, taken_over, PracticeGoals(bonus=0.5, penalty=2.0))
    assert rewards.tolist() == [4.0 - 3.0, 1.5 - 0.5 + 0.5, 2.0 - 3.0 - 2.0]


def test_half_of_the_goals_are_own_a_quarter_future_a_quarter_near():
    own, future, near = (np.full((4, 2), value) for value in (1.0, 2.0, 3.0))
    goals, is_own = mixed_goals(own, future, near, np.array([0.0, 0.49, 0.5, 0.75]))
    assert goals[:, 0].tolist() == [1.0, 1.0, 2.0, 3.0]
    assert is_own.tolist() == [True, True, False, False]


def test_a_radius_that_is_none_is_refused():
    with pytest.raises(ValueError, match=r"goals\.radius must be over 0, got 0"):
        PracticeGoals(radius=0)
