import math

import gymnasium as gym
import mujoco
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from hypothesis import given, settings
from hypothesis import strategies as st

from palaestra.envs.robot.reach import HOME, LEVELS, SHOULDER_HEIGHT, ReachEnv, ReachTask, ReachWeights
from palaestra.envs.robot.readings import read, sensor_places

from .playing import play

TIP, GOAL, TIP_FROM_GOAL = slice(8, 11), slice(14, 17), slice(17, 20)


@pytest.mark.parametrize("level", range(len(LEVELS)))
def test_the_expert_reaches_every_goal(level):
    env = ReachEnv(level=level)
    assert all(play(env, env.oracle, seed=seed)[-1][4]["success"] for seed in range(100))


@pytest.mark.parametrize("level", range(len(LEVELS)))
def test_a_random_policy_hardly_ever_succeeds(level):
    env, rng = ReachEnv(level=level), np.random.default_rng(0)
    successes = [play(env, lambda: rng.uniform(-1, 1, 4), seed=seed)[-1][4]["success"] for seed in range(50)]
    assert np.mean(successes) <= 0.1


@pytest.mark.parametrize("action", [(0, 0, 0, 0), (1, 0, 0, 0), (0, 0.3, 0, 0), (0, -0.5, 0.5, 0), (1, 1, 1, 1)])
def test_a_constant_policy_hardly_ever_succeeds(action):
    env = ReachEnv()
    successes = [play(env, lambda: np.array(action, np.float32), seed=seed)[-1][4]["success"] for seed in range(40)]
    assert np.mean(successes) <= 0.1


def test_success_means_near_and_slow():
    env = ReachEnv(level=0)
    evaluation = play(env, env.oracle, seed=1)[-1][4]["evaluation"]
    assert evaluation["success"]
    assert evaluation["distance"] <= LEVELS[0].tolerance
    assert evaluation["speed"] <= LEVELS[0].top_speed


def test_passing_the_goal_fast_is_no_success():
    env = ReachEnv(level=0)
    env.reset(options={"task": ReachTask(joints=HOME, goal=(0.4, 0.0, 0.4))})
    at_the_tip = tuple(env.data.site("tip").xpos.tolist())
    env.reset(options={"task": ReachTask(joints=HOME, goal=at_the_tip)})
    assert env.evaluate(env.readings, env.episode).success
    env.data.qvel[:] = 2.0
    mujoco.mj_forward(env.model, env.data)
    evaluation = env.evaluate(read(env.data, sensor_places(env.model)), env.episode)
    assert evaluation.distance <= LEVELS[0].tolerance
    assert not evaluation.success


def test_the_reward_is_the_sum_of_its_terms():
    env, rng = ReachEnv(), np.random.default_rng(0)
    for _, reward, *_, info in play(env, lambda: rng.uniform(-1, 1, 4), seed=0):
        assert set(info["reward_terms"]) == {"progress", "success", "effort"}
        assert reward == pytest.approx(sum(info["reward_terms"].values()), abs=1e-12)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), actions_seed=st.integers(0, 100))
def test_progress_adds_up_to_the_distance_gained_whatever_the_way(seed, actions_seed):
    env, rng = ReachEnv(), np.random.default_rng(actions_seed)
    first, _ = env.reset(seed=seed)
    start = np.linalg.norm(first[TIP_FROM_GOAL])
    progress, steps, over = 0.0, 0, False
    while steps < 20 and not over:
        observation, _, over, _, info = env.step(rng.uniform(-1, 1, 4))
        progress += info["reward_terms"]["progress"]
        steps += 1
    gained = start - np.linalg.norm(observation[TIP_FROM_GOAL])
    assert progress == pytest.approx(ReachWeights().progress * gained, abs=1e-5)


def test_weights_scale_their_terms():
    env = ReachEnv(weights=ReachWeights(progress=0.0, success=7.0, effort=0.0))
    steps = play(env, env.oracle, seed=0)
    assert [reward for _, reward, *_ in steps[:-1]] == [0.0] * (len(steps) - 1)
    assert steps[-1][1] == 7.0


def test_weights_may_be_a_mapping_of_those_that_differ():
    assert ReachEnv(weights={"success": 7, "effort": 0.0}).weights == ReachWeights(success=7, effort=0.0)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"sucess": 7.0}, "weights has no field 'sucess'; did you mean success"),
        ({"success": "7"}, "weights.success must be a finite number, got '7'"),
        ({"effort": float("nan")}, "weights.effort must be a finite number"),
        (ReachWeights(progress=True), "weights.progress must be a finite number"),
        (3.0, "weights must be a ReachWeights or a mapping with progress, success, effort; got float"),
    ],
)
def test_wrong_weights_are_refused_by_name(weights, message):
    with pytest.raises(ValueError, match=message):
        ReachEnv(weights=weights)


def test_an_episode_that_never_reaches_the_goal_is_truncated_at_the_step_limit():
    steps = play(env := ReachEnv(), lambda: np.zeros(4, np.float32), seed=0)
    assert len(steps) == env.max_steps
    assert [truncated for *_, truncated, _ in steps] == [False] * (env.max_steps - 1) + [True]
    assert not steps[-1][2]


def test_the_observation_tells_tip_goal_and_the_way_between_them():
    env = ReachEnv()
    observation, info = env.reset(seed=5)
    assert observation[GOAL] == pytest.approx(info["task"].goal, abs=1e-6)
    assert observation[TIP] == pytest.approx(env.data.site("tip").xpos, abs=1e-6)
    assert observation[TIP_FROM_GOAL] == pytest.approx(observation[TIP] - observation[GOAL], abs=1e-6)


def test_the_observation_after_a_step_is_of_the_present_not_of_the_last_simulation_step():
    env = ReachEnv()
    env.reset(seed=5)
    observation, *_ = env.step(np.ones(4, np.float32))
    assert observation[:4] == pytest.approx(env.data.qpos, abs=1e-6)
    assert observation[4:8] == pytest.approx(env.data.qvel, abs=1e-6)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), level=st.integers(0, len(LEVELS) - 1))
def test_goals_lie_in_the_region_of_their_level(seed, level):
    task = ReachEnv().sample(np.random.default_rng(seed), level)
    config = LEVELS[level]
    x, y, z = task.goal
    assert config.height[0] <= z <= config.height[1]
    assert abs(math.atan2(y, x)) <= config.azimuth
    distance = math.hypot(x, y, z - SHOULDER_HEIGHT)
    assert config.distance[0] - 1e-9 <= distance <= config.distance[1] + 1e-9
    assert np.abs(np.subtract(task.joints, HOME)).max() <= config.spread


def test_the_same_task_begins_the_same_episode_also_from_a_line_of_json():
    env = ReachEnv(level=2)
    observation, info = env.reset(seed=3)
    task = info["task"]
    again, _ = ReachEnv().reset(seed=99, options={"task": task})
    from_json, _ = ReachEnv().reset(
        options={"task": {"joints": list(task.joints), "goal": list(task.goal), "level": task.level}}
    )
    np.testing.assert_array_equal(observation, again)
    np.testing.assert_array_equal(observation, from_json)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"joints": (0, 0, 0), "goal": (0.4, 0, 0.4)}, "joints"),
        ({"joints": HOME, "goal": (0.4, 0)}, "goal"),
        ({"joints": HOME, "goal": (0.4, 0, float("nan"))}, "goal"),
        ({"joints": HOME, "goal": (9.0, 0, 0.4)}, "goal"),
        ({"joints": HOME, "goal": (0.4, 0, True)}, "goal"),
        ({"joints": HOME, "goal": 0.4}, "goal"),
        ({"joints": HOME, "goal": (0.4, 0, 0.4), "level": 9}, "level"),
        ({"joints": HOME, "goal": (0.4, 0, 0.4), "level": 1.0}, "level"),
        ({"joints": HOME, "goal": (0.4, 0, 0.4), "level": True}, "level"),
    ],
)
def test_an_impossible_task_is_refused_by_name(fields, named):
    with pytest.raises(ValueError, match=named):
        ReachEnv().reset(options={"task": fields})


def test_the_expert_says_so_where_a_goal_given_by_hand_is_out_of_reach():
    env = ReachEnv()
    env.reset(options={"task": ReachTask(joints=HOME, goal=(0.9, 0.6, 0.4))})
    assert env.oracle() is None


def test_it_passes_gymnasiums_checks_without_a_warning(recwarn):
    check_env(gym.make("robot/Reach-v0").unwrapped, skip_render_check=True)
    assert not list(recwarn)


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_it_runs_in_vector_environments_and_keeps_the_terminal_observation(mode):
    envs = gym.make_vec(
        "robot/Reach-v0",
        num_envs=2,
        vectorization_mode=mode,
        vector_kwargs={"autoreset_mode": gym.vector.AutoresetMode.SAME_STEP},
    )
    observation, _ = envs.reset(seed=0)
    assert observation.shape == (2, 20)
    for _ in range(ReachEnv.max_steps):
        observation, _, _, truncated, info = envs.step(np.zeros((2, 4), np.float32))
    envs.close()
    assert truncated.all()
    final = np.stack(list(info["final_obs"]))
    assert final.shape == (2, 20)
    assert not np.array_equal(final, observation)
