import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palaestra.baselines.report.aggregate import mean_band, over_runs, rows_of
from palaestra.baselines.report.collect import collect
from palaestra.baselines.runs import Scores
from palaestra.baselines.statistics import Interval

values = st.floats(-1e6, 1e6, allow_nan=False)


@given(st.lists(st.tuples(values, values), min_size=1, max_size=8))
def test_a_band_holds_its_mean_and_stays_within_the_runs(rows):
    values_R_N = np.array(rows)
    mean_N, low_N, high_N = mean_band(values_R_N)
    slack = 1e-6 * (1 + np.abs(values_R_N).max())
    assert np.allclose(mean_N, values_R_N.mean(axis=0))
    assert (low_N <= high_N).all()
    assert (low_N >= values_R_N.min(axis=0) - slack).all()
    assert (high_N <= values_R_N.max(axis=0) + slack).all()


def test_the_band_of_a_few_runs_is_over_all_their_resamples():
    values_R = [0.0, 1.0, 5.0]
    means = sorted(np.mean(drawn) for drawn in itertools.product(values_R, repeat=3))
    _, low_N, high_N = mean_band(np.array([values_R]).T)
    # 27 resamples: the first lies at 3.7 %, which is beyond 2.5 %
    assert (low_N[0], high_N[0]) == (means[0], means[26])


def test_drawn_and_complete_resamples_agree():
    values_R_N = np.random.default_rng(1).normal(size=(7, 40))
    _, low_N, high_N = mean_band(values_R_N)
    means_M_N = np.array(
        [
            values_R_N[list(drawn)].mean(axis=0)
            for drawn in itertools.islice(itertools.product(range(7), repeat=7), 0, None, 97)
        ]
    )
    assert np.abs(low_N - np.quantile(means_M_N, 0.025, axis=0)).max() < 0.15
    assert np.abs(high_N - np.quantile(means_M_N, 0.975, axis=0)).max() < 0.15


def test_a_single_run_keeps_its_interval_over_episodes():
    assert over_runs([None, Interval(0.5, 0.4, 0.6)]) == Interval(0.5, 0.4, 0.6)


def test_runs_that_measured_the_same_keep_that_interval():
    assert over_runs([Interval(0.5, 0.4, 0.6)] * 5) == Interval(0.5, 0.4, 0.6)


def test_several_runs_get_an_interval_over_runs():
    interval = over_runs([Interval(value, value, value) for value in (0.2, 0.4, 0.6)])
    assert interval is not None
    assert interval.estimate == pytest.approx(0.4)
    assert 0.2 <= interval.low < 0.4 < interval.high <= 0.6


def test_nothing_measured_is_none():
    assert over_runs([None, None]) is None


def test_rows_go_from_oracle_to_random_with_references_once(make_run):
    (setting,) = collect([make_run(seed=seed) for seed in range(3)]).settings
    assert [(row.policy, row.runs) for row in rows_of(setting)] == [
        ("oracle", 3),
        ("best", 3),
        ("agent", 3),
        ("random", 3),
    ]


def test_a_run_that_did_not_finish_is_left_out_of_the_scores_of_those_that_did(make_run):
    broken = {"agent": Scores(0.0, 0.0, 0.1, 0.0, 0.0, 0.0, 10)}
    folders = [make_run(seed=0), make_run(seed=1, status="failed", result=broken)]
    (setting,) = collect(folders).settings
    agent = next(row for row in rows_of(setting) if row.policy == "agent")
    assert agent.runs == 1
    assert agent.success is not None
    assert agent.success.estimate > 0.5


def test_scores_of_an_unfinished_run_count_where_there_are_no_others(make_run):
    (setting,) = collect([make_run(status="interrupted")]).settings
    assert "agent" in [row.policy for row in rows_of(setting)]


def test_a_score_that_is_not_finite_is_not_measured(make_run):
    nothing = {"agent": Scores(None, None, None, float("nan"), float("nan"), float("nan"), 0)}
    (setting,) = collect([make_run(result=nothing)]).settings
    (row,) = rows_of(setting)
    assert (row.success, row.episode_return) == (None, None)
