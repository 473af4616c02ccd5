import pickle

import gymnasium as gym
import numpy as np
import pytest

import palaestra  # noqa: F401  (registers the environments)
from palaestra.envs.robot.reach import ReachEnv
from palaestra.envs.robot.varied_model import RANDOMIZABLE
from palaestra.wrappers.resets import DomainRandomization

EVERYTHING = {"light": 0.5, "geom_hue": 120.0, "camera_x": 0.1, "friction": 2.0, "mass": 1.5}


def play(env, steps=20):
    rng = np.random.default_rng(0)
    return np.stack([env.step(rng.uniform(-1, 1, env.action_space.shape))[0] for _ in range(steps)])


def begun(**randomize):
    env = ReachEnv()
    env.reset(seed=0, options={"randomize": randomize})
    return env


def test_friction_and_masses_are_multiplied_for_one_episode():
    plain, env = begun(), begun(mass=2.0, friction=0.5)
    np.testing.assert_array_equal(env.model.body_mass, 2.0 * plain.model.body_mass)
    np.testing.assert_array_equal(env.model.geom_friction, 0.5 * plain.model.geom_friction)
    assert (play(env) != play(plain)).any()
    for each in (plain, env):
        each.reset(seed=1)
    np.testing.assert_array_equal(play(env), play(plain))


def test_light_hues_and_cameras_change_what_is_seen_and_come_back():
    env, plain = begun(light=0.5, geom_hue=90.0, camera_z=0.1), begun()
    for name in ("light_diffuse", "mat_rgba", "cam_pos"):
        assert (getattr(env.model, name) != getattr(plain.model, name)).any()
    np.testing.assert_array_equal(env.model.geom_rgba, plain.model.geom_rgba)  # MuJoCo's grey: materials have colours
    np.testing.assert_array_equal(play(env), play(plain))
    env.reset(seed=0)
    for name in ("light_diffuse", "geom_rgba", "mat_rgba", "cam_pos"):
        np.testing.assert_array_equal(getattr(env.model, name), getattr(plain.model, name))
    np.testing.assert_array_equal(env.model.vis.headlight.diffuse, plain.model.vis.headlight.diffuse)


def test_a_snapshot_and_a_pickle_have_the_variation():
    env = begun(**EVERYTHING)
    state, copy = pickle.loads(pickle.dumps(env.get_state())), pickle.loads(pickle.dumps(env))
    expected = play(env)
    np.testing.assert_array_equal(play(copy), expected)
    other = begun()
    other.set_state(state)
    np.testing.assert_array_equal(play(other), expected)
    for each in (env, copy, other):
        each.reset(seed=1)
        np.testing.assert_array_equal(each.model.mat_rgba, begun().model.mat_rgba)


def test_the_wrapper_draws_what_a_model_has():
    env = DomainRandomization(ReachEnv(), ranges={"mass": {"log_uniform": [0.5, 2.0]}})
    masses = []
    for _ in range(3):
        drawn = env.reset(seed=None)[1]["randomized"]["mass"]
        masses.append(env.unwrapped.model.body_mass.sum() / drawn)
    np.testing.assert_allclose(masses, masses[0])


def test_what_cannot_be_varied_is_refused():
    env = ReachEnv()
    with pytest.raises(ValueError, match=r"unknown name 'masses'; did you mean mass\? \(known: light, geom_hue"):
        env.reset(options={"randomize": {"masses": 1.0}})
    with pytest.raises(ValueError, match=r"\['mass'\] must be from 0.2 to 5, got 9.0"):
        env.reset(options={"randomize": {"mass": 9.0}})
    vector = gym.make_vec("robot/Reach-v0", num_envs=2, vectorization_mode="vector_entry_point")
    with pytest.raises(ValueError, match="is for environments alone"):
        vector.reset(options={"randomize": {"mass": 2.0}})
    assert set(EVERYTHING) < set(RANDOMIZABLE)
