import pickle

import numpy as np
import pytest
from gymnasium.vector import SyncVectorEnv

from palaestra.envs.vision.first_person.vector_env import FirstPersonVectorEnv

from ...comparisons import assert_same
from .roller import RollerEnv


def assert_steps_as_alone(make_env, mode, *, steps, bodies=3):
    alone = SyncVectorEnv([make_env] * bodies, autoreset_mode=mode)
    together = FirstPersonVectorEnv(make_env, bodies, autoreset_mode=mode)
    assert_same(together.reset(seed=5), alone.reset(seed=5))
    rng, ends = np.random.default_rng(0), 0
    for step in range(steps):
        action_BA = rng.uniform(-0.4, 1.0, (bodies, 2)).astype(np.float32)
        expected = alone.step(action_BA)
        assert_same(together.step(action_BA), expected, f"step {step}")
        ends += int((expected[2] | expected[3]).sum())
    assert ends


@pytest.mark.parametrize("mode", ["SameStep", "NextStep"])
@pytest.mark.parametrize(("observation", "history"), [("both", 1), ("pixels", 3), ("state", 1)])
def test_bodies_together_are_to_the_bit_what_they_are_alone(mode, observation, history):
    def make_env():
        return RollerEnv(observation=observation, history=history, pixels=16)

    assert_steps_as_alone(make_env, mode, steps=40)


@pytest.mark.parametrize("history", [1, 3])
def test_snapshots_of_a_vector_are_those_of_environments_and_of_other_vectors(history):
    def make_env():
        return RollerEnv(observation="pixels", history=history, pixels=16)

    vector = FirstPersonVectorEnv(make_env, 3)
    vector.reset(seed=0)
    action_BA = np.full((3, 2), 0.3, np.float32)
    for _ in range(3):
        vector.step(action_BA)
    states, copy = vector.get_state(), pickle.loads(pickle.dumps(vector))
    expected = vector.step(action_BA)
    assert_same(copy.step(action_BA), expected)
    env = make_env()
    for body, state in enumerate(states):
        env.set_state(state)
        np.testing.assert_array_equal(env.step(action_BA[body])[0], expected[0][body])
    vector.set_state([states[1]] * 3)
    assert_same(vector.step(action_BA)[0], np.stack([expected[0][1]] * 3))


def test_only_masked_bodies_begin_anew():
    vector = FirstPersonVectorEnv(RollerEnv, 3, autoreset_mode="Disabled")
    vector.reset(seed=0)
    seen = vector.step(np.full((3, 2), 0.5, np.float32))[0]["pixels"]
    again = vector.reset(options={"reset_mask": np.array([False, True, False])})[0]["pixels"]
    assert [np.array_equal(*pair) for pair in zip(seen, again, strict=True)] == [True, False, True]
