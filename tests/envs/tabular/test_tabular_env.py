import gymnasium as gym
import numpy as np
import pytest

from palaestra.envs.tabular.solved import solved_process
from palaestra.envs.tabular.tabular_env import TabularEnv


def play(env, choose, seed, **options):
    observation, _ = env.reset(seed=seed, options=options)
    returned, over, info = 0.0, False, {}
    while not over:
        observation, reward, terminated, truncated, info = env.step(choose(observation))
        returned, over = returned + reward, terminated or truncated
    return returned, info["success"]


@pytest.mark.parametrize("name", ["chain", "taxi", "blackjack"])
def test_episodes_return_what_was_worked_out(name):
    """On average: the best policy's return and the random policy's, within four standard errors."""
    env = TabularEnv(name)
    solved = solved_process(name, 0, 0.25)
    rng = np.random.default_rng(0)
    for choose, expected in (
        (lambda _: env.oracle(), solved.optimal_return),
        (lambda _: rng.integers(env.action_space.n), solved.random_return),
    ):
        returns = [play(env, choose, seed)[0] for seed in range(600)]
        assert abs(np.mean(returns) - expected) < 4 * np.std(returns) / np.sqrt(len(returns)) + 1e-9


def test_success_is_at_least_half_way_from_random_play_to_the_best():
    env = TabularEnv("river_swim")
    halfway = env.solved.halfway
    for seed in range(50):
        returned, success = play(env, lambda _: env.oracle(), seed)
        assert success == (returned >= halfway)


def test_the_same_actions_of_one_task_have_the_same_outcomes_and_others_share_its_chance():
    env = TabularEnv("frozen_grid")
    task = env.reset(seed=5)[1]["task"]
    first = [env.step(1)[0] for _ in range(2)]
    env.reset(options={"task": task})
    assert [env.step(1)[0] for _ in range(2)] == first


@pytest.mark.parametrize("kind", ["index", "one_hot", "features"])
def test_an_observation_is_of_the_space_on_every_level(kind):
    env = TabularEnv("key_door", observation=kind)
    for level in range(3):
        observation, _ = env.reset(seed=1, options={"level": level})
        assert env.observation_space.contains(observation)


def test_one_hot_and_index_tell_the_same():
    index, one_hot = TabularEnv("queue"), TabularEnv("queue", observation="one_hot")
    index.reset(seed=2)
    one_hot.reset(seed=2)
    for action in (0, 1, 2):
        assert index.step(action)[0] == one_hot.step(action)[0].argmax()


def test_an_observation_that_is_changed_changes_no_other():
    env = TabularEnv("queue", observation="one_hot")
    first, _ = env.reset(seed=2)
    before = first.copy()
    first[:] = 7
    assert np.array_equal(env.reset(seed=2)[0], before)


def test_without_sticky_actions_the_last_action_is_no_part_of_the_state():
    assert TabularEnv("chain", sticky=0.0).observation_space.n < TabularEnv("chain").observation_space.n


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"process": "chian"}, "did you mean chain"),
        ({"process": "chain", "sticky": 1.0}, "sticky"),
        ({"process": "chain", "sticky": "often"}, "sticky"),
        ({"process": "chain", "observation": "pixels"}, "observation"),
    ],
)
def test_bad_arguments_are_refused_by_name(arguments, name):
    with pytest.raises(ValueError, match=name):
        TabularEnv(**arguments)


@pytest.mark.parametrize(
    ("change", "name"),
    [({"start": 10_000}, "start"), ({"start": 3}, "start"), ({"chance": -1}, "chance"), ({"chance": 2**64}, "chance")],
)
def test_an_impossible_task_is_refused_by_name(change, name):
    env = TabularEnv("chain")
    with pytest.raises(ValueError, match=name):
        env.reset(options={"task": {"start": 0, "chance": 1, "level": 0} | change})


def test_past_the_end_a_reset_is_needed():
    env = TabularEnv("bandit_tree")
    with pytest.raises(gym.error.ResetNeeded):
        env.step(0)
    env.reset(seed=0)
    env.step(0)
    assert env.oracle() is None
    with pytest.raises(gym.error.ResetNeeded):
        env.step(0)
