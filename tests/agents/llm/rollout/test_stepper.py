import threading

import gymnasium as gym
import pytest

from palaestra.agents.llm.rollout import stepper
from palaestra.agents.llm.rollout.stepper import Stepper


@pytest.fixture
def clock(monkeypatch) -> list[float]:
    """A clock that only environments move."""
    now = [0.0]
    monkeypatch.setattr(stepper.time, "perf_counter", lambda: now[0])
    return now


class Recorder(gym.Env[str, str]):
    """Says who stepped it; a step takes a while by the clock."""

    def __init__(self, clock: list[float], seconds: float) -> None:
        self._clock, self._seconds = clock, seconds
        self.thread: threading.Thread | None = None

    def step(self, action):
        self._clock[0] += self._seconds
        self.thread = threading.current_thread()
        return action.upper(), 1, False, True, {}


def play(envs: list[Recorder], rounds: int = 1) -> list[str]:
    with Stepper() as steps:
        for _ in range(rounds):
            taken = steps.step(envs, list("abcdefghijkl"))
    return [step[0] for step in taken]


@pytest.mark.parametrize("seconds", [0.0, 0.004])
def test_results_come_in_the_order_of_the_environments(clock, seconds):
    assert play([Recorder(clock, seconds) for _ in range(12)]) == list("ABCDEFGHIJKL")


def test_quick_environments_are_stepped_one_by_one(clock):
    envs = [Recorder(clock, 0.0009) for _ in range(12)]
    play(envs, rounds=3)
    assert {env.thread for env in envs} == {threading.current_thread()}


def test_slow_environments_are_stepped_in_threads_as_soon_as_they_are_known_to_be_slow(clock):
    envs = [Recorder(clock, 0.0011) for _ in range(12)]
    play(envs)
    assert [env.thread is threading.current_thread() for env in envs] == [True] * 5 + [False] * 7
    play(envs, rounds=2)
    assert threading.current_thread() not in {env.thread for env in envs}


def test_one_slow_beginning_does_not_count(clock):
    envs = [Recorder(clock, 1.0), *(Recorder(clock, 0.0) for _ in range(11))]
    play(envs)
    assert {env.thread for env in envs} == {threading.current_thread()}


def test_what_an_environment_raises_is_raised(clock):
    class Broken(Recorder):
        def step(self, action):
            raise RuntimeError("broken")

    with Stepper() as steps, pytest.raises(RuntimeError, match="broken"):
        steps.step([*(Recorder(clock, 0.004) for _ in range(6)), Broken(clock, 0.0)], ["x"] * 7)
