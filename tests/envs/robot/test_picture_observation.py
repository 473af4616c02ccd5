"""Observations of one camera and of several."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces

from palaestra.envs.robot.arm.peg_insert import PegInsertEnv
from palaestra.envs.robot.reach import ReachEnv

SIZE = 16


@pytest.fixture(autouse=True)
def _can_draw():
    env = PegInsertEnv(observation="pixels", pixels=SIZE)
    try:
        env.reset(seed=0)
    except RuntimeError as error:
        pytest.skip(f"no headless OpenGL on this machine: {error}")
    env.close()


def seen(observation, cameras=None):
    """The space and the first observation."""
    env = PegInsertEnv(observation=observation, pixels=SIZE, cameras=cameras)
    first, _ = env.reset(seed=0)
    assert env.observation_space.contains(first)
    env.close()
    return env.observation_space, first


def test_without_cameras_named_the_one_in_front_is_looked_through_as_ever():
    space, picture = seen("pixels")
    assert space == spaces.Box(0, 255, (SIZE, SIZE, 3), np.uint8)
    np.testing.assert_array_equal(picture, seen("pixels", ("scene",))[1])
    assert set(seen("both")[1]) == {"state", "pixels"}


def test_one_camera_may_be_another():
    assert seen("pixels", ["wrist"])[1].shape == (SIZE, SIZE, 3)
    assert not np.array_equal(seen("pixels", ["wrist"])[1], seen("pixels")[1])


def test_two_cameras_are_seen_at_once_by_their_names():
    space, pictures = seen("pixels", ("scene", "wrist"))
    assert list(space.spaces) == list(pictures) == ["scene", "wrist"]
    for name, picture in pictures.items():
        np.testing.assert_array_equal(picture, seen("pixels", (name,))[1])
    assert set(seen("both", ("scene", "wrist"))[1]) == {"state", "scene", "wrist"}


def test_a_native_vector_sees_through_two_cameras():
    settings = {"observation": "both", "pixels": SIZE, "cameras": ("scene", "wrist")}
    vector = gym.make_vec("robot/PegInsert-v0", num_envs=2, vectorization_mode="vector_entry_point", **settings)
    pictures, _ = vector.reset(seed=0)
    assert pictures["wrist"].shape == (2, SIZE, SIZE, 3)
    np.testing.assert_array_equal(pictures["wrist"][0], seen("both", ("scene", "wrist"))[1]["wrist"])
    vector.close()


@pytest.mark.parametrize("cameras", ["wrist", (), ("wrist", "wrist"), ("ceiling",)])
def test_cameras_that_are_not_there_are_refused_by_name(cameras):
    with pytest.raises(ValueError, match="cameras must be one or more of scene, wrist, each once"):
        PegInsertEnv(cameras=cameras)


def test_a_body_with_one_camera_has_its_pictures_as_ever():
    env = ReachEnv(observation="both", pixels=SIZE)
    assert set(env.observation_space.spaces) == {"state", "pixels"}
