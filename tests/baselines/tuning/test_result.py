import numpy as np
import pytest

from palaestra.baselines.tuning.result import conclude, difference_interval
from palaestra.baselines.tuning.tables import changes_table, conclusion, scores_table, trial_line
from palaestra.baselines.tuning.trials import SeedScore, Trial


def runs(*scores):
    return tuple(SeedScore(seed, score, 0.1, timesteps=10, wall_time_s=6.0) for seed, score in enumerate(scores))


@pytest.fixture
def result(study):
    best = Trial(1, {"agent.params.number": 5, "agent.params.style": None}, runs(0.9, 0.7), 0.8)
    other = Trial(0, {"agent.params.number": 1, "agent.params.style": None}, runs(0.2, None), 0.15)
    return conclude(study, [other, best], best, runs(0.6, 0.6, 0.6), runs(0.5, None, 0.6))


def test_the_gap_is_what_choosing_the_best_flatters_by(result):
    assert result.tuning.estimate == pytest.approx(0.8)
    assert result.tuned.estimate == pytest.approx(0.6)
    assert result.gap.estimate == pytest.approx(0.2)
    # both runs of the trial drawn as 0.7, or both as 0.9
    assert (result.gap.low, result.gap.high) == (pytest.approx(0.1), pytest.approx(0.3))


def test_tuned_and_own_are_compared_on_shared_seeds_with_failures_as_the_worst(result):
    assert result.own.estimate == pytest.approx((0.5 + 0.1 + 0.6) / 3)
    assert result.paired.difference == pytest.approx((0.1 + 0.5 + 0.0) / 3)
    assert result.improvement.estimate == pytest.approx((6 + 3 / 2) / 9)


def test_the_budget_counts_every_run(result):
    assert result.timesteps == 10 * (4 + 3 + 3)
    assert result.wall_time_s == pytest.approx(60.0)


def test_the_difference_of_a_group_with_itself_is_nothing_give_or_take(result):
    scores = np.random.default_rng(0).normal(size=(40, 1))
    found = difference_interval(scores, scores, np.random.default_rng(1))
    assert found.estimate == 0.0
    assert found.low < 0 < found.high


def test_the_tables_say_what_changed_and_what_is_not_known(result):
    own_column, tuned_column = (list(result_column.cells) for result_column in changes_table(result).columns[1:])
    assert own_column == ["2", "its default"]
    assert tuned_column == ["5", "its default"]
    assert list(scores_table(result).columns[2].cells) == ["2", "3", "3, 1 failed", ""]
    text = "\n".join(conclusion(result))
    assert "spent: 100 steps in 10 runs, 1.0 minutes" in text
    assert "2 runs failed" in text
    assert "fewer than 3 tuning seeds" in text
    assert "fewer than 5 test seeds" in text


def test_one_run_has_no_interval_over_runs(study):
    best = Trial(0, {"agent.params.number": 5, "agent.params.style": None}, runs(0.9), 0.9)
    found = conclude(study, [best], best, runs(0.6, 0.7), runs(0.5, 0.5))
    scores = list(scores_table(found).columns[1].cells)
    assert scores[:2] == ["0.900", "0.650 (0.600 … 0.700)"]


def test_a_trial_is_one_line_with_why_runs_failed():
    failed = SeedScore(1, None, error="diverged")
    line = trial_line(Trial(3, {"agent.params.learning_rate": 0.00012345}, (*runs(0.5), failed), 0.3))
    assert line == "trial 3: 0.300 (0.500 failed)  learning_rate 0.0001234\n  diverged"
