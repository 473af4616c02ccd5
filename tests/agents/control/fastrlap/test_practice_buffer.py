import numpy as np
import pytest
from gymnasium import spaces

from palaestra.agents.control.fastrlap.buffer import PracticeBuffer
from palaestra.agents.control.fastrlap.goals import PracticeGoals
from palaestra.envs.drive.goals import SEEN_GOAL, locate_goal, see_goal

SPACE = spaces.Dict(
    {"pixels": spaces.Box(0, 255, (3, 36, 36), np.uint8), "state": spaces.Box(-20, 20, (9,), np.float32)}
)
LATENT = 2
GOAL = slice(LATENT + SEEN_GOAL.start, LATENT + SEEN_GOAL.stop)
ACTION = np.zeros(2, np.float32)


def buffer_of(size=10, **goals):
    actions = spaces.Box(-1, 1, (2,), np.float32)
    return PracticeBuffer(size, SPACE, actions, "cpu", latent_dim=LATENT, goals=PracticeGoals(**goals))


def step(buffer, x, goal_x=3.0, *, intervention=False, is_over=False):
    """A car drives along the x axis, towards a goal on it."""
    observation = np.zeros(LATENT + 9, np.float32)
    observation[0] = x
    observation[GOAL] = see_goal(np.array([x, 0.0]), np.array(0.0), np.array([goal_x, 0.0]))
    info = {"intervention": intervention, "evaluation": {"x": x, "y": 0.0, "heading": 0.0}}
    buffer.follow(observation, ACTION, info, is_over)


def rows_of(buffer, rows):
    batch = buffer._get_samples(np.array(rows))
    return batch._replace(rewards=batch.rewards.flatten().tolist(), dones=batch.dones.flatten().tolist())


def test_the_step_before_which_the_place_is_not_known_is_left_out():
    buffer = buffer_of()
    step(buffer, 0.0)
    assert buffer.size() == 0
    step(buffer, 1.0)
    assert buffer.size() == 1


def test_own_goals_are_rewarded_by_progress_and_reaching_them():
    buffer = buffer_of(relabel=False, bonus=0.5)
    for x, goal_x in ((0.0, 3.0), (1.0, 3.0), (2.5, 5.0), (2.0, 5.0)):
        step(buffer, x, goal_x)
    batch = rows_of(buffer, [0, 1, 2])
    assert batch.rewards == pytest.approx([1.0, 2.0 - 0.5 + 0.5, -0.5], abs=1e-5)
    assert batch.dones == [0.0] * 3
    assert batch.next_observations[1, GOAL].tolist() == pytest.approx([1.0, 0.0, 0.5], abs=1e-5)


def test_what_the_recovery_does_is_left_out_and_the_step_before_it_ends():
    buffer = buffer_of(relabel=False, penalty=1.0)
    step(buffer, 0.0)
    step(buffer, 1.0)
    step(buffer, 0.5, intervention=True)
    step(buffer, 0.0, intervention=True)
    step(buffer, 0.25)
    batch = rows_of(buffer, [0, 1])
    assert buffer.size() == 2
    assert batch.dones == [1.0, 0.0]
    assert batch.rewards == pytest.approx([1.0 - 1.0, 0.25], abs=1e-5)


def test_an_episode_that_is_cut_off_does_not_end_what_can_be_gained():
    buffer = buffer_of(relabel=False)
    step(buffer, 0.0)
    step(buffer, 1.0, is_over=True)
    step(buffer, 7.0)
    step(buffer, 8.0, goal_x=9.0)
    assert rows_of(buffer, [0, 1]).dones == [0.0, 0.0]
    assert buffer.position_N_2[:2, 0].tolist() == [0.0, 7.0]
    assert buffer.steps_left_N[:2].tolist() == [0, 0]


def test_goals_in_hindsight_are_seen_from_where_the_car_was_and_rewarded_anew(monkeypatch):
    buffer = buffer_of(bonus=0.5, radius=0.6)
    for x in (0.0, 1.0, 2.0, 3.0):
        step(buffer, x, goal_x=9.0)
    monkeypatch.setattr(np.random, "random", lambda size: np.array([0.6, 0.6, 0.9]))  # future, future, near
    monkeypatch.setattr(np.random, "exponential", lambda mean, size: np.array([1.5, 40.0, 0.0]))
    monkeypatch.setattr(np.random, "normal", lambda mean, deviation, size: np.full(size, -1.0))
    batch = rows_of(buffer, [0, 2, 1])
    # the goals: (2, 0) one step later; (3, 0), where the stretch ends; (0, -1) behind
    assert batch.rewards == pytest.approx([1.0, 1.0 + 0.5, 2**0.5 - 5**0.5], abs=1e-5)
    found = locate_goal(
        np.array([[0.0, 0.0], [2.0, 0.0], [1.0, 0.0]]), np.zeros(3), batch.observations[:, GOAL].numpy()
    )
    assert found == pytest.approx(np.array([[2.0, 0.0], [3.0, 0.0], [0.0, -1.0]]), abs=1e-5)
    after = locate_goal(
        np.array([[1.0, 0.0], [3.0, 0.0], [2.0, 0.0]]), np.zeros(3), batch.next_observations[:, GOAL].numpy()
    )
    assert after == pytest.approx(np.array([[2.0, 0.0], [9.0, 0.0], [0.0, -1.0]]), abs=1e-5)


def test_the_oldest_rows_of_a_full_ring_go_first():
    buffer = buffer_of(size=3)
    for x in range(6):
        step(buffer, float(x), goal_x=9.0)
    assert buffer.full
    assert buffer.position_N_2[:, 0].tolist() == [3.0, 4.0, 2.0]
    assert buffer.steps_left_N.tolist() == [1, 0, 2]
