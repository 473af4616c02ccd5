import gymnasium as gym
import numpy as np
import pytest

from palaestra.agents.control.offline.data import DataConfig, play_data, read_data


@pytest.fixture
def env():
    with gym.make("robot/PointMaze-v0", disable_env_checker=True) as env:
        yield env


def test_every_player_gets_its_share_of_the_steps_to_within_an_episode(env):
    played = play_data(env, DataConfig(expert=1, random=3, transitions=300), seed=1)
    assert played.is_expert.mean() == pytest.approx(0.25, abs=0.15)
    assert played.terminated[-1] or played.truncated[-1]


def test_the_same_seed_plays_the_same_and_another_one_does_not(env):
    data = DataConfig(noisy_expert=1, transitions=20)
    first, again, other = (play_data(env, data, seed) for seed in (3, 3, 4))
    assert np.array_equal(first.actions, again.actions)
    assert np.array_equal(first.observations, again.observations)
    assert not np.array_equal(first.observations[0], other.observations[0])
    assert not first.is_expert.any()


def test_one_transition_of_an_episode_leads_to_the_next(env):
    played = play_data(env, DataConfig(expert=1, transitions=30), seed=0)
    inside = np.flatnonzero(~(played.terminated | played.truncated))
    assert np.array_equal(played.next_observations[inside], played.observations[inside + 1])
    assert np.abs(played.actions).max() <= 1


def test_a_family_is_played_where_the_data_say(env):
    played = play_data(env, DataConfig(family="narrow", transitions=30), seed=0)
    assert len({tuple(goal) for goal in played.observations[:, 4:6]}) == 1


def test_an_environment_without_an_expert_is_refused():
    with gym.make("Pendulum-v1") as env, pytest.raises(ValueError, match=r"needs an environment with an oracle"):
        play_data(env, DataConfig(expert=1, transitions=5), seed=0)


def test_a_file_is_read_back(tmp_path, env):
    played = play_data(env, DataConfig(expert=1, transitions=5), seed=0)
    played.save(tmp_path / "data.npz")
    read = read_data(DataConfig(file=str(tmp_path / "data.npz")))
    assert read is not None
    assert np.array_equal(read.observations, played.observations)
    assert read.is_expert.all()


def test_a_file_that_lacks_an_array_is_refused(tmp_path):
    np.savez(tmp_path / "data.npz", rewards=np.zeros(3))
    with pytest.raises(ValueError, match=r"data\.file must be"):
        read_data(DataConfig(file=str(tmp_path / "data.npz")))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "one of: a file, a data set of minari, a family, or who plays"),
        ({"file": "x.npz", "expert": 1}, "one of: a file, a data set of minari, a family, or who plays"),
        ({"file": "x.npz", "minari": "x-v0"}, "one of: a file, a data set of minari, a family, or who plays"),
        ({"family": "narow"}, "did you mean narrow"),
        ({"expert": -1}, "data.expert must be 0 or more"),
        ({"expert": 1, "noise": 2}, r"data.noise must lie in \[0, 1\]"),
        ({"expert": 1, "transitions": 0}, "data.transitions must be an integer of 1 or more"),
    ],
)
def test_data_that_say_nothing_or_too_much_are_refused(fields, message):
    with pytest.raises(ValueError, match=message):
        DataConfig(**fields)
