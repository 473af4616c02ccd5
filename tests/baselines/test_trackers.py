import sqlite3
import sys
import time
import types

import pytest

from palaestra.baselines.cli import explain
from palaestra.baselines.errors import RunError
from palaestra.baselines.runs import RunFolder
from palaestra.baselines.trackers import open_tracker
from palaestra.baselines.train import TrainRequest, train


class FakeTracker:
    """Takes down what it is told."""

    def __init__(self) -> None:
        self.begun, self.logged, self.finished = [], [], 0

    def module(self, name: str) -> types.ModuleType:
        module = types.ModuleType(name)
        module.init = self.init  # pyright: ignore
        module.Settings = dict  # pyright: ignore
        return module

    def init(self, **arguments):
        self.begun.append(arguments)
        return self

    def log(self, values, step):
        self.logged.append((step, values))

    def finish(self):
        self.finished += 1


@pytest.fixture
def tracker(monkeypatch):
    fake = FakeTracker()
    for name in ("wandb", "trackio"):
        monkeypatch.setitem(sys.modules, name, fake.module(name))
    return fake


@pytest.mark.parametrize("name", ["wandb", "trackio"])
def test_a_tracker_is_told_the_config_and_every_number_that_the_folder_keeps(fake_recipe, tmp_path, tracker, name):
    folder = train(TrainRequest(fake_recipe, tmp_path / "runs", tracker=name))
    [begun] = tracker.begun
    assert begun["config"] == folder.read_config()
    assert begun["resume"] == "allow"
    assert folder.read_info().id in (begun.get("id") or begun["name"])
    assert [(step, values) for step, values in tracker.logged] == [
        (row.step, row.values) for row in folder.read_metrics()
    ]
    assert tracker.finished == 1


def test_a_run_that_fails_closes_its_tracker(fake_recipe, fake_kind, tmp_path, tracker):
    fake_kind.fail_at, fake_kind.error = 50, RuntimeError("broke")
    with pytest.raises(RuntimeError, match="broke"):
        train(TrainRequest(fake_recipe, tmp_path / "runs", tracker="wandb"))
    assert tracker.finished == 1


def test_a_tracker_that_does_not_begin_is_named(fake_recipe, tmp_path, tracker, monkeypatch):
    folder = train(TrainRequest(fake_recipe, tmp_path / "runs"))

    def refuse(**arguments):
        raise ConnectionError("no key\nlog in first")

    monkeypatch.setattr(sys.modules["wandb"], "init", refuse)
    with pytest.raises(RunError, match=r"--track wandb: wandb\.init failed: no key log in first"):
        open_tracker("wandb", folder, folder.read_info())


def test_a_tracker_that_is_not_installed_is_named_with_the_extra(fake_recipe, tmp_path, monkeypatch):
    folder = train(TrainRequest(fake_recipe, tmp_path / "runs"))
    monkeypatch.setitem(sys.modules, "trackio", None)
    with pytest.raises(ImportError) as caught:
        open_tracker("trackio", folder, folder.read_info())
    assert explain(caught.value) == (
        1,
        'this needs trackio, which is not installed: pip install "palaestra[trackio]"',
    )


def logged_offline(folder: RunFolder, tracker) -> None:
    writer = open_tracker(tracker, folder, folder.read_info())
    writer.write({"train/loss": 0.5, "note": "words are not numbers"}, {}, step=7)
    writer.close()


def test_weights_and_biases_itself_keeps_a_run_offline(fake_recipe, tmp_path, monkeypatch):
    monkeypatch.setenv("WANDB_MODE", "offline")
    folder = train(TrainRequest(fake_recipe, tmp_path / "runs"))
    logged_offline(folder, "wandb")
    [stored] = folder.path.glob("wandb/offline-run-*/run-*.wandb")
    assert folder.read_info().id in stored.name
    until = time.monotonic() + 20  # another process writes the file
    while b"train/loss" not in stored.read_bytes():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_trackio_itself_keeps_a_run(fake_recipe, tmp_path, monkeypatch):
    monkeypatch.setenv("TRACKIO_DIR", str(tmp_path / "trackio"))
    for module in [name for name in sys.modules if name.partition(".")[0] == "trackio"]:
        monkeypatch.delitem(sys.modules, module)  # it reads its folder when it is imported
    folder = train(TrainRequest(fake_recipe, tmp_path / "runs"))
    logged_offline(folder, "trackio")
    [database] = (tmp_path / "trackio").glob("palaestra*.db")
    with sqlite3.connect(database) as connection:
        rows = connection.execute("select step, metrics from metrics").fetchall()
    assert [step for step, _ in rows] == [7]
    assert "train/loss" in str(rows[0][1])
