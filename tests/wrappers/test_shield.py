import pickle

import gymnasium as gym
import numpy as np
import pytest

import palaestra  # noqa: F401  (registers the environments)
from palaestra.wrappers import make_wrapper
from palaestra.wrappers.shield import Shield

AHEAD = np.array([1.0, 0.0], np.float32)
TASK = {"start": (-1.0, 0.0, 0.0), "goal": (2.0, 0.0), "hazards": (-0.3, 0.0)}


def shielded(**kwargs):
    return Shield(gym.make("robot/SafePoint-v0", disable_env_checker=True), **kwargs)


def go_on(env, policy, steps):
    infos = []
    for _ in range(steps):
        *_, terminated, truncated, info = env.step(policy())
        infos.append(info)
        if terminated or truncated:
            break
    return infos


def test_who_would_drive_into_a_hazard_is_kept_out():
    bare, env = gym.make("robot/SafePoint-v0", disable_env_checker=True), shielded()
    for each in (bare, env):
        each.reset(options={"task": TASK})
    assert sum(info["cost"] for info in go_on(bare, lambda: AHEAD, 20)) > 0
    infos = go_on(env, lambda: AHEAD, 20)
    assert sum(info["cost"] for info in infos) == 0
    assert not infos[0]["intervention"]
    assert infos[-1]["intervention"]


@pytest.mark.parametrize("level", range(3))
def test_even_chance_never_costs(level):
    env = shielded(candidates=2)
    rng = np.random.default_rng(level)
    env.reset(seed=level, options={"level": level})
    for _ in range(3):
        push = rng.uniform([0.0, -1.0], [1.0, 1.0])
        assert not any(info["cost"] for info in go_on(env, lambda: push, 15))  # noqa: B023


def test_what_is_safe_is_done_as_it_was_wanted():
    env, bare = shielded(), gym.make("robot/SafePoint-v0", disable_env_checker=True)
    for each in (env, bare):
        each.reset(seed=3)
    for _ in range(10):
        action = env.oracle()
        ours, theirs = env.step(action), bare.step(action)
        assert not ours[4]["intervention"]
        np.testing.assert_array_equal(ours[4]["action"], action)
        np.testing.assert_array_equal(ours[0], theirs[0])


def test_where_nothing_else_is_safe_nothing_is_done():
    env = shielded(candidates=0)
    env.reset(options={"task": TASK})
    done = [info["action"] for info in go_on(env, lambda: AHEAD, 15)]
    assert done[0].tolist() == [1.0, 0.0]
    assert done[-1].tolist() == [0.0, 0.0]


def test_a_snapshot_and_a_pickle_repeat_the_future():
    env = shielded()
    env.reset(options={"task": TASK})
    go_on(env, lambda: AHEAD, 8)
    state, twin = env.get_state(), pickle.loads(pickle.dumps(env))
    future = [info["action"].tolist() for info in go_on(env, lambda: AHEAD, 8)]
    assert [info["action"].tolist() for info in go_on(twin, lambda: AHEAD, 8)] == future
    env.set_state(state)
    assert [info["action"].tolist() for info in go_on(env, lambda: AHEAD, 8)] == future


@pytest.mark.parametrize(
    ("id", "arguments", "named"),
    [("robot/SafePoint-v0", {"horizon": -1}, "horizon"), ("robot/SafePoint-v0", {"candidates": 1.5}, "candidates"),
     ("Pendulum-v1", {}, "get_state")],
)  # fmt: skip
def test_bad_arguments_are_named(id, arguments, named):
    with pytest.raises(ValueError, match=named):
        make_wrapper("shield", gym.make(id), **arguments)
