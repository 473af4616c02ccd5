import gymnasium as gym
import pytest

import palaestra  # noqa: F401  (registers the environments)
from palaestra.wrappers.rewards import FormatReward


def form(pattern=r".*<answer>\d+</answer>", **kwargs):
    return FormatReward(gym.make("text/GuessNumber-v0"), pattern=pattern, **kwargs)


@pytest.mark.parametrize("action", ["<answer>17</answer>", "I think\nso: <answer>17</answer>"])
def test_a_match_of_the_whole_action_pays(action):
    assert form().matches(action)


@pytest.mark.parametrize("action", ["", "17", "<answer>17</answer> or so", "<answer>x</answer>", "\ud800"])
def test_anything_else_does_not(action):
    assert not form().matches(action)


def test_a_long_action_is_not_read():
    assert form(".*", max_length=5).matches("12345")
    assert not form(".*", max_length=5).matches("123456")
    assert not form(r"(.*,){5}x").matches("," * 10**6)


def test_the_pay_is_a_term_of_every_step():
    env = form(reward=0.5)
    env.reset(options={"task": {"prompt": "p", "answer": 17, "upper": 31, "guesses": 5}})
    _, reward, _, _, info = env.step("16")
    assert (reward, info["reward_terms"]) == (0.0, {"task": 0.0, "format": 0.0})
    _, reward, _, _, info = env.step("<answer>17</answer>")
    assert (reward, info["reward_terms"]) == (1.5, {"task": 1.0, "format": 0.5})


def test_two_formats_are_told_apart_by_name():
    env = FormatReward(form(name="tagged"), pattern=r"\d+", name="bare", reward=1.0)
    env.reset(seed=0)
    assert env.step("99")[4]["reward_terms"] == {"task": 0.0, "tagged": 0.0, "bare": 1.0}


@pytest.mark.parametrize(
    ("kwargs", "name"),
    [({"pattern": "("}, "pattern"), ({"pattern": 3}, "pattern"), ({"reward": float("inf")}, "reward"),
     ({"reward": "1"}, "reward"), ({"reward": None}, "reward"), ({"max_length": 0}, "max_length"),
     ({"max_length": "9"}, "max_length"), ({"max_length": 9.0}, "max_length"), ({"pattern": b"x"}, "pattern"),
     ({"name": 3}, "name"), ({"name": ""}, "name")],
)  # fmt: skip
def test_bad_arguments_are_named(kwargs, name):
    with pytest.raises(ValueError, match=f"{name} must"):
        form(**kwargs)


def test_actions_must_be_text():
    with pytest.raises(ValueError, match="text actions"):
        FormatReward(gym.make("CartPole-v1"), pattern="x")
