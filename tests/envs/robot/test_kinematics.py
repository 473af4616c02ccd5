import mujoco
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from palaestra.envs.robot.kinematics import PitchArm
from palaestra.envs.robot.model_files import load_model

MODEL = load_model("robot/reach.xml")
ARM = PitchArm.of_model(MODEL)


def tip_at(joints):
    data = mujoco.MjData(MODEL)
    data.qpos[:] = joints
    mujoco.mj_kinematics(MODEL, data)
    return data.site("tip").xpos


@settings(max_examples=50, deadline=None)
@given(
    x=st.floats(-0.7, 0.7),
    y=st.floats(-0.7, 0.7),
    z=st.floats(0.0, 1.0),
)
def test_every_solution_puts_the_tip_on_the_point_within_the_joint_limits(x, y, z):
    goal = np.array([x, y, z])
    solutions_N4 = ARM.solutions(goal)
    for joints in solutions_N4[::7]:
        np.testing.assert_allclose(tip_at(joints), goal, atol=1e-9)
    assert (solutions_N4 >= ARM.limits[:, 0]).all()
    assert (solutions_N4 <= ARM.limits[:, 1]).all()


def test_a_point_out_of_reach_has_no_solution():
    assert ARM.solutions(np.array([2.0, 0.0, 0.3])).shape == (0, 4)


def test_elbow_and_wrist_stay_above_the_floor():
    data = mujoco.MjData(MODEL)
    for joints in ARM.solutions(np.array([0.6, 0.1, 0.06])):
        data.qpos[:] = joints
        mujoco.mj_kinematics(MODEL, data)
        assert data.body("forearm").xpos[2] >= 0.05
        assert data.body("hand").xpos[2] >= 0.05
