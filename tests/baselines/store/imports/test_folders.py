from dataclasses import replace

import pytest

from palaestra.baselines.errors import UsageError
from palaestra.baselines.store.imports.folders import write_run_folders
from palaestra.baselines.store.record import read_run
from palaestra.baselines.store.sources import load_runs


@pytest.fixture
def run(make_run):
    return read_run(make_run())


def placed(run, out, name="env/recipe/seed-0"):
    return replace(run, path=out / name)


def test_a_run_is_read_back_from_its_new_folder_as_it_was(run, tmp_path):
    moved = placed(run, tmp_path / "out")
    write_run_folders([moved], tmp_path / "out")
    back = read_run(moved.path)
    assert repr(back) == repr(moved)  # in text NaN equals NaN
    assert sorted(path.name for path in moved.path.iterdir()) == [
        "config.yaml",
        "episodes.jsonl",
        "metrics.jsonl",
        "run.json",
    ]


def test_a_run_that_is_there_already_is_left_as_it_is(run, tmp_path):
    moved = placed(run, tmp_path / "out")
    write_run_folders([moved], tmp_path / "out")
    (moved.path / "note").write_text("mine")
    imported = write_run_folders([moved], tmp_path / "out")
    assert (imported.written, imported.known) == ([], [moved])
    assert (moved.path / "note").exists()


def test_another_run_is_not_overwritten_and_nothing_else_is_written(run, make_run, tmp_path):
    out = tmp_path / "out"
    write_run_folders([placed(run, out)], out)
    other = read_run(make_run(seed=1))
    with pytest.raises(UsageError, match=r"seed-0 holds another run: choose another folder with --out"):
        write_run_folders([placed(other, out, "new"), placed(other, out)], out)
    assert [kept.path.name for kept in load_runs([out]).runs] == ["seed-0"]


def test_what_is_no_run_is_not_overwritten(run, tmp_path):
    (tmp_path / "out" / "thesis").mkdir(parents=True)
    with pytest.raises(UsageError, match="thesis holds something that is no run"):
        write_run_folders([placed(run, tmp_path / "out", "thesis")], tmp_path / "out")


@pytest.mark.parametrize("name", ["../../elsewhere", "/elsewhere", "a/../../b"])
def test_a_run_cannot_lie_outside_of_the_folder(run, tmp_path, name):
    with pytest.raises(UsageError, match=r"outside of .* not to be trusted"):
        write_run_folders([placed(run, tmp_path / "out", name)], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_two_runs_with_one_path_are_told_by_their_sources(run, tmp_path):
    one, other = (
        replace(placed(run, tmp_path), config=run.config | {"imported": {"source": source}}) for source in ("a", "b")
    )
    with pytest.raises(UsageError, match=r"a and b would both be .*--seed"):
        write_run_folders([one, other], tmp_path)


def test_a_failure_in_the_middle_leaves_no_half_run(run, tmp_path, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("palaestra.baselines.runs.RunFolder.append_episode", full)
    moved = placed(run, tmp_path / "out")
    with pytest.raises(OSError, match="No space left"):
        write_run_folders([moved], tmp_path / "out")
    assert not moved.path.exists()


def test_what_a_kill_leaves_is_no_run_and_does_not_disturb(run, tmp_path, monkeypatch):
    def die(*arguments):
        raise KeyboardInterrupt

    out = tmp_path / "out"
    with monkeypatch.context() as killed:
        killed.setattr("palaestra.baselines.runs.RunFolder.append_episode", die)
        killed.setattr("shutil.rmtree", lambda *arguments, **options: None)  # nor does a kill clean up
        with pytest.raises(KeyboardInterrupt):
            write_run_folders([placed(run, out)], out)
    assert list(out.rglob("metrics.jsonl"))
    assert not list(out.rglob("run.json"))
    write_run_folders([placed(run, out)], out)
    assert len(load_runs([out]).runs) == 1
    assert len(list(out.rglob("metrics.jsonl"))) == 1
