"""Runs a study: trials in batches, then the best one and the recipe's own setting on the test seeds."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ..benchmark.run import CellResult
from ..errors import RunError, RunInterrupted, UsageError
from ..journal import write_atomically
from ..recipe import Recipe
from ..runs import RunFolder
from ..train import TrainRequest
from .result import TuningResult, conclude, to_json
from .sampler import propose
from .study import Study
from .trials import SeedScore, Trial, TrialLog, measure, scored

TrainCells = Callable[[str, Sequence[TrainRequest]], Sequence[CellResult]]
"""Trains runs, whatever becomes of them; it is told what to call them together."""


@dataclass(frozen=True, slots=True)
class StudyFolder:
    """Where a study lies: its settings, its trials, the runs of both parts, and what came out."""

    path: Path

    @property
    def settings(self) -> Path:
        """What the study is, by which a later command knows that it goes on with the same one."""
        return self.path / "study.json"

    @property
    def trials(self) -> Path:
        """A line for every trial."""
        return self.path / "trials.jsonl"

    @property
    def trial_runs(self) -> Path:
        """The run folders of the trials, on the tuning seeds."""
        return self.path / "trials"

    @property
    def test_runs(self) -> Path:
        """The run folders of the test."""
        return self.path / "test"

    @property
    def result(self) -> Path:
        """What came out."""
        return self.path / "tuning.json"

    @property
    def best(self) -> Path:
        """The recipe with the best parameters."""
        return self.path / "best.yaml"


def tune(
    study: Study,
    folder: StudyFolder,
    train_cells: TrainCells,
    *,
    device: str = "auto",
    on_trial: Callable[[Trial], None] = lambda trial: None,
) -> TuningResult:
    """Search, and test what was found; what is done already is not done again.

    The trials of a batch are proposed knowing the scores of all batches before, trained on the tuning seeds, and
    scored by their final agents (not their best checkpoints). The best trial and the recipe's own setting are then
    trained on the test seeds and scored on the test episodes, which no trial has seen. All runs have the same budget.

    Args:
        study: what is tried.
        folder: where everything is kept.
        train_cells: trains runs.
        device: where the weights are.
        on_trial: told of every trial with its score.

    Returns:
        What came out; it is written to the folder too, with a recipe of the best parameters.

    Raises:
        UsageError: the folder holds another study.
        RunInterrupted: the study was stopped; it goes on from there.
        RunError: every trial failed, or a file of the study is damaged.
    """
    _settle(study, folder)
    # chosen among with one worst for all: while searching, what a failed run counts as depends on the batch
    trials = scored(_search(study, folder, train_cells, device, on_trial), ())
    known = [trial for trial in trials if trial.score is not None]
    if not known:
        error = next((seed.error for trial in trials for seed in trial.seeds if seed.error), "")
        raise RunError(f"every run of every trial failed, so there is nothing to choose; the first said: {error}")
    # of equals the first: the later one had more to go by and did no better
    best = max(known, key=lambda trial: (trial.score, -trial.number))
    tuned, own = _test(study, folder, best, train_cells, device)
    result = conclude(study, trials, best, tuned, own)
    write_atomically(folder.result, json.dumps(to_json(result), indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    description = f"{study.recipe.name} with the parameters of trial {best.number} of {study.trials} of palaestra tune"
    config = study.best_config(best.parameters, description)
    write_atomically(folder.best, yaml.safe_dump(config, sort_keys=False, allow_unicode=True, width=120))
    return result


def _search(
    study: Study, folder: StudyFolder, train_cells: TrainCells, device: str, on_trial: Callable[[Trial], None]
) -> list[Trial]:
    log = TrialLog(folder.trials)
    proposed, trials = log.read()
    trials = trials[: study.trials]
    for trial in trials:
        on_trial(trial)
    # whole batches: one that a kill interrupted is scored as a whole, from runs that are finished by then
    done = len(trials) - len(trials) % study.batch if len(trials) < study.trials else len(trials)
    noted = {trial.number for trial in trials}
    trials = trials[:done]
    for first in range(done, study.trials, study.batch):
        numbers = range(first, min(first + study.batch, study.trials))
        for number in numbers:
            if number not in proposed:
                space = study.recipe.search_space
                proposed[number] = propose(space, trials, number, study.sampler, study.seed)
                log.proposed(number, proposed[number])
        batch = _try(study, folder, {number: proposed[number] for number in numbers}, train_cells, device)
        for trial in scored(batch, trials):
            trials.append(trial)
            if trial.number not in noted:
                log.scored(trial)
                on_trial(trial)
    return trials


def _try(
    study: Study, folder: StudyFolder, proposed: dict[int, dict[str, Any]], train_cells: TrainCells, device: str
) -> list[Trial]:
    """Train the trials of a batch."""
    recipes: dict[int, Recipe] = {}
    refused: dict[int, str] = {}
    for number, parameters in proposed.items():
        try:
            recipes[number] = study.trial_recipe(number, parameters)
        except UsageError as error:  # each parameter fits alone, and these do not together
            refused[number] = str(error)
    cells = {number: _cells(recipe, folder.trial_runs, device) for number, recipe in recipes.items()}
    scores = _train([cell for some in cells.values() for cell in some], "trials", train_cells)
    found = []
    for number, parameters in proposed.items():
        if number in refused:
            seeds = tuple(SeedScore(seed, None, error=refused[number]) for seed in study.tuning_seeds)
        else:
            seeds = tuple(scores[cell.path] for cell in cells[number])
        found.append(Trial(number, parameters, seeds))
    return found


def _test(
    study: Study, folder: StudyFolder, best: Trial, train_cells: TrainCells, device: str
) -> tuple[list[SeedScore], list[SeedScore]]:
    """What the best trial's parameters and the recipe's own come to on the test seeds."""
    tuned = _cells(study.tuned_recipe(best.parameters), folder.test_runs, device)
    own = _cells(study.own_recipe(), folder.test_runs, device)
    scores = _train([*tuned, *own], "test", train_cells)
    return [scores[cell.path] for cell in tuned], [scores[cell.path] for cell in own]


def _cells(recipe: Recipe, out: Path, device: str) -> list[TrainRequest]:
    return [TrainRequest(recipe.with_seed(seed), out, device) for seed in recipe.seeds]


def _train(cells: Sequence[TrainRequest], name: str, train_cells: TrainCells) -> dict[Path, SeedScore]:
    """What each run came to, by its path."""
    if not cells:
        return {}
    results = train_cells(name, cells)
    interrupted = [result.failure for result in results if result.failure and result.failure.interrupted]
    if interrupted:
        raise RunInterrupted("the study was interrupted; the same command goes on with it")
    return {result.cell.path: _seed_score(result) for result in results}


def _seed_score(result: CellResult) -> SeedScore:
    seed, folder = result.cell.seed, RunFolder(result.cell.path)
    if result.failure is not None:
        took = folder.read_info() if folder.exists else None
        steps, wall_time = (took.timesteps, took.wall_time_s) if took else (0, 0.0)
        return SeedScore(seed, None, error=result.failure.message, timesteps=steps, wall_time_s=wall_time)
    info = folder.read_info()
    score = measure(info.scores["agent"])
    return SeedScore(
        seed,
        score if math.isfinite(score) else None,
        measure(info.scores["random"]),
        error=None if math.isfinite(score) else f"its final score is {score}",
        timesteps=info.timesteps,
        wall_time_s=info.wall_time_s,
    )


def _settle(study: Study, folder: StudyFolder) -> None:
    """Begin the study in its folder, or make sure that the folder holds this one; more trials may be asked for."""
    wanted = _settings(study)
    if folder.settings.exists():
        try:
            found = json.loads(folder.settings.read_text(encoding="utf-8"))
            differing = [key for key in {**found, **wanted} if found.get(key) != wanted.get(key)]
        except (OSError, AttributeError, ValueError) as error:
            raise RunError(f"{folder.settings} cannot be read as a study's ({error}); take another --out") from error
        if differing:
            key = differing[0]
            raise UsageError(
                f"{folder.path} holds a study with {key} = {found.get(key)!r}, not {wanted.get(key)!r}: take another "
                "--out, or remove that folder"
            )
        return
    folder.path.mkdir(parents=True, exist_ok=True)
    write_atomically(folder.settings, json.dumps(wanted, indent=1, ensure_ascii=False) + "\n")


def _settings(study: Study) -> dict[str, Any]:
    """What makes it this study, each part under the name that a message gives it."""
    space = study.recipe.model_dump(mode="json", include={"search_space"})["search_space"]
    own = {"timesteps", "sampler", "seed", "batch", "tuning_seeds"}
    return {
        **_flat(study.recipe.to_config(), "recipe"),
        **_flat(space, "search_space"),
        **{name: json.loads(json.dumps(getattr(study, name))) for name in sorted(own)},
    }


def _flat(value: Any, name: str) -> dict[str, Any]:
    """Nested mappings as one, by dotted names; what says how a recipe is called, or trained elsewhere, is left out."""
    if not isinstance(value, dict):
        return {name: value}
    unimportant = {"description", "budget", "seeds"} if name == "recipe" else set()
    parts = [_flat(item, f"{name}.{key}") for key, item in value.items() if key not in unimportant]
    return {key: item for part in parts for key, item in part.items()}
