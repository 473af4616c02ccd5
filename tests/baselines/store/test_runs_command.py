import json
import math
from pathlib import Path

import pytest
from rich.console import Console

from palaestra.baselines.commands.runs import Runs
from palaestra.baselines.errors import RunError, UsageError
from palaestra.baselines.runs import Scores
from palaestra.baselines.store.listing import print_json, print_runs
from palaestra.baselines.store.parquet import read_parquet
from palaestra.baselines.store.record import read_run


@pytest.fixture
def folder(make_run, tmp_path):
    for seed in range(3):
        make_run(seed=seed)
    make_run(
        env_id="HalfCheetah-v4", recipe="cheetah", algorithm="sac", kwargs={"level": 2}, status="failed", scores={}
    )
    return tmp_path / "runs"


def test_a_row_is_a_line_in_a_pipe(folder, capsys):
    Runs((folder,)).run()
    output = capsys.readouterr()
    lines = [line.split("\t") for line in output.out.splitlines()]
    assert lines[0] == ["environment", "recipe", "agent", "seed", "status", "steps", "last", "best"]
    assert lines[1] == ["HalfCheetah-v4 (level 2)", "cheetah", "sac", "0", "failed", "20", "–", "–"]
    assert lines[2][-2:] == ["90% (85–93)", "95% (90–97)"]
    assert len(lines) == 5
    assert output.err == "4 of 4 runs\n"


def test_a_terminal_shows_a_table_for_each_setting(folder):
    console = Console(force_terminal=True, width=80, color_system=None, record=True)
    print_runs([read_run(path.parent) for path in sorted(folder.rglob("run.json"))], console)
    shown = console.export_text()
    assert "HalfCheetah-v4 (level 2)\n" in shown
    assert shown.count("text/GuessNumber-v0") == 1
    assert all(len(line) <= 80 for line in shown.splitlines())


def test_a_filter_chooses_what_is_shown(folder, capsys):
    Runs((folder,), filter="env=text/* seed=1..2").run()
    output = capsys.readouterr()
    assert len(output.out.splitlines()) == 3
    assert output.err == "2 of 4 runs\n"


def test_sql_asks_about_the_chosen_runs_alone(folder, capsys):
    Runs((folder,), filter="seed=1", sql="SELECT count(*) AS runs, max(wall_time_s) AS longest FROM runs").run()
    assert capsys.readouterr().out == "runs\tlongest\n1\t130.5\n"


def test_json_has_all_but_the_series(folder, capsys):
    Runs((folder,), filter="status=failed", as_json=True).run()
    (record,) = json.loads(capsys.readouterr().out)
    assert record["env_id"] == "HalfCheetah-v4"
    assert record["config"]["env"]["kwargs"] == {"level": 2}
    assert record["path"].endswith("HalfCheetah-v4/cheetah/seed-0")


def test_an_answer_can_be_json_too(folder, capsys):
    Runs((folder,), sql="SELECT seed, created::TIMESTAMP AS at FROM runs ORDER BY seed LIMIT 1", as_json=True).run()
    assert json.loads(capsys.readouterr().out) == [{"seed": 0, "at": "2026-01-31 12:00:00"}]


def test_json_knows_no_number_that_is_not_finite(capsys):
    print_json([{"scores": [math.nan, 1.5], "nested": {"bound": math.inf}}])
    assert json.loads(capsys.readouterr().out) == [{"scores": [None, 1.5], "nested": {"bound": None}}]


def test_the_chosen_runs_are_exported(folder, tmp_path, capsys):
    file = tmp_path / "exported" / "chosen.parquet"
    Runs((folder,), filter="seed=1", export=file).run()
    (run,) = read_parquet(file)
    assert (run.info.seed, len(run.metrics), run.episodes) == (1, 3, [])
    assert capsys.readouterr().out.startswith(f"{file}: 1 run,")
    Runs((folder,), filter="seed=1", export=file, episodes=True).run()
    assert len(read_parquet(file)[0].episodes) == 1


def test_a_damaged_run_does_not_cost_the_export_of_the_others(folder, tmp_path, capsys):
    metrics = folder / "text-GuessNumber-v0" / "guess-grpo" / "seed-1" / "metrics.jsonl"
    metrics.write_text("{\n" + metrics.read_text())
    Runs((folder,), export=tmp_path / "all.parquet").run()
    assert [run.info.seed for run in read_parquet(tmp_path / "all.parquet")] == [0, 0, 2]
    assert "seed-1/metrics.jsonl cannot be read" in capsys.readouterr().err


def test_what_cannot_be_read_is_a_warning(folder, capsys):
    (folder / "HalfCheetah-v4" / "cheetah" / "seed-0" / "config.yaml").unlink()
    Runs((folder,)).run()
    output = capsys.readouterr()
    assert len(output.out.splitlines()) == 4
    assert "cheetah/seed-0/config.yaml cannot be read" in output.err


def test_where_no_run_can_be_read_there_is_an_error(make_run, capsys):
    folder = make_run()
    (folder / "run.json").write_text("{}")
    with pytest.raises(RunError, match="no run can be read"):
        Runs((folder,)).run()
    assert "seed-0/run.json cannot be read" in capsys.readouterr().err


def test_a_score_without_bounds_is_shown(make_run, capsys):
    scores = {"agent": Scores(None, None, None, 12.5, 12.5, 12.5, 1)}
    Runs((make_run(scores=scores),)).run()
    assert "12.50 (12.50 … 12.50)" in capsys.readouterr().out


def test_columns_of_one_name_are_told_apart(folder, capsys):
    sql = "SELECT one.seed, other.seed FROM runs AS one JOIN runs AS other ON other.seed = one.seed + 2"
    Runs((folder,), filter="env=text/*", sql=sql, as_json=True).run()
    assert json.loads(capsys.readouterr().out) == [{"seed": 0, "seed_2": 2}]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"export": Path("runs.csv")}, "writes a .parquet file, got runs.csv"),
        ({"export": Path("runs.parquet"), "sql": "SELECT 1"}, "one or the other"),
        ({"episodes": True}, "give --export"),
        ({"metrics": ("eval/*",)}, "give --export"),
        ({"export": Path("runs.parquet"), "filter": "seed=99"}, "nothing to export: no run meets --filter 'seed=99'"),
        ({"filter": "sead=9"}, "did you mean seed?"),
    ],
)
def test_what_does_not_fit_is_refused(folder, arguments, words):
    with pytest.raises(UsageError, match=words):
        Runs((folder,), **arguments).run()
