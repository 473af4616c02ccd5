import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palaestra.baselines.statistics import Curve, Sigmoid, fit_sigmoid, scaling_fit

COMPUTE_N = np.linspace(3_000, 60_000, 20)
LEARNER = Sigmoid(start=0.2, asymptote=0.9, midpoint=15_000, steepness=2, rmse=0)


def rng():
    return np.random.default_rng(0)


def curves_of(sigmoid, noise=0.02, seeds=5):
    generator = np.random.default_rng(1)
    return [Curve(COMPUTE_N, sigmoid.at(COMPUTE_N) + noise * generator.normal(size=20)) for _ in range(seeds)]


def test_the_curve_by_hand():
    # with B = 2, a third of the compute of the midpoint gives 1 / (1 + 3²) of the way
    curve = Sigmoid(start=0.0, asymptote=10.0, midpoint=300, steepness=2, rmse=0)
    assert curve.at([0, 100, 300, 900]).tolist() == pytest.approx([0, 1, 5, 9])


@settings(max_examples=25, deadline=None)
@given(
    start=st.floats(-100, 100),
    height=st.floats(0.1, 1000) | st.floats(-1000, -0.1),
    midpoint=st.floats(6_000, 40_000),
    steepness=st.floats(0.8, 5),
)
def test_a_curve_without_noise_is_found_again(start, height, midpoint, steepness):
    true = Sigmoid(start, start + height, midpoint, steepness, 0)
    found = fit_sigmoid(COMPUTE_N, true.at(COMPUTE_N))
    assert found.at(COMPUTE_N) == pytest.approx(true.at(COMPUTE_N), abs=1e-3 * abs(height))
    assert found.rmse < 1e-3 * abs(height)


def test_the_parameters_are_those_of_the_curve():
    found = fit_sigmoid(COMPUTE_N, LEARNER.at(COMPUTE_N))
    assert (found.start, found.asymptote) == pytest.approx((0.2, 0.9), abs=1e-4)
    assert (found.midpoint, found.steepness) == pytest.approx((15_000, 2), rel=1e-3)


def test_the_unit_of_compute_does_not_matter():
    scores_N = curves_of(LEARNER)[0].scores_N
    small, large = fit_sigmoid(COMPUTE_N, scores_N), fit_sigmoid(1e9 * COMPUTE_N, scores_N)
    assert large.midpoint == pytest.approx(1e9 * small.midpoint, rel=1e-3)
    assert large.asymptote == pytest.approx(small.asymptote, abs=1e-4)


@pytest.mark.parametrize("unit", [1e-9, 1e-6, 1e6])
def test_the_unit_of_scores_does_not_matter(unit):
    found = fit_sigmoid(COMPUTE_N, unit * LEARNER.at(COMPUTE_N), bounds=(0, unit))
    assert (found.start / unit, found.asymptote / unit) == pytest.approx((0.2, 0.9), abs=1e-4)
    assert (found.midpoint, found.steepness) == pytest.approx((15_000, 2), rel=1e-3)


def test_a_fit_stays_within_the_bounds():
    rising = np.linspace(0, 0.9, 20)
    assert fit_sigmoid(COMPUTE_N, rising).asymptote > 1
    bounded = fit_sigmoid(COMPUTE_N, rising, bounds=(0, 1))
    assert 0 <= bounded.start < bounded.asymptote <= 1


@pytest.mark.parametrize("score", [0.0, 0.5, 1.0])
def test_a_flat_curve_has_its_level_as_asymptote(score):
    found = fit_sigmoid(COMPUTE_N, np.full(20, score), bounds=(0, 1))
    assert found.at(1e6) == pytest.approx(score, abs=1e-6)


def test_weights_count_points_more_than_once():
    generator = np.random.default_rng(0)
    scores_N = LEARNER.at(COMPUTE_N) + 0.05 * generator.normal(size=20)
    counts_N = generator.integers(1, 4, size=20)
    weighted = fit_sigmoid(COMPUTE_N, scores_N, weights=counts_N)
    repeated = fit_sigmoid(np.repeat(COMPUTE_N, counts_N), np.repeat(scores_N, counts_N))
    assert weighted.at(COMPUTE_N) == pytest.approx(repeated.at(COMPUTE_N), abs=1e-4)
    assert weighted.rmse == pytest.approx(repeated.rmse, rel=1e-4)


def test_the_first_half_foretells_the_end_of_a_true_sigmoid():
    found = scaling_fit(curves_of(LEARNER, noise=0.005), rng(), bounds=(0, 1), resamples=40)
    assert found.asymptote.estimate == pytest.approx(0.9, abs=0.01)
    assert found.asymptote.low < found.asymptote.estimate < found.asymptote.high
    extrapolation = found.extrapolation
    assert extrapolation is not None
    assert extrapolation.observed == pytest.approx(LEARNER.at(60_000), abs=0.01)
    assert extrapolation.error.estimate == pytest.approx(extrapolation.predicted - extrapolation.observed)
    assert abs(extrapolation.error.estimate) < 0.02


def test_what_comes_after_the_first_half_is_not_known_to_it():
    collapsed = [
        Curve(curve.compute_N, np.where(COMPUTE_N > 30_000, 0.0, curve.scores_N)) for curve in curves_of(LEARNER)
    ]
    extrapolation = scaling_fit(collapsed, rng(), resamples=5).extrapolation
    assert extrapolation is not None
    assert extrapolation.predicted == pytest.approx(LEARNER.at(60_000), abs=0.05)
    assert extrapolation.observed == 0


def test_curves_need_not_share_their_points():
    one, other = curves_of(LEARNER, noise=0)[:2]
    found = scaling_fit([Curve(one.compute_N[::2], one.scores_N[::2]), other], rng(), resamples=5)
    assert found.fit.asymptote == pytest.approx(0.9, abs=1e-3)


def test_one_seed_has_intervals_without_width():
    found = scaling_fit(curves_of(LEARNER, seeds=1), rng(), resamples=3)
    assert found.asymptote.low == found.asymptote.high == found.asymptote.estimate


def test_too_short_a_first_half_is_not_extrapolated():
    short = [Curve(COMPUTE_N[:6], LEARNER.at(COMPUTE_N[:6]))]
    assert scaling_fit(short, rng(), resamples=2).extrapolation is None


def test_the_end_is_not_foretold_where_a_curve_has_no_point_in_the_first_half():
    late = Curve(COMPUTE_N[-1:], LEARNER.at(COMPUTE_N[-1:]))
    found = scaling_fit([*curves_of(LEARNER, seeds=1), late], rng(), resamples=8)
    assert found.extrapolation is None
    assert np.isfinite([found.asymptote.low, found.asymptote.high]).all()


def test_an_asymptote_is_guessed_where_less_than_half_of_the_rise_was_seen():
    steep = Sigmoid(start=0.0, asymptote=1.0, midpoint=100_000, steepness=2, rmse=0)
    assert scaling_fit(curves_of(steep, noise=0), rng(), resamples=2).asymptote_is_guessed
    assert not scaling_fit(curves_of(LEARNER, noise=0), rng(), resamples=2).asymptote_is_guessed


def test_the_same_generator_gives_the_same_fit():
    assert scaling_fit(curves_of(LEARNER), rng(), resamples=3) == scaling_fit(curves_of(LEARNER), rng(), resamples=3)


def test_scipy_is_imported_when_a_curve_is_fitted_and_not_before():
    code = "import sys, palaestra.baselines.statistics; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: fit_sigmoid([1, 2, 3, 4, 4], [0.0] * 5), "5 or more amounts of compute, got 4"),
        (lambda: fit_sigmoid(COMPUTE_N, [0.0]), "shapes"),
        (lambda: fit_sigmoid(COMPUTE_N, np.full(20, np.nan)), "finite"),
        (lambda: fit_sigmoid(-COMPUTE_N, COMPUTE_N), "not negative"),
        (lambda: fit_sigmoid(COMPUTE_N, COMPUTE_N, bounds=(1, 0)), "bounds"),
        (lambda: scaling_fit([], rng()), "curves"),
        (lambda: scaling_fit([Curve(COMPUTE_N[:0], COMPUTE_N[:0])], rng()), "at least one point"),
        (lambda: scaling_fit(curves_of(LEARNER), rng(), share=1.0), "share"),
        (lambda: scaling_fit(curves_of(LEARNER), rng(), resamples=0), "resamples"),
    ],
)
def test_wrong_arguments_are_named(call, named):
    with pytest.raises(ValueError, match=named):
        call()
