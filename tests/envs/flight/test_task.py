"""What a task of flight may be."""

import dataclasses

import gymnasium as gym
import pytest

import palaestra  # noqa: F401  (registers the ids)


@pytest.fixture(scope="module")
def task():
    env = gym.make("flight/Corridor-v0", observation="state")
    return env.reset(seed=100)[1]["task"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("latency", 16), ("latency", -1), ("latency", 2.5), ("wind", float("nan")), ("field", 3.0), ("chance", -1)],
)
def test_a_field_that_the_kernel_cannot_take_is_refused(task, field, value):
    with pytest.raises(ValueError, match=rf"task\.{field} must be"):
        dataclasses.replace(task, **{field: value})
