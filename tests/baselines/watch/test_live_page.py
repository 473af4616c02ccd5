import gzip

import pytest

from palaestra.baselines.runs import MetricRow, RunFolder
from palaestra.baselines.watch import LivePage, live_page


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def page(tmp_path, clock):
    return LivePage([tmp_path], clock=clock)


@pytest.fixture
def renderings(monkeypatch, clock):
    """The moments at which a page was made, which takes as long as its last argument says."""
    moments, cost = [], [0.0]

    def render(collection, *, live):
        moments.append(clock.now)
        clock.now += cost[0]
        return f"{len(collection.runs)} runs"

    monkeypatch.setattr(live_page, "render_page", render)
    return moments, cost


def grow(run):
    RunFolder(run).append_metrics(MetricRow(99_000, 1, 1.0, {"eval/return_mean": 0.5}))


def test_the_page_is_the_report_in_both_forms(page, make_run):
    make_run()
    snapshot = page.snapshot()
    assert "guess-number-grpo" in snapshot.html.decode()
    assert gzip.decompress(snapshot.compressed) == snapshot.html
    assert snapshot.version == page.version()


def test_a_page_is_made_once_a_version(page, make_run, renderings):
    make_run()
    assert page.snapshot() is page.snapshot()
    assert len(renderings[0]) == 1


def test_what_changes_is_shown_after_a_rest(page, make_run, renderings, clock):
    run = make_run()
    first = page.snapshot()
    grow(run)
    clock.now += 0.5
    assert page.snapshot() is first
    clock.now += 1.0
    assert page.snapshot().version != first.version


def test_a_page_that_takes_long_is_made_seldom(page, make_run, renderings, clock):
    run = make_run()
    moments, cost = renderings
    cost[0] = 2.0
    for _ in range(200):
        grow(run)
        page.snapshot()
        clock.now += 0.1
    assert clock.now > 20
    assert len(moments) * cost[0] <= clock.now / 3


def test_runs_that_come_later_are_shown(page, make_run, clock):
    waiting = page.snapshot()
    assert b"Waiting for runs" in waiting.html
    make_run()
    clock.now += 2
    assert page.version() != waiting.version
    assert b"guess-number-grpo" in page.snapshot().html


def test_a_run_that_cannot_be_read_is_named(page, make_run, clock):
    run = make_run()
    (run / "run.json").write_text("{")
    assert b"run.json" in page.snapshot().html
    make_run(seed=1)
    clock.now += 2
    assert b"could not be read" in page.snapshot().html


def test_a_torn_last_line_breaks_nothing(page, make_run, clock):
    run = make_run()
    for name in ("metrics.jsonl", "episodes.jsonl"):
        with (run / name).open("a") as file:
            file.write('{"step": 12')
    assert b"guess-number-grpo" in page.snapshot().html


def test_a_run_whose_process_died_changes_the_version(page, make_run, clock):
    run = make_run(status="running")
    with RunFolder(run).lock():
        before = page.snapshot().version
        clock.now += 2
        assert page.version() == before
    clock.now += 2
    assert page.version() != before
    assert b"interrupted" in page.snapshot().html


def test_names_of_places_are_text_on_the_waiting_page(tmp_path, clock):
    html = LivePage([tmp_path / "<script>alert(1)</script>"], clock=clock).snapshot().html
    assert b"&lt;script&gt;alert(1)" in html
    assert b"<script>alert" not in html
