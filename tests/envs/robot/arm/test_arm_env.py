"""What the arm's tasks share: control that gives way, rewards, snapshots, the vector."""

import dataclasses

import gymnasium as gym
import mujoco
import numpy as np
import pytest

import palaestra  # noqa: F401  (registers the environments)
from palaestra.envs.robot.arm.arm_env import ArmWeights
from palaestra.envs.robot.arm.cable_route import CableRouteEnv
from palaestra.envs.robot.arm.drawer import DrawerEnv
from palaestra.envs.robot.arm.model import AXES, FORCE_LIMIT, REACH_OF_TARGET, TORQUE_LIMIT
from palaestra.envs.robot.arm.peg_insert import PegInsertEnv
from palaestra.envs.robot.arm.pick_place import PickPlaceEnv
from palaestra.envs.robot.arm.relocate import RelocateEnv
from palaestra.wrappers.resets.forward_backward import ForwardBackward

TASKS = [PegInsertEnv, CableRouteEnv, RelocateEnv, PickPlaceEnv, DrawerEnv]
by_task = pytest.mark.parametrize("task", TASKS, ids=lambda task: task.__name__)


def play(env, seed, policy=None):
    """The steps of one episode: (observation, reward, terminated, truncated, info) each."""
    env.reset(seed=seed)
    steps = []
    while not steps or not (steps[-1][2] or steps[-1][3]):
        steps.append(env.step(env.oracle() if policy is None else policy()))
    return steps


@pytest.mark.parametrize("level", range(3))
@by_task
def test_the_expert_solves_every_level(task, level):
    env = task(level=level)
    assert all(play(env, seed)[-1][4]["success"] for seed in range(4))


def peg_beside_the_hole():
    """An environment whose peg stands over the block, beside the hole."""
    env = PegInsertEnv(level=2)
    task = env.reset(seed=0)[1]["task"]
    x, y, yaw = task.hole
    env.reset(options={"task": dataclasses.replace(task, hand=(x + 0.03, y, 0.125, yaw))})
    return env


def test_pushing_against_something_hard_never_exceeds_the_force_limit():
    env, force, pressed = peg_beside_the_hole(), np.zeros(6), 0.0
    for _ in range(20):
        env.step(np.array([0.0, 0.0, -1.0, 0.0]))
        forces = np.abs(env.data.actuator_force)
        assert (forces[:3] <= FORCE_LIMIT).all()
        assert (forces[3:] <= TORQUE_LIMIT).all()
        pressed = 0.0
        for contact in range(env.data.ncon):
            mujoco.mj_contactForce(env.model, env.data, contact, force)
            pressed += force[0]
    assert pressed == pytest.approx(FORCE_LIMIT, rel=0.1)  # it stands there and pushes as hard as it may


def test_the_target_leads_the_hand_by_no_more_than_the_force_limit_is_worth():
    env, rng = RelocateEnv(), np.random.default_rng(0)
    env.reset(seed=0)
    for _ in range(40):
        before = env.data.actuator_length.copy()
        env.step(np.sign(rng.uniform(-1, 1, 5)))
        lead = np.abs(env.episode.target_XU - before)
        for axis in ("x", "y", "z", "yaw", "fingers"):
            number = 6 if axis == "fingers" else AXES.index(axis)
            assert lead[number] <= REACH_OF_TARGET[axis] + 1e-9


def test_axes_that_a_task_does_not_move_stay_where_they_are():
    env = RelocateEnv()
    env.reset(seed=0)
    for _ in range(5):
        env.step(np.ones(5))
    for _ in range(10):
        env.step(np.zeros(5))
    assert np.abs(env.data.actuator_length[3:5]).max() < 0.01
    assert (env.episode.target_XU[3:5] == 0.0).all()


@by_task
def test_a_hand_that_is_not_moved_stays(task):
    env = task()
    env.reset(seed=1)
    start = env.data.actuator_length.copy()
    for _ in range(20):
        env.step(np.zeros(env.action_space.shape))
    assert np.abs(env.data.actuator_length - start).max() < 2e-3


@by_task
def test_the_shaped_reward_adds_up_to_what_was_done_and_the_sparse_one_to_the_success(task):
    steps = play(env := task(reward="shaped"), 3)
    env.reset(seed=3)
    remaining = env.episode.remaining
    progress = sum(step[4]["reward_terms"]["progress"] for step in steps)
    assert progress == pytest.approx(ArmWeights().progress * (remaining - steps[-1][4]["evaluation"]["remaining"]))
    sparse = play(task(reward="sparse"), 3)
    assert [reward for _, reward, *_ in sparse] == [0.0] * (len(sparse) - 1) + [ArmWeights().success]
    assert all(list(step[4]["reward_terms"]) == ["success"] for step in sparse)


def test_a_reward_of_another_kind_is_refused_by_name():
    with pytest.raises(ValueError, match="reward must be 'sparse' or 'shaped', got 'dense'"):
        DrawerEnv(reward="dense")


@pytest.mark.parametrize("task", [RelocateEnv, PickPlaceEnv, DrawerEnv], ids=lambda task: task.__name__)
def test_a_snapshot_in_the_middle_of_a_grasp_repeats_exactly(task):
    env = task(level=2)
    env.reset(seed=5)
    while not (env.data.ncon and env.data.actuator_force[6] < -5.0):
        env.step(env.oracle())
    state, happened = env.get_state(), []
    for player in (env, task(level=2)):
        player.set_state(state)
        happened.append([(*player.step(player.oracle())[:3],) for _ in range(8)])
    for (one, *rest), (other, *others) in zip(*happened, strict=True):
        np.testing.assert_array_equal(one, other)
        assert rest == others


@by_task
def test_the_native_vector_gives_what_each_body_gives_alone(task):
    name = f"robot/{task.__name__.removesuffix('Env')}-v0"
    vector = gym.make_vec(name, num_envs=3, vectorization_mode="vector_entry_point", level=2)
    alone = [task(level=2) for _ in range(3)]
    shown, _ = vector.reset(seed=[1, 2, 3])
    firsts = [env.reset(seed=seed)[0] for env, seed in zip(alone, (1, 2, 3), strict=True)]
    np.testing.assert_array_equal(shown, np.stack(firsts))
    for _ in range(9):
        actions = np.stack([env.oracle() for env in alone])
        observations, rewards, *_ = vector.step(actions)
        for i, env in enumerate(alone):
            observation, reward, *_ = env.step(actions[i])
            np.testing.assert_array_equal(observations[i], observation)
            assert rewards[i] == reward
    vector.close()


def test_relocating_goes_on_to_the_other_bin_from_where_everything_is():
    env = ForwardBackward(RelocateEnv(level=1))
    body = env.unwrapped
    _, info = env.reset(seed=0)
    for direction in ("forward", "backward", "forward"):
        came_from = body.task.start
        assert info["direction"] == direction
        over = False
        while not over:
            _, _, over, truncated, info = env.step(env.unwrapped.oracle())
            assert not truncated
        assert info["success"]
        cube = body.data.joint("object").qpos.copy()
        _, info = env.reset()
        assert body.task.goal == came_from
        np.testing.assert_array_equal(body.data.joint("object").qpos, cube)
    assert info["manual_resets"] == 1


def test_there_is_no_way_on_to_where_no_bin_is():
    env = RelocateEnv()
    env.reset(seed=0)
    with pytest.raises(ValueError, match="goal must be the place of a bin"):
        env.onward_task((0.0, 0.0, 0.0))


def test_a_peg_that_only_stands_on_the_block_is_not_in():
    env = peg_beside_the_hole()
    for _ in range(10):
        *_, terminated, _, info = env.step(np.array([0.0, 0.0, -1.0, 0.0]))
        assert not terminated
    assert abs(info["evaluation"]["depth"]) < 0.003


@pytest.mark.parametrize("shape", ["box", "cylinder", "ball"])
def test_objects_of_every_shape_are_carried(shape):
    env = PickPlaceEnv(level=2)
    seed = next(seed for seed in range(50) if env.reset(seed=seed)[1]["task"].shape == shape)
    assert play(env, seed)[-1][4]["success"]


@pytest.mark.parametrize(
    ("env_type", "field", "value"),
    [
        (PegInsertEnv, "hole", [0.0, 0.0]),
        (PegInsertEnv, "level", 3),
        (RelocateEnv, "goal", [0.0, 0.1]),
        (PickPlaceEnv, "shape", "cone"),
        (PickPlaceEnv, "size", [0.5, 0.02, 0.02]),
        (CableRouteEnv, "clips", [0.0, 0.1]),
        (DrawerEnv, "opening", 0.4),
        (DrawerEnv, "hand", [5.0, 0.0, 0.2, 0.0]),
    ],
)
def test_a_task_out_of_the_arms_world_is_refused_by_name(env_type, field, value):
    env = env_type()
    task = dataclasses.asdict(env.reset(seed=0)[1]["task"]) | {field: value}
    with pytest.raises(ValueError, match=field):
        env.reset(options={"task": task})
