import json
from dataclasses import replace

import numpy as np
import pytest

from palaestra.baselines.attempts import compare_passes, pass_curve
from palaestra.baselines.commands.pass_at_k import PassAtK
from palaestra.baselines.errors import UsageError
from palaestra.baselines.runs import RunFolder
from palaestra.baselines.train import TrainRequest, train


@pytest.fixture
def run(fake_recipe, tmp_path, no_film) -> RunFolder:
    """A run whose agent ends by guessing 10, every time."""
    return train(TrainRequest(fake_recipe, tmp_path / "runs"))


def start_with(run: RunFolder, number: int) -> None:
    run.start_checkpoint.mkdir()
    (run.start_checkpoint / "agent").write_text(str(number))


def test_the_mean_over_tasks_of_the_unbiased_estimate_is_given_for_powers_of_two_and_all_attempts():
    curve = pass_curve([0, 1, 6], attempts=6)
    assert list(curve.pass_at) == [1, 2, 4, 6]
    # one of six right: 1 - C(5, 2) / C(6, 2) = 1/3 with two attempts, 1 - C(5, 4) / C(6, 4) = 2/3 with four
    expected = [(0 + 1 / 6 + 1) / 3, (0 + 1 / 3 + 1) / 3, (0 + 2 / 3 + 1) / 3, 2 / 3]
    assert [interval.estimate for interval in curve.pass_at.values()] == pytest.approx(expected)


def test_both_agents_try_the_same_tasks_as_often(run):
    start_with(run, 3)
    told = []
    comparison = compare_passes(run, tasks=400, attempts=3, progress=told.append)
    assert comparison.env_id == "text/GuessNumber-v0"
    assert told[-1] == 2 * 400 * 3
    # who says the same number always solves a task with every attempt or with none
    for curve in (comparison.start, comparison.trained):
        assert set(curve.solved_P.tolist()) == {0, 3}
        assert curve.pass_at[1].estimate == curve.pass_at[3].estimate == np.mean(curve.solved_P > 0)
    # and two numbers are never both right
    assert not (comparison.start.solved_P & comparison.trained.solved_P).any()
    assert comparison.coverage is not None
    assert comparison.coverage.estimate == 0


def test_an_agent_that_learned_nothing_solves_what_it_solved(run):
    start_with(run, 10)
    coverage = compare_passes(run, tasks=400, attempts=2).coverage
    assert coverage is not None
    assert coverage.estimate == 1


def test_a_run_without_its_start_is_refused(run):
    with pytest.raises(UsageError, match="keeps no policy from before its training"):
        compare_passes(run, tasks=2, attempts=2)


def test_a_run_that_did_not_finish_has_no_trained_agent(run):
    start_with(run, 3)
    run.write_info(replace(run.read_info(), status="interrupted"))
    with pytest.raises(UsageError, match="is interrupted: only a finished run"):
        compare_passes(run, tasks=2, attempts=2)
    with pytest.raises(UsageError, match=r"no finished run in .* keeps the policy it started from"):
        PassAtK((run.path,)).run()


def test_a_place_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"there is no .*nowhere"):
        PassAtK((tmp_path / "nowhere",)).run()


def test_the_command_shows_both_agents(run, capsys):
    start_with(run, 3)
    PassAtK((run.path,), tasks=10, attempts=2, as_json=True).run()
    (comparison,) = json.loads(capsys.readouterr().out)
    assert comparison["attempts"] == 2
    assert len(comparison["start"]["solved_P"]) == len(comparison["trained"]["solved_P"]) == 10


@pytest.mark.parametrize(("tasks", "attempts"), [(0, 1), (1, 0), (1_000_001, 1)])
def test_numbers_out_of_range_are_refused(run, tasks, attempts):
    with pytest.raises(UsageError, match=r"must be 1 or more|there are 1,000,000 test seeds"):
        compare_passes(run, tasks=tasks, attempts=attempts)
