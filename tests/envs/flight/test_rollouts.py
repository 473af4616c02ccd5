"""Flights from copies of one state."""

import numpy as np
import pytest

from palaestra.envs.flight.corridor import CorridorEnv
from palaestra.envs.flight.rollouts import collision_times

ACTIONS = np.array([[0.0, 0.0], [1.0, 0.0], [-1.0, 0.0], [0.0, -1.0]])


def begun(**kwargs):
    env = CorridorEnv(pixels=16, **kwargs)
    env.reset(seed=100)
    return env


def test_copies_collide_when_the_environment_does():
    env = begun(observation="state")
    snapshot = env.get_state()
    times = collision_times(env, snapshot, ACTIONS, horizon=30)
    for action, time in zip(ACTIONS, times, strict=True):
        env.set_state(snapshot)
        step, terminated, info = 0, False, {}
        while step < 30 and not terminated:
            *_, terminated, _, info = env.step(action)
            step += 1
        assert time == (step if terminated and not info["success"] else 31)
    assert len(set(times)) > 1


def test_the_state_is_left_alone():
    env = begun(observation="state")
    before = env.row_S.copy()
    collision_times(env, env.get_state(), ACTIONS, horizon=10)
    assert np.array_equal(env.row_S, before)


def test_a_policy_sees_what_each_copy_sees():
    env = begun(observation="pixels")
    seen = []

    def policy(observations):
        seen.append(observations)
        return np.zeros((len(observations), 2))

    collision_times(env, env.get_state(), ACTIONS, policy, horizon=4)
    assert [pictures.shape for pictures in seen] == [(4, 16, 16, 3)] * 3
    assert not np.array_equal(seen[-1][1], seen[-1][2])


def test_bad_arguments_are_named():
    env = begun(observation="state")
    with pytest.raises(ValueError, match="action_N_A"):
        collision_times(env, env.get_state(), np.zeros((3, 5)))
    with pytest.raises(ValueError, match="snapshot"):
        collision_times(env, CorridorEnv(observation="state").get_state(), ACTIONS)
