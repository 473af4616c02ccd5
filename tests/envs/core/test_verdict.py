import pickle

import pytest

from palaestra.envs.core import Status, Verdict


def test_only_a_correct_verdict_is_correct():
    assert Verdict.correct() == Verdict(Status.CORRECT, 1.0)
    assert Verdict.correct().is_correct
    for verdict in (Verdict.wrong(), Verdict.unparseable(), Verdict.timeout(), Verdict.grader_error()):
        assert not verdict.is_correct
        assert verdict.score == 0.0


def test_a_wrong_answer_may_have_partial_credit():
    assert Verdict.wrong("close", 0.5).score == 0.5


@pytest.mark.parametrize("score", [-0.1, 1.1, float("nan"), float("inf")])
def test_a_score_outside_its_range_is_refused(score):
    with pytest.raises(ValueError, match="score"):
        Verdict(Status.WRONG, score)


def test_a_correct_verdict_scores_one():
    with pytest.raises(ValueError, match="scores 1"):
        Verdict(Status.CORRECT, 0.5)


def test_a_status_prints_as_its_word_and_survives_pickle():
    assert f"{Status.GRADER_ERROR}" == "grader_error"
    verdict = Verdict.timeout("5 s")
    assert pickle.loads(pickle.dumps(verdict)) == verdict
