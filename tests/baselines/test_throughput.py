import sys
import types

import gymnasium as gym
import pytest

from palaestra.baselines import throughput
from palaestra.baselines.envpool_vector import make_envpool
from palaestra.baselines.throughput import EmptyEnv, measure_grader, measure_steps, register_references
from palaestra.baselines.vector_throughput import VectorRates, measure_vectors
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


def test_the_vectors_of_a_body_are_measured():
    rates = measure_vectors("robot/Reach-v0", 2, seconds=0.01, repetitions=2)
    assert (rates.id, rates.count) == ("robot/Reach-v0", 2)
    assert set(rates.rates) == {"sync", "async", "native"}
    assert all(len(turns) == 2 and min(turns) > 0 for turns in rates.rates.values())


class PretendedEnvPool(types.ModuleType):
    """Vectors with the manners of EnvPool: an action space of one environment, and no seeds on resets."""

    class Vector(gym.vector.VectorWrapper):
        def __init__(self, env):
            super().__init__(env)
            self.action_space = env.single_action_space

        def reset(self):
            return self.env.reset(seed=0)

    def list_all_envs(self):
        return ["Hopper-v5", "CarRacing-v3"]

    def make_gymnasium(self, id, num_envs, num_threads, seed):
        id = "CartPole-v1" if id == "CarRacing-v3" else id
        return self.Vector(gym.make_vec(id, num_envs=num_envs, vectorization_mode="sync"))


def test_gymnasiums_bodies_are_measured_beside_envpool(monkeypatch):
    monkeypatch.setitem(sys.modules, "envpool", PretendedEnvPool("envpool"))
    rates = measure_vectors("Hopper-v5", 2, seconds=0.01, repetitions=1)
    assert set(rates.rates) == {"sync", "async", "EnvPool", "native"}
    assert min(turns[0] for turns in rates.rates.values()) > 0


def test_bodies_that_see_are_measured_beside_as_many_racing_cars(monkeypatch):
    monkeypatch.setitem(sys.modules, "envpool", PretendedEnvPool("envpool"))
    rates = measure_vectors("drive/Circuit-v0", 2, seconds=0.01, repetitions=1)
    assert {"sync", "native", "CarRacing-v3, EnvPool"} <= set(rates.rates)
    assert rates.ratio("CarRacing-v3, EnvPool").estimate > 0


def test_without_envpool_it_is_left_out(monkeypatch):
    monkeypatch.setitem(sys.modules, "envpool", None)
    assert make_envpool("Hopper-v5", 2, 1) is None


@pytest.mark.parametrize("error", [FileNotFoundError("no such file: atari/roms"), ImportError("no module: assets")])
def test_what_an_incomplete_envpool_lacks_is_told(monkeypatch, error):
    def fail(*_):
        raise error

    monkeypatch.setitem(sys.modules, "envpool", PretendedEnvPool("envpool"))
    monkeypatch.setattr(PretendedEnvPool, "list_all_envs", fail)
    rates = measure_vectors("Hopper-v5", 2, seconds=0.01, repetitions=1)
    assert set(rates.rates) == {"sync", "async", "native"}
    assert rates.broken == {"EnvPool": str(error)}


def test_the_ratio_of_vectors_is_of_turns_that_followed_each_other():
    rates = VectorRates("x", 8, {"sync": [10.0, 100.0, 1000.0], "native": [20.0, 200.0, 2000.0]})
    ratio = rates.ratio("sync")
    assert (ratio.estimate, ratio.low, ratio.high) == pytest.approx((2.0, 2.0, 2.0))
    uneven = VectorRates("x", 8, {"sync": [1.0, 1.0], "native": [2.0, 8.0]}).ratio("sync")
    assert uneven.estimate == pytest.approx(4.0)
    assert (uneven.low, uneven.high) == pytest.approx((2.0, 8.0))
