import pickle

import gymnasium as gym
import numpy as np
import pytest

from palaestra.envs.robot.mimic.mimic_env import MimicEnv
from palaestra.envs.robot.mimic.task import LEVELS, MimicTask
from palaestra.wrappers import get_state, set_state
from palaestra.wrappers.resets import EarlyTermination, ReferenceStateInit


def phases(env, episodes, **reset):
    return [env.reset(**reset)[1]["task"].phase for _ in range(episodes)]


def test_episodes_begin_all_along_the_clip():
    env = ReferenceStateInit(MimicEnv())
    env.reset(seed=0)
    found = phases(env, 60)
    counts, _ = np.histogram(found, bins=4, range=(0, 1))
    assert counts.min() >= 6


def test_the_task_gives_the_episode_back():
    env = ReferenceStateInit(MimicEnv(clip="backflip"))
    observation, info = env.reset(seed=3)
    assert info["task"].phase > 0
    again, same = MimicEnv(clip="backflip").reset(seed=9, options={"task": info["task"]})
    np.testing.assert_array_equal(observation, again)
    assert same["task"] == info["task"]


def test_a_task_of_the_options_is_passed_on_and_a_level_drawn_at():
    env = ReferenceStateInit(MimicEnv())
    assert env.reset(seed=0, options={"task": MimicTask(phase=0.5)})[1]["task"].phase == 0.5
    tasks = [env.reset(options={"level": 2})[1]["task"] for _ in range(20)]
    assert {task.level for task in tasks} == {2}
    assert LEVELS[1].offset < np.abs([task.offsets for task in tasks]).max() <= LEVELS[2].offset
    with pytest.raises(ValueError, match=r"options\['level'\] must be an integer from 0 to 2, got 7"):
        env.reset(options={"level": 7})
    with pytest.raises(ValueError, match="phase"):
        env.reset(options={"phase": 0.1})


def test_the_same_seed_draws_the_same_episodes_and_a_snapshot_goes_on_with_the_same():
    one, other = (ReferenceStateInit(EarlyTermination(MimicEnv())) for _ in range(2))
    assert phases(one, 3, seed=5)[0] == phases(other, 3, seed=5)[0]
    state = pickle.loads(pickle.dumps(get_state(one)))
    future = phases(one, 5)
    set_state(other, state)
    assert phases(other, 5) == future
    set_state(one, state)
    assert phases(pickle.loads(pickle.dumps(one)), 5) == future


def test_an_environment_without_reference_states_is_refused():
    with pytest.raises(ValueError, match="env must have the method sample_reference_state"):
        ReferenceStateInit(gym.make("CartPole-v1"))
