from pathlib import Path

import pytest

from palaestra.baselines.errors import UsageError
from palaestra.baselines.store.parquet import write_parquet
from palaestra.baselines.store.record import read_run
from palaestra.baselines.store.sources import load_runs, with_series


def paths(collection):
    return [run.path for run in collection.runs]


def test_a_folder_stands_for_the_runs_below_it_in_the_order_of_their_paths(make_run, tmp_path):
    folders = [make_run(seed=seed) for seed in (1, 0)]
    assert paths(load_runs([tmp_path])) == sorted(folders)


def test_the_order_in_which_places_are_named_is_kept(make_run):
    later, earlier = make_run(seed=1), make_run(seed=0)
    assert paths(load_runs([later, earlier])) == [later, earlier]


def test_folders_and_parquet_files_are_read_alike(make_run, tmp_path):
    in_file, in_folder = make_run(seed=0), make_run(seed=1)
    write_parquet([read_run(in_file)], tmp_path / "runs.parquet")
    collection = load_runs([tmp_path / "runs.parquet", in_folder])
    assert [run.info.seed for run in collection.runs] == [0, 1]
    assert collection.runs[0].metrics[1] == collection.runs[1].metrics[1]


def test_a_folder_without_a_run_stands_for_the_parquet_files_in_it(make_run, tmp_path):
    write_parquet([read_run(make_run())], tmp_path / "results" / "smoke.parquet")
    assert len(load_runs([tmp_path / "results"]).runs) == 1


def test_a_run_that_is_there_twice_counts_once_as_it_was_written_last(make_run, tmp_path):
    folder, file = make_run(), tmp_path / "results.parquet"
    write_parquet([read_run(folder)], file)
    info = folder / "run.json"
    info.write_text(
        info.read_text().replace('"timesteps": 20', '"timesteps": 99').replace('"updated": "2', '"updated": "3')
    )
    for order in ([folder, file], [file, folder], [folder, folder, file]):
        (run,) = load_runs(order).runs
        assert run.info.timesteps == 99


def test_runs_can_be_read_without_their_series(make_run, tmp_path):
    folder, file = make_run(), tmp_path / "results.parquet"
    write_parquet([read_run(folder)], file, episodes=True)
    for place in (folder, file):
        (run,) = load_runs([place], series=False).runs
        assert (run.metrics, run.episodes) == ([], [])
        assert run.info.scores["agent"].success_rate == 0.9


def test_the_series_of_the_chosen_runs_can_be_read_later(make_run, tmp_path):
    in_file, in_folder = make_run(seed=0), make_run(seed=1)
    write_parquet([read_run(in_file)], tmp_path / "runs.parquet", episodes=True)
    places = [in_folder, tmp_path / "runs.parquet"]
    later = with_series(load_runs(places, series=False).runs)
    assert repr(later) == repr(load_runs(places).runs)  # in text NaN equals NaN
    assert all(run.metrics and run.episodes for run in later)


def test_what_cannot_be_read_is_named_and_does_not_cost_the_others(make_run, tmp_path):
    fine, damaged = make_run(seed=0), make_run(seed=1)
    (damaged / "run.json").write_text('{"id": ')
    torn = tmp_path / "torn.parquet"
    torn.write_bytes(b"PAR1 and no more")
    collection = load_runs([fine, damaged, torn])
    assert paths(collection) == [fine]
    assert [unreadable.path for unreadable in collection.unreadable] == [damaged, torn]
    for unreadable in collection.unreadable:
        assert str(unreadable.path) in unreadable.reason
        assert "\n" not in unreadable.reason


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("nowhere", "no run in .*nowhere: it does not exist; `palaestra train`"),
        ("nowhere.parquet", "it does not exist"),
        (".", "there is no run in"),
        ("notes.txt", "neither a folder of runs nor a .parquet file"),
    ],
)
def test_a_place_without_runs_is_refused_by_name(tmp_path, place, words):
    (tmp_path / "notes.txt").write_text("no run")
    with pytest.raises(UsageError, match=words):
        load_runs([tmp_path / place])


def test_at_least_one_place_must_be_given():
    with pytest.raises(UsageError, match="no place"):
        load_runs([])


def test_a_place_may_be_given_as_text(make_run):
    assert [Path(path) for path in paths(load_runs([str(make_run())]))]
