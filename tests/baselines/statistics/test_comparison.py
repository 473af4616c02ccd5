import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from palaestra.baselines.statistics import comparison, holm, paired_test, probability_of_improvement

SCORE = st.sampled_from([-1.0, 0.0, 0.5, 1.0])


def rng():
    return np.random.default_rng(0)


@given(arrays(np.float64, (3, 2), elements=SCORE), arrays(np.float64, (4, 2), elements=SCORE))
def test_probability_of_improvement_counts_pairs_of_runs_and_halves_ties(first, second):
    wins = [
        np.mean([(x > y) + 0.5 * (x == y) for x, y in itertools.product(first[:, task], second[:, task])])
        for task in (0, 1)
    ]
    found = probability_of_improvement(first, second, rng(), resamples=20)
    assert found.estimate == pytest.approx(np.mean(wins))
    assert 0 <= found.low <= found.high <= 1
    assert probability_of_improvement(second, first, rng(), resamples=20).estimate == pytest.approx(1 - found.estimate)


def test_who_wins_always_does_so_in_every_resample():
    found = probability_of_improvement([[1.0, 2.0], [3.0, 4.0]], [[0.0, 1.0]], rng())
    assert (found.estimate, found.low, found.high) == (1, 1, 1)


def test_its_interval_draws_both_agents_runs_apart():
    # brute force: every resample of two runs against two, all 4 × 4 of them equally likely
    first, second = np.array([0.0, 2.0]), np.array([1.0, 3.0])
    draws = [
        np.mean([first[i] > second[j] for i in chosen_first for j in chosen_second])
        for chosen_first in itertools.product((0, 1), repeat=2)
        for chosen_second in itertools.product((0, 1), repeat=2)
    ]
    expected = np.quantile(draws, [0.1, 0.9])
    found = probability_of_improvement(first[:, None], second[:, None], rng(), resamples=50_000, confidence=0.8)
    assert (found.low, found.high) == pytest.approx(tuple(expected), abs=0.01)


def test_sign_flips_by_hand():
    # of the 8 choices of signs only + + + and - - - reach a sum of 6
    found = paired_test([[1.0, 2.0, 3.0]], rng())
    assert found.difference == pytest.approx(2)
    assert found.p_value == 2 / 8
    assert (found.pairs, found.exact) == (3, True)


def test_five_seeds_that_agree_cannot_do_better_than_one_in_sixteen():
    assert paired_test([[0.3] * 5], rng()).p_value == 2 / 32
    assert paired_test([[0.3] * 5, [0.1] * 5], rng()).p_value == 2 / 1024


def test_no_difference_is_no_evidence():
    assert paired_test([[0.0, 0.0], [0.0]], rng()).p_value == 1


@given(st.lists(st.lists(st.floats(-1, 1, allow_subnormal=False), min_size=1, max_size=3), min_size=1, max_size=3))
def test_the_exact_test_tries_all_signs_and_weighs_tasks_alike(tasks):
    observed = np.mean([np.mean(task) for task in tasks])
    scale = np.mean([np.mean(np.abs(task)) for task in tasks])
    hits = total = 0
    for signs in itertools.product((-1, 1), repeat=sum(map(len, tasks))):
        signs = list(signs)
        flipped = np.mean([np.mean([signs.pop() * value for value in task]) for task in tasks])
        hits += abs(flipped) >= abs(observed) - 1e-12 * scale
        total += 1
    found = paired_test(tasks, rng())
    assert found.difference == pytest.approx(observed)
    assert found.p_value == pytest.approx(hits / total)


def test_where_all_signs_are_too_many_a_sample_of_them_agrees(monkeypatch):
    differences = [np.random.default_rng(1).normal(0.4, 1, size=12)]
    exact = paired_test(differences, rng())
    monkeypatch.setattr(comparison, "EXACT_PAIRS", 4)
    sampled = paired_test(differences, rng())
    assert (exact.exact, sampled.exact) == (True, False)
    assert sampled.p_value == pytest.approx(exact.p_value, abs=0.005)


def test_a_sampled_p_value_is_never_zero():
    assert paired_test([[1.0] * 100], rng(), resamples=999).p_value == 1 / 1000


def test_the_test_keeps_its_level():
    generator = np.random.default_rng(3)
    false_alarms = [paired_test([generator.normal(size=6)], rng()).p_value <= 0.05 for _ in range(2000)]
    assert np.mean(false_alarms) <= 0.05 + 3 * (0.05 * 0.95 / 2000) ** 0.5


def test_holm_by_hand():
    # sorted 0.01, 0.02, 0.03, 0.04: × 4, 3, 2, 1 is 0.04, 0.06, 0.06, 0.04, and never falls
    assert holm([0.04, 0.01, 0.03, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm([0.5, 0.9]) == [1, 1]
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_keeps_the_order_and_lies_between_nothing_and_bonferroni(p_values):
    corrected = holm(p_values)
    for p, after in zip(p_values, corrected, strict=True):
        assert p <= after <= min(1, len(p_values) * p) + 1e-12
    in_order = [after for _, after in sorted(zip(p_values, corrected, strict=True))]
    assert in_order == sorted(in_order)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: probability_of_improvement([1.0], [[1.0]], rng()), "first must be a matrix"),
        (lambda: probability_of_improvement([[1.0]], [[np.inf]], rng()), "second must be finite"),
        (lambda: probability_of_improvement([[1.0]], [[1.0, 2.0]], rng()), "same tasks, got 1 and 2"),
        (lambda: probability_of_improvement([[1.0]], [[1.0]], rng(), resamples=0), "resamples"),
        (lambda: paired_test([], rng()), "differences"),
        (lambda: paired_test([[1.0], []], rng()), "differences"),
        (lambda: paired_test([[np.nan]], rng()), "finite"),
        (lambda: holm([0.5, 1.5]), "p-values"),
    ],
)
def test_wrong_arguments_are_named(call, named):
    with pytest.raises(ValueError, match=named):
        call()
