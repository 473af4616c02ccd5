from dataclasses import replace

import pytest

from palaestra.baselines.commands.import_runs import ImportRuns
from palaestra.baselines.errors import RunError, UsageError
from palaestra.baselines.reproduction import obstacle
from palaestra.baselines.runs import RunFolder
from palaestra.baselines.store.filters import RunFilter
from palaestra.baselines.store.parquet import write_parquet
from palaestra.baselines.store.record import read_run
from palaestra.baselines.store.sources import load_runs

EPISODES = [(10.0, 5, 1.0), (20.0, 5, 2.0)]


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def test_logs_become_runs_like_any_other(write_monitor, tmp_path, out, capsys):
    write_monitor(EPISODES)
    ImportRuns("monitor", (tmp_path / "logs",), out=out).run()
    (run,) = load_runs([out]).runs
    assert capsys.readouterr().out == f"run: {out}/HalfCheetah-v4/ppo/seed-1\n"
    info = run.info
    assert (info.env_id, info.algorithm, info.label, info.seed) == ("HalfCheetah-v4", "ppo", "ppo", 1)
    assert (info.agent_kind, info.status, info.timesteps, info.wall_time_s) == ("external", "finished", 10, 2.0)
    assert info.created == "1970-01-01T00:16:40+00:00"
    assert info.scores["agent"].return_mean == 15.0
    assert len(run.metrics) == 2
    assert RunFilter.parse("imported.from=monitor").choose([run]) == [run]
    assert obstacle(run) == "imported"


def test_what_the_user_says_is_believed_more_than_the_logs(write_monitor, out):
    file = write_monitor(EPISODES)
    ImportRuns("monitor", (file,), out=out, env="Ant-v4", algo="my PPO!", seed=(9,)).run()
    (run,) = load_runs([out]).runs
    assert (run.info.env_id, run.info.algorithm, run.info.seed) == ("Ant-v4", "my PPO!", 9)
    assert run.path == out / "Ant-v4" / "my-PPO" / "seed-9"


def test_importing_again_changes_nothing(write_monitor, tmp_path, out, capsys):
    write_monitor(EPISODES)
    command = ImportRuns("monitor", (tmp_path / "logs",), out=out)
    command.run()
    (run,) = load_runs([out]).runs
    before = RunFolder(run.path).info_path.read_bytes()
    command.run()
    assert RunFolder(run.path).info_path.read_bytes() == before
    assert "0 runs imported, 1 were there already" in capsys.readouterr().err


def test_seeds_are_given_in_the_order_of_the_paths(write_monitor, tmp_path, out):
    for number, value in ((1, 10.0), (2, 20.0)):
        write_monitor([(value, 5, 1.0)], name=f"ppo/HalfCheetah-v4_{number}/0.monitor.csv")
    ImportRuns("monitor", (tmp_path / "logs",), out=out, seed=(7, 8)).run()
    assert {run.info.seed: run.info.scores["agent"].return_mean for run in load_runs([out]).runs} == {7: 10.0, 8: 20.0}
    with pytest.raises(UsageError, match="--seed has 3 seeds for 2 runs"):
        ImportRuns("monitor", (tmp_path / "logs",), out=out, seed=(1, 2, 3)).run()


def test_one_file_that_cannot_be_read_does_not_cost_the_others(write_monitor, tmp_path, out, capsys):
    write_monitor(EPISODES)
    write_monitor([], name="ppo/HalfCheetah-v4_2/0.monitor.csv")
    write_monitor([], name="ppo/HalfCheetah-v4_3/0.monitor.csv").write_bytes(b"\xff\xfe")
    ImportRuns("monitor", (tmp_path / "logs",), out=out).run()
    assert len(load_runs([out]).runs) == 1
    warnings = capsys.readouterr().err.splitlines()[:2]
    assert all(line.startswith("palaestra: warning: left out: ") for line in warnings)
    assert "HalfCheetah-v4_2 has no episode" in warnings[0]
    assert "HalfCheetah-v4_3 is no text" in warnings[1]


def test_runs_come_back_from_parquet_as_they_were(make_run, tmp_path, out):
    runs = [read_run(make_run(seed=seed)) for seed in (0, 1)]
    write_parquet(runs, tmp_path / "results" / "all.parquet", episodes=True)
    ImportRuns("parquet", (tmp_path / "results",), out=out).run()
    back = load_runs([out]).runs
    places = [run.path.relative_to(tmp_path / "runs") for run in runs]
    assert [run.path.relative_to(out) for run in back] == places
    assert [repr(replace(run, path=out)) for run in back] == [repr(replace(run, path=out)) for run in runs]


@pytest.mark.parametrize(
    ("kind", "arguments", "error", "words"),
    [
        ("monitor", {"sources": ()}, UsageError, "nothing to import"),
        ("monitor", {"sources": ("nowhere",)}, UsageError, "there is no .*nowhere"),
        ("monitor", {"sources": ("empty",)}, RunError, "there are no runs of monitor in .*empty"),
        ("tensorboard", {"sources": ("empty",)}, RunError, "there are no runs of tensorboard"),
        ("openrlbenchmark", {"sources": ("empty",)}, RunError, "there are no runs of openrlbenchmark"),
        ("parquet", {"sources": ("empty",)}, UsageError, r"there is no \.parquet file in .*empty"),
        ("parquet", {"sources": ("empty",), "seed": (1,)}, UsageError, "Parquet files say all"),
        ("monitor", {"sources": ("bare",)}, UsageError, "bare does not say all.*: give --env and --algo and --seed"),
        ("monitor", {"sources": ("bare",), "env": "..", "algo": "x", "seed": (0,)}, UsageError, "no name for a run"),
        ("monitor", {"sources": ("bare",), "env": "X", "algo": "..", "seed": (0,)}, UsageError, "no name for a run"),
        ("monitor", {"sources": ("bare",), "env": "X", "algo": "x", "seed": (-1,)}, UsageError, "no name for a run"),
        ("monitor", {"sources": ("bare",), "metric": "r"}, UsageError, "--metric does not fit monitor files"),
        ("monitor", {"sources": ("bare",), "last": 0}, UsageError, "--last must be 1 or more, got 0"),
    ],
)
def test_what_does_not_fit_is_refused(write_monitor, tmp_path, out, kind, arguments, error, words):
    (tmp_path / "empty").mkdir()
    file = write_monitor(EPISODES, name="bare/monitor.csv", env_id="None")
    file.parent.rename(tmp_path / "bare")
    sources = tuple(tmp_path / name for name in arguments["sources"])
    with pytest.raises(error, match=words):
        ImportRuns(kind, **arguments | {"sources": sources, "out": out}).run()
    assert not out.exists()
