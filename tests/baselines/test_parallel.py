import io
import signal

import pytest
import yaml
from rich.console import Console

from palaestra.baselines.errors import RunError, RunInterrupted, UsageError
from palaestra.baselines.outcome import train_one
from palaestra.baselines.parallel import train_in_processes
from palaestra.baselines.recipe import load_recipe
from palaestra.baselines.run_all import train_all
from palaestra.baselines.runs import RunFolder
from palaestra.baselines.stopping import StopRequest, stop_on_signals
from palaestra.baselines.train import TrainRequest


@pytest.fixture
def requests_(small_llm_recipe, tmp_path):
    file = tmp_path / "parallel.yaml"
    file.write_text(yaml.safe_dump({**small_llm_recipe, "name": "parallel", "seeds": [0, 1, 2]}))
    recipe = load_recipe(file)
    return [TrainRequest(recipe.with_seed(seed), tmp_path / "runs", "cpu") for seed in recipe.seeds]


def test_runs_train_side_by_side_and_one_that_fails_takes_no_other_with_it(requests_):
    fine, other, _ = requests_
    broken = TrainRequest(
        other.recipe.model_copy(update={"env": other.recipe.env.model_copy(update={"kwargs": {"level": 99}})}),
        other.out,
        "cpu",
    )
    notes = []
    sinks = [lambda done, total, note: notes.append((done, total)), lambda done, total, note: None]
    (failure,) = train_in_processes([fine, broken], sinks, jobs=2, stop=StopRequest())
    assert failure.title == "parallel seed 1"
    assert "level" in failure.message
    assert RunFolder.open(fine.path).read_info().status == "finished"
    assert (4, 4) in notes
    assert notes[-1] == (8, 8)  # the final scores: two episodes of each of four players


def test_what_was_not_begun_when_a_stop_came_is_interrupted(requests_):
    stop = StopRequest()
    stop.request()
    failures = train_in_processes(requests_, [], jobs=2, stop=stop)
    assert [failure.interrupted for failure in failures] == [True, True, True]
    assert not requests_[0].path.exists()


@pytest.mark.usefixtures("fake_kind")
def test_several_seeds_in_turn_are_all_trained_and_shown(fake_recipe, tmp_path):
    screen = io.StringIO()
    requests = [TrainRequest(fake_recipe.with_seed(seed), tmp_path / "runs") for seed in (0, 1)]
    folders = train_all(requests, jobs=1, console=Console(file=screen, width=200))
    assert [folder.read_info().status for folder in folders] == ["finished", "finished"]
    assert "fake seed 1: 100/100 (100%)" in screen.getvalue()


@pytest.mark.parametrize("error", [ZeroDivisionError("oops"), RunError("oops"), UsageError("oops")])
def test_a_run_that_fails_in_turn_takes_no_other_with_it(fake_kind, fake_recipe, tmp_path, monkeypatch, error):
    build = fake_kind.build

    def build_or_fail(spec, make_env, seed, device):
        if seed == 0:
            raise error
        return build(spec, make_env, seed, device)

    monkeypatch.setattr(fake_kind, "build", build_or_fail)
    requests = [TrainRequest(fake_recipe.with_seed(seed), tmp_path / "runs") for seed in (0, 1)]
    with pytest.raises((RunError, UsageError), match="oops"):
        train_all(requests, jobs=1, console=Console(file=io.StringIO()))
    assert RunFolder.open(requests[1].path).read_info().status == "finished"


def test_an_interruption_in_turn_begins_no_other_run(fake_kind, fake_recipe, tmp_path):
    fake_kind.fail_at, fake_kind.error = 50, KeyboardInterrupt()
    requests = [TrainRequest(fake_recipe.with_seed(seed), tmp_path / "runs") for seed in (0, 1)]
    with pytest.raises(RunInterrupted, match=r"seed 0: .*goes on from step 40"):
        train_all(requests, jobs=1, console=Console(file=io.StringIO()))
    assert not requests[1].path.exists()


@pytest.mark.usefixtures("fake_kind")
def test_the_final_scores_are_shown_as_they_come(fake_recipe, tmp_path):
    told = []
    failure = train_one(
        TrainRequest(fake_recipe, tmp_path), lambda done, total, note: told.append((done, total, note)), StopRequest()
    )
    assert failure is None
    assert [done for done, total, note in told if note == "final scores" and total == 16] == list(range(17))


def test_the_first_signal_asks_and_the_second_stops_at_once():
    told = []
    with stop_on_signals(signal.SIGUSR1, announce=lambda: told.append(1)) as stop:
        assert not stop.requested
        signal.raise_signal(signal.SIGUSR1)
        assert stop.requested
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGUSR1)
    assert told == [1]
    assert signal.getsignal(signal.SIGUSR1) == signal.SIG_DFL
