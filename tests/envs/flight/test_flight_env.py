"""What flies: styles, options, and the native vector to the bit."""

import os
import pickle
import subprocess
import sys

import gymnasium as gym
import numpy as np
import pytest

import palaestra  # noqa: F401  (registers the ids)

SMALL = {"pixels": 16}


def test_the_held_out_style_builds_the_same_floor_and_looks_otherwise():
    seen = {}
    for style in ("train", "held_out"):
        env = gym.make("flight/Rooms-v0", style=style, **SMALL).unwrapped
        _, info = env.reset(seed=100)
        seen[style] = env.row_S[:3].copy(), info["task"]
    assert seen["train"][1].layout == seen["held_out"][1].layout
    assert np.array_equal(seen["train"][0], seen["held_out"][0])
    assert seen["train"][1].field < seen["held_out"][1].field


def test_what_is_randomized_is_in_the_task_and_an_unknown_name_is_refused():
    env = gym.make("flight/Corridor-v0", **SMALL)
    _, info = env.reset(seed=100, options={"randomize": {"wind": 0.5, "haze": 0.1}})
    assert (info["task"].wind, info["task"].haze) == (0.5, 0.1)
    with pytest.raises(ValueError, match="winds"):
        env.reset(options={"randomize": {"winds": 0.5}})


@pytest.mark.parametrize("control", ["direction", "velocity", "attitude"])
def test_a_vector_flies_each_body_as_alone(control):
    envs = gym.make_vec("flight/Corridor-v0", num_envs=2, level=2, control=control, **SMALL)
    env = gym.make("flight/Corridor-v0", level=2, control=control, **SMALL)
    envs.reset(seed=100)
    env.reset(seed=101)
    rng = np.random.default_rng(100)
    for _ in range(5):
        action_B_A = rng.uniform(-1, 1, envs.action_space.shape).astype(np.float32)
        seen, rewards, *_ = envs.step(action_B_A)
        alone, reward, *_ = env.step(action_B_A[1])
        assert np.array_equal(seen["pixels"][1], alone["pixels"])
        assert np.array_equal(seen["state"][1], alone["state"])
        assert rewards[1] == reward


@pytest.mark.parametrize("control", ["direction", "velocity", "attitude"])
def test_the_expert_does_the_same_in_the_same_state_whatever_it_was_asked_before(control):
    env = gym.make("flight/Rooms-v0", level=1, control=control, observation="state").unwrapped
    env.reset(seed=100)
    state, action = env.get_state(), env.oracle()
    env.reset(seed=101)
    for _ in range(10):
        env.step(env.oracle())
    env.set_state(state)
    again = pickle.loads(pickle.dumps(env))
    assert np.array_equal(env.oracle(), action)
    assert np.array_equal(again.oracle(), action)


def test_the_expert_of_a_body_in_a_vector_does_as_one_alone():
    envs = gym.make_vec("flight/Corridor-v0", num_envs=2, level=2, **SMALL)
    env = gym.make("flight/Corridor-v0", level=2, observation="state").unwrapped
    envs.reset(seed=100)
    env.reset(seed=101)
    for _ in range(5):
        action_B_A = np.stack(envs.call("oracle"))
        assert np.array_equal(action_B_A[1], env.oracle())
        envs.step(action_B_A)
        env.step(action_B_A[1])


def test_what_the_expert_sees_by_is_in_no_pickle():
    env = gym.make("flight/Corridor-v0", observation="state").unwrapped
    env.reset(seed=100)
    before = len(pickle.dumps(env))
    env.oracle()
    assert len(pickle.dumps(env)) == before


def test_labels_of_one_kind_for_all_parts_are_worth_little():
    env = gym.make("flight/FreeSpace-v0", grid=5, observation="state")
    rewards = []
    for seed in range(100, 106):
        env.reset(seed=seed)
        rewards += [env.step(np.ones(25, np.float32))[1] for _ in range(8)]
    assert 0.3 < np.mean(rewards) < 0.8


@pytest.mark.parametrize(("argument", "value"), [("control", "thought"), ("style", "new"), ("textures", 0)])
def test_constructor_errors_name_the_argument(argument, value):
    with pytest.raises(ValueError, match=argument):
        gym.make("flight/Corridor-v0", **{argument: value})


def test_a_process_that_compiles_flies_to_the_bit_as_one_that_finds_what_was_compiled(tmp_path):
    code = (
        "import gymnasium as gym, numpy as np, palaestra\n"
        "from palaestra.envs.flight.kernels.planning import plan\n"
        "env = gym.make('flight/Gates-v0', observation='state').unwrapped\n"
        "env.reset(seed=11)\n"
        "depth_6_H_W = np.random.default_rng(11).uniform(0.8, 4.0, (6, 8, 8)).astype(np.float32)\n"
        "action_A = np.zeros(4)\n"
        "for _ in range(40):\n"
        "    plan(env.row_S.copy(), depth_6_H_W, env.place.geometry, 0, 1, action_A)\n"
        "    print(*env.step(action_A)[0].tolist(), *env.row_S.tolist())\n"
    )
    kept_elsewhere = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    flights = [
        subprocess.run([sys.executable, "-c", code], env=kept_elsewhere, check=True, capture_output=True).stdout
        for _ in range(2)
    ]
    assert flights[0] == flights[1] != b""
