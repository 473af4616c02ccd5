import io

import pytest
from rich.console import Console

from palaestra.baselines.benchmark import board
from palaestra.baselines.benchmark.board import Tally, benchmark_board
from palaestra.baselines.outcome import Failure


@pytest.fixture
def seconds(monkeypatch):
    """The clock, which a test sets."""
    now = [0.0]
    monkeypatch.setattr(board.time, "monotonic", lambda: now[0])
    return now


def test_the_time_left_counts_what_this_invocation_did_and_running_cells_by_their_share(seconds):
    tally = Tally(cells=10, finished=4)
    tally.begun("a")
    tally.begun("b")
    assert tally.describe() == "4/10 finished, 2 running"
    seconds[0] = 60.0
    tally.ended("a", None)
    tally.progress("b", 50, 100)
    # 1.5 cells a minute, and 4.5 are left
    assert tally.describe() == "5/10 finished, 1 running, about 3:00 left"
    tally.ended("b", Failure("b", "oops"))
    assert tally.describe() == "5/10 finished, 1 failed"


def test_final_scores_do_not_set_a_cell_back():
    tally = Tally(cells=1, finished=0)
    tally.begun("a")
    tally.progress("a", 100, 100)
    tally.progress("a", 1, 800)
    assert tally.work == 1.0


@pytest.mark.parametrize("terminal", [True, False])
def test_both_boards_tell_of_deaths_and_failures(terminal):
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=terminal, width=150)
    with benchmark_board("small", cells=3, finished=0, console=console) as shown:
        shown.begun("a")
        shown.progress("a", 5, 10, "success 50%")
        shown.died("a", "its process died")
        shown.begun("a")
        shown.ended("a", None)
        shown.ended("locked", Failure("locked", "is being written by another process"))
        shown.ended("later", Failure("later", "was not begun", interrupted=True))
    text = screen.getvalue()
    assert "a: its process died; it is tried again" in text
    assert "locked failed: is being written by another process" in text
    assert "1/3 finished, 1 failed" in text
    assert "later" not in text
