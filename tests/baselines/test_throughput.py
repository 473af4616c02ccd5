import gymnasium as gym
import pytest

from palaestra.baselines import throughput
from palaestra.baselines.throughput import EmptyEnv, measure_grader, measure_steps, register_references
from palaestra.baselines.vector_throughput import measure_vectors
from palaestra.envs.core import entries, find_entry


class OneStepEnv(EmptyEnv):
    """Ends with every step, and counts the real ones."""

    taken = 0

    def step(self, action):
        OneStepEnv.taken += 1
        return 0, 0.0, True, False, {}


@pytest.fixture
def one_step_id():
    id = "bench/OneStep-v0"
    gym.register(id, entry_point=OneStepEnv)
    yield id
    del gym.registry[id]


@pytest.mark.parametrize("way", ["raw", "vector"])
def test_what_is_counted_is_what_was_stepped(one_step_id, monkeypatch, way):
    # a clock that advances by a second a look makes the rate the number of steps over the number of looks
    looks = [0]

    def clock():
        looks[0] += 1
        return float(looks[0])

    monkeypatch.setattr(throughput.time, "perf_counter", clock)
    OneStepEnv.taken = 0
    if way == "raw":
        rate = throughput._single(gym.make(one_step_id).unwrapped, seconds=5)
    else:
        rate = throughput._vector(one_step_id, seconds=5)
    elapsed = looks[0] - 1
    assert rate * elapsed == pytest.approx(OneStepEnv.taken)
    assert OneStepEnv.taken > 0


def test_the_references_are_registered_once_and_not_in_the_table():
    register_references()
    register_references()
    assert throughput.TRIVIAL_ID in gym.registry
    assert throughput.TRIVIAL_ID not in {entry.id for entry in entries()}
    rates = measure_steps(throughput.TRIVIAL_ID, seconds=0.01, repetitions=1)
    assert min(rates.raw, rates.wrapped, rates.vector) > 0


def test_only_single_turn_tasks_have_a_generator_and_a_grader():
    assert measure_grader(find_entry("text/GuessNumber-v0"), seconds=0.01) is None
    rates = measure_grader(find_entry("math/Countdown-v0"), seconds=0.01, repetitions=1)
    assert rates is not None
    assert min(rates.items, rates.grades) > 0


def test_the_three_vectors_of_a_body_are_measured():
    rates = measure_vectors("robot/Reach-v0", 2, seconds=0.01, repetitions=1)
    assert (rates.id, rates.count) == ("robot/Reach-v0", 2)
    assert min(rates.sync, rates.async_, rates.native) > 0
