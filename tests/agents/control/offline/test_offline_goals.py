"""Two ways of five steps that cross: one goes from 0 to 5 along x, the other along y, through x = 2, y = 0."""

import numpy as np
import pytest
from gymnasium import spaces

from palaestra.agents.control.offline.buffer import EpisodeBuffer
from palaestra.agents.control.offline.goals import GoalConfig, future_rows
from palaestra.envs.core.bodies.offline_data import OfflineDataset

FUTURE = GoalConfig(achieved=(0, 1), desired=(2, 3), tolerance=0.5)
ALONG_X = np.array([[i, 0, 9, 9] for i in range(6)], np.float32)
ALONG_Y = np.array([[2, i - 2, 8, 8] for i in range(6)], np.float32)


def buffer_of(goals, *ways, size=20, n_envs=1):
    buffer = EpisodeBuffer(
        size, spaces.Box(-9, 9, (4,)), spaces.Box(-1, 1, (1,)), device="cpu", n_envs=n_envs, goals=goals
    )
    T = len(ways[0]) - 1
    ended = np.tile(np.arange(T) == T - 1, len(ways))
    buffer.load(
        OfflineDataset(
            np.concatenate([way[:-1] for way in ways]),
            np.concatenate([way[1:] for way in ways]),
            np.zeros((T * len(ways), 1), np.float32),
            np.full(T * len(ways), 7.0),
            ended,
            np.zeros(T * len(ways), bool),
            np.zeros(T * len(ways), bool),
            ended,
            np.zeros(T * len(ways)),
        )
    )
    return buffer


def test_a_goal_in_hindsight_is_one_that_the_same_episode_reaches_later():
    buffer = buffer_of(FUTURE, ALONG_X, ALONG_Y)
    rows = np.tile(np.arange(10), 50)
    batch = buffer.sample_rows(rows)
    goals = batch.observations[:, 2:].numpy()
    assert np.array_equal(goals, batch.next_observations[:, 2:].numpy())
    along_x = rows < 5
    assert (goals[along_x, 1] == 0).all()
    assert (goals[along_x, 0] > rows[along_x]).all()
    assert (goals[~along_x, 0] == 2).all()
    assert set(goals[rows == 1, 0]) == {2.0, 3.0, 4.0, 5.0}


def test_the_reward_is_for_reaching_the_goal_it_was_given_and_ends_the_episode():
    batch = buffer_of(FUTURE, ALONG_X).sample_rows(np.tile(np.arange(5), 20))
    reached = (batch.next_observations[:, :2] == batch.next_observations[:, 2:]).all(dim=1)
    assert 0 < reached.sum() < len(reached)
    assert (batch.rewards[:, 0] == reached.float()).all()
    assert (batch.dones == batch.rewards).all()


def test_goals_that_are_kept_and_goals_of_other_episodes():
    own = buffer_of(GoalConfig(achieved=(0, 1), desired=(2, 3), tolerance=0.5, future=0.0), ALONG_X, ALONG_Y)
    assert (own.sample_rows(np.arange(5)).observations[:, 2:] == 9).all()
    anyones = GoalConfig(achieved=(0, 1), desired=(2, 3), tolerance=0.5, future=0.0, random=1.0)
    goals = buffer_of(anyones, ALONG_X, ALONG_Y).sample_rows(np.zeros(200, np.intp)).observations[:, 2:]
    assert len({tuple(goal) for goal in goals.tolist()}) == 9  # of ten steps, two lead to the crossing


def test_without_goals_a_batch_is_what_was_played():
    batch = buffer_of(None, ALONG_X).sample_rows(np.array([0, 4]))
    assert batch.rewards.flatten().tolist() == [7.0, 7.0]
    assert batch.dones.flatten().tolist() == [0.0, 1.0]


def test_augmentation_leads_from_one_episode_into_the_other_where_they_cross_and_nowhere_else():
    buffer = buffer_of(FUTURE, ALONG_X, ALONG_Y)
    buffer.split_into_cells(9, 1.0, seed=0)
    assert sorted(buffer.cells.count_K) == [1] * 8 + [2]
    from_start = buffer.sample_rows(np.zeros(300, np.intp)).observations[:, 2:].tolist()
    assert {tuple(goal) for goal in from_start} >= {(5.0, 0.0), (2.0, 1.0), (2.0, 3.0)}
    past_crossing = buffer.sample_rows(np.full(300, 2)).observations[:, 2:]
    assert (past_crossing[:, 1] == 0).all()


def test_steps_of_several_environments_become_episodes_when_they_end_and_the_oldest_go():
    buffer = buffer_of(FUTURE, ALONG_X, size=8, n_envs=2)
    for t in range(3):
        observation = np.array([[t, 1, 7, 7], [t, 2, 7, 7]], np.float32)
        done = np.array([t == 2, False])
        cut = [{"TimeLimit.truncated": True}, {}]
        buffer.add(observation, observation + 0.5, np.zeros((2, 1)), np.zeros(2), done, cut)
    assert (buffer.size(), buffer.pos, buffer.full) == (8, 0, True)
    assert [len(steps) for steps in buffer.unfinished] == [0, 3]
    assert buffer.steps_left.tolist() == [4, 3, 2, 1, 0, 2, 1, 0]
    assert buffer.dones[5:, 0].tolist() == [0.0, 0.0, 0.0]  # cut off is not ended
    assert future_rows(np.array([6]), np.array([3]), np.array([0.99]), 8).tolist() == [1]


def test_data_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="buffer_size must be 10 or more"):
        buffer_of(None, ALONG_X, ALONG_Y, size=9)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"achieved": (0, 0)}, "each once"),
        ({"achieved": (0,)}, "as many"),
        ({"achieved": (1, 2)}, "different"),
        ({"tolerance": 0}, "over 0"),
        ({"future": 0.8, "random": 0.3}, "1 at most together"),
    ],
)
def test_goals_that_make_no_sense_are_refused(fields, message):
    with pytest.raises(ValueError, match=message):
        GoalConfig(**({"achieved": (0, 1), "desired": (2, 3), "tolerance": 0.3} | fields))
