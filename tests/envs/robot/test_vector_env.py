import copy
import json
import pickle
from functools import partial

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.envs.registration import load_env_creator
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode

import palaestra  # noqa: F401  (registers the environments)
from palaestra.envs.core import entries
from palaestra.envs.robot.mujoco_env import MujocoEnv
from palaestra.envs.robot.reach import ReachEnv
from palaestra.envs.robot.vector_env import MujocoVectorEnv

from ..comparisons import assert_same
from .vector_checks import assert_steps_as_alone


def class_of(entry):
    return load_env_creator(entry.entry_point)


BODIES = [entry for entry in entries() if entry.kind == "body" and issubclass(class_of(entry), MujocoEnv)]


@pytest.fixture
def vector():
    """Four bodies in the middle of their episodes."""
    vector = MujocoVectorEnv(ReachEnv, 4)
    vector.reset(seed=0)
    play(vector, 30)
    return vector


def play(vector, steps, seed=1):
    rng = np.random.default_rng(seed)
    return [vector.step(rng.uniform(-1, 1, vector.action_space.shape)) for _ in range(steps)]


@pytest.mark.parametrize("entry", [pytest.param(entry, id=entry.id) for entry in BODIES])
def test_every_body_steps_in_a_vector_as_it_does_alone(entry):
    make_env = partial(class_of(entry), **entry.kwargs)
    steps = min(300, make_env().max_steps + 40)
    assert assert_steps_as_alone(make_env, steps=steps) >= 4


@pytest.mark.parametrize("entry", [pytest.param(entry, id=entry.id) for entry in BODIES])
def test_every_body_has_a_native_vector_by_its_id(entry):
    vector = gym.make_vec(entry.id, num_envs=2, level=entry.levels - 1)
    assert isinstance(vector, MujocoVectorEnv)
    assert vector.call("level") == (entry.levels - 1,) * 2
    json.loads(gym.spec(entry.id).to_json())


def test_an_episode_begins_in_the_step_that_ends_the_one_before_if_asked():
    assert assert_steps_as_alone(ReachEnv, steps=120, autoreset_mode=AutoresetMode.SAME_STEP) >= 6


class ShortReachEnv(ReachEnv):
    """An arm that has five steps."""

    max_steps = 5


def test_pictures_are_those_of_single_bodies():
    make_env = partial(ShortReachEnv, observation="both", pixels=12)
    try:
        make_env().reset(seed=0)
    except RuntimeError as error:
        pytest.skip(str(error))
    assert assert_steps_as_alone(make_env, steps=6, bodies=2, autoreset_mode=AutoresetMode.SAME_STEP) >= 2


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_the_number_of_threads_changes_nothing(threads):
    assert assert_steps_as_alone(ReachEnv, steps=50, bodies=6, threads=threads) >= 4


class HeavyReachEnv(ReachEnv):
    """An arm whose hand is as heavy as its goal is high, which only a model can hold."""

    def prepare_model(self, task):
        self.model.body("hand").mass[:] = 1.0 + task.goal[2]


def test_bodies_whose_models_differ_have_each_its_own():
    assert assert_steps_as_alone(HeavyReachEnv, steps=100) >= 4


def test_a_snapshot_brings_its_model_along():
    vector, other = MujocoVectorEnv(HeavyReachEnv, 3), MujocoVectorEnv(HeavyReachEnv, 3)
    vector.reset(seed=0)
    other.reset(seed=50)
    other.set_state(vector.get_state())
    assert_same(play(other, 20), play(vector, 20))


class ExplosiveReachEnv(ReachEnv):
    """An arm whose motors are far too strong where the goal is high."""

    def prepare_model(self, task):
        self.model.actuator_gainprm[:, 0] = 1e12 if task.goal[2] > 0.5 else 15.0


@pytest.mark.parametrize("mode", ["NextStep", "SameStep"])
def test_a_body_that_blows_up_ends_its_own_episode_only(mode, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # MuJoCo leaves a log of its warning
    vector = MujocoVectorEnv(ExplosiveReachEnv, 4)
    vector.reset(seed=5)
    told = [infos.get("_unstable", np.zeros(4, bool)) for *_, infos in play(vector, 40)]
    assert 0 < np.sum(told) < np.size(told)
    assert assert_steps_as_alone(ExplosiveReachEnv, steps=50, autoreset_mode=mode) >= 4


def test_without_autoreset_the_bodies_of_a_mask_begin_again():
    vector = MujocoVectorEnv(ReachEnv, 3, autoreset_mode="Disabled")
    first, _ = vector.reset(seed=0)
    for _ in range(ReachEnv.max_steps):
        observations, _, terminated, truncated, _ = vector.step(np.zeros((3, 4)))
    over = terminated | truncated
    assert over.all()
    with pytest.raises(ResetNeeded, match=r"bodies \[0, 1, 2\] are over"):
        vector.step(np.zeros((3, 4)))
    again, infos = vector.reset(seed=[0, None, None], options={"reset_mask": np.array([True, False, False])})
    np.testing.assert_array_equal(again[0], first[0])
    np.testing.assert_array_equal(again[1:], observations[1:])
    assert list(infos["_task"]) == [True, False, False]


def test_options_pose_the_same_task_to_every_body():
    vector = MujocoVectorEnv(ReachEnv, 3)
    task = ReachEnv().reset(seed=9, options={"level": 2})[1]["task"]
    observations, infos = vector.reset(options={"task": task})
    assert list(infos["task"]) == [task] * 3
    assert (observations == observations[0]).all()


def test_the_expert_solves_every_body():
    vector = MujocoVectorEnv(ReachEnv, 8)
    vector.reset(seed=0)
    solved = np.zeros(8, bool)
    for _ in range(ReachEnv.max_steps):
        actions = [np.zeros(4) if action is None else action for action in vector.oracle()]
        solved |= vector.step(np.stack(actions))[4]["success"]
    assert solved.all()


def test_a_restored_snapshot_repeats_the_future_of_every_body(vector):
    states = vector.get_state()
    future = play(vector, 120)
    vector.set_state(pickle.loads(pickle.dumps(states)))
    assert_same(play(vector, 120), future)


def test_a_snapshot_goes_from_a_vector_to_environments_alone_and_back(vector):
    alone = [ReachEnv() for _ in range(4)]
    for env, state in zip(alone, vector.get_state(), strict=True):
        env.set_state(state)
    for env, action in zip(alone, np.ones((4, 4)), strict=True):
        env.step(action)
    other = MujocoVectorEnv(ReachEnv, 4)
    other.set_state([env.get_state() for env in alone])
    vector.step(np.ones((4, 4)))
    assert_same(play(other, 100), play(vector, 100))


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda vector: pickle.loads(pickle.dumps(vector))])
def test_copies_of_the_vector_keep_its_state(vector, copied):
    twin = copied(vector)
    assert_same(play(twin, 120), play(vector, 120))


def test_taking_a_snapshot_and_asking_the_expert_change_nothing(vector):
    twin = copy.deepcopy(vector)
    for _ in range(3):
        vector.get_state()
        vector.oracle()
        vector.call("level")
        assert_same(play(vector, 30), play(twin, 30))


def test_what_is_called_on_the_bodies_counts(vector):
    states = vector.get_state()
    future = play(vector, 50)
    vector.call("set_state", states[0])
    assert_same([state.episode.physics for state in vector.get_state()], [states[0].episode.physics] * 4)
    for env, state in zip(vector.envs, states, strict=True):
        env.set_state(state)
    vector.set_state(states)
    assert_same(play(vector, 50), future)


def test_an_attribute_is_set_on_every_body(vector):
    vector.set_attr("level", [0, 1, 2, 0])
    assert vector.get_attr("level") == (0, 1, 2, 0)
    _, infos = vector.reset(seed=0)
    assert [task.level for task in infos["task"]] == [0, 1, 2, 0]
    with pytest.raises(ValueError, match="values must be one or 4, got 2"):
        vector.set_attr("level", [0, 1])


def test_infos_and_observations_of_a_step_never_change_afterwards(vector):
    given = play(vector, 1)[0]
    before = copy.deepcopy(given)
    play(vector, 100)
    vector.reset(seed=3)
    assert_same(given, before)


def test_a_vector_steps_after_the_reset_only():
    with pytest.raises(ResetNeeded):
        MujocoVectorEnv(ReachEnv, 2).step(np.zeros((2, 4)))


@pytest.mark.parametrize(
    ("actions", "message"),
    [
        (np.zeros(4), r"actions must be 4 times 4 numbers in \[-1, 1\]; got shape \(4,\)"),
        (np.full((4, 4), "a"), "actions must be 4 times 4 numbers"),
        ([[0, 0, 0, 0]] * 2 + [[0, np.nan, 0, 0]] * 2, r"action must be 4 finite numbers.*for body 2"),
    ],
)
def test_wrong_actions_are_refused_by_name_and_cost_nothing(vector, actions, message):
    states = pickle.dumps(vector.get_state())
    with pytest.raises(ValueError, match=message):
        vector.step(actions)
    assert pickle.dumps(vector.get_state()) == states


def test_the_action_of_a_body_that_begins_again_does_not_count():
    vector = MujocoVectorEnv(ReachEnv, 1)
    vector.reset(seed=0)
    play(vector, ReachEnv.max_steps)
    observation, reward, terminated, truncated, infos = vector.step(np.full((1, 4), np.nan))
    assert (reward[0], terminated[0], truncated[0]) == (0.0, False, False)
    assert set(infos) == {"task", "_task"}
    assert np.isfinite(observation).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_envs": 0}, "num_envs must be an integer of 1 or more, got 0"),
        ({"threads": 0}, "threads must be an integer of 1 or more, got 0"),
        ({"autoreset_mode": "never"}, "autoreset_mode must be one of NextStep, SameStep, Disabled, got 'never'"),
        ({"make_env": lambda: gym.make("robot/Reach-v0")}, "without wrappers, got OrderEnforcing"),
        ({"make_env": partial(ReachEnv, level=9)}, "level must be"),
    ],
)
def test_wrong_arguments_are_refused_by_name(arguments, message):
    with pytest.raises(ValueError, match=message):
        MujocoVectorEnv(**{"make_env": ReachEnv, "num_envs": 2} | arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seed": [1, 2]}, "seed must be an integer or a list of 4, got a list of 2"),
        ({"options": {"reset_mask": [True] * 4}}, r"options\['reset_mask'\] must be an array of 4 bool"),
        ({"options": {"lvl": 1}}, "options has the unknown key 'lvl'"),
    ],
)
def test_wrong_resets_are_refused_by_name(vector, arguments, message):
    with pytest.raises(ValueError, match=message):
        vector.reset(**arguments)


def test_a_first_reset_is_of_all_bodies():
    with pytest.raises(ValueError, match="true everywhere on the first reset"):
        MujocoVectorEnv(ReachEnv, 2).reset(options={"reset_mask": np.array([True, False])})
