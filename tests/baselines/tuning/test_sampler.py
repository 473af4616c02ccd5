import math

import pytest

from palaestra.baselines.search_space import SearchRange
from palaestra.baselines.tuning.sampler import propose
from palaestra.baselines.tuning.trials import Trial

SPACE = {
    "rate": SearchRange(low=1e-5, high=1e-1, log=True),
    "size": SearchRange(low=1, high=4, integer=True),
    "net": SearchRange(choices=([64, 64], "wide", None)),
}


def search(sampler, trials, seed=0):
    """Trials whose score is best at a rate of 1e-3 and the size 3."""
    found = []
    for number in range(trials):
        parameters = propose(SPACE, found, number, sampler, seed)
        score = -abs(math.log10(parameters["rate"]) + 3) - abs(parameters["size"] - 3)
        found.append(Trial(number, parameters, score=score))
    return found


@pytest.mark.parametrize("sampler", ["tpe", "random"])
def test_proposals_lie_within_the_bounds_and_differ(sampler):
    trials = search(sampler, 20)
    for trial in trials:
        assert 1e-5 <= trial.parameters["rate"] <= 1e-1
        assert trial.parameters["size"] in (1, 2, 3, 4)
        assert trial.parameters["net"] in ([64, 64], "wide", None)
    assert len({trial.parameters["rate"] for trial in trials}) == 20
    assert {str(trial.parameters["net"]) for trial in trials} == {"[64, 64]", "wide", "None"}


@pytest.mark.parametrize("sampler", ["tpe", "random"])
def test_a_proposal_depends_on_nothing_but_what_it_is_given(sampler):
    trials = search(sampler, 12)
    assert propose(SPACE, trials[:11], 11, sampler, 0) == trials[11].parameters
    assert propose(SPACE, trials[:11], 11, sampler, 1) != trials[11].parameters


def test_the_estimator_learns_from_the_scores():
    late = [trial.score for seed in range(3) for trial in search("tpe", 32, seed)[16:]]
    blind = [trial.score for seed in range(3) for trial in search("random", 32, seed)[16:]]
    assert sum(late) / len(late) > sum(blind) / len(blind) + 0.3


def test_trials_without_a_score_are_left_out():
    assert propose(SPACE, [Trial(0, {}, score=None)], 1, "tpe", 0) == propose(SPACE, [], 1, "tpe", 0)
