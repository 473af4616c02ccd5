import os

import pytest

from palaestra.baselines.runs import MetricRow, RunFolder
from palaestra.baselines.watch.fingerprint import fingerprint


@pytest.fixture
def run(make_run):
    return make_run(metrics=[], episodes=[])


def test_it_stays_while_nothing_happens(run):
    assert fingerprint([run]) == fingerprint([run])


def test_a_line_of_metrics_changes_it(run):
    before = fingerprint([run])
    RunFolder(run).append_metrics(MetricRow(1, 1, 1.0, {"eval/return_mean": 0.5}))
    assert fingerprint([run]) != before


def test_a_file_that_is_replaced_by_one_of_the_same_size_and_time_changes_it(run):
    before, info = fingerprint([run]), run / "run.json"
    status = info.stat()
    (run / "new").write_bytes(info.read_bytes())
    (run / "new").rename(info)
    os.utime(info, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert fingerprint([run]) != before


def test_a_run_more_or_less_changes_it(run, make_run):
    other = make_run(seed=1)
    assert len({fingerprint(sources) for sources in ([], [run], [run, other])}) == 3


def test_a_process_that_is_gone_changes_it(run):
    with RunFolder(run).lock():
        before = fingerprint([run], running=[run])
    assert fingerprint([run], running=[run]) != before


def test_a_folder_that_vanishes_is_a_change_and_no_error(run, tmp_path):
    before = fingerprint([run])
    run.rename(tmp_path / "elsewhere")
    assert fingerprint([run]) != before
