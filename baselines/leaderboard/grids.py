"""A leaderboard as tables of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..grids import Grid, escaped, grid_markdown
from ..statistics import Interval
from .comparisons import connected
from .results import Comparison, Entry, Leaderboard, Measure, Pair, Row, SettingTable

NOTHING = "–"
_CHECKPOINTS = {
    "agent": "last checkpoints",
    "best": "best checkpoints",
    "all": "all checkpoints, averaged over training",
}


def standings(board: Leaderboard) -> list[Grid]:
    """The agents of every comparison with the aggregates of their normalised scores."""
    return [_standings(comparison, board) for comparison in board.comparisons]


def duels(board: Leaderboard) -> list[Grid]:
    """All pairs of agents of every comparison in which there are some."""
    columns = ("pair", "probability of improvement", "mean difference", "p (Holm)", "pairs of seeds")
    return [
        Grid(f"Pairs over {_settings(comparison)}", columns, tuple(_duels(comparison)))
        for comparison in board.comparisons
        if comparison.pairs
    ]


def scores_by_setting(board: Leaderboard) -> list[Grid]:
    """What agents scored in every setting between random and the expert; one table for agents that share settings."""
    tables = {table.id: table for table in board.settings}
    rows = [(row.label, table.id) for table in board.settings for row in table.rows]
    labels = sorted({label for label, _ in rows})
    coverage = {label: frozenset(id for other, id in rows if other == label) for label in labels}
    grids = []
    for group in sorted(map(sorted, connected(coverage))):
        ids = sorted(frozenset().union(*(coverage[label] for label in group)))
        title = f"Scores of {_CHECKPOINTS[board.checkpoint]}, with 95 % intervals over seeds"
        lines = tuple(_line(tables[id], group) for id in ids)
        grids.append(Grid(title, ("setting", "random", *group, "expert"), lines))
    return grids


def markdown(board: Leaderboard) -> str:
    """The standings, the scores by setting and the caveats as GitHub's Markdown, without a line end at the end."""
    parts = [grid_markdown(grid) for grid in (*standings(board), *scores_by_setting(board))]
    if board.caveats:
        parts.append("\n".join(f"- {escaped(caveat.text)}" for caveat in board.caveats))
    return "\n\n".join(parts)


def _standings(comparison: Comparison, board: Leaderboard) -> Grid:
    where = _settings(comparison)
    checkpoint = _CHECKPOINTS[board.checkpoint]
    title = f"Normalised scores over {where}: 0 random, 1 the expert; {checkpoint}; 95 % intervals"
    columns = ("agent", "IQM", "mean", "median", "optimality gap", "seeds")
    return Grid(title, columns, tuple(_standing(entry) for entry in comparison.entries))


def _standing(entry: Entry) -> tuple[str, ...]:
    found = entry.aggregates
    aggregates = (found.iqm, found.mean, found.median, found.optimality_gap)
    seeds = f"{entry.seeds}, too few" if entry.few_seeds else str(entry.seeds)
    # one seed resampled is the same seed again: an interval without width would promise certainty
    written = _estimate if entry.seeds == 1 else _decimals
    return (entry.label, *(written(interval) for interval in aggregates), seeds)


def _duels(comparison: Comparison) -> Iterator[tuple[str, ...]]:
    single = {entry.label for entry in comparison.entries if entry.seeds == 1}
    for pair in comparison.pairs:
        one_seed = pair.first in single or pair.second in single
        improvement = f"{_exact(pair.improvement.estimate):.0%}" if one_seed else _share(pair.improvement)
        yield _duel(pair, improvement)


def _duel(pair: Pair, improvement: str) -> tuple[str, ...]:
    named = f"{pair.first} over {pair.second}"
    if pair.test is None or pair.corrected_p is None:
        return (named, improvement, NOTHING, NOTHING, "0")
    return (
        named,
        improvement,
        f"{round(pair.test.difference, 2) + 0.0:+.2f}",
        p_text(pair.corrected_p),
        str(pair.test.pairs),
    )


def p_text(p_value: float) -> str:
    """A p-value to three decimals, never as nothing."""
    return "< 0.001" if p_value < 0.001 else f"{p_value:.3f}"


def _settings(comparison: Comparison) -> str:
    return str(comparison.settings[0]) if len(comparison.settings) == 1 else f"{len(comparison.settings)} settings"


def _line(table: SettingTable, labels: Sequence[str]) -> tuple[str, ...]:
    rows = {row.label: row for row in table.rows}
    name = str(table.id) if table.measure == "success" else f"{table.id}: return"
    cells = [_cell(rows[label], table.measure) if label in rows else NOTHING for label in labels]
    return (name, _reference(table.random, table.measure), *cells, _reference(table.oracle, table.measure))


def _cell(row: Row, measure: Measure) -> str:
    """A score with its interval, and what must be known with it."""
    parts = []
    if row.score is not None:
        parts.append(_share(row.score) if measure == "success" else _decimals(row.score))
        if row.few_seeds:
            parts.append("1 seed" if len(row.seeds) == 1 else f"{len(row.seeds)} seeds")
    counts = ((row.failed, "failed"), (row.unfinished, "unfinished"), (row.unscored, "without a score"))
    parts += [f"{count} {what}" for count, what in counts if count]
    return ", ".join(parts)


def _reference(interval: Interval | None, measure: Measure) -> str:
    if interval is None:
        return NOTHING
    return f"{_exact(interval.estimate):.0%}" if measure == "success" else _estimate(interval)


def _estimate(interval: Interval) -> str:
    return f"{_exact(interval.estimate):.2f}"


def _share(interval: Interval) -> str:
    estimate, low, high = (_exact(bound) for bound in (interval.estimate, interval.low, interval.high))
    return f"{estimate:.0%} ({100 * low:.0f}–{100 * high:.0f})"


def _decimals(interval: Interval) -> str:
    estimate, low, high = (_exact(bound) for bound in (interval.estimate, interval.low, interval.high))
    return f"{estimate:.2f} ({low:.2f} … {high:.2f})"


def _exact(value: float) -> float:
    """Without the last digits, in which processors differ: they must not decide how 0.125 is rounded."""
    return round(value, 9) + 0.0  # which makes -0 a 0
