import pickle

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.error import ResetNeeded

from palaestra.envs.robot.mimic.mimic_env import MimicEnv
from palaestra.wrappers import get_state, set_state
from palaestra.wrappers.resets import EarlyTermination

SLACK = np.zeros(8, np.float32)


def until_the_end(env):
    """The last step of an episode in which the joints go to the middle of their ranges, and how many steps it took."""
    steps, over = 0, False
    while not over:
        last = env.step(SLACK)
        steps, over = steps + 1, last[2] or last[3]
    return last, steps


def test_a_fall_ends_the_episode_without_success():
    env = EarlyTermination(MimicEnv())
    env.reset(seed=0)
    (_, _, terminated, truncated, info), steps = until_the_end(env)
    assert steps < MimicEnv.max_steps
    assert (terminated, truncated, info["success"]) == (True, False, False)
    assert info["evaluation"]["fallen"]
    assert env.oracle() is None
    with pytest.raises(ResetNeeded):
        env.step(SLACK)
    env.reset()
    env.step(SLACK)


def test_it_ends_where_the_environment_itself_would():
    ends = []
    for env in (EarlyTermination(MimicEnv()), MimicEnv(end_on_fall=True)):
        env.reset(seed=4)
        (observation, reward, *_), steps = until_the_end(env)
        ends.append((observation.tolist(), reward, steps))
    assert ends[0] == ends[1]


class Told(gym.Env):
    """Tells a flag on its third step, in the info itself."""

    observation_space = action_space = gym.spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        self.steps = 0
        return 0, {}

    def step(self, action):
        self.steps += 1
        return 0, 1.0, False, self.steps == 3, {"sunk": self.steps == 3, "success": True}


def test_the_flag_may_stand_in_the_info_and_wins_over_truncation():
    env = EarlyTermination(Told(), flag="sunk")
    env.reset()
    assert [env.step(0)[2:4] for _ in range(3)] == [(False, False), (False, False), (True, False)]


def test_a_flag_that_is_not_told_is_named_instead_of_never_ending_an_episode():
    env = EarlyTermination(Told(), flag="fallen")
    env.reset()
    with pytest.raises(ValueError, match=r"flag must be told .* 'fallen' is not among success, sunk"):
        env.step(0)
    with pytest.raises(ValueError, match="flag must be a name"):
        EarlyTermination(Told(), flag="")


def test_snapshots_and_pickles_know_that_the_episode_is_over():
    env = EarlyTermination(MimicEnv())
    env.reset(seed=0)
    before = get_state(env)
    until_the_end(env)
    over = get_state(env)
    set_state(env, before)
    env.step(SLACK)
    set_state(env, over)
    for ended in (env, pickle.loads(pickle.dumps(env))):
        with pytest.raises(ResetNeeded):
            ended.step(SLACK)
