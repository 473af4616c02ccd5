import fcntl
import json
import math
import subprocess
import sys
import threading

import pytest

from palaestra.baselines.errors import RunError
from palaestra.baselines.metrics import run_logger
from palaestra.baselines.runs import MetricRow, RunFolder, RunInfo, Scores, find_runs, put_aside, run_path


@pytest.fixture
def folder(tmp_path):
    folder = RunFolder(tmp_path / "env" / "recipe" / "seed-0")
    folder.create(begin(), {"name": "recipe", "seeds": [0]})
    return folder


def begin():
    return RunInfo.begin(
        recipe="recipe", env_id="text/GuessNumber-v0", agent_kind="llm", algorithm="grpo", label="grpo", seed=0
    )


def test_info_says_where_the_run_comes_from(folder):
    info = json.loads(folder.info_path.read_text())
    assert info["schema"] == 1
    assert info["status"] == "running"
    assert {"python", "numpy", "gymnasium", "palaestra"} <= set(info["versions"])
    assert set(info["hardware"]) == {"cpu", "cores", "memory_gb", "gpu"}
    assert folder.read_config() == {"name": "recipe", "seeds": [0]}


def test_info_is_read_back_as_it_was_written_and_later_keys_are_passed_over(folder):
    info = folder.read_info()
    info.scores["agent"] = Scores(0.5, 0.4, 0.6, 1.0, 0.9, 1.1, 200)
    folder.write_info(info)
    assert folder.read_info() == info
    value = json.loads(folder.info_path.read_text())
    folder.info_path.write_text(json.dumps(value | {"new_in_schema_2": True}))
    assert folder.read_info() == info


def test_an_error_that_quotes_half_a_surrogate_pair_is_read_back(folder):
    info = folder.read_info()
    info.error = "no number in '\ud83d'"
    folder.write_info(info)
    assert folder.read_info().error == info.error


def test_metrics_are_read_back_and_what_is_not_finite_is_nan(folder):
    folder.append_metrics(MetricRow(10, 2, 1.23456, {"train/loss": math.inf, "eval/success_rate": 0.5}))
    (row,) = folder.read_metrics()
    assert (row.step, row.episodes, row.wall_time) == (10, 2, 1.235)
    assert math.isnan(row.values["train/loss"])
    assert row.values["eval/success_rate"] == 0.5


def test_a_continued_run_drops_what_came_after_its_checkpoint(folder):
    for step in (0, 10, 20, 30):
        folder.append_metrics(MetricRow(step, None, 0.0, {"x": 1.0}))
        folder.append_episode({"step": step, "source": "agent"})
    folder.cut_after(20)
    assert [row.step for row in folder.read_metrics()] == [0, 10, 20]
    assert [episode["step"] for episode in folder.read_episodes()] == [0, 10, 20]


def test_those_who_look_whether_a_folder_is_locked_neither_see_nor_stop_one_another(folder):
    with folder.lock():
        pass
    with (folder.path / ".lock").open() as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        assert not folder.locked
        threading.Timer(0.05, looking.close).start()
        with folder.lock():
            assert folder.locked


def test_a_second_process_is_kept_out_and_a_dead_ones_lock_is_gone(folder):
    script = (
        "import sys, pathlib\n"
        "from palaestra.baselines.runs import RunFolder\n"
        "with RunFolder(pathlib.Path(sys.argv[1])).lock():\n"
        "    print('locked', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", script, str(folder.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        assert folder.locked
        with pytest.raises(RunError, match="another process"), folder.lock():
            pass
        process.kill()
    assert not folder.locked
    with folder.lock():
        pass


def test_failure_is_marked_with_the_room_that_was_kept(folder):
    assert (folder.path / ".reserve").stat().st_size > 0
    info = folder.read_info()
    info.status = "failed"
    folder.write_failure(info)
    assert not (folder.path / ".reserve").exists()
    assert folder.read_info().status == "failed"


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(RunError, match=r"no run\.json"):
        RunFolder.open(tmp_path)


def test_an_info_that_is_not_a_runs_is_named(folder):
    folder.info_path.write_text("{}")
    with pytest.raises(RunError, match=r"run\.json"):
        folder.read_info()


def test_runs_are_found_by_path_without_those_put_aside(tmp_path):
    paths = [run_path(tmp_path, "text/GuessNumber-v0", "r", seed) for seed in (2, 0)]
    for path in paths:
        RunFolder(path).create(begin(), {})
    assert [folder.path.name for folder in find_runs(tmp_path)] == ["seed-0", "seed-2"]
    assert put_aside(paths[0]).name == "seed-2.old-1"
    RunFolder(paths[0]).create(begin(), {})
    assert put_aside(paths[0]).name == "seed-2.old-2"
    assert [folder.path.name for folder in find_runs(tmp_path)] == ["seed-0"]


@pytest.mark.parametrize("value", ['"much"', "[1.0]", "{}", "1" + "0" * 400])
def test_a_metric_that_is_no_number_is_named_by_its_file(folder, value):
    folder.metrics_path.write_text(f'{{"step": 1, "wall_time": 0.5, "values": {{"train/loss": {value}}}}}\n')
    with pytest.raises(RunError, match=r"metrics\.jsonl cannot be read"):
        folder.read_metrics()


def test_the_logger_writes_numbers_to_metrics_and_tensorboard(folder):
    logger = run_logger(folder, lambda: 2.0, lambda: 7)
    logger.record("train/loss", 0.5)
    logger.record("note", "text is no metric", exclude="tensorboard")
    logger.dump(10)
    logger.close()
    (row,) = folder.read_metrics()
    assert (row.step, row.episodes, row.wall_time, dict(row.values)) == (10, 7, 2.0, {"train/loss": 0.5})
    assert tensorboard_steps(folder, "train/loss") == [10]


def test_tensorboard_shows_no_step_twice_after_a_cut(folder):
    logger = run_logger(folder, lambda: 0.0, lambda: None)
    for step in (10, 20):
        logger.record("x", 1.0)
        logger.dump(step)
    logger.close()
    folder.cut_after(10)
    logger = run_logger(folder, lambda: 0.0, lambda: None)
    logger.record("x", 1.0)
    logger.dump(20)
    logger.close()
    assert tensorboard_steps(folder, "x") == [10, 20]


def tensorboard_steps(folder, name):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(folder.tensorboard))
    events.Reload()
    return [event.step for event in events.Scalars(name)]
