import mujoco
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palaestra.envs.robot.kinematics import PitchArm
from palaestra.envs.robot.model_files import load_model
from palaestra.envs.robot.reach import HOME
from palaestra.envs.robot.safe.arm_paths import LINK_RADII, MARGIN, PathFinder, gap, joint_places, straight

MODEL = load_model("robot/reach.xml")
ARM = PitchArm.of_model(MODEL)
RADIUS = 0.12


def test_joints_are_where_mujoco_has_them():
    data = mujoco.MjData(MODEL)
    for angles in np.random.default_rng(0).uniform(-1.5, 1.5, (5, 4)):
        data.qpos[:] = angles
        mujoco.mj_kinematics(MODEL, data)
        expected = [*(data.body(name).xpos for name in ("upper_arm", "forearm", "hand")), data.site("tip").xpos]
        assert joint_places(ARM, angles[None])[0] == pytest.approx(np.array(expected), abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_gap_is_that_of_the_nearest_of_many_points_on_the_links(seed):
    rng = np.random.default_rng(seed)
    places_J3 = joint_places(ARM, rng.uniform(-1.5, 1.5, (1, 4)))[0] - rng.uniform(-0.5, 0.8, 3)
    shares = np.linspace(0, 1, 2001)[:, None]
    by_link = [
        np.linalg.norm(a + shares * (b - a), axis=1).min() - radius
        for a, b, radius in zip(places_J3, places_J3[1:], LINK_RADII, strict=False)
    ]
    assert gap(places_J3, RADIUS) == pytest.approx(min(by_link) - RADIUS, abs=1e-5)


def test_many_arms_have_the_gaps_of_each():
    rng = np.random.default_rng(0)
    offsets_BJ3 = joint_places(ARM, rng.uniform(-1.5, 1.5, (7, 4))) - rng.uniform(-0.5, 0.8, (7, 1, 3))
    np.testing.assert_array_equal(gap(offsets_BJ3, RADIUS), [gap(offsets_J3, RADIUS) for offsets_J3 in offsets_BJ3])


def test_a_straight_way_has_both_ends_and_small_steps():
    way = straight(np.zeros(4), np.array([1.0, -0.5, 0.0, 0.2]))
    assert way[0].tolist() == [0.0] * 4
    assert way[-1].tolist() == [1.0, -0.5, 0.0, 0.2]
    assert np.abs(np.diff(way, axis=0)).max() <= 0.06


def test_a_ball_on_the_straight_way_is_gone_around():
    finder, goal = PathFinder(ARM), (0.15, 0.45, 0.4)
    far = (0.0, 0.0, -0.9)
    direct = finder.find(HOME, goal, far, RADIUS)
    ball = tuple(joint_places(ARM, direct)[len(direct) // 2, -1].tolist())
    around = finder.find(HOME, goal, ball, RADIUS)
    assert len(around) > len(direct)
    assert not finder.is_clear(direct, ball, RADIUS)
    for way in (direct, around):
        assert joint_places(ARM, way)[-1, -1] == pytest.approx(goal, abs=1e-6)
    assert gap(joint_places(ARM, around) - np.array(ball), RADIUS).min() >= MARGIN


def test_a_ball_around_the_goal_leaves_no_way():
    assert PathFinder(ARM).find(HOME, (0.15, 0.45, 0.4), (0.15, 0.45, 0.4), RADIUS) is None
