"""Trains stored runs again from their configuration, and compares the numbers to the last digit."""

from __future__ import annotations

import math
import random
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from .errors import RunError, RunInterrupted, UsageError
from .parallel import Failure, train_in_processes, train_in_turn
from .progress import progress_board
from .recipe import Recipe, recipe_from_config
from .runs import MetricRow, RunFolder
from .statistics import Interval, wilson_interval
from .stopping import stop_on_signals
from .store.record import Run, read_run
from .train import TrainRequest

CLOCK_METRICS = "time/"
"""What the names of metrics begin with that a clock makes; they differ each time."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A number that came out otherwise; None where it was not there.

    Attributes:
        name: which one, e.g. `scores.agent.return_mean` or `metrics.train/loss`.
        stored: what it was.
        repeated: what it is now.
    """

    name: str
    stored: Any
    repeated: Any

    def __str__(self) -> str:
        return f"{self.name} {self.stored!r} → {self.repeated!r}"


@dataclass(frozen=True, slots=True)
class Repetition:
    """How the repetition of a run came out.

    Attributes:
        run: the stored run.
        differences: the numbers that came out otherwise.
        changes: what has changed since in versions, source tree and hardware.
        problem: why there are no numbers to compare; None where there are.
    """

    run: Run
    differences: tuple[Difference, ...] = ()
    changes: tuple[Difference, ...] = ()
    problem: str | None = None

    @property
    def is_same(self) -> bool:
        """Whether every number came out as it was."""
        return self.problem is None and not self.differences


def obstacle(run: Run) -> str | None:
    """Why a run cannot be trained again and compared, in a word or two; None where it can."""
    if "imported" in run.config:
        return "imported"
    if str(run.config.get("agent", {}).get("source", "")).startswith("<"):
        return "of an agent that lived in a Python session"
    return None if run.is_finished else run.status


def draw(runs: Sequence[Run], count: int, seed: int) -> list[Run]:
    """So many of the runs, drawn at random without replacement, in their order; all of them where there are fewer."""
    drawn = random.Random(seed).sample(range(len(runs)), min(count, len(runs)))
    return [runs[number] for number in sorted(drawn)]


def repeat(runs: Sequence[Run], *, jobs: int, device: str, console: Console) -> list[Repetition]:
    """Train runs again in a temporary folder, and compare.

    Args:
        runs: finished runs with their metrics.
        jobs: how many are trained at the same time.
        device: where the weights are.
        console: where progress is shown.

    Returns:
        One for each run, in their order. A run that fails, or whose configuration is refused now, is among them.

    Raises:
        RunInterrupted: it was stopped.
    """
    with tempfile.TemporaryDirectory(prefix="palaestra-reproduce-") as scratch:
        requests: dict[int, TrainRequest] = {}
        problems: dict[int, str] = {}
        for number, run in enumerate(runs):
            try:
                recipe = _recipe_of(run)
            except UsageError as error:
                problems[number] = str(error)
            else:
                requests[number] = TrainRequest(recipe, Path(scratch) / str(number), device)
        failures = _train(list(requests.values()), jobs=jobs, console=console)
        reasons = {failure.title: failure.message for failure in failures}
        repetitions = []
        for number, run in enumerate(runs):
            problem = problems.get(number)
            if problem is None and not _is_finished(requests[number].path):
                problem = reasons.get(requests[number].title, "it did not finish")
            if problem is None:
                repetitions.append(compare(run, read_run(requests[number].path)))
            else:
                repetitions.append(Repetition(run, problem=" ".join(problem.split())))
    return repetitions


def compare(stored: Run, repeated: Run) -> Repetition:
    """Compare all final scores and the last value of each metric, to the last digit; clocks are left out."""
    return Repetition(
        run=stored,
        differences=tuple(_differences(_final_numbers(stored), _final_numbers(repeated))),
        changes=tuple(_differences(_provenance(stored), _provenance(repeated))),
    )


def share_repeated(repetitions: Sequence[Repetition]) -> Interval:
    """The share of the runs that came out the same, with its Wilson interval.

    Raises:
        ValueError: there is none.
    """
    return wilson_interval(sum(repetition.is_same for repetition in repetitions), len(repetitions))


def _recipe_of(run: Run) -> Recipe:
    return recipe_from_config(run.config, str(run.path)).with_seed(run.info.seed)


def _train(requests: Sequence[TrainRequest], *, jobs: int, console: Console) -> list[Failure]:
    titles = [request.title for request in requests]
    with stop_on_signals() as stop, progress_board(titles, console=console) as sinks:
        if jobs == 1 or len(requests) == 1:
            failures = train_in_turn(requests, sinks, stop)
        else:
            failures = train_in_processes(requests, sinks, jobs=jobs, stop=stop)
    if any(failure.interrupted for failure in failures):
        raise RunInterrupted("the repetition was interrupted; it starts again from the beginning")
    return failures


def _is_finished(path: Path) -> bool:
    try:
        return RunFolder.open(path).read_info().status == "finished"
    except RunError:
        return False


def _final_numbers(run: Run) -> dict[str, Any]:
    numbers = {
        f"scores.{player}.{name}": value
        for player, scores in run.info.scores.items()
        for name, value in asdict(scores).items()
    }
    numbers["timesteps"] = run.info.timesteps
    return numbers | {f"metrics.{name}": value for name, value in last_metrics(run.metrics).items()}


def last_metrics(metrics: Iterable[MetricRow]) -> dict[str, float]:
    """The last value of each metric that no clock makes."""
    return {name: value for row in metrics for name, value in row.values.items() if not name.startswith(CLOCK_METRICS)}


def _provenance(run: Run) -> dict[str, Any]:
    hardware = {name: run.info.hardware.get(name) for name in ("cpu", "gpu")}
    return {**run.info.versions, **hardware, "commit": run.info.commit and run.info.commit[:12]}


def _differences(stored: Mapping[str, Any], repeated: Mapping[str, Any]) -> list[Difference]:
    names = {**stored, **repeated}
    pairs = ((name, stored.get(name), repeated.get(name)) for name in names)
    return [Difference(*pair) for pair in pairs if not _is_same(pair[1], pair[2])]


def _is_same(one: Any, other: Any) -> bool:
    both_nan = isinstance(one, float) and isinstance(other, float) and math.isnan(one) and math.isnan(other)
    return both_nan or one == other
