import subprocess
import sys
from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest
from PIL import Image

from palaestra.envs.robot import rendering
from palaestra.envs.robot.reach import HOME, ReachEnv, ReachTask
from palaestra.envs.robot.rendering import Camera

GOLDEN = Path(__file__).parent / "golden" / "reach.png"
POSE = ReachTask(joints=(0.5, 0.3, 0.9, 0.5), goal=(0.4, -0.3, 0.35))


@pytest.fixture
def env():
    env = ReachEnv(render_mode="rgb_array")
    env.reset(seed=0, options={"task": POSE})
    try:
        env.render()
    except RuntimeError as error:
        pytest.skip(f"no headless OpenGL on this machine: {error}")
    yield env
    env.close()


def test_the_picture_looks_as_it_always_did(env):
    picture = env.render().astype(int)
    golden = np.asarray(Image.open(GOLDEN)).astype(int)
    # software renderers differ at edges and in rounding
    difference = np.abs(picture - golden)
    assert difference.mean() < 3
    assert (difference.max(axis=-1) < 25).mean() > 0.97


def test_the_picture_shows_what_changes(env):
    before = env.render()
    for _ in range(10):
        env.step(np.ones(4))
    assert (np.abs(env.render().astype(int) - before).max(axis=-1) > 25).sum() > 100
    assert before.shape == (240, 240, 3)
    assert before.dtype == np.uint8


def test_a_picture_does_not_disturb_the_physics(env):
    silent = ReachEnv()
    silent.reset(seed=0, options={"task": POSE})
    for _ in range(5):
        env.render()
        np.testing.assert_array_equal(env.step(np.ones(4))[0], silent.step(np.ones(4))[0])


def test_the_renderer_is_opened_late_and_again_after_close(env):
    picture = env.render()
    env.close()
    assert ReachEnv(render_mode="rgb_array")._picture_camera._renderer is None
    np.testing.assert_array_equal(env.render(), picture)


@pytest.mark.usefixtures("env")
def test_pixels_and_state_can_be_observed_together():
    both = ReachEnv(observation="both", pixels=32)
    observation, _ = both.reset(seed=0)
    assert both.observation_space.contains(observation)
    assert observation["pixels"].shape == (32, 32, 3)
    pixels = ReachEnv(observation="pixels", pixels=32)
    np.testing.assert_array_equal(pixels.reset(seed=0)[0], observation["pixels"])
    for environment in (both, pixels):
        environment.close()


@pytest.mark.usefixtures("env")
def test_a_restored_snapshot_shows_the_same_picture_the_goals_halo_included():
    one, other = (ReachEnv(level=level, render_mode="rgb_array") for level in (2, 0))
    one.reset(seed=4)
    other.reset(seed=5)
    other.set_state(one.get_state())
    np.testing.assert_array_equal(other.render(), one.render())
    for environment in (one, other):
        environment.close()


def test_without_a_render_mode_there_is_no_picture():
    env = gym.make("robot/Reach-v0").unwrapped
    env.reset(seed=0, options={"task": ReachTask(joints=HOME, goal=POSE.goal)})
    assert env.render() is None


def test_where_nothing_can_render_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setattr(rendering, "choose_backend", lambda: None)
    monkeypatch.delenv("DISPLAY", raising=False)
    env = ReachEnv()
    with pytest.raises(RuntimeError, match="apt install libegl1 libosmesa6"):
        Camera(env.model, "scene", size=64).picture(env.data)


@pytest.mark.parametrize("name", ["egl", "osmesa"])
def test_the_users_own_backend_is_kept(name, monkeypatch):
    monkeypatch.setenv("MUJOCO_GL", name)
    assert rendering.choose_backend.__wrapped__() == name


@pytest.mark.usefixtures("env")
@pytest.mark.parametrize("first", ["import mujoco", "pass"])
def test_it_renders_whether_mujoco_was_imported_before_or_not_and_ends_quietly(first):
    code = (
        f"{first}; import gymnasium as gym, palaestra; "
        "env = gym.make('robot/Reach-v0', render_mode='rgb_array'); env.reset(); assert env.render().std() > 10"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert not result.stderr
