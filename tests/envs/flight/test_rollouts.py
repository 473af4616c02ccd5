"""Flights from copies of one state."""

import numpy as np
import pytest

from palaestra.envs.flight.corridor import CorridorEnv
from palaestra.envs.flight.rollouts import Copies, collision_times

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


def test_copies_of_many_states_fly_as_those_of_each_do():
    envs = [CorridorEnv(pixels=16, level=1, observation="pixels") for _ in range(3)]
    snapshots = []
    for seed, env in enumerate(envs):
        env.reset(seed=100 + seed)
        for _ in range(5 * seed):
            env.step(env.oracle())
        snapshots.append(env.get_state())

    def policy(pictures):
        return np.stack([pictures[:, 4, 8, 0], pictures[:, 8, 4, 1]], axis=1) / 128.0 - 1.0

    def fly(states, actions):
        copies = Copies(envs[0], len(states))
        flights = copies.fly(states, actions, policy, hold=2, horizon=40)
        return flights.time_N.tolist(), copies.observe().tobytes()

    together = [snapshot for snapshot in snapshots for _ in ACTIONS]
    times, seen = fly(together, np.tile(ACTIONS, (3, 1)))
    one_by_one = [fly([snapshot], action[None]) for snapshot in snapshots for action in ACTIONS]
    assert times == [time for (time,), _ in one_by_one]
    assert seen == b"".join(picture for _, picture in one_by_one)
    assert len(set(times)) > 1


def test_copies_that_have_flown_fly_from_elsewhere_as_new_ones():
    envs = [begun(observation="state") for _ in range(2)]
    envs[1].reset(seed=101)
    used = Copies(envs[0], 4)
    used.fly([envs[0].get_state()] * 4, ACTIONS, horizon=30)
    again = used.fly([envs[1].get_state()] * 4, ACTIONS, horizon=30)
    assert np.array_equal(again.time_N, collision_times(envs[1], envs[1].get_state(), ACTIONS, horizon=30))


def test_the_steps_of_copies_are_counted_until_they_rest():
    env = begun(observation="state")
    flights = Copies(env, 4).fly([env.get_state()] * 4, ACTIONS, horizon=30)
    assert not flights.reached_N.any()
    assert np.array_equal(flights.steps_N, np.minimum(flights.time_N, 30))
    assert flights.steps_N.sum() < 4 * 30


def test_the_first_action_is_held():
    env = begun(observation="state")
    straight_on = collision_times(env, env.get_state(), ACTIONS, horizon=30)
    held = collision_times(env, env.get_state(), ACTIONS, lambda seen: np.zeros((len(seen), 2)), hold=30, horizon=30)
    assert np.array_equal(held, straight_on)


def test_bad_arguments_are_named():
    env = begun(observation="state")
    with pytest.raises(ValueError, match="action_N_A"):
        collision_times(env, env.get_state(), np.zeros((3, 5)))
    with pytest.raises(ValueError, match="action_N_A"):
        collision_times(env, env.get_state(), np.zeros(2))
    with pytest.raises(ValueError, match="snapshots"):
        Copies(env, 4).fly([env.get_state()] * 3, ACTIONS)
    with pytest.raises(ValueError, match="snapshot"):
        collision_times(env, CorridorEnv(observation="state").get_state(), ACTIONS)
