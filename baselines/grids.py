"""Tables of text, for the terminal and for Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_MARKUP = "\\|`*<[]"
_PIPED_WIDTH = 200


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of text; the first column is what the rows are about.

    Attributes:
        title: what the table shows, in one line.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def grid_markdown(grid: Grid) -> str:
    """A table with its title as GitHub's Markdown."""
    rule = ["---", *["---:"] * (len(grid.columns) - 1)]
    lines = [[escaped(cell) for cell in line] for line in (grid.columns, *grid.rows)]
    lines.insert(1, rule)
    return "\n".join([f"**{escaped(grid.title)}**", "", *(f"| {' | '.join(line)} |" for line in lines)])


def escaped(text: str) -> str:
    """Text as one line of Markdown that no table, emphasis or tag of it breaks out of."""
    line = " ".join(text.split())
    return "".join(f"\\{character}" if character in _MARKUP else character for character in line)


def print_grids(grids: Iterable[Grid], notes: Iterable[str] = ()) -> None:
    """Print tables, each with its title above and an empty line below, and notes as a list.

    Where the output is no terminal, lines are as long as they are.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if not console.is_terminal:
        console = Console(width=_PIPED_WIDTH)
    for grid in grids:
        table = Table(box=None, pad_edge=False)
        for number, column in enumerate(grid.columns):
            table.add_column(Text(column), justify="right" if number else "left")
        for line in grid.rows:
            table.add_row(*map(Text, line))  # a label is no markup
        console.print(Text(grid.title, style="italic"), soft_wrap=True)
        console.print(table)
        console.print()
    for note in notes:
        console.print(Text(f"• {note}"), soft_wrap=True)
