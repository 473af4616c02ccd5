import io

import pytest
from rich.console import Console

from palaestra.baselines import progress
from palaestra.baselines.progress import progress_board


@pytest.fixture
def clock(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def shown(clock, reports, interval=15.0):
    screen = io.StringIO()
    with progress_board(["work"], console=Console(file=screen, width=200), interval=interval) as (sink,):
        for at, report in reports:
            clock[0] = at
            sink(*report)
    return screen.getvalue().splitlines()


def test_without_a_terminal_a_line_comes_now_and_then_and_with_every_note(clock):
    lines = shown(clock, [(0, (0, 100, "a")), (1, (10, 100, "a")), (2, (20, 100, "b")), (20, (80, 100, "b"))])
    assert [line.partition(",")[0] for line in lines] == [
        "work: 0/100 (0%)",
        "work: 20/100 (20%)",
        "work: 80/100 (80%)",
    ]
    assert "10/s" not in lines[0]
    assert lines[1].endswith("10/s, 0:08 left, b")


def test_quick_work_without_a_note_shows_nothing(clock):
    assert shown(clock, [(0, (0, 10, "")), (1, (10, 10, ""))]) == []


def test_the_rate_counts_neither_preparation_nor_what_an_earlier_process_did(clock):
    lines = shown(clock, [(0, (1000, 2000, "a")), (50, (1000, 2000, "b")), (60, (1100, 2000, "c"))])
    assert lines[-1].endswith("10/s, 1:30 left, c")


def test_more_than_all_is_all(clock):
    assert "(100%)" in shown(clock, [(0, (120, 100, "a"))])[0]


def test_a_terminal_shows_bars():
    screen = io.StringIO()
    with progress_board(["one", "two"], console=Console(file=screen, force_terminal=True, width=120)) as sinks:
        sinks[0](50, 100, "half")
    assert "half" in screen.getvalue()
