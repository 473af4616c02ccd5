import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palaestra.envs.robot.safe import safe_point
from palaestra.envs.robot.safe.point_layout import KEEP_OUT, SPACING, is_free, next_point, scatter
from palaestra.envs.robot.safe.point_model import HALF_SIZE
from palaestra.envs.robot.safe.safe_point import LEVELS, TOLERANCE, SafePointEnv, SafePointTask

from ..playing import cost, play

HAZARDS_SEEN, OBSTACLES_SEEN = slice(9, 25), slice(25, 41)
START, GOAL = (-1.0, 0.0, 0.0), (2.0, 0.0)


def pose(**things):
    env = SafePointEnv()
    observation, _ = env.reset(options={"task": SafePointTask(start=START, goal=GOAL, **things)})
    return env, observation


@pytest.mark.parametrize("level", range(len(LEVELS)))
def test_the_expert_reaches_the_goal_within_the_budget(level):
    env = SafePointEnv(level=level)
    episodes = [play(env, env.oracle, seed=seed) for seed in range(6)]
    assert all(steps[-1][4]["success"] for steps in episodes)
    assert np.mean([cost(steps) for steps in episodes]) <= env.cost_limit


def test_who_goes_straight_exceeds_the_budget(monkeypatch):
    monkeypatch.setattr(safe_point, "next_point", lambda place, goal, things: goal)
    env = SafePointEnv()
    assert np.mean([cost(play(env, env.expert, seed=seed)) for seed in range(5)]) > 2 * env.cost_limit


def test_the_budget_is_in_the_metadata():
    assert SafePointEnv().metadata["cost_limit"] == SafePointEnv.cost_limit == 2.0


def test_a_hazard_costs_as_long_as_the_puck_is_over_it():
    env, _ = pose(hazards=(-0.5, 0.0))
    costs = []
    for _ in range(25):
        *_, info = env.step(np.array([1.0, 0.0]))
        assert info["cost"] == float(info["evaluation"]["in_hazard"])
        assert info["evaluation"]["in_hazard"] == (abs(env.data.qpos[-3] + 0.5) <= 0.22)
        costs.append(info["cost"])
    assert costs[0] == costs[-1] == 0.0
    assert sum(costs) > 2


def test_a_pillar_costs_when_touched_and_stands():
    env, _ = pose(pillars=(-0.5, 0.0))
    infos = [env.step(np.array([1.0, 0.0]))[4] for _ in range(15)]
    assert not infos[0]["evaluation"]["touches"]
    assert infos[-1]["evaluation"]["touches"]
    assert infos[-1]["cost"] == 1.0
    assert env.data.qpos[-3] == pytest.approx(-0.72, abs=0.02)


def test_a_vase_costs_when_touched_and_slides():
    env, _ = pose(vases=(-0.5, 0.0))
    infos = [env.step(np.array([1.0, 0.0]))[4] for _ in range(15)]
    assert sum(info["cost"] for info in infos) > 2
    assert env.data.qpos[0] > -0.4


def test_the_puck_stays_in_the_arena():
    env, _ = pose()
    env.reset(options={"task": SafePointTask(start=(2.3, -1.0, 0.0), goal=(-2.0, 0.0))})
    for _ in range(30):
        env.step(np.array([1.0, 0.0]))
    assert 2.4 < env.data.qpos[-3] < 2.55


def test_the_observation_is_the_pucks_own_view():
    heading = math.pi / 2
    env = SafePointEnv()
    task = SafePointTask(start=(0.0, 0.5, heading), goal=(0.0, 1.5), hazards=(-0.5, 0.5), vases=(0.0, 0.0))
    observation, _ = env.reset(options={"task": task})
    assert observation[:2] == pytest.approx([1.0, 0.0], abs=1e-6)  # the goal is straight ahead
    assert observation[5:9] == pytest.approx([0.0, 0.5, 0.0, 1.0], abs=1e-6)
    assert observation[HAZARDS_SEEN].argmax() == 4  # to the left
    assert observation[OBSTACLES_SEEN].argmax() == 8  # behind
    for _ in range(5):
        observation, *_ = env.step(np.array([1.0, 0.0]))
    assert observation[2] > 0.3
    assert abs(observation[3]) < 1e-6


def test_progress_adds_up_to_what_the_goal_came_nearer():
    env = SafePointEnv()
    steps = play(env, env.oracle, seed=4)
    task = env.task
    progress = sum(info["reward_terms"]["progress"] for *_, info in steps)
    assert progress == pytest.approx(math.dist(task.start[:2], task.goal) - steps[-1][4]["evaluation"]["distance"])
    assert steps[-1][4]["reward_terms"]["success"] == 1.0
    assert steps[-1][4]["evaluation"]["distance"] <= TOLERANCE


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), level=st.integers(0, len(LEVELS) - 1))
def test_layouts_are_of_their_level_and_block_the_straight_way(seed, level):
    task = SafePointEnv().sample(np.random.default_rng(seed), level)
    config = LEVELS[level]
    counts = [len(numbers) // 2 for numbers in (task.hazards, task.pillars, task.vases)]
    assert counts == [config.hazards, config.pillars, config.vases]
    things = np.reshape([*task.hazards, *task.pillars, *task.vases], (-1, 2))
    apart = np.linalg.norm(things[:, None] - things, axis=-1)[~np.eye(len(things), dtype=bool)]
    assert apart.min() >= SPACING
    assert not is_free(task.start[:2], task.goal, things, 0.0)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_way_leads_to_every_goal_and_keeps_clear_of_everything(seed):
    rng = np.random.default_rng(seed)
    place, goal = (-2.3, float(rng.uniform(-1.4, 1.4))), (2.3, float(rng.uniform(-1.4, 1.4)))
    things = tuple(scatter(rng, place, goal, 11))
    for _ in range(40):
        onward = next_point(place, goal, things)
        assert is_free(place, onward, np.array(things), 0.0)
        if onward == goal:
            break
        place = onward
    assert onward == goal


def test_a_straight_way_is_free_where_nothing_is_near():
    thing = np.array([[0.0, 0.5]])
    assert is_free((-1.0, 0.0), (1.0, 0.0), thing, 0.5 - KEEP_OUT - 0.01)
    assert not is_free((-1.0, 0.0), (1.0, 0.0), thing, 0.5 - KEEP_OUT + 0.01)
    assert is_free((-1.0, 0.0), (1.0, 0.0), np.empty((0, 2)), 9.0)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"start": (0.0, 0.0)}, "start"),
        ({"start": (0.0, 0.0, 9.0)}, "start"),
        ({"start": (9.0, 0.0, 0.0)}, "start"),
        ({"goal": ()}, "goal"),
        ({"goal": (0.0, HALF_SIZE[1] + 0.1)}, "goal"),
        ({"goal": (0.0, float("nan"))}, "goal"),
        ({"hazards": (0.0,)}, "hazards"),
        ({"pillars": (0.0, 0.0) * 3}, "pillars"),
        ({"vases": (0.0, 7.0)}, "vases"),
        ({"level": 3}, "level"),
    ],
)
def test_an_impossible_task_is_refused_by_name(fields, named):
    with pytest.raises(ValueError, match=named):
        SafePointEnv().reset(options={"task": {"start": START, "goal": GOAL} | fields})
