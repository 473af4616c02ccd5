import pytest

from palaestra.baselines.errors import RunError
from palaestra.baselines.tuning.trials import SeedScore, Trial, TrialLog, filled_scores, scored, worst_score


def trial(number, *scores, random=0.2):
    seeds = tuple(SeedScore(i, s, random if s is not None else None) for i, s in enumerate(scores))
    return Trial(number, {"a": number}, seeds)


def test_a_trials_score_is_the_mean_of_few_runs_and_the_interquartile_mean_of_more():
    few, more = scored([trial(0, 0.0, 0.5, 1.0), trial(1, 0.0, 0.5, 0.7, 1.0)], [])
    assert few.score == pytest.approx(0.5)
    assert more.score == pytest.approx(0.6)


def test_a_failed_run_counts_as_the_worst_so_far():
    (found,) = scored([trial(1, 0.9, None)], [trial(0, 0.5, 0.4, random=0.1)])
    assert found.score == pytest.approx((0.9 + 0.1) / 2)
    (found,) = scored([trial(0, -3.0, None, random=-5.0)], [])
    assert found.score == pytest.approx(-4.0)


def test_a_trial_has_no_score_where_nothing_is_known():
    assert scored([trial(0, None, None)], [])[0].score is None
    assert worst_score([]) is None
    assert filled_scores([SeedScore(0, None)], None) == []
    assert filled_scores([SeedScore(0, None), SeedScore(1, 2.0)], 1.0) == [1.0, 2.0]


def test_trials_are_read_back_as_they_were_noted(tmp_path):
    log = TrialLog(tmp_path / "trials.jsonl")
    (done,) = scored([trial(0, 0.9, None)], [])
    log.proposed(0, {"a": 0})
    log.scored(done)
    log.proposed(1, {"a": [1, None]})
    assert log.read() == ({0: {"a": 0}, 1: {"a": [1, None]}}, [done])


def test_a_torn_last_line_is_dropped_and_one_before_it_is_named(tmp_path):
    path = tmp_path / "trials.jsonl"
    log = TrialLog(path)
    log.proposed(0, {"a": 0})
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"event": "sco')
    assert log.read() == ({0: {"a": 0}}, [])
    log.proposed(1, {"a": 1})
    assert set(log.read()[0]) == {0, 1}
    path.write_bytes(b"nonsense\n" + whole)
    with pytest.raises(RunError, match=r"trials\.jsonl cannot be read as a study's trials.*move it away"):
        log.read()
