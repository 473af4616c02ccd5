from dataclasses import fields

import gymnasium as gym
import minari
import numpy as np
import pytest
from minari.data_collector.episode_buffer import EpisodeBuffer

import palaestra  # noqa: F401  (registers the environments)
from palaestra.agents.control import make_agent
from palaestra.envs.core.bodies.minari_data import read_minari, write_minari
from palaestra.envs.core.bodies.offline_data import OfflineDataset, collect

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # Minari asks for an author


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Minari's folder, empty."""
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path))
    return tmp_path


@pytest.fixture
def env():
    with gym.make("robot/PointMaze-v0", disable_env_checker=True, split="train") as env:
        yield env


def written(dataset, env, name="test/maze/mixed-v0"):
    write_minari(dataset, env, name, player="mixed", description="a test")
    return name


def somebody_elses(name, observation_space, observations, **more):
    """Two episodes of three steps each, as another tool may have written them."""
    episode = {
        "observations": observations,
        "actions": np.full((3, 2), 0.5, np.float32),
        "rewards": [0.0, 0.0, 1.0],
        "terminations": [False, False, True],
        "truncations": [False, False, False],
    } | more
    minari.create_dataset_from_buffers(
        name,
        [EpisodeBuffer(**episode), EpisodeBuffer(**episode)],
        observation_space=observation_space,
        action_space=gym.spaces.Box(-1.0, 1.0, (2,)),
    )


def test_what_is_written_is_read_back_to_the_last_bit(env):
    dataset = collect(env, "mixed", 250, seed=0)
    read = read_minari(written(dataset, env))
    for field in fields(OfflineDataset):
        before, after = getattr(dataset, field.name), getattr(read, field.name)
        assert before.dtype == after.dtype
        np.testing.assert_array_equal(before, after)


def test_others_find_episodes_and_the_environment_in_it(env):
    dataset = collect(env, "expert", 60, seed=0)
    data = minari.load_dataset(written(dataset, env))
    assert (data.total_steps, data.total_episodes) == (len(dataset), len(dataset.episode_ends))
    first = next(iter(data.iterate_episodes()))
    assert len(first.observations) == len(first.rewards) + 1 == dataset.episode_ends[0] + 2
    assert first.infos["success"].tolist()[-1] is True
    assert data.recover_environment().unwrapped.split == "train"


def test_a_name_that_is_taken_is_not_written_over(env):
    dataset = collect(env, "expert", 10, seed=0)
    written(dataset, env)
    with pytest.raises(ValueError, match="has a data set test/maze/mixed-v0 already"):
        written(dataset, env)


def test_dicts_become_vectors_as_gymnasium_flattens_them():
    box = gym.spaces.Box(-9.0, 9.0, (2,))
    space = gym.spaces.Dict({"observation": gym.spaces.Box(-9.0, 9.0, (1,)), "goal": box})
    parts = {"observation": np.arange(4.0)[:, None], "goal": np.ones((4, 2))}
    somebody_elses("test/others-v0", space, parts)
    read = read_minari("test/others-v0")
    flat = gym.spaces.flatten(space, {"observation": np.array([2.0]), "goal": np.ones(2)})
    np.testing.assert_array_equal(read.observations[2], flat)
    np.testing.assert_array_equal(read.next_observations[1], flat)
    assert not read.success.any()
    assert not read.is_expert.any()


def test_an_episode_that_was_left_midway_is_cut_off_there():
    somebody_elses("test/others-v0", gym.spaces.Box(-9, 9, (1,)), np.zeros((4, 1)), terminations=[False] * 3)
    assert read_minari("test/others-v0").truncated.tolist() == [False, False, True] * 2


def test_what_is_no_such_data_set_is_refused():
    with pytest.raises(ValueError, match="Minari has no data set 'test/none-v0' on this machine"):
        read_minari("test/none-v0")
    somebody_elses("test/text-v0", gym.spaces.Text(3), ["a"] * 4)
    with pytest.raises(ValueError, match="observations must be arrays of numbers"):
        read_minari("test/text-v0")


def test_an_offline_agent_is_trained_on_it(env):
    dataset = collect(env, "mixed", 60, seed=0)
    kwargs = {"batch_size": 8, "policy_kwargs": {"net_arch": [8]}, "seed": 0, "device": "cpu"}
    agent = make_agent("iql", lambda: env, data={"minari": written(dataset, env)}, **kwargs)
    agent.learn(3)
    assert agent.replay_buffer.size() == len(dataset)
