import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palaestra.baselines.statistics import Curve, Reach, least_ratio, median_reach, ratio_of_medians, reach


def curve(points: dict[float, float]) -> Curve:
    return Curve(np.array(list(points)), np.array(list(points.values())))


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def arrived(*compute: float) -> list[Reach]:
    return [Reach(each, True) for each in compute]


def test_a_score_is_reached_at_the_first_point_that_has_it():
    assert reach(curve({0: 0.2, 100: 0.6, 200: 0.5, 300: 0.9}), 0.6) == Reach(100.0, True)
    assert reach(curve({300: 0.9, 0: 0.2, 100: 0.3}), 0.6) == Reach(300.0, True)


def test_a_run_that_ended_below_says_only_that_more_is_needed():
    assert reach(curve({0: 0.2, 100: 0.5}), 0.6) == Reach(100.0, False)
    assert reach(curve({}), 0.6) is None


def test_the_median_counts_runs_that_never_arrived_as_later_than_all_others():
    late = [*arrived(10, 30, 20), Reach(25, False), Reach(25, False)]
    assert median_reach(late, rng()).estimate == 30
    assert median_reach([*arrived(10), Reach(25, False)], rng()).estimate == math.inf


def test_bounds_are_infinite_where_resamples_often_have_no_median():
    found = median_reach([*arrived(10, 20, 30), Reach(25, False), Reach(25, False)], rng())
    assert (found.low, found.high) == (10, math.inf)


def test_runs_that_agree_have_an_interval_of_no_width():
    found = ratio_of_medians(arrived(100, 100, 100), arrived(20, 20), rng())
    assert (found.estimate, found.low, found.high) == (5, 5, 5)


def test_a_ratio_against_runs_that_never_arrived_is_infinite_and_its_least_is_known():
    never = [Reach(100, False), Reach(100, False), *arrived(60)]
    found = ratio_of_medians(never, arrived(20, 20, 20), rng())
    assert found.estimate == math.inf
    assert found.low == 3  # resamples in which the one that arrived was drawn twice or more
    assert least_ratio(never, arrived(20, 20, 20)) == 5
    assert least_ratio(arrived(20), never) == 0


def test_where_neither_side_arrived_nothing_is_said():
    never = [Reach(100, False)]
    found = ratio_of_medians(never, never, rng())
    assert math.isnan(found.estimate)
    assert (found.low, found.high) == (0, math.inf)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.floats(1, 1000), min_size=1, max_size=7),
    st.lists(st.floats(1, 1000), min_size=1, max_size=7),
    st.floats(0.5, 4),
)
def test_the_ratio_scales_and_turns_round(above, below, factor):
    ratio = ratio_of_medians(arrived(*above), arrived(*below), rng(), resamples=50)
    scaled = ratio_of_medians(arrived(*[factor * each for each in above]), arrived(*below), rng(), resamples=50)
    assert scaled.estimate == pytest.approx(factor * ratio.estimate)
    assert ratio_of_medians(arrived(*below), arrived(*above), rng(), resamples=1).estimate == pytest.approx(
        1 / ratio.estimate
    )
    assert least_ratio(arrived(*above), arrived(*below)) == pytest.approx(ratio.estimate)


def test_no_run_is_an_error_that_says_so():
    for call in (
        lambda: median_reach([], rng()),
        lambda: ratio_of_medians(arrived(1), [], rng()),
        lambda: least_ratio([], arrived(1)),
    ):
        with pytest.raises(ValueError, match="at least one run"):
            call()
