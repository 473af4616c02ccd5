"""Taking a cube from one bin to the other, and back."""

import numpy as np
import pytest

from palaestra.envs.robot.arm.relocate import RelocateEnv


@pytest.mark.parametrize("seed", [6, 15])
def test_a_hand_that_has_strayed_to_where_it_cannot_point_straight_down_goes_on_from_there(seed):
    env = RelocateEnv()
    env.reset(seed=seed)
    for _ in range(40):
        env.step(np.array([-1.0, -1.0, -1.0, 0.5, 0.0])[: env.action_space.shape[0]])
    joints = env.data.qpos[:7].copy()
    env.reset(options={"task": env.onward_task(env.task.start)})
    assert np.remainder(env.data.qpos[:7] - joints + np.pi, 2 * np.pi) - np.pi == pytest.approx(np.zeros(7), abs=1e-9)
