import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv

import palaestra  # noqa: F401  (registers the environments)
from palaestra.envs.tabular.table import PROCESSES
from palaestra.envs.tabular.tabular_env import TabularEnv
from palaestra.envs.tabular.vector_env import TabularVectorEnv

B = 4


def same(one, other):
    """Whether results are equal bit for bit, kinds included."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, np.ndarray) and one.dtype == object:
        return other.dtype == object and all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    return one.dtype == other.dtype and one.tobytes() == other.tobytes()


@pytest.mark.parametrize("mode", [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP])
@pytest.mark.parametrize("name", PROCESSES)
def test_a_vector_is_so_many_single_environments(name, mode):
    vector = TabularVectorEnv(B, name, autoreset_mode=mode)
    singles = SyncVectorEnv([lambda: TabularEnv(name)] * B, autoreset_mode=mode)
    for options in ({"level": 1}, None):
        for one, other in zip(
            vector.reset(seed=3, options=options), singles.reset(seed=3, options=options), strict=True
        ):
            assert same(one, other)
        rng = np.random.default_rng(1)
        for _ in range(40):
            actions = rng.integers(vector.single_action_space.n, size=B)
            for one, other in zip(vector.step(actions), singles.step(actions), strict=True):
                assert same(one, other)


def test_make_vec_makes_it():
    vector = gym.make_vec("tabular/Taxi-v0", num_envs=2, level=1, autoreset_mode=AutoresetMode.SAME_STEP)
    assert isinstance(vector, TabularVectorEnv)
    assert vector.metadata["autoreset_mode"] is AutoresetMode.SAME_STEP
    vector.reset(seed=0)
    assert vector.step(vector.oracle())[1].shape == (2,)


@pytest.mark.parametrize("kind", ["one_hot", "features"])
def test_other_observations_are_the_same_too(kind):
    vector = TabularVectorEnv(B, "taxi", observation=kind)
    singles = SyncVectorEnv([lambda: TabularEnv("taxi", observation=kind)] * B)
    assert vector.observation_space == singles.observation_space
    assert same(vector.reset(seed=1)[0], singles.reset(seed=1)[0])


def test_a_restored_vector_has_the_same_future():
    vector = TabularVectorEnv(B, "inventory")
    vector.reset(seed=0)
    actions = np.random.default_rng(0).integers(4, size=(30, B))
    for action_B in actions[:10]:
        vector.step(action_B)
    state = vector.get_state()
    future = [vector.step(action_B) for action_B in actions]
    other = TabularVectorEnv(B, "inventory")
    other.set_state(state)
    for action_B, expected in zip(actions, future, strict=True):
        for one, two in zip(other.step(action_B), expected, strict=True):
            assert same(one, two)


def test_episodes_are_begun_anew_by_a_mask_where_autoreset_is_off():
    vector = TabularVectorEnv(2, "bandit_tree", autoreset_mode=AutoresetMode.DISABLED)
    with pytest.raises(gym.error.ResetNeeded):
        vector.step(np.zeros(2, int))
    vector.reset(seed=0)
    vector.step(np.zeros(2, int))
    with pytest.raises(gym.error.ResetNeeded):
        vector.step(np.zeros(2, int))
    vector.reset(options={"reset_mask": np.array([True, True])})
    assert vector.step(np.zeros(2, int))[2].all()


def test_the_oracle_is_that_of_every_episode():
    vector, single = TabularVectorEnv(B, "taxi", level=1), TabularEnv("taxi", level=1)
    vector.reset(seed=7)
    for i in range(B):
        single.reset(seed=7 + i)
        assert vector.oracle()[i] == single.oracle()


def test_drawings_are_those_of_every_episode():
    vector, single = TabularVectorEnv(2, "key_door", render_mode="ansi"), TabularEnv("key_door", render_mode="ansi")
    vector.reset(seed=7, options={"level": 2})
    single.reset(seed=7, options={"level": 2})
    vector.step(np.ones(2, int))
    single.step(1)
    assert vector.render()[0] == single.render()


@pytest.mark.parametrize("actions", [[0], [0, 0, 5], [0.0] * 3, [-1, 0, 0], "000"])
def test_what_are_no_actions_is_refused_by_name(actions):
    vector = TabularVectorEnv(3, "chain")
    vector.reset(seed=0)
    with pytest.raises(ValueError, match="actions"):
        vector.step(actions)


@pytest.mark.parametrize(
    ("arguments", "name"), [({"seed": [1, 2]}, "seed"), ({"options": {"reset_mask": [True] * 3}}, "reset_mask")]
)
def test_bad_arguments_of_reset_are_refused_by_name(arguments, name):
    with pytest.raises(ValueError, match=name):
        TabularVectorEnv(3, "chain").reset(**arguments)
