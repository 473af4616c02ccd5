from dataclasses import fields

import gymnasium as gym
import numpy as np
import pytest

import palaestra  # noqa: F401  (registers the environments)
from palaestra.envs.core.bodies.offline_data import FAMILIES, OfflineDataset, collect
from palaestra.envs.robot.maze.layouts import LAYOUTS, route
from palaestra.envs.robot.maze.model import cell_at
from palaestra.envs.robot.maze.point_maze import GOAL, POSITION
from palaestra.envs.robot.maze.stitching import pairs


def maze(**kwargs):
    return gym.make("robot/PointMaze-v0", disable_env_checker=True, **kwargs)


@pytest.fixture(scope="module")
def data():
    """One small data set of each family."""
    env = maze()
    return {family: collect(env, family, 250, seed=0) for family in FAMILIES}


def arrays(dataset):
    return {field.name: getattr(dataset, field.name) for field in fields(dataset)}


def same(one, other):
    return all(np.array_equal(value, arrays(other)[name]) for name, value in arrays(one).items())


def by_family(test):
    return pytest.mark.parametrize("family", FAMILIES)(test)


@by_family
def test_the_seed_fixes_every_number(data, family):
    used = maze()
    collect(used, "random", 10, seed=9)
    assert same(collect(used, family, 250, seed=0), data[family])
    assert not same(collect(used, family, 250, seed=1), data[family])


@by_family
def test_episodes_are_whole_and_follow_one_another(data, family):
    dataset = data[family]
    assert len(dataset) >= 250
    assert dataset.episode_ends[-1] == len(dataset) - 1
    inside = np.setdiff1d(np.arange(len(dataset) - 1), dataset.episode_ends)
    np.testing.assert_array_equal(dataset.next_observations[inside], dataset.observations[inside + 1])
    np.testing.assert_array_equal(dataset.success, dataset.terminated)


@by_family
def test_playing_the_actions_again_gives_the_same_rewards_and_observations(data, family):
    dataset, env = data[family], maze().unwrapped
    last = dataset.episode_ends[0]
    start, goal = (tuple(dataset.observations[0][place].astype(float).tolist()) for place in (POSITION, GOAL))
    env.reset(options={"task": {"layout": LAYOUTS["umaze"], "start": start, "goal": goal}})
    for i in range(last + 1):
        observation, reward, *_ = env.step(dataset.actions[i])
        # start and goal were rounded to single precision
        assert observation == pytest.approx(dataset.next_observations[i], abs=1e-3)
        assert reward == dataset.rewards[i]


def test_families_differ_in_who_acts(data):
    shares = {family: dataset.is_expert.mean() for family, dataset in data.items()}
    assert shares["narrow"] == 1.0
    assert shares["random"] == 0.0
    assert 0.0 < shares["mixed"] < 1.0
    assert 0.0 < shares["play"] < 1.0
    assert data["narrow"].success.sum() > data["random"].success.sum()


def test_narrow_data_are_of_one_task_and_play_of_many(data):
    assert len(np.unique(data["narrow"].observations[:, GOAL], axis=0)) == 1
    assert len(np.unique(data["play"].observations[:, GOAL], axis=0)) > 1


def test_experts_on_training_pairs_never_go_from_a_start_to_its_goal_of_a_test_pair():
    dataset = collect(maze(split="train"), "narrow", 60, seed=3)
    layout = LAYOUTS["umaze"]
    first = dataset.observations[0]
    cells = [cell_at(layout, *first[place]) for place in (POSITION, GOAL)]
    assert tuple(cells) in pairs(layout, "train", 3)
    seen = {cell_at(layout, *row[POSITION]) for row in dataset.observations}
    assert seen <= set(route(layout, *cells))


def test_a_file_gives_the_data_back(data, tmp_path):
    data["mixed"].save(tmp_path / "mixed.npz")
    assert same(OfflineDataset.load(tmp_path / "mixed.npz"), data["mixed"])


def test_a_file_of_something_else_is_refused(tmp_path):
    np.savez(tmp_path / "other.npz", rewards=np.zeros(3))
    with pytest.raises(ValueError, match="missing: observations"):
        OfflineDataset.load(tmp_path / "other.npz")


def test_costs_are_kept():
    assert collect(gym.make("robot/SafePoint-v0", level=2), "play", 100, seed=0).cost.shape[0] >= 100


@pytest.mark.parametrize(
    ("family", "transitions", "message"), [("naro", 10, "unknown family 'naro'"), ("play", 0, "transitions must")]
)
def test_bad_arguments_are_named(family, transitions, message):
    with pytest.raises(ValueError, match=message):
        collect(maze(), family, transitions, seed=0)
