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


class Costly(gym.Env):
    """Episodes of three steps that cost 1, 2 and 3."""

    observation_space = action_space = gym.spaces.Box(-1, 1, (1,), np.float32)

    def __init__(self, metadata):
        self.metadata = metadata
        self.steps = 0

    def reset(self, *, seed=None, options=None):
        self.steps = 0
        return np.zeros(1, np.float32), {}

    def step(self, action):
        self.steps += 1
        return np.zeros(1, np.float32), 0.0, self.steps == 3, False, {"cost": float(self.steps)}


@pytest.mark.parametrize(("metadata", "cost"), [({"cost_limit": 2.0}, 6.0), ({}, None)])
def test_an_episode_tells_what_it_cost_where_there_is_a_limit(metadata, cost):
    env = EpisodeMonitor(Costly(metadata))
    for _ in range(2):
        env.reset()
        infos = [env.step(np.zeros(1, np.float32))[4] for _ in range(3)]
        assert "episode" not in infos[0]
        assert infos[2]["episode"].get("cost") == cost


def test_a_snapshot_holds_what_the_episode_has_cost():
    env, other = (EpisodeMonitor(gym.make("robot/SafeVelocity-v0")) for _ in range(2))
    env.reset(seed=0)
    for _ in range(4):
        env.step(np.ones(env.action_space.shape, np.float32))
    other.reset(seed=1)
    other.set_state(env.get_state())
    assert other.get_state().cost == env.get_state().cost == 3.0
