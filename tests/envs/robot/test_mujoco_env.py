import copy
import pickle
import subprocess
import sys
from dataclasses import replace
from importlib import resources

import gymnasium as gym
import mujoco
import numpy as np
import pytest
from gymnasium.error import ResetNeeded

from palaestra import assets
from palaestra.envs.core import Stateful
from palaestra.envs.robot.model_files import load_model
from palaestra.envs.robot.reach import ReachEnv


@pytest.fixture
def env():
    """An environment in the middle of an episode."""
    env = ReachEnv(level=1)
    env.reset(seed=3)
    for action in actions(10, seed=1):
        env.step(action)
    return env


def actions(n, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, (n, 4))


def future(env, n=200):
    """All that happens for n actions, episodes begun anew from the environment's own generator."""
    happened, over = [], False
    for action in actions(n):
        if over:
            observation, info = env.reset()
            happened.append((observation.tobytes(), info["task"]))
            over = False
            continue
        observation, reward, terminated, truncated, info = env.step(action)
        over = terminated or truncated
        physics = env.get_state().episode.physics.tobytes()
        happened.append((observation.tobytes(), reward, terminated, truncated, info["evaluation"], physics))
    return happened


def future_of_state(state):
    env = ReachEnv(level=1)
    env.set_state(state)
    return future(env)


def test_a_restored_snapshot_repeats_the_future_bit_for_bit(env):
    state = env.get_state()
    expected = future(env)
    env.set_state(state)
    assert future(env) == expected
    assert future_of_state(state) == expected
    assert isinstance(env, Stateful)


def test_a_snapshot_restores_the_observation_at_once(env):
    state, observation = env.get_state(), env.present_observation()
    future(env, 5)
    env.set_state(state)
    np.testing.assert_array_equal(env.present_observation(), observation)


def test_a_snapshot_repeats_the_future_in_another_process(env):
    code = """
import pickle, sys
from palaestra.envs.robot.reach import ReachEnv
env = ReachEnv(level=1)
state, actions = pickle.load(sys.stdin.buffer)
env.set_state(state)
pickle.dump([env.step(action)[:4] for action in actions], sys.stdout.buffer)
"""
    sent = pickle.dumps((env.get_state(), actions(10)))
    result = subprocess.run([sys.executable, "-c", code], input=sent, capture_output=True, check=True, timeout=60)
    for (observation, *rest), action in zip(pickle.loads(result.stdout), actions(10), strict=True):
        expected, *expected_rest = env.step(action)[:4]
        np.testing.assert_array_equal(observation, expected)
        assert rest == expected_rest


def test_a_snapshot_is_small_and_shares_nothing_with_the_environment(env):
    state = env.get_state()
    before = pickle.dumps(state)
    future(env, 30)
    env.set_state(state)
    future(env, 30)
    assert pickle.dumps(state) == before
    assert len(before) < 3000


def test_a_snapshot_of_an_ended_episode_is_over_when_restored():
    env = ReachEnv()
    env.reset(seed=0)
    while not env.get_state().over:
        env.step(env.oracle())
    other = ReachEnv()
    other.set_state(env.get_state())
    assert other.oracle() is None
    with pytest.raises(ResetNeeded):
        other.step(np.zeros(4))


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))], ids=["copy", "pickle"])
def test_copies_of_the_environment_keep_its_state(env, copied):
    twin = copied(env)
    assert future(twin) == future(env)


def test_two_environments_share_no_model():
    one, other = ReachEnv(), ReachEnv()
    one.model.body_mass[:] *= 2
    assert not np.array_equal(one.model.body_mass, other.model.body_mass)


def test_every_observation_lies_in_its_space(env):
    for _ in range(3):
        env.reset()
        over = False
        while not over:
            observation, _, terminated, truncated, _ = env.step(np.sign(actions(1)[0]))
            assert env.observation_space.contains(observation)
            over = terminated or truncated


def test_actions_beyond_the_bounds_are_clipped():
    one, other = ReachEnv(), ReachEnv()
    one.reset(seed=0)
    other.reset(seed=0)
    for action in actions(5):
        beyond = one.step(np.sign(action) * 1e9)
        at_bound = other.step(np.sign(action))
        np.testing.assert_array_equal(beyond[0], at_bound[0])
        assert beyond[1] == at_bound[1]


@pytest.mark.parametrize(
    "action",
    [np.zeros(3), np.zeros((1, 4)), np.array([0, 0, 0, np.nan]), np.array([np.inf, 0, 0, 0]), "left", None, [None] * 4],
    ids=str,
)
def test_an_action_that_is_not_four_finite_numbers_is_refused_and_costs_nothing(env, action):
    state = pickle.dumps(env.get_state())
    with pytest.raises(ValueError, match=r"action must be 4 .*numbers in \[-1, 1\]"):
        env.step(action)
    assert pickle.dumps(env.get_state()) == state


@pytest.mark.parametrize(
    ("kwargs", "named"),
    [
        ({"level": 3}, "level"),
        ({"level": "hard"}, "level"),
        ({"observation": "smell"}, "observation"),
        ({"pixels": 0}, "pixels"),
        ({"pixels": "a"}, "pixels"),
        ({"pixels": 32.5}, "pixels"),
        ({"pixels": True}, "pixels"),
        ({"pixels": None}, "pixels"),
        ({"observation": ["state"]}, "observation"),
        ({"render_mode": "human"}, "render_mode"),
    ],
)
def test_a_wrong_argument_is_refused_by_name(kwargs, named):
    with pytest.raises(ValueError, match=f"{named} must be"):
        ReachEnv(**kwargs)


@pytest.mark.parametrize("options", [{"lvl": 1}, {"level": 3}, {"level": 1.5}, {"task": "hard"}])
def test_wrong_reset_options_are_refused(options):
    with pytest.raises(ValueError, match="options"):
        ReachEnv().reset(options=options)


def test_a_step_before_the_first_reset_is_refused():
    with pytest.raises(ResetNeeded):
        ReachEnv().step(np.zeros(4))


def test_a_simulation_that_blows_up_ends_the_episode_with_the_last_good_observation(env, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # MuJoCo leaves a log of its warning
    observation = env.present_observation()
    env.data.qvel[:] = 1e30
    last, reward, terminated, truncated, info = env.step(np.zeros(4))
    np.testing.assert_array_equal(last, observation)
    assert (reward, terminated, truncated) == (0.0, True, False)
    assert info["unstable"]
    assert not info["success"]
    env.reset(seed=0)
    assert np.isfinite(env.step(np.zeros(4))[0]).all()


def test_every_step_tells_success_cost_stuck_and_intervention_in_plain_numbers(env):
    info = env.step(np.zeros(4))[4]
    assert (info["success"], info["cost"], info["is_stuck"], info["intervention"]) == (False, 0.0, False, False)
    assert set(info["evaluation"]) == {"success", "failure", "cost", "is_stuck", "distance", "speed"}
    assert {type(value) for value in (*info["evaluation"].values(), *info["reward_terms"].values())} == {bool, float}


class FragileReachEnv(ReachEnv):
    """Breaks as soon as it moves fast, which costs as much as it was fast; turns and lifts by two numbers only."""

    action_size = 2

    def control(self, action_XA, readings, episode):
        velocities_X4 = np.concatenate([action_XA, np.zeros_like(action_XA)], axis=-1)
        return super().control(velocities_X4, readings, episode)

    def evaluate(self, readings, episode):
        found = super().evaluate(readings, episode)
        return replace(found, failure=found.speed > 0.3, cost=found.speed)


def test_a_failure_ends_the_episode_without_success():
    env = FragileReachEnv()
    env.reset(seed=0)
    assert env.action_space.shape == (2,)
    over = False
    while not over:
        _, _, over, truncated, info = env.step(np.ones(2))
        assert info["cost"] == info["evaluation"]["speed"] > 0
    assert info["evaluation"]["failure"]
    assert not info["success"]
    assert not truncated
    with pytest.raises(ResetNeeded):
        env.step(np.ones(2))


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        (lambda spec: setattr(spec.sensor("tip"), "cutoff", 0), "every sensor needs a cutoff.*tip has none"),
        (lambda spec: setattr(spec.option, "integrator", mujoco.mjtIntegrator.mjINT_RK4), "RK4 has no halves"),
    ],
)
def test_a_model_that_does_not_fit_is_refused(mark, message):
    class Unfit(ReachEnv):
        def build_model(self):
            spec = mujoco.MjSpec.from_file(str(resources.files(assets) / self.model_file))
            mark(spec)
            return spec.compile()

    with pytest.raises(ValueError, match=message):
        Unfit()


def test_a_model_that_is_not_there_is_named():
    with pytest.raises(FileNotFoundError, match=r"robot/none\.xml"):
        load_model("robot/none.xml")


def test_registering_imports_no_mujoco():
    code = "import sys, palaestra; sys.exit('mujoco' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_gym_make_fixes_the_level():
    env = gym.make("robot/Reach-v0", level=2)
    assert env.reset(seed=0)[1]["task"].level == 2
