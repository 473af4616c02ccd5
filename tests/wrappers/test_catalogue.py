import gymnasium as gym
import pytest

import palaestra  # noqa: F401  (registers the environments)
from palaestra.wrappers import WRAPPERS, Wrapper, find_wrapper, make_wrapper
from palaestra.wrappers.catalogue import is_for_training_alone
from palaestra.wrappers.rewards import LengthPenalty


@pytest.mark.parametrize("name", WRAPPERS)
def test_every_name_leads_to_a_wrapper(name):
    assert issubclass(find_wrapper(name), Wrapper)
    assert find_wrapper(name).__doc__


@pytest.mark.parametrize("name", WRAPPERS)
def test_agents_are_scored_without_what_chooses_a_beginning_or_learns_a_reward(name):
    module = find_wrapper(name).__module__.split(".wrappers.")[1]
    assert is_for_training_alone(name) == module.startswith(("resets.", "rewards.pictures."))


def test_a_name_and_arguments_make_a_wrapper():
    env = make_wrapper("length_penalty", gym.make("text/GuessNumber-v0"), soft_limit=2, hard_limit=4)
    assert isinstance(env, LengthPenalty)
    assert env.hard_limit == 4


def test_a_wrapper_may_have_a_name_of_its_own():
    env = make_wrapper("format_reward", gym.make("text/GuessNumber-v0"), pattern=r"\d+", name="bare")
    env.reset(seed=0)
    assert env.step("99")[4]["reward_terms"] == {"task": 0.0, "bare": 0.1}


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(ValueError, match=r"'lenght_penalty'; did you mean length_penalty"):
        find_wrapper("lenght_penalty")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"soft_limit": 2, "hard_limit": 4, "penalti": 1}, r"'penalti'; did you mean penalty"),
     ({"soft_limit": 2}, "needs the argument 'hard_limit'"), ({"env": None}, "no argument 'env'")],
)  # fmt: skip
def test_unknown_and_missing_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        make_wrapper("length_penalty", gym.make("text/GuessNumber-v0"), **arguments)
