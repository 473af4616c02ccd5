"""The leaderboard as the page shows it: agents over the settings they share, once for each kind of checkpoint."""

from __future__ import annotations

from dataclasses import dataclass

from ..benchmark.references import load_references
from ..leaderboard import Caveat, Checkpoint, Comparison, Entry, Leaderboard, Pair, leaderboard
from ..statistics import Interval, Profile
from .collect import Collection
from .dots import Scale

CHECKPOINTS: dict[Checkpoint, str] = {"agent": "Last checkpoint", "best": "Best checkpoint"}


@dataclass(frozen=True, slots=True)
class Standing:
    """One agent's line. `iqm`, the other aggregates and the positions (percent of the plot) are None without a score.

    Attributes:
        seeds: how many runs it has in each setting.
        failed: its runs that failed, over all settings.
        unfinished: its runs that are running or were interrupted.
    """

    label: str
    entry: Entry | None
    seeds: int
    failed: int
    unfinished: int
    at: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the matrix: how likely a run of the row's agent scores higher than one of the column's.

    `hue` says on which side of one half it lies and `strength` (percent) how far.
    """

    improvement: Interval
    p_value: float | None
    hue: str
    strength: int


@dataclass(frozen=True, slots=True)
class Board:
    """Agents compared over the settings they share. `matrix` has a row and a column an agent; None on its diagonal."""

    anchor: str
    settings: list[str]
    standings: list[Standing]
    ticks: list[tuple[float, float]]
    matrix: list[list[Cell | None]]

    @property
    def profiles(self) -> list[tuple[str, Profile]]:
        """The performance profile of every agent with a score."""
        return [(standing.label, standing.entry.run_profile) for standing in self.standings if standing.entry]


@dataclass(frozen=True, slots=True)
class Standings:
    """The leaderboard of one kind of checkpoint."""

    checkpoint: Checkpoint
    title: str
    boards: list[Board]
    caveats: tuple[Caveat, ...]


def standings_of(collection: Collection) -> list[Standings]:
    """The leaderboards of the last and of the best checkpoints; none where there is nothing to compare.

    One agent in one setting has nothing beside it, and the setting's own table says all about it.
    """
    references = load_references()
    found = []
    for checkpoint, title in CHECKPOINTS.items():
        board = leaderboard(collection.runs, references, checkpoint=checkpoint)
        worth = [one for one in board.comparisons if len(one.entries) > 1 or len(one.settings) > 1]
        if worth:
            boards = [_board(f"board-{checkpoint}-{number}", one, board) for number, one in enumerate(worth)]
            found.append(Standings(checkpoint, title, boards, board.caveats))
    return found


def _board(anchor: str, comparison: Comparison, board: Leaderboard) -> Board:
    bounds = [bound for entry in comparison.entries for bound in (entry.aggregates.iqm.low, entry.aggregates.iqm.high)]
    inside = min(bounds) >= 0 and max(bounds) <= 1
    scale = Scale(0.0, 1.0) if inside else Scale.around([0.0, 1.0, *bounds])
    scored = {entry.label for entry in comparison.entries}
    standings = [_standing(entry, comparison, board, scale) for entry in comparison.entries]
    standings += [_unscored(label, comparison, board) for label in _labels(comparison, board) if label not in scored]
    labels = [entry.label for entry in comparison.entries]
    cells = {(pair.first, pair.second): pair for pair in comparison.pairs}
    matrix = [[_cell(cells, row, column) for column in labels] for row in labels] if len(labels) > 1 else []
    return Board(anchor, [str(id) for id in comparison.settings], standings, scale.ticks(), matrix)


def _standing(entry: Entry, comparison: Comparison, board: Leaderboard, scale: Scale) -> Standing:
    iqm = entry.aggregates.iqm
    positions = (scale.at(iqm.estimate), scale.at(iqm.low), scale.at(iqm.high))
    return Standing(entry.label, entry, entry.seeds, *_lost(entry.label, comparison, board), *positions)


def _unscored(label: str, comparison: Comparison, board: Leaderboard) -> Standing:
    return Standing(label, None, 0, *_lost(label, comparison, board))


def _labels(comparison: Comparison, board: Leaderboard) -> list[str]:
    """The agents without any score that were tried in the comparison's settings."""
    scored = {row.label for table in board.settings for row in table.rows if row.seeds}
    tried = [row.label for table in board.settings if table.id in comparison.settings for row in table.rows]
    return [label for label in dict.fromkeys(tried) if label not in scored]


def _lost(label: str, comparison: Comparison, board: Leaderboard) -> tuple[int, int]:
    """How many runs of an agent failed and how many did not finish in the settings of a comparison."""
    tables = [table for table in board.settings if table.id in comparison.settings]
    rows = [row for table in tables for row in table.rows if row.label == label]
    return sum(row.failed for row in rows), sum(row.unfinished for row in rows)


def _cell(pairs: dict[tuple[str, str], Pair], row: str, column: str) -> Cell | None:
    if (row, column) in pairs:
        pair = pairs[row, column]
        improvement = pair.improvement
    elif (column, row) in pairs:
        pair = pairs[column, row]
        of_other = pair.improvement
        improvement = Interval(1 - of_other.estimate, 1 - of_other.high, 1 - of_other.low)
    else:
        return None
    distance = improvement.estimate - 0.5
    hue = "above" if distance > 0 else "below"
    return Cell(improvement, pair.corrected_p, hue, round(90 * abs(distance)))
