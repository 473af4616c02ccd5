import pytest
import yaml

from palaestra.baselines.benchmark.executors import local
from palaestra.baselines.cli import main

from ..conftest import write_recipe
from .inline_executor import InlineExecutor

pytestmark = pytest.mark.usefixtures("fake_kind")


@pytest.fixture
def benchmark(tmp_path, monkeypatch, capsys):
    """Runs the command on a suite of two cells of the fake agent; returns the exit code and what was printed."""
    monkeypatch.setattr(local, "LocalExecutor", lambda jobs: InlineExecutor())
    monkeypatch.chdir(tmp_path)
    write_recipe(tmp_path / "fake.yaml")
    (tmp_path / "small.yaml").write_text(yaml.safe_dump({"name": "small", "seeds": [0, 1], "cells": [CELL]}))

    def run(*arguments):
        code = main(["benchmark", "small.yaml", "--device", "cpu", *arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


CELL = {"recipe": "fake.yaml", "set": {"label": "guesser"}}


def test_the_agents_are_compared_and_the_report_written(benchmark, tmp_path):
    code, out, err = benchmark()
    assert (code, err) == (0, "")
    assert "small: 2 of 2 cells are finished" in out
    assert "guesser" in out
    assert "fewer than 5 seeds" in out
    assert "report: runs/small.html" in out
    assert "<html" in (tmp_path / "runs" / "small.html").read_text()


def test_failures_are_shown_after_all_else_is_done_and_the_exit_code_is_one(benchmark, tmp_path, fake_kind):
    fake_kind.fail_at, fake_kind.error = 50, ZeroDivisionError("oops")
    code, out, err = benchmark()
    assert code == 1
    assert "text-GuessNumber-v0/fake/seed-0" in out
    assert "ZeroDivisionError: oops" in out
    assert "2 of 2 cells failed; the same command tries them again" in err
    assert (tmp_path / "runs" / "small.html").exists()
    fake_kind.fail_at = None
    assert benchmark("--no-report")[0] == 0


def test_the_list_says_what_has_become_of_each_cell_and_trains_nothing(benchmark, tmp_path):
    assert benchmark("--list") == (
        0,
        "text-GuessNumber-v0/fake/seed-0\ttext/GuessNumber-v0\tguesser\t100\t–\n"
        "text-GuessNumber-v0/fake/seed-1\ttext/GuessNumber-v0\tguesser\t100\t–\n",
        "",
    )
    assert not (tmp_path / "runs").exists()
    benchmark("--no-report", "--filter", "seed=1")
    assert [line.rpartition("\t")[2] for line in benchmark("--list")[1].splitlines()] == ["–", "finished"]


def test_ones_own_agent_takes_the_place_of_the_suites(benchmark, tmp_path):
    (tmp_path / "mine.py").write_text("def guess(observation):\n    return '3'\n")
    code, out, err = benchmark("--agent", "mine.py:guess", "--label", "three")
    assert (code, err) == (0, "")
    assert "small-three: 2 of 2 cells are finished" in out
    assert (tmp_path / "runs" / "text-GuessNumber-v0" / "three" / "seed-1" / "run.json").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--jobs", "0"], "--jobs must be 1 or more"),
        (["--label", "x"], "--label is for --agent"),
        (["--ray-address", "auto"], "--ray-address is for --executor ray"),
        (["--executor", "ray", "--ray-address", "auto", "--jobs", "2"], "takes as many cells as it has cores"),
        (["--report", "x.html", "--no-report"], "exclude each other"),
        (["--seeds", "1", "1"], "--seeds: seed 1 stands 2 times"),
        (["--report", "."], "--report . is a folder"),
        (["--agent", "json:loads", "--label", "my/agent"], "an agent's name begins with a letter or digit"),
        (["--seeds", "-1"], "--seeds: seeds are 0 or more, got -1"),
        (["--filter", "seed=7"], "no cell of small passes"),
        (["--agent", "nothing.py:guess"], "nothing.py"),
    ],
)
def test_nonsense_is_refused_in_one_line(benchmark, arguments, message):
    code, _, err = benchmark(*arguments)
    assert code == 2
    assert message in err
    assert err.count("\n") == 1
