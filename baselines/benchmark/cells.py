"""Cells: what a suite trains, one recipe with one seed each, and what has become of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ..bring import default_name, recipes_with_agent
from ..errors import RunError, UsageError
from ..outcome import Failure
from ..runs import RunFolder
from ..store.filters import RunFilter
from ..store.record import Run, options_line
from ..train import TrainRequest, difference_from
from .suite import Suite


def cells_of(
    suite: Suite, out: Path, *, seeds: Collection[int] = (), chosen: str = "", device: str = "auto"
) -> list[TrainRequest]:
    """The cells of a suite: every recipe with its first seed, then every one with its second …

    Args:
        suite: the suite.
        out: the folder of all runs.
        seeds: in place of the suite's.
        chosen: a filter as for runs (`env=robot/* algo=ppo seed=0..2`) that the cells have to pass.
        device: where the weights are.

    Raises:
        UsageError: the filter cannot be read, or no cell passes it.
    """
    recipes = [recipe.model_copy(update={"seeds": tuple(seeds)}) if seeds else recipe for recipe in suite.recipes]
    rounds = max(len(recipe.seeds) for recipe in recipes)
    cells = [
        TrainRequest(recipe.with_seed(recipe.seeds[round_]), out, device)
        for round_ in range(rounds)
        for recipe in recipes
        if round_ < len(recipe.seeds)
    ]
    if not chosen:
        return cells
    by_path = {cell.path: cell for cell in cells}
    passed = RunFilter.parse(chosen).choose([_as_run(cell) for cell in cells])
    if not passed:
        raise UsageError(f"no cell of {suite.name} passes --filter {chosen!r}; --list shows them all")
    return [by_path[run.path] for run in passed]


def with_agent(suite: Suite, source: str, label: str | None) -> Suite:
    """A suite's settings, each once and with its seeds, with another's agent in place of the suite's.

    Args:
        suite: the suite.
        source: the agent's, as a recipe's `agent.source`.
        label: what to call it; None takes the source's own name.

    Raises:
        UsageError: the source or the label does not fit.
    """
    name = default_name(source) if label is None else label
    return replace(suite, name=f"{suite.name}-{name}", recipes=tuple(recipes_with_agent(suite.recipes, source, name)))


def cell_name(cell: TrainRequest) -> str:
    """What a cell is called, which is where its run lies below the folder of all runs."""
    return cell.path.relative_to(cell.out).as_posix()


def is_finished(cell: TrainRequest) -> bool:
    """Whether the cell's run is finished; False where its folder cannot be read."""
    folder = RunFolder(cell.path)
    with suppress(RunError):
        return folder.exists and folder.read_info().status == "finished"
    return False


def settle_conflicts(cells: Sequence[TrainRequest], *, force: bool) -> list[TrainRequest]:
    """Find the cells whose folders hold another run than the cell's.

    Args:
        cells: the cells.
        force: have them, and those that failed, put aside and started afresh.

    Returns:
        The cells, as they are to be trained.

    Raises:
        UsageError: a folder holds another run, and `force` does not say what to do with it.
    """
    found = {cell.path: _difference(cell) for cell in cells}
    conflicts = [(path, difference) for path, difference in found.items() if difference]
    if force:
        return [replace(cell, force=bool(found[cell.path]) or _has_failed(cell)) for cell in cells]
    if conflicts:
        path, difference = conflicts[0]
        others = f", and so do {len(conflicts) - 1} other folders" if len(conflicts) > 1 else ""
        raise UsageError(
            f"{path} holds a run with {difference}{others}: use --force to put them aside and start these cells "
            "afresh, or --out for another folder"
        )
    return list(cells)


def keep_failure(cell: TrainRequest, failure: Failure) -> None:
    """Have the cell's run folder say that it failed, where no one could: its process died, or there was no folder."""
    folder = RunFolder(cell.path)
    # a folder that another process writes, or that cannot be read, is not this cell's to change
    with suppress(RunError), folder.lock():
        if folder.exists:
            info = folder.read_info()
            if info.status != "running":
                return
        else:
            info = cell.begin()
            folder.create(info, cell.recipe.to_config())
        info.status, info.error = "failed", failure.message
        folder.write_failure(info)


def _difference(cell: TrainRequest) -> str | None:
    try:
        return difference_from(RunFolder(cell.path), cell.recipe)
    except RunError:
        return None  # a damaged folder is this cell's failure, and keeps no other one from being trained


def _has_failed(cell: TrainRequest) -> bool:
    folder = RunFolder(cell.path)
    try:
        return folder.exists and folder.read_info().status == "failed"
    except RunError:
        return True


def _as_run(cell: TrainRequest) -> Run:
    """The cell as the run that it will be, for the filter."""
    config = cell.recipe.to_config()
    return Run(cell.path, cell.begin(), "waiting", config, options_line(config), [], [])
