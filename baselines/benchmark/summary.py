"""Tables about the cells of a benchmark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from rich.table import Table

from ..errors import RunError
from ..runs import RunFolder
from ..store.record import options_line
from ..train import TrainRequest
from .cells import cell_name
from .run import CellResult

CELL_COLUMNS = ("cell", "environment", "agent", "steps", "status")


def cell_rows(cells: Sequence[TrainRequest]) -> Iterator[tuple[str, ...]]:
    """What there is to know of cells before they are trained, in the order of `CELL_COLUMNS`."""
    for cell in cells:
        recipe = cell.recipe
        options = options_line(recipe.to_config())
        environment = f"{recipe.env.id} ({options})" if options else recipe.env.id
        agent = recipe.label or recipe.agent.algorithm
        yield cell_name(cell), environment, agent, f"{recipe.budget.timesteps:,}", _status(cell)


def cells_table(cells: Sequence[TrainRequest]) -> Table:
    """One row a cell."""
    table = Table(box=None, pad_edge=False)
    for name in CELL_COLUMNS:
        table.add_column(name, no_wrap=name == "cell", justify="right" if name == "steps" else "left")
    for row in cell_rows(cells):
        table.add_row(*row)
    return table


def failures_table(results: Sequence[CellResult]) -> Table:
    """One row a cell that is not finished: what happened to it."""
    table = Table(box=None, pad_edge=False, title="not finished", title_justify="left")
    table.add_column("cell", no_wrap=True)
    table.add_column("status")
    table.add_column("error", overflow="fold")
    for result in results:
        if result.failure is not None:
            status = "interrupted" if result.failure.interrupted else "failed"
            table.add_row(cell_name(result.cell), status, result.failure.message)
    return table


def _status(cell: TrainRequest) -> str:
    folder = RunFolder(cell.path)
    with suppress(RunError):
        return folder.read_info().status if folder.exists else "–"
    return "unreadable"
