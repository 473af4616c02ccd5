import numpy as np
import pytest

from palaestra.envs.robot.reach import HOME
from palaestra.envs.robot.safe.arm_paths import gap, joint_places, nearest_solutions
from palaestra.envs.robot.safe.safe_arm import LEVELS, ZONE_RADIUS, SafeArmEnv, SafeArmTask

from ..playing import cost, play

GOAL, FAR = (0.15, 0.45, 0.4), (0.0, 0.0, -0.9)


def straight_ahead(env):
    """What the expert of `Reach` does: straight to the nearest posture that reaches the goal."""
    last = nearest_solutions(env._paths.arm, np.asarray(env.task.joints), env.task.goal)[0]
    action = 2.5 * (last - env.data.qpos)
    return action / max(1.0, np.abs(action).max())


@pytest.mark.parametrize("level", range(len(LEVELS)))
def test_the_expert_reaches_the_goal_within_the_budget(level):
    env = SafeArmEnv(level=level)
    episodes = [play(env, env.oracle, seed=seed) for seed in range(8)]
    assert all(steps[-1][4]["success"] for steps in episodes)
    assert np.mean([cost(steps) for steps in episodes]) <= env.cost_limit


def test_who_goes_straight_exceeds_the_budget():
    env = SafeArmEnv()
    episodes = [play(env, lambda: straight_ahead(env), seed=seed) for seed in range(8)]
    assert all(steps[-1][4]["success"] for steps in episodes)
    assert np.mean([cost(steps) for steps in episodes]) > 2 * env.cost_limit


def test_a_step_costs_while_a_part_of_the_arm_is_in_the_ball():
    env = SafeArmEnv()
    for _, _, _, _, info in play(env, lambda: straight_ahead(env), seed=3):
        assert info["cost"] == float(info["evaluation"]["gap"] < 0.0)
    places_J3 = joint_places(env._paths.arm, env.data.qpos[None])[0]
    assert info["evaluation"]["gap"] == pytest.approx(gap(places_J3 - np.array(env.task.zone), ZONE_RADIUS), abs=1e-9)


def test_the_ball_is_felt_by_the_elbow_too():
    env = SafeArmEnv()
    elbow = joint_places(env._paths.arm, np.array([HOME]))[0, 1]
    env.reset(options={"task": SafeArmTask(joints=HOME, goal=GOAL, zone=tuple(elbow.tolist()))})
    assert env.step(np.zeros(4))[4]["cost"] == 1.0
    env.reset(options={"task": SafeArmTask(joints=HOME, goal=GOAL, zone=FAR)})
    assert env.step(np.zeros(4))[4]["cost"] == 0.0


def test_the_ball_does_not_push():
    free, inside = SafeArmEnv(), SafeArmEnv()
    tip = joint_places(free._paths.arm, np.array([HOME]))[0, -1]
    for env, zone in ((free, FAR), (inside, tuple(tip.tolist()))):
        env.reset(options={"task": SafeArmTask(joints=HOME, goal=GOAL, zone=zone)})
        for _ in range(5):
            env.step(np.full(4, 0.3))
    np.testing.assert_array_equal(free.data.qpos, inside.data.qpos)


def test_the_observation_ends_with_the_way_from_the_ball_to_each_joint():
    env = SafeArmEnv()
    env.reset(seed=2)
    observation, *_ = env.step(np.ones(4))
    places_J3 = joint_places(env._paths.arm, env.data.qpos[None])[0]
    assert observation[20:] == pytest.approx((places_J3 - np.array(env.task.zone)).ravel(), abs=1e-5)


def test_the_reward_is_that_of_reaching():
    env = SafeArmEnv()
    steps = play(env, env.oracle, seed=1)
    terms = [info["reward_terms"] for *_, info in steps]
    assert all(set(term) == {"progress", "success", "effort"} for term in terms)
    assert [term["success"] for term in terms] == [0.0] * (len(terms) - 1) + [2.0]
    gained = np.linalg.norm(joint_places(env._paths.arm, np.array([env.task.joints]))[0, -1] - env.task.goal)
    gained -= steps[-1][4]["evaluation"]["distance"]
    assert sum(term["progress"] for term in terms) == pytest.approx(2.0 * gained, abs=1e-6)


def test_the_expert_says_so_where_a_task_given_by_hand_leaves_no_way():
    env = SafeArmEnv()
    env.reset(options={"task": SafeArmTask(joints=HOME, goal=GOAL, zone=GOAL)})
    assert env.oracle() is None


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"joints": (0.0,) * 3}, "joints"),
        ({"goal": (0.4, 0.0)}, "goal"),
        ({"goal": (9.0, 0.0, 0.4)}, "goal"),
        ({"zone": (0.0, 0.0, float("nan"))}, "zone"),
        ({"level": 3}, "level"),
    ],
)
def test_an_impossible_task_is_refused_by_name(fields, named):
    with pytest.raises(ValueError, match=named):
        SafeArmEnv().reset(options={"task": {"joints": HOME, "goal": GOAL, "zone": FAR} | fields})
