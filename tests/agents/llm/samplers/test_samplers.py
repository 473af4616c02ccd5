"""What every sampler promises, and what each draws."""

import io
from collections import Counter

import numpy as np
import pytest
import torch

from palaestra.agents.llm.samplers import FIRST_TRAINING_SEED, SAMPLERS
from palaestra.agents.llm.types import Group
from palaestra.envs.core import Verdict

from ..made_up import episode_of


def played(seed, successes, failures):
    rewards = [1.0] * successes + [0.0] * failures
    return Group([episode_of([reward], seed=seed) for reward in rewards])


def make(name, seed=0, **settings):
    return SAMPLERS.bind({"name": name, **settings})(seed)


@pytest.mark.parametrize("name", list(SAMPLERS))
def test_the_same_seed_draws_the_same_tasks_and_none_that_is_held_out(name):
    first, again = make(name), make(name)
    for _ in range(3):
        seeds = first.draw(7)
        assert seeds == again.draw(7)
        assert len(seeds) == 7
        assert min(seeds) >= FIRST_TRAINING_SEED


@pytest.mark.parametrize("name", list(SAMPLERS))
def test_a_state_goes_through_a_checkpoint_and_has_the_same_future(name):
    def go_on(sampler, rounds):
        drawn = []
        for index in range(rounds):
            seeds = sampler.draw(6)
            drawn.append((seeds, sampler.metrics()))
            sampler.observe([played(seed, successes=(seed + index) % 5, failures=4) for seed in seeds])
        return drawn

    sampler, resumed = make(name, seed=3), make(name, seed=4)
    go_on(sampler, 25)
    file = io.BytesIO()
    torch.save(sampler.get_state(), file)
    file.seek(0)
    resumed.set_state(torch.load(file, weights_only=True))
    assert go_on(resumed, 5) == go_on(sampler, 5)


@pytest.mark.parametrize("name", ["pass_rate_band", "prioritized", "retire_solved", "variance_ranked"])
def test_a_pool_is_a_fixed_set_of_tasks_and_serves_draws_larger_than_itself(name):
    sampler = make(name, pool=4)
    assert all(Counter(sampler.draw(8)) == Counter(sampler.seeds_M.tolist() * 2) for _ in range(3))


def test_running_pass_rates_average_the_latest_visit_with_what_was_known():
    sampler = make("retire_solved", pool=2)
    task, other = sampler.seeds_M.tolist()
    sampler.observe([played(task, 2, 2)])
    sampler.observe([played(task, 4, 0), played(12345, 4, 0)])
    assert sampler.pass_rate_M.tolist() == [0.75, 0.0]
    assert sampler.attempts_M.tolist() == [8, 0]
    broken = played(other, 1, 1)
    broken.episodes[0].verdict = Verdict.grader_error("broke")
    sampler.observe([broken])
    assert sampler.attempts_M.tolist() == [8, 1]
    assert sampler.metrics()["sampler/pass_rate"] == pytest.approx(0.375)


def test_a_band_keeps_to_tasks_that_are_solved_now_and_then_and_tries_others_too():
    sampler = make("pass_rate_band", pool=16, low=0.2, high=0.8, explore=0.25)
    seeds = sampler.seeds_M.tolist()
    assert sorted(sampler.draw(16)) == sorted(seeds)
    mastered, hopeless, fair, unseen = seeds[:4], seeds[4:8], seeds[8:14], seeds[14:]
    sampler.observe([played(seed, 4, 0) for seed in mastered])
    sampler.observe([played(seed, 0, 4) for seed in hopeless])
    sampler.observe([played(seed, 2, 2) for seed in fair])
    assert sampler.metrics()["sampler/in_band_fraction"] == 6 / 16
    drawn = sampler.draw(8)
    assert set(fair) < set(drawn)
    assert set(drawn) - set(fair) == set(unseen)


def test_the_chance_of_a_task_is_proportional_to_how_often_it_is_failed():
    sampler = make("prioritized", pool=3, floor=0.1)
    easy, even, hard = sampler.seeds_M.tolist()
    sampler.observe([played(easy, 4, 0), played(even, 2, 2), played(hard, 0, 4)])
    counts = Counter(seed for _ in range(4000) for seed in sampler.draw(1))
    shares = np.array([counts[easy], counts[even], counts[hard]]) / 4000
    np.testing.assert_allclose(shares, np.array([0.1, 0.5, 1.0]) / 1.6, atol=0.03)


def test_priorities_wait_for_the_warm_up():
    sampler = make("prioritized", pool=2, floor=0.001, warm_up=1000)
    easy, hard = sampler.seeds_M.tolist()
    sampler.observe([played(easy, 4, 0), played(hard, 0, 4)])
    assert Counter(sampler.draw(1)[0] for _ in range(1000))[easy] > 400
    assert Counter(sampler.draw(1)[0] for _ in range(1000))[easy] < 20


def test_solved_tasks_are_retired_for_good_until_none_is_left():
    sampler = make("retire_solved", pool=3, threshold=0.9, min_attempts=8)
    first, second, third = sampler.seeds_M.tolist()
    sampler.observe([played(first, 4, 0)])
    assert sampler.metrics()["sampler/retired"] == 0, "too few attempts"
    sampler.observe([played(first, 4, 0)])
    assert sampler.metrics()["sampler/retired"] == 1
    assert sorted(set(sampler.draw(6))) == sorted([second, third])
    sampler.observe([played(second, 8, 0), played(third, 8, 0)])
    assert sampler.metrics()["sampler/retired"] == 0
    assert sorted(sampler.draw(3)) == sorted([first, second, third])


def test_one_task_fills_the_draw():
    assert make("single_task", task=FIRST_TRAINING_SEED + 7).draw(3) == [FIRST_TRAINING_SEED + 7] * 3


def test_after_the_pilot_the_tasks_whose_accuracy_varied_most_fill_the_draw():
    sampler = make("variance_ranked", pool=4, pilot=3, keep=2)
    steady, wavering, jumping, hopeless = sampler.seeds_M.tolist()
    successes = {steady: (2, 2, 2), wavering: (1, 2, 3), jumping: (0, 2, 4), hopeless: (0, 0, 0)}
    for visit in range(3):
        assert sorted(sampler.draw(4)) == sorted(sampler.seeds_M.tolist())
        sampler.observe([played(seed, s[visit], 4 - s[visit]) for seed, s in successes.items()])
    assert sampler.draw(4) == [jumping, wavering] * 2
    sampler.observe([played(hopeless, 4, 0)])
    assert sampler.draw(1) == [jumping], "only the pilot counts"


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("retire_solved", {"pool": 0}, "pool must be 1 or more, got 0"),
        ("retire_solved", {"threshold": 0.0}, "threshold"),
        ("retire_solved", {"min_attempts": 0}, "min_attempts"),
        ("pass_rate_band", {"low": 0.9, "high": 0.1}, "0 <= low <= high <= 1, got 0.9 and 0.1"),
        ("pass_rate_band", {"explore": 0.0}, "explore"),
        ("prioritized", {"floor": 0.0}, "floor"),
        ("prioritized", {"warm_up": -1}, "warm_up"),
        ("single_task", {"task": 5}, "smaller seeds are for evaluation; got 5"),
        ("variance_ranked", {"pool": 2, "keep": 3}, "keep must be 1 to pool = 2, got 3"),
        ("variance_ranked", {"pilot": 0}, "pilot"),
    ],
)
def test_impossible_settings_are_refused_by_name(name, settings, message):
    with pytest.raises(ValueError, match=message):
        make(name, **settings)
