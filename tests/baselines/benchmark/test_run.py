import json

import pytest

from palaestra.baselines.benchmark.cells import cell_name, cells_of, settle_conflicts
from palaestra.baselines.benchmark.log import open_log
from palaestra.baselines.benchmark.run import run_benchmark
from palaestra.baselines.benchmark.suite import Suite
from palaestra.baselines.errors import RunError, UsageError
from palaestra.baselines.outcome import train_one
from palaestra.baselines.runs import RunFolder
from palaestra.baselines.stopping import StopRequest
from palaestra.baselines.train import TrainRequest

from .inline_executor import InlineExecutor


@pytest.fixture
def suite(fake_recipe):
    other = fake_recipe.model_copy(update={"name": "other", "label": "theirs"})
    return Suite("small", "", (fake_recipe.model_copy(update={"seeds": (0, 1)}), other))


@pytest.fixture
def out(tmp_path):
    return tmp_path / "runs"


def log_lines(out):
    return [json.loads(line) for line in (out / "small.benchmark.jsonl").read_text().splitlines()]


def events_of(out, cell):
    return [(line["event"], line["attempt"]) for line in log_lines(out) if line.get("cell") == cell]


def status(cell: TrainRequest):
    info = RunFolder.open(cell.path).read_info()
    return info.status, info.error


def test_the_first_seed_of_every_recipe_comes_before_the_second_of_any(suite, out):
    assert [cell_name(cell) for cell in cells_of(suite, out)] == [
        "text-GuessNumber-v0/fake/seed-0",
        "text-GuessNumber-v0/other/seed-0",
        "text-GuessNumber-v0/fake/seed-1",
    ]
    assert [cell.seed for cell in cells_of(suite, out, seeds=(7, 8))] == [7, 7, 8, 8]


def test_cells_are_chosen_as_runs_are(suite, out):
    chosen = cells_of(suite, out, chosen="env=text/* label=theirs")
    assert [cell_name(cell) for cell in chosen] == ["text-GuessNumber-v0/other/seed-0"]
    assert len(cells_of(suite, out, chosen="seed=0..3 budget.timesteps>50")) == 3
    with pytest.raises(UsageError, match="no cell of small passes"):
        cells_of(suite, out, chosen="seed=9")


def test_every_cell_is_trained_and_a_second_time_none_is(suite, out, screen):
    cells = cells_of(suite, out)
    results = run_benchmark("small", cells, InlineExecutor, screen)
    assert [result.failure for result in results] == [None, None, None]
    assert [status(cell) for cell in cells] == [("finished", None)] * 3
    assert events_of(out, "text-GuessNumber-v0/fake/seed-1") == [("begun", 1), ("finished", 1)]
    assert "small: 3/3 finished: text-GuessNumber-v0/fake/seed-1 finished" in screen.file.getvalue()

    def not_needed():
        raise AssertionError("every cell is finished")

    assert [result.failure for result in run_benchmark("small", cells, not_needed, screen)] == [None, None, None]
    assert [line for line in log_lines(out) if line["event"] == "started"][1]["finished"] == 3


def test_a_failed_cell_is_kept_shown_and_tried_again_the_next_time(suite, out, screen, fake_kind):
    cells = cells_of(suite, out)
    fake_kind.fail_at, fake_kind.error = 50, ZeroDivisionError("oops")
    results = run_benchmark("small", cells[:1], InlineExecutor, screen)
    assert "ZeroDivisionError: oops" in results[0].failure.message
    assert status(cells[0]) == ("failed", "oops")
    assert "fake/seed-0 failed: ZeroDivisionError: oops" in screen.file.getvalue()
    failed = log_lines(out)[-1]
    assert (failed["event"], failed["attempt"]) == ("failed", 1)
    assert "Traceback" in failed["traceback"]

    fake_kind.fail_at = None
    assert run_benchmark("small", cells[:1], InlineExecutor, screen)[0].failure is None
    assert events_of(out, cell_name(cells[0])) == [("begun", 1), ("failed", 1), ("begun", 2), ("finished", 2)]


def test_a_cell_whose_process_dies_twice_has_failed_in_its_folder_too_and_takes_no_other_with_it(suite, out, screen):
    cells = cells_of(suite, out)
    executor = InlineExecutor(dying=[cell_name(cells[0])])
    results = run_benchmark("small", cells, lambda: executor, screen)
    assert status(cells[0]) == ("failed", "its process was killed by SIGSEGV, 2 times")
    assert [result.failure is None for result in results] == [False, True, True]
    assert events_of(out, cell_name(cells[0])) == [("begun", 1), ("died", 1), ("begun", 2), ("failed", 2)]


def test_a_cell_that_cannot_begin_leaves_a_failed_run_and_not_nothing(suite, out, screen, fake_kind, monkeypatch):
    def refuse(*arguments):
        raise ValueError("n_steps is too large")

    monkeypatch.setattr(fake_kind, "build", refuse)
    cells = cells_of(suite, out)[:1]
    run_benchmark("small", cells, InlineExecutor, screen)
    assert status(cells[0]) == ("failed", "recipe fake: n_steps is too large")


def test_an_interrupted_cell_goes_on_and_one_that_had_not_begun_is_not_logged(suite, out, screen, fake_kind):
    cells = cells_of(suite, out)
    fake_kind.fail_at, fake_kind.error = 50, KeyboardInterrupt()
    results = run_benchmark("small", cells[:1], InlineExecutor, screen)
    assert results[0].failure is not None
    assert results[0].failure.interrupted
    fake_kind.fail_at = None
    assert run_benchmark("small", cells, InlineExecutor, screen)[0].failure is None
    assert [event for event, _ in events_of(out, cell_name(cells[0]))] == ["begun", "interrupted", "begun", "finished"]


def test_a_cell_that_finished_while_nobody_was_left_to_log_it_is_logged_the_next_time_and_once(suite, out, screen):
    cells = cells_of(suite, out)[:1]
    with open_log(out / "small.benchmark.jsonl") as log:
        log.begun(cell_name(cells[0]))
    train_one(cells[0], lambda *told: None, StopRequest())
    for _ in range(2):
        run_benchmark("small", cells, InlineExecutor, screen)
    assert events_of(out, cell_name(cells[0])) == [("begun", 1), ("finished", 1)]


def test_folders_of_other_runs_are_refused_before_anything_is_trained_and_put_aside_if_told_so(suite, out, screen):
    cells = cells_of(suite, out)
    run_benchmark("small", cells, InlineExecutor, screen)
    longer = Suite(
        "small",
        "",
        tuple(r.model_copy(update={"budget": r.budget.model_copy(update={"timesteps": 200})}) for r in suite.recipes),
    )
    changed = cells_of(longer, out)
    with pytest.raises(UsageError, match=r"budget.timesteps = 100, not 200, and so do 2 other folders: use --force"):
        settle_conflicts(changed, force=False)
    forced = settle_conflicts(changed, force=True)
    assert all(result.failure is None for result in run_benchmark("small", forced, InlineExecutor, screen))
    assert RunFolder.open(changed[0].path).read_info().timesteps == 200
    assert (changed[0].path.parent / "seed-0.old-1").exists()
    # what is finished as it should be is not trained again, so that the same command can be given again after a kill
    assert not any(cell.force for cell in settle_conflicts(changed, force=True))


def test_a_damaged_folder_is_the_failure_of_its_cell_alone(suite, out, screen):
    cells = cells_of(suite, out)
    run_benchmark("small", cells, InlineExecutor, screen)
    (cells[0].path / "run.json").write_text("{")
    results = run_benchmark("small", settle_conflicts(cells, force=False), InlineExecutor, screen)
    assert "run.json cannot be read as a run's" in results[0].failure.message
    assert [result.failure for result in results[1:]] == [None, None]
    forced = settle_conflicts(cells, force=True)
    assert [cell.force for cell in forced] == [True, False, False]
    assert run_benchmark("small", forced, InlineExecutor, screen)[0].failure is None


def test_one_benchmark_is_run_by_one_command_at_a_time(suite, out, screen):
    with open_log(out / "small.benchmark.jsonl"), pytest.raises(RunError, match="another process runs this benchmark"):
        run_benchmark("small", cells_of(suite, out), InlineExecutor, screen)


def test_a_torn_line_of_the_log_is_taken_out_and_a_log_of_something_else_refused(out):
    path = out / "small.benchmark.jsonl"
    with open_log(path) as log:
        log.begun("a")
    path.write_text(path.read_text() + '{"time": "20')
    with open_log(path) as log:
        log.begun("a")
    assert [line["attempt"] for line in log_lines(out)] == [1, 2]
    path.write_text("hello\nworld\n")
    with pytest.raises(RunError, match="move it away"), open_log(path):
        pass
