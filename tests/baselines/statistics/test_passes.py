import itertools
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palaestra.baselines.statistics import coverage_inclusion, pass_at_k


@given(st.integers(1, 300), st.data())
def test_pass_at_k_is_one_less_the_share_of_draws_that_are_all_wrong(samples, data):
    correct, k = data.draw(st.integers(0, samples)), data.draw(st.integers(1, samples))
    expected = 1 - comb(samples - correct, k) / comb(samples, k)
    assert pass_at_k([correct], samples, k)[0] == pytest.approx(expected, abs=1e-12)


def test_pass_at_k_by_counting_all_draws():
    right = [True, False, False, True, False]
    draws = list(itertools.combinations(right, 2))
    assert pass_at_k(2, 5, 2) == pytest.approx(sum(map(any, draws)) / len(draws))


def test_pass_at_one_is_the_share_that_is_right():
    assert pass_at_k([0, 1, 3, 4], 4, 1).tolist() == pytest.approx([0, 0.25, 0.75, 1])


def test_problems_may_have_other_numbers_of_attempts():
    assert pass_at_k([1, 1], [2, 4], 2).tolist() == pytest.approx([1, 0.5])


def test_many_attempts_keep_their_digits():
    assert pass_at_k([1], 100_000, 1024)[0] == pytest.approx(1024 / 100_000, rel=1e-10)


def test_what_was_never_solved_is_nothing_without_a_sign():
    assert not np.signbit(pass_at_k([0, 0], 8, 4)).any()


def test_no_problem_has_no_estimate():
    assert pass_at_k([], 8, 4).shape == (0,)


def test_inclusion_is_of_what_the_agent_solved():
    found = coverage_inclusion([True, True, True, False], [True, True, False, True])
    assert found.estimate == pytest.approx(2 / 3)
    assert found.low < 2 / 3 < found.high


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: pass_at_k([1], 4, 0), "k must be"),
        (lambda: pass_at_k([1, 1], [8, 4], 5), "needs 5 attempts at every problem, got 4"),
        (lambda: pass_at_k([5], 4, 1), "correct"),
        (lambda: pass_at_k([-1], 4, 1), "correct"),
        (lambda: coverage_inclusion([True], [True, False]), "same problems"),
        (lambda: coverage_inclusion(np.zeros(3), np.ones(3)), "at least one solved"),
    ],
)
def test_wrong_arguments_are_named(call, named):
    with pytest.raises(ValueError, match=named):
        call()
