import json
from dataclasses import replace

import pytest

from palaestra.baselines.benchmark.run import CellResult
from palaestra.baselines.errors import RunError, RunInterrupted, UsageError
from palaestra.baselines.journal import read_lines
from palaestra.baselines.outcome import Failure, not_begun
from palaestra.baselines.recipe import load_recipe
from palaestra.baselines.runs import RunFolder, Scores, find_runs
from palaestra.baselines.tuning.run import StudyFolder, tune


@pytest.fixture
def folder(tmp_path):
    return StudyFolder(tmp_path / "tuning" / "steady")


def parameters(result):
    return [dict(trial.parameters) for trial in result.trials]


def test_a_study_leaves_runs_trials_a_result_and_a_recipe(study, folder, pretend):
    told = []
    result = tune(study, folder, pretend, on_trial=told.append)
    assert [trial.number for trial in told] == list(range(6))
    best = result.trials[result.best]
    assert best.score == max(trial.score for trial in result.trials)
    assert best.score == pytest.approx(result.tuning.estimate)
    assert len(find_runs(folder.trial_runs)) == 12
    assert {run.read_info().label for run in find_runs(folder.test_runs)} == {"steady", "steady tuned"}
    tuned = load_recipe(folder.best)
    assert tuned.name == "steady-tuned"
    assert tuned.agent.params["number"] == best.parameters["agent.params.number"]
    assert tuned.search_space == study.recipe.search_space
    stored = json.loads(folder.result.read_text())
    assert stored["best"] == result.best
    assert stored["gap"]["estimate"] == pytest.approx(result.tuning.estimate - result.tuned.estimate)


def test_what_is_found_on_tuning_episodes_is_tested_on_others(study, folder, train_cells):
    tune(replace(study, trials=1, test_seeds=(0,)), folder, train_cells)
    seeds = {
        part: {episode["seed"] for run in find_runs(path) for episode in run.read_episodes()}
        for part, path in (("trials", folder.trial_runs), ("test", folder.test_runs))
    }
    assert seeds["trials"]
    assert not seeds["trials"] & seeds["test"]


def test_a_finished_study_trains_nothing_more_and_says_the_same(study, folder, pretend):
    result = tune(study, folder, pretend)
    before = folder.result.read_bytes()
    infos = {run.path: run.read_info() for run in find_runs(folder.path)}
    assert tune(study, folder, pretend) == result
    assert folder.result.read_bytes() == before
    assert {run.path: run.read_info() for run in find_runs(folder.path)} == infos


@pytest.mark.parametrize("killed_at", [0, 1, 8, 13, 17])
def test_a_study_that_was_killed_goes_on_to_the_same_trials(study, tmp_path, pretend, killed_at):
    whole = tune(study, StudyFolder(tmp_path / "whole"), pretend)
    folder = StudyFolder(tmp_path / "killed")

    class Killed(BaseException):
        pass

    runs = 0

    def train_until_killed(name, cells):
        nonlocal runs
        results = []
        for cell in cells:
            runs += 1
            if runs > killed_at:
                raise Killed
            results += pretend(name, [cell])
        return results

    with pytest.raises(Killed):
        tune(study, folder, train_until_killed)
    if folder.trials.exists():  # and the line that was just being written is torn
        folder.trials.write_bytes(folder.trials.read_bytes() + b'{"event": "scored", "num')
    resumed = tune(study, folder, pretend)
    assert parameters(resumed) == parameters(whole)
    assert resumed.tuned == whole.tuned
    assert resumed.best == whole.best
    events = [(line["event"], line["number"]) for line in read_lines(folder.trials)]
    assert sorted(events) == sorted({*events})
    assert len(events) == 2 * study.trials


def test_more_trials_go_on_from_those_there_are(study, folder, pretend, tmp_path):
    tune(replace(study, trials=4), folder, pretend)  # not a whole number of batches
    more = tune(study, folder, pretend)
    assert parameters(more) == parameters(tune(study, StudyFolder(tmp_path / "whole"), pretend))


def test_fewer_trials_look_at_the_first_ones_alone(study, folder, pretend):
    whole = tune(study, folder, pretend)
    fewer = tune(replace(study, trials=2), folder, pretend)
    assert parameters(fewer) == parameters(whole)[:2]


def test_failed_runs_count_as_the_worst_and_are_shown(study, folder, pretend):
    failing = replace(study, recipe=_with(study.recipe, fails=True), tuning_seeds=(3, 100))
    result = tune(failing, folder, pretend)
    failed = [seed for trial in result.trials for seed in trial.seeds if seed.seed == 3]
    assert all(seed.score is None and "the number is too large" in str(seed.error) for seed in failed)
    assert {run.read_info().status for run in find_runs(folder.path)} == {"failed", "finished"}
    assert [seed.score is None for seed in result.tuned_seeds] == [True, False, False]


def test_trials_of_all_batches_are_chosen_among_with_one_worst(study, folder):
    # when the first trial is scored, the worst that is known is 0.8; a later batch shows what a failure can cost
    def train(name, cells):
        return [CellResult(cell, _made_up(cell)) for cell in cells]

    def _made_up(cell):
        first, later = (f"trial-{number:03d}" in cell.recipe.name for number in (0, 3))
        info = cell.begin()
        if first and cell.seed == 100:
            info.status, failure = "failed", Failure(cell.title, "it diverged")
        else:
            score, random = 0.95 if first else 0.85, 0.1 if later else 0.8
            scores = {"agent": score, "best": score, "random": random}
            info.scores = {name: Scores(None, None, None, x, x, x, 5) for name, x in scores.items()}
            info.status, failure = "finished", None
        RunFolder(cell.path).create(info, cell.recipe.to_config())
        return failure

    told = []
    result = tune(replace(study, trials=4), folder, train, on_trial=told.append)
    assert [trial.score for trial in told] == pytest.approx([0.875, 0.85, 0.85, 0.85])
    assert [trial.score for trial in result.trials] == pytest.approx([0.525, 0.85, 0.85, 0.85])
    assert result.best == 1


def test_a_study_in_which_everything_fails_says_why(study, folder, pretend):
    only_large = study.recipe.search_space["agent.params.number"].model_copy(update={"low": 9, "high": 10})
    space = {"agent.params.number": only_large}
    failing = replace(study, recipe=study.recipe.model_copy(update={"search_space": space}))
    with pytest.raises(RunError, match=r"every run of every trial failed.*the number is too large"):
        tune(failing, folder, pretend)


def test_parameters_that_do_not_go_together_are_a_failed_trial(study, folder, pretend, monkeypatch):
    build = type(study).trial_recipe

    def refuse_odd(self, number, found):
        if number % 2:
            raise UsageError("minibatches must not exceed groups")
        return build(self, number, found)

    monkeypatch.setattr(type(study), "trial_recipe", refuse_odd)
    result = tune(study, folder, pretend)
    assert result.best % 2 == 0
    assert {seed.error for seed in result.trials[1].seeds} == {"minibatches must not exceed groups"}


def test_an_interruption_is_passed_on(study, folder, pretend):
    with pytest.raises(RunInterrupted, match="the same command goes on"):
        tune(study, folder, lambda name, cells: [CellResult(cell, not_begun(cell)) for cell in cells])
    assert not folder.result.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"timesteps": 11}, "timesteps = 10, not 11"),
        ({"sampler": "random"}, "sampler = 'tpe', not 'random'"),
        ({"tuning_seeds": (100,)}, "tuning_seeds = [100, 101], not [100]"),
    ],
)
def test_a_folder_with_another_study_is_refused(study, folder, pretend, change, words):
    tune(replace(study, trials=1), folder, pretend)
    with pytest.raises(UsageError) as caught:
        tune(replace(study, **change), folder, pretend)
    assert words in str(caught.value)
    with pytest.raises(UsageError, match=r"recipe\.agent\.params\.fails = None, not True"):
        tune(replace(study, recipe=_with(study.recipe, fails=True)), folder, pretend)


def test_a_damaged_study_is_named(study, folder, pretend):
    folder.path.mkdir(parents=True)
    folder.settings.write_text("{")
    with pytest.raises(RunError, match=r"study\.json cannot be read"):
        tune(study, folder, pretend)


def _with(recipe, **params):
    agent = recipe.agent.model_copy(update={"params": {**recipe.agent.params, **params}})
    return recipe.model_copy(update={"agent": agent})
