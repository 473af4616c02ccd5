from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palaestra.envs.robot.maze.layouts import LAYOUTS, steps_to
from palaestra.envs.robot.maze.model import cell_at
from palaestra.envs.robot.maze.point_maze import GOAL, LEVELS, POSITION, TOLERANCE, VELOCITY, MazeTask, PointMazeEnv
from palaestra.envs.robot.maze.stitching import pairs

from ..playing import play

UMAZE = LAYOUTS["umaze"]


@pytest.mark.parametrize("level", range(len(LEVELS)))
def test_the_expert_finds_the_goal(level):
    env = PointMazeEnv(level=level)
    assert all(play(env, env.oracle, seed=seed)[-1][4]["success"] for seed in range(20))


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), level=st.integers(0, len(LEVELS) - 1))
def test_tasks_are_of_their_level(seed, level):
    task = PointMazeEnv().sample(np.random.default_rng(seed), level)
    config = LEVELS[level]
    if config.layout is not None:
        assert task.layout == LAYOUTS[config.layout]
    start, goal = cell_at(task.layout, *task.start), cell_at(task.layout, *task.goal)
    assert steps_to(task.layout, goal)[start] >= config.least_steps


@pytest.mark.parametrize("split", ["train", "test"])
def test_a_split_draws_its_own_pairs_and_no_other(split):
    env = PointMazeEnv(split=split)
    for level in range(3):
        layout = LAYOUTS[LEVELS[level].layout]
        for seed in range(20):
            task = env.reset(seed=seed, options={"level": level})[1]["task"]
            cells = cell_at(layout, *task.start), cell_at(layout, *task.goal)
            assert cells in pairs(layout, split, LEVELS[level].least_steps)


def test_the_observation_tells_position_velocity_goal_and_walls():
    env = PointMazeEnv()
    task = MazeTask(layout=UMAZE, start=(-1.0, 1.1), goal=(0.1, -1.0))
    observation, _ = env.reset(options={"task": task})
    assert observation == pytest.approx([-1.0, 1.1, 0, 0, 0.1, -1.0, 2.5, 0.4, 0.5, 0.6], abs=1e-6)
    for _ in range(3):
        observation, *_ = env.step(np.array([0.5, -0.2]))
    assert observation[POSITION] == pytest.approx(env.data.qpos, abs=1e-6)
    assert observation[VELOCITY] == pytest.approx(env.data.qvel, abs=1e-6)
    assert observation[GOAL] == pytest.approx(task.goal, abs=1e-6)


def test_the_distances_of_walls_may_be_left_out_of_the_observation():
    with_walls, without = PointMazeEnv(), PointMazeEnv(walls=False)
    assert without.observation_space.shape == (6,)
    for env in (with_walls, without):
        env.reset(seed=1)
    observation, *_ = with_walls.step(np.array([0.5, -0.2]))
    assert without.step(np.array([0.5, -0.2]))[0].tolist() == observation[:6].tolist()


@pytest.mark.parametrize("level", range(len(LEVELS)))
def test_no_wall_lets_the_ball_through(level):
    env = PointMazeEnv(level=level)
    rng = np.random.default_rng(level)
    task = env.reset(seed=level)[1]["task"]
    push = rng.uniform(-1, 1, 2)
    for _ in range(120):
        if rng.random() < 0.2:
            push = rng.choice([-1.0, 1.0], 2)
        _, _, terminated, _, _ = env.step(push)
        row, column = cell_at(task.layout, *env.data.qpos)
        assert task.layout[row][column] == "."
        if terminated:
            break


def test_success_is_near_the_goal_not_near_as_the_crow_flies():
    env = PointMazeEnv()
    env.reset(options={"task": MazeTask(layout=UMAZE, start=(0.9, 1.0), goal=(-0.8, 1.0))})
    evaluation = env.step(np.array([-1.0, 0.0]))[4]["evaluation"]
    assert not evaluation["success"]
    steps = play(env, env.oracle, seed=0)
    assert [info["success"] for *_, info in steps] == [False] * (len(steps) - 1) + [True]
    assert np.linalg.norm(steps[-1][0][POSITION] - steps[-1][0][GOAL]) <= TOLERANCE


def test_a_sparse_reward_is_one_at_the_goal_and_nothing_else():
    env = PointMazeEnv(level=1)
    rewards = [reward for _, reward, *_ in play(env, env.oracle, seed=1)]
    assert rewards == [0.0] * (len(rewards) - 1) + [1.0]


def test_a_shaped_reward_adds_up_to_the_way_that_was_gone_around_the_walls():
    env = PointMazeEnv(reward="shaped")
    task = MazeTask(layout=UMAZE, start=(-1.0, 1.0), goal=(-1.0, -1.0))
    steps = play(env, env.oracle, options={"task": task})
    progress = sum(info["reward_terms"]["progress"] for *_, info in steps)
    assert progress == pytest.approx(0.1 * (6.0 - steps[-1][4]["evaluation"]["distance"]))


def test_the_way_is_measured_to_the_goal_itself():
    env = PointMazeEnv()
    env.reset(options={"task": MazeTask(layout=UMAZE, start=(-1.0, 1.0), goal=(0.2, 1.1))})
    # to the middle of the cell between is a metre, and on to the goal
    assert env.episode.distance == pytest.approx(np.hypot(1.2, 0.1))


def test_a_door_that_is_open_in_one_maze_is_closed_in_the_next():
    env = PointMazeEnv(level=3)
    first, second = (env.reset(seed=seed)[1]["task"].layout for seed in (0, 1))
    assert first != second
    again, _ = env.reset(seed=0)
    np.testing.assert_array_equal(again, PointMazeEnv(level=3).reset(seed=0)[0])


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"layout": ("###", "#.#", "###")}, "layout"),
        ({"layout": ("#########",) * 9}, "layout"),
        ({"start": (0.0,)}, "start"),
        ({"start": (-1.0, 0.0)}, "start"),
        ({"start": (-1.0, 1.4)}, "start"),
        ({"goal": (float("nan"), 0.0)}, "goal"),
        ({"goal": (50.0, 0.0)}, "goal"),
        ({"goal": ("1", "2")}, "goal"),
        ({"level": 4}, "level"),
    ],
)
def test_an_impossible_task_is_refused_by_name(fields, named):
    task = {"layout": UMAZE, "start": (-1.0, 1.0), "goal": (1.0, 1.0)} | fields
    with pytest.raises(ValueError, match=named):
        PointMazeEnv().reset(options={"task": task})


@pytest.mark.parametrize(
    ("arguments", "named"),
    [({"split": "half"}, "split"), ({"split": "test", "level": 3}, "split"), ({"reward": 1}, "reward")],
)
def test_bad_arguments_are_named(arguments, named):
    with pytest.raises(ValueError, match=named):
        PointMazeEnv(**arguments)


def test_a_level_without_regions_cannot_be_drawn_from_when_split():
    with pytest.raises(ValueError, match="split must be all at level 3"):
        PointMazeEnv(split="train").reset(options={"level": 3})


def test_a_task_may_begin_where_another_ended():
    env = PointMazeEnv()
    play(env, env.oracle, seed=0)
    onward = replace(env.task, start=tuple(env.data.qpos.tolist()), goal=env.task.start)
    assert play(env, env.oracle, options={"task": onward})[-1][4]["success"]
