import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from palaestra.baselines.statistics import average_score_profile, run_score_profile

SCORES = arrays(
    np.float64, st.tuples(st.integers(1, 5), st.integers(1, 4)), elements=st.sampled_from([0, 0.25, 0.5, 1])
)
THRESHOLDS = [-0.5, 0, 0.25, 0.3, 1, 2]


@given(SCORES)
def test_the_profiles_are_the_shares_above_each_threshold(scores_S_T):
    runs = run_score_profile(scores_S_T, THRESHOLDS, np.random.default_rng(0), resamples=10)
    assert runs.shares_K == pytest.approx(np.array([(scores_S_T > threshold).mean() for threshold in THRESHOLDS]))
    tasks = average_score_profile(scores_S_T, THRESHOLDS, np.random.default_rng(0), resamples=10)
    means_T = scores_S_T.mean(axis=0)
    assert tasks.shares_K == pytest.approx(np.array([(means_T > threshold).mean() for threshold in THRESHOLDS]))


@given(SCORES)
def test_a_profile_falls_from_one_to_none_within_its_band(scores_S_T):
    for profile in (run_score_profile, average_score_profile):
        found = profile(scores_S_T, THRESHOLDS, np.random.default_rng(0), resamples=40)
        for values_K in (found.low_K, found.shares_K, found.high_K):
            assert (values_K[0], values_K[-1]) == (1, 0)
            assert (np.diff(values_K) <= 0).all()
        assert (found.low_K <= found.high_K).all()


def test_the_band_of_one_task_is_that_of_a_share():
    scores = np.repeat([0.0, 1.0], 50)[:, None]
    profile = run_score_profile(scores, [0.5], np.random.default_rng(0), resamples=20_000)
    assert profile.high_K[0] - profile.low_K[0] == pytest.approx(2 * 1.96 * (0.25 / 100) ** 0.5, rel=0.05)


@pytest.mark.parametrize("thresholds", [[], [1, 0], 0.5])
def test_thresholds_that_do_not_ascend_are_refused(thresholds):
    with pytest.raises(ValueError, match="thresholds"):
        run_score_profile([[1.0]], thresholds, np.random.default_rng(0))
