"""Tables of scores for the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.table import Table

from .runs import RunInfo, Scores

_PLAYERS = ("agent", "best", "random", "oracle")


def scores_table(runs: Sequence[RunInfo]) -> Table:
    """One row a run: its agent beside random and oracle, as success or else return, with 95 % intervals."""
    measures = sorted({_measure(run.scores) for run in runs}, reverse=True)
    title = f"{' or '.join(measures)} on the test seeds, with 95 % intervals"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for name in ("run", *_PLAYERS):
        table.add_column(name, no_wrap=True)
    for run in runs:
        cells = [score_text(run.scores[name]) if name in run.scores else "–" for name in _PLAYERS]
        table.add_row(f"{run.recipe} {run.seed}", *cells)
    return table


def player_table(player: str, score: Scores) -> Table:
    """A player's row: success and return with their intervals."""
    table = Table(box=None, pad_edge=False)
    for name in ("agent", "success", "return", "episodes"):
        table.add_column(name)
    success = "–" if score.success_rate is None else score_text(score)
    table.add_row(player, success, _return_text(score), f"{score.episodes:,}")
    return table


def score_text(score: Scores) -> str:
    """A success rate with its interval in percent, or the mean return where there is no success."""
    if score.success_rate is None or score.success_low is None or score.success_high is None:
        return _return_text(score)
    return f"{score.success_rate:.0%} ({100 * score.success_low:.0f}–{100 * score.success_high:.0f})"


def _return_text(score: Scores) -> str:
    return f"{score.return_mean:.2f} ({score.return_low:.2f} … {score.return_high:.2f})"


def _measure(scores: Mapping[str, Scores]) -> str:
    return "return" if all(score.success_rate is None for score in scores.values()) else "success"
