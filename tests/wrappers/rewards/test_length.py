import gymnasium as gym
import pytest
from hypothesis import given
from hypothesis import strategies as st

import palaestra  # noqa: F401  (registers the environments)
from palaestra.wrappers.rewards import LengthPenalty


def penalty(**kwargs):
    return LengthPenalty(gym.make("text/GuessNumber-v0"), **({"soft_limit": 10, "hard_limit": 20} | kwargs))


@pytest.mark.parametrize(("length", "charge"), [(0, 0.0), (10, 0.0), (15, -1.0), (20, -2.0), (10**6, -2.0)])
@pytest.mark.parametrize("shape", ["linear", "cosine"])
def test_the_ramp_at_its_corners_and_in_its_middle(length, charge, shape):
    assert penalty(penalty=2.0, shape=shape).charge(length) == pytest.approx(charge)


def test_the_shapes_between():
    assert penalty().charge(12) == pytest.approx(-0.2)
    assert penalty(shape="cosine").charge(12) == pytest.approx(-0.0954915)


@given(st.integers(0, 100), st.integers(0, 100), st.sampled_from(["linear", "cosine"]))
def test_a_longer_action_never_costs_less(shorter, longer, shape):
    ramp = penalty(shape=shape)
    shorter, longer = sorted((shorter, longer))
    assert -1.0 <= ramp.charge(longer) <= ramp.charge(shorter) <= 0.0


def test_the_charge_is_a_term_of_the_step():
    env = penalty()
    env.reset(options={"task": {"prompt": "p", "answer": 17, "upper": 31, "guesses": 5}})
    assert env.step("1")[4]["reward_terms"] == {"task": 0.0, "length": 0.0}
    _, reward, terminated, _, info = env.step("It is 17, I say")
    assert terminated
    assert reward == pytest.approx(0.5)
    assert info["reward_terms"] == {"task": 1.0, "length": pytest.approx(-0.5)}
    assert info["success"] is True


@pytest.mark.parametrize(
    ("kwargs", "name"),
    [({"soft_limit": -1}, "soft_limit"), ({"hard_limit": 10}, "hard_limit"), ({"penalty": -1}, "penalty"),
     ({"penalty": float("nan")}, "penalty"), ({"soft_limit": "1"}, "soft_limit"), ({"soft_limit": 1.5}, "soft_limit"),
     ({"hard_limit": None}, "hard_limit"), ({"hard_limit": 20.0}, "hard_limit"), ({"penalty": "1"}, "penalty"),
     ({"penalty": True}, "penalty"), ({"shape": None}, "shape"), ({"shape": "square"}, "shape")],
)  # fmt: skip
def test_bad_arguments_are_named(kwargs, name):
    with pytest.raises(ValueError, match=f"{name} must"):
        penalty(**kwargs)


def test_actions_must_be_text():
    with pytest.raises(ValueError, match="text actions"):
        LengthPenalty(gym.make("CartPole-v1"), soft_limit=1, hard_limit=2)
