import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from palaestra.baselines.commands.reproduce import Reproduce
from palaestra.baselines.errors import RunError, RunInterrupted, UsageError
from palaestra.baselines.reproduction import compare, draw, last_metrics, obstacle, repeat
from palaestra.baselines.runs import MetricRow, RunFolder
from palaestra.baselines.store.parquet import write_parquet
from palaestra.baselines.store.record import read_run
from palaestra.baselines.train import TrainRequest, train


@pytest.fixture
def runs(fake_recipe, tmp_path):
    """Three finished runs of the fake agent."""
    return [read_run(train(TrainRequest(fake_recipe.with_seed(seed), tmp_path / "runs")).path) for seed in range(3)]


def repeat_here(runs):
    return repeat(runs, jobs=1, device="cpu", console=Console(quiet=True))


def with_score(run, value):
    """The run with another success rate of its last checkpoint."""
    info = replace(run.info, scores=run.info.scores | {"agent": replace(run.info.scores["agent"], success_rate=value)})
    return replace(run, info=info)


def test_a_run_trained_again_gives_the_same_numbers(runs):
    repetitions = repeat_here(runs)
    assert [repetition.run.info.seed for repetition in repetitions] == [0, 1, 2]
    assert all(repetition.is_same for repetition in repetitions)


def test_a_run_in_a_parquet_file_can_be_repeated(runs, tmp_path, capsys):
    write_parquet(runs, tmp_path / "runs.parquet")
    Reproduce((tmp_path / "runs.parquet",), sample=1, device="cpu").run()
    assert "1 of 1 run gave the same numbers (100%" in capsys.readouterr().out


def test_the_last_digit_counts(runs):
    changed = with_score(runs[0], math.nextafter(runs[0].info.scores["agent"].success_rate, 2))
    (difference,) = compare(changed, runs[0]).differences
    assert difference.name == "scores.agent.success_rate"
    assert difference.stored != difference.repeated


def test_the_last_value_of_every_metric_counts(runs):
    row = runs[0].metrics[-1]
    changed = replace(runs[0], metrics=[*runs[0].metrics, replace(row, values={"train/noise": -1.0})])
    (difference,) = compare(changed, runs[0]).differences
    assert (difference.name, difference.stored) == ("metrics.train/noise", -1.0)


def test_a_score_that_is_missing_is_a_difference(runs):
    without = replace(runs[0], info=replace(runs[0].info, scores={}))
    names = {difference.name for difference in compare(without, runs[0]).differences}
    assert {"scores.agent.return_mean", "scores.oracle.episodes"} <= names


def test_numbers_that_are_none_of_both_times_are_the_same(runs):
    lost = with_score(runs[0], math.nan)
    assert compare(lost, with_score(runs[0], math.nan)).is_same


def test_clocks_are_left_out():
    rows = [
        MetricRow(1, None, 0.0, {"time/fps": 300.0, "train/loss": 2.0, "eval/return_mean": 0.5}),
        MetricRow(2, None, 0.0, {"train/loss": 1.0}),
    ]
    assert last_metrics(rows) == {"train/loss": 1.0, "eval/return_mean": 0.5}


def test_what_has_changed_since_is_told_apart_from_the_numbers(runs):
    info = replace(runs[0].info, versions=runs[0].info.versions | {"torch": "1.0"}, commit="a" * 40)
    repetition = compare(replace(runs[0], info=info), runs[0])
    assert repetition.is_same
    assert {change.name for change in repetition.changes} == {"torch", "commit"}


def test_a_run_that_fails_now_is_not_the_same(runs, fake_kind):
    fake_kind.fail_at, fake_kind.error = 50, RunError("it broke\nin the middle")
    (repetition,) = repeat_here(runs[:1])
    assert not repetition.is_same
    assert repetition.problem == "it broke in the middle"


def test_a_configuration_that_is_refused_now_is_not_the_same_and_does_not_cost_the_others(runs):
    config = runs[0].config | {"agent": {"kind": "control", "algorithm": "fake", "params": {"gone": 1}}}
    refused, fine = repeat_here([replace(runs[0], config=config), runs[1]])
    assert "there is no gone" in refused.problem
    assert fine.is_same


def test_an_interruption_is_no_result(runs, fake_kind):
    fake_kind.fail_at, fake_kind.error = 50, KeyboardInterrupt()
    with pytest.raises(RunInterrupted):
        repeat_here(runs)


def test_only_finished_runs_that_were_trained_here_can_be_repeated(runs):
    stopped = replace(runs[1], status="interrupted")
    imported = replace(runs[2], config=runs[2].config | {"imported": {"from": "monitor"}})
    live = replace(
        runs[2], config=runs[2].config | {"agent": {"kind": "external", "source": "<function f in __main__>"}}
    )
    obstacles = [obstacle(run) for run in (runs[0], stopped, imported, live)]
    assert obstacles == [None, "interrupted", "imported", "of an agent that lived in a Python session"]


@given(st.integers(1, 30), st.integers(1, 40), st.integers(0, 5))
def test_a_sample_is_drawn_without_replacement_and_keeps_the_order(total, count, seed):
    drawn = draw(range(total), count, seed)  # pyright: ignore
    assert drawn == sorted(set(drawn))
    assert len(drawn) == min(total, count)
    assert drawn == draw(range(total), count, seed)  # pyright: ignore


def test_the_command_fails_below_the_share_that_was_asked_for(runs, tmp_path, capsys):
    info = RunFolder(runs[1].path).info_path
    info.write_text(info.read_text().replace('"timesteps": 100', '"timesteps": 101'))
    with pytest.raises(RunError, match="67% of the runs gave the same numbers, less than 95%"):
        Reproduce((tmp_path / "runs",), device="cpu").run()
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines() if "\t" in line]
    assert [line[2] for line in lines[1:]] == ["same", "different", "same"]
    Reproduce((tmp_path / "runs",), device="cpu", at_least=0.6).run()


def test_the_command_says_which_runs_it_left_out(runs, tmp_path, capsys):
    for run, words in ((runs[0], '"status": "failed"'), (runs[1], '"status": "interrupted"')):
        info = RunFolder(run.path).info_path
        info.write_text(info.read_text().replace('"status": "finished"', words))
    Reproduce((tmp_path / "runs",), device="cpu").run()
    assert "left out are runs that cannot be repeated: 1 failed, 1 interrupted" in capsys.readouterr().err
    with pytest.raises(UsageError, match=r"no run to repeat.*\(there are 1 failed\)"):
        Reproduce((tmp_path / "runs",), filter="seed=0", device="cpu").run()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"sample": 0}, "--sample must be 1 or more, got 0"),
        ({"jobs": 0}, "--jobs must be 1 or more"),
        ({"at_least": 95}, "--at-least must lie between 0 and 1"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, words):
    with pytest.raises(UsageError, match=words):
        Reproduce((Path("runs"),), **arguments).run()
