from collections import Counter
from dataclasses import asdict

import gymnasium as gym
import numpy as np
import pytest

import palaestra  # noqa: F401
from palaestra.envs.math.arithmetic import ArithmeticTask
from palaestra.envs.text.guess_number import GuessNumberTask
from palaestra.envs.text.mixture import MixtureEnv

ARITHMETIC = {"id": "math/Arithmetic-v0", "kwargs": {"reversed_digits": True}}
GUESS = {"id": "text/GuessNumber-v0"}


def tasks(env, count, **options):
    return [env.reset(seed=seed, options=options)[1]["task"] for seed in range(count)]


def test_parts_are_drawn_by_weight():
    env = MixtureEnv(parts=[{**ARITHMETIC, "weight": 3}, GUESS])
    counts = Counter(task.part for task in tasks(env, 2000))
    assert counts[0] / 2000 == pytest.approx(0.75, abs=0.03)
    assert set(counts) == {0, 1}


def test_an_episode_is_the_parts_own():
    env = MixtureEnv(parts=[GUESS])
    alone = gym.make("text/GuessNumber-v0", disable_env_checker=True)
    prompt, info = env.reset(seed=5)
    assert alone.reset(options={"task": info["task"].task})[0] == prompt
    for action in ("16", "nonsense", "8", "24", "1"):
        assert env.step(action) == alone.step(action)


def test_the_level_is_that_of_every_part_as_far_as_it_goes_unless_the_part_names_its_own():
    env = MixtureEnv(parts=[GUESS, {"id": "text/GuessNumber-v0", "kwargs": {"level": 1}}])
    uppers = {task.part: task.task.upper for task in tasks(env, 20, level=3)}
    assert uppers == {0: 16383, 1: 127}


def test_a_task_comes_back_from_json_as_the_parts_own():
    env = MixtureEnv(parts=[ARITHMETIC, GUESS])
    kinds = set()
    for task in tasks(env, 10):
        _, info = env.reset(options={"task": asdict(task)})
        assert info["task"] == task
        kinds.add(type(info["task"].task))
    assert kinds == {ArithmeticTask, GuessNumberTask}


def test_random_actions_use_the_letters_of_all_parts():
    env = MixtureEnv(parts=[ARITHMETIC, {"id": "math/Countdown-v0"}])
    countdown = gym.make("math/Countdown-v0", disable_env_checker=True).action_space
    assert set(env.action_space.characters) == set("0123456789-") | set(countdown.characters)  # pyright: ignore


def test_the_same_seed_draws_the_same_part_and_task_whatever_was_played_before():
    first, second = MixtureEnv(), MixtureEnv()
    second.reset(seed=9)
    second.step("1")
    np.testing.assert_array_equal([t.prompt for t in tasks(first, 20)], [t.prompt for t in tasks(second, 20)])


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([], "parts must be a list of one or more"),
        ("text/GuessNumber-v0", "parts must be a list"),
        ([{"kwargs": {}}], r"parts\[0\] must have the fields id, kwargs, weight"),
        ([{"id": "text/GuesNumber-v0"}], r"parts\[0\]: unknown environment id .* did you mean text/GuessNumber-v0"),
        ([GUESS, {"id": "robot/Reach-v0"}], r"parts\[1\].id must be a text environment, got 'robot/Reach-v0'"),
        ([{**GUESS, "weight": 0}], r"parts\[0\].weight must be over 0, got 0"),
        ([{**GUESS, "kwargs": 3}], r"parts\[0\].kwargs must be a mapping, got 3"),
        ([{**GUESS, "kwargs": {"upper": 0}}], r"parts\[0\]: upper must be an integer from 1"),
        ([{**GUESS, "kwargs": {"uper": 3}}], r"parts\[0\]: .*uper"),
    ],
)
def test_parts_that_make_no_sense_are_named(parts, message):
    with pytest.raises(ValueError, match=message):
        MixtureEnv(parts=parts)


def test_a_task_of_a_part_that_is_not_there_is_refused():
    env = MixtureEnv(parts=[GUESS])
    task = asdict(env.reset(seed=0)[1]["task"])
    with pytest.raises(ValueError, match=r"options\['task'\].part must be an integer from 0 to 0, got 1"):
        env.reset(options={"task": {**task, "part": 1}})
