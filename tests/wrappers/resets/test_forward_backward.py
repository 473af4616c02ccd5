import pickle

import gymnasium as gym
import numpy as np
import pytest

import palaestra  # noqa: F401  (registers the environments)
from palaestra.wrappers import make_wrapper
from palaestra.wrappers.resets import ForwardBackward


def to_and_fro(id="robot/PointMaze-v0", patience=2, **kwargs):
    return ForwardBackward(gym.make(id, disable_env_checker=True, **kwargs), patience=patience)


def play(env, policy):
    """Play to the end of an episode; the last info."""
    while True:
        _, _, terminated, truncated, info = env.step(policy())
        if terminated or truncated:
            return info


def stand(env):
    return lambda: np.zeros(env.action_space.shape, np.float32)


@pytest.mark.parametrize("id", ["robot/PointMaze-v0", "robot/SafePoint-v0"])
def test_an_expert_goes_to_and_fro_and_needs_nobody(id):
    env = to_and_fro(id)
    _, info = env.reset(seed=0)
    first = info["task"]
    for direction in ("forward", "backward", "forward", "backward"):
        assert info["direction"] == direction
        goal = first.goal if direction == "forward" else first.start[:2]
        assert info["task"].goal == goal
        last = play(env, env.oracle)
        assert last["success"]
        assert (last["direction"], last["manual_resets"]) == (direction, 1)
        _, info = env.reset()
    assert info["manual_resets"] == 1
    assert not info["intervention"]


def test_what_failed_is_tried_again():
    env = to_and_fro()
    env.reset(seed=0)
    play(env, stand(env))
    assert env.reset()[1]["direction"] == "forward"
    assert play(env, env.oracle)["success"]
    assert env.reset()[1]["direction"] == "backward"


def test_an_episode_begins_where_the_last_one_ended():
    env = to_and_fro()
    env.reset(seed=0)
    play(env, env.oracle)
    place = env.unwrapped.data.qpos.copy()
    observation, _ = env.reset()
    assert observation[:2] == pytest.approx(place, abs=1e-6)


def test_a_ball_at_a_wall_can_go_on():
    env = to_and_fro()
    env.reset(seed=0)
    for _ in range(30):
        env.step(np.ones(2))
    task = env.unwrapped.onward_task(env.unwrapped.task.start)
    assert task.start == tuple(env.unwrapped.data.qpos)


def test_vases_stay_where_they_were_pushed_to():
    env = to_and_fro("robot/SafePoint-v0", level=2)
    env.reset(seed=0)
    env.unwrapped.data.qpos[0] += 0.3
    task = env.unwrapped.task
    assert env.unwrapped.onward_task(task.goal).vases == pytest.approx(np.add(task.vases, [0.3, 0, 0, 0]))


def test_somebody_has_to_help_after_so_many_failures_in_a_row():
    env = to_and_fro(patience=2)
    env.reset(seed=0)
    helped = []
    for policy in (stand(env), env.oracle, stand(env), stand(env), env.oracle):
        play(env, policy)
        helped.append(env.reset()[1]["intervention"])
    assert helped == [False, False, False, True, False]
    assert env.manual_resets == 2


def test_somebody_has_to_help_a_body_that_is_stuck_or_has_failed():
    class Told(gym.Wrapper):
        def step(self, action):
            observation, reward, terminated, _, info = super().step(action)
            return observation, reward, terminated or ends, not ends, {**info, "success": False, **told}

    env = ForwardBackward(Told(gym.make("robot/PointMaze-v0", disable_env_checker=True)), patience=9)
    env.reset(seed=0)
    helped = []
    for ends, told in ((False, {}), (False, {"is_stuck": True}), (True, {})):  # noqa: B007  (read by Told)
        env.step(np.zeros(2))
        helped.append(env.reset()[1]["intervention"])
    assert helped == [False, True, True]


def test_a_seed_or_options_are_a_manual_reset():
    env = to_and_fro()
    env.reset(seed=0)
    assert env.reset(options={"level": 1})[1]["manual_resets"] == 2
    assert env.reset(seed=3)[1]["intervention"]
    assert env.reset()[1]["direction"] == "forward"


def test_a_snapshot_knows_the_direction_and_the_count():
    env = to_and_fro()
    env.reset(seed=0)
    play(env, env.oracle)
    env.reset()
    state = pickle.loads(pickle.dumps(env.get_state()))
    future = [play(env, env.oracle), env.reset()[1]]
    fresh = to_and_fro()
    fresh.set_state(state)
    assert [play(fresh, fresh.oracle), fresh.reset()[1]] == future


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match="patience"):
        make_wrapper("forward_backward", gym.make("robot/PointMaze-v0"), patience=0)
    with pytest.raises(ValueError, match="onward_task"):
        make_wrapper("forward_backward", gym.make("CartPole-v1"))
