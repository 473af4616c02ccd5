import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palaestra.envs.drive.circuit import CircuitEnv
from palaestra.envs.drive.goals import SEEN_GOAL, locate_goal, see_goal
from palaestra.envs.drive.kernels import layout as column


def test_a_goal_to_the_left_is_seen_there():
    seen = see_goal(np.array([1.0, 1.0]), np.array(0.0), np.array([1.0, 6.0]))
    assert seen == pytest.approx([0.0, 1.0, 1.0])


@given(st.lists(st.floats(-50, 50), min_size=4, max_size=4), st.floats(-4, 4))
def test_a_goal_is_located_where_it_was_seen_from(numbers, heading):
    position, goal = np.array(numbers[:2]), np.array(numbers[2:])
    seen = see_goal(position, np.array(heading), goal)
    assert locate_goal(position, np.array(heading), seen) == pytest.approx(goal, abs=1e-6)


def test_the_goal_that_is_observed_is_the_next_checkpoint():
    env = CircuitEnv(observation="state")
    observation, _ = env.reset(seed=100)
    row = env.row_S
    checkpoint = env.place.geometry.checkpoint_P_K_2[0, int(row[column.CHECKPOINT])]
    found = locate_goal(row[[column.X, column.Y]], row[column.YAW], observation[SEEN_GOAL])
    assert found == pytest.approx(checkpoint, abs=1e-4)
