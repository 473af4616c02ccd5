import gymnasium as gym
import numpy as np
import pytest

import palaestra  # noqa: F401  (registers the environments)
from palaestra.agents.control.monitor import EpisodeMonitor

STILL = np.zeros(4, np.float32)


def limited():
    return EpisodeMonitor(gym.make("robot/Reach-v0", max_episode_steps=10))


def steps_left(env):
    for step in range(1, 100):
        _, _, terminated, truncated, _ = env.step(STILL)
        if terminated or truncated:
            return step
    raise AssertionError("the episode never ended")


def test_a_snapshot_holds_how_far_the_time_limit_has_come():
    env, other = limited(), limited()
    env.reset(seed=0)
    for _ in range(5):
        env.step(STILL)
    other.reset(seed=1)
    other.set_state(env.get_state())
    assert steps_left(other) == steps_left(env) == 5
    assert other.get_episode_lengths() == env.get_episode_lengths() == [10]
    assert other.get_episode_rewards() == env.get_episode_rewards()


def test_an_environment_without_snapshots_is_named():
    env = EpisodeMonitor(gym.make("CartPole-v1"))
    env.reset(seed=0)
    with pytest.raises(TypeError, match="CartPoleEnv has no get_state"):
        env.get_state()
