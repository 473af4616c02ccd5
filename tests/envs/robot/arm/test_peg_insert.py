"""The way back: the peg is pulled out and brought to where the hand began."""

import dataclasses

import gymnasium as gym
import numpy as np
import pytest

import palaestra  # noqa: F401  (registers the environments)
from palaestra.envs.robot.arm.peg_insert import OUT_WITHIN, PegInsertEnv, PegTask
from palaestra.wrappers.resets import ForwardBackward


def play(env):
    """Let the expert play to the end of an episode; the steps (observation, reward, terminated, truncated, info)."""
    steps = []
    while not steps or not (steps[-1][2] or steps[-1][3]):
        steps.append(env.step(env.unwrapped.oracle()))
    return steps


def inserted(**kwargs):
    """An environment in which the expert has just put the peg in."""
    env = PegInsertEnv(**kwargs)
    task = env.reset(seed=7)[1]["task"]
    assert play(env)[-1][4]["success"]
    return env, task


@pytest.mark.parametrize("level", range(3))
def test_an_expert_goes_in_and_out_and_needs_nobody(level):
    env = ForwardBackward(PegInsertEnv(level=level))
    _, info = env.reset(seed=level)
    for direction in ("forward", "backward") * 3:
        assert info["direction"] == direction
        assert play(env)[-1][4]["success"]
        _, info = env.reset()
    assert info["manual_resets"] == 1


def test_the_way_out_begins_where_the_peg_is_and_ends_near_where_the_hand_began():
    env, task = inserted()
    place = env.data.actuator_length[:3].copy()
    env.reset(options={"task": env.onward_task(task.start)})
    assert env.data.actuator_length[:3] == pytest.approx(place, abs=1e-9)
    assert env.readings["peg_in_hole"][2] < -0.028
    last = play(env)[-1][4]
    assert last["evaluation"]["distance"] <= OUT_WITHIN
    assert np.linalg.norm(env.data.actuator_length[:3] - task.hand[:3]) == pytest.approx(last["evaluation"]["distance"])


def test_an_arm_that_has_strayed_to_the_edge_of_its_reach_goes_on_from_there():
    env = PegInsertEnv()
    task = env.reset(seed=7)[1]["task"]
    for _ in range(60):
        env.step(np.array([1.0, -1.0, -1.0, 0.0]))
    joints = env.data.qpos[:7].copy()
    env.reset(options={"task": env.onward_task(task.inserted)})
    assert env.data.qpos[:7] == pytest.approx(joints)
    assert play(env)[-1][4]["success"]


def test_a_peg_that_stays_in_the_hole_is_no_success_on_the_way_out():
    env, task = inserted()
    env.reset(options={"task": env.onward_task(task.start)})
    *_, terminated, _, info = env.step(np.zeros(4))
    assert info["evaluation"]["depth"] > 0.028
    assert not terminated
    assert not info["success"]


def test_progress_out_of_the_hole_is_paid_for():
    env, task = inserted()
    env.reset(options={"task": env.onward_task(task.start)})
    before = env.episode.remaining
    *_, info = env.step(np.array([0.0, 0.0, 1.0, 0.0]))
    assert info["reward_terms"]["progress"] > 0.02
    assert info["reward_terms"]["progress"] == pytest.approx(5.0 * (before - info["evaluation"]["remaining"]))


def test_the_goal_in_the_hole_makes_the_task_of_putting_it_in_again():
    env, task = inserted()
    assert env.onward_task(task.start).out == task.hand
    assert env.onward_task(task.inserted).out is None
    assert env.onward_task(task.goal).hole == task.hole


def test_both_ways_are_told_apart_only_where_that_is_asked_for():
    env, task = inserted(both_ways=True)
    assert PegInsertEnv().observation_space.shape == (30,)
    observation, _ = env.reset(options={"task": env.onward_task(task.start)})
    assert env.observation_space.contains(observation)
    to_go = np.subtract(task.hand[:3], env.data.actuator_length[:3])
    assert observation[30:33] == pytest.approx(to_go, abs=1e-6)
    assert observation[34] == 1.0
    assert env.reset(options={"task": task})[0][34] == 0.0


def test_the_native_vector_goes_both_ways_as_each_body_does_alone():
    env, task = inserted(both_ways=True)
    tasks = [task, env.onward_task(task.start)]
    vector = gym.make_vec("robot/PegInsert-v0", num_envs=2, vectorization_mode="vector_entry_point", both_ways=True)
    vector.reset(seed=0)
    alone = [PegInsertEnv(both_ways=True) for _ in tasks]
    for body, one, posed in zip(range(2), alone, tasks, strict=True):
        shown, _ = vector.reset(options={"task": posed, "reset_mask": np.arange(2) == body})
        np.testing.assert_array_equal(shown[body], one.reset(options={"task": posed})[0])
    for _ in range(3):
        actions = np.stack([one.oracle() for one in alone])
        observations, rewards, terminated, _, infos = vector.step(actions)
        for i, one in enumerate(alone):
            observation, reward, ended, _, info = one.step(actions[i])
            np.testing.assert_array_equal(observations[i], observation)
            assert (rewards[i], terminated[i]) == (reward, ended)
            assert infos["evaluation"]["distance"][i] == info["evaluation"]["distance"]
    vector.close()


def test_a_task_comes_back_from_plain_values():
    env, task = inserted()
    out = env.onward_task(task.start)
    assert PegTask.parse(dataclasses.asdict(out)) == out
    assert PegTask.parse({"hand": [0, 0, 0.2, 0], "hole": [0, 0, 0]}).out is None


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match="both_ways must be true or false, got 'yes'"):
        PegInsertEnv(both_ways="yes")
    env, _ = inserted()
    with pytest.raises(ValueError, match=r"options\['task'\].out must be 4 numbers"):
        env.onward_task((0.0, 0.0, 0.2))
