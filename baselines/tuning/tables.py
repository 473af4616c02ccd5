"""What a study came to, for the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.table import Table

from ..statistics import Interval
from .result import TuningResult
from .trials import SeedScore, Trial


def trial_line(trial: Trial) -> str:
    """One trial in a line: score, the scores of its runs, parameters, and why runs failed."""
    score = "failed" if trial.score is None else f"{trial.score:.3f}"
    runs = " ".join("failed" if seed.score is None else f"{seed.score:.3f}" for seed in trial.seeds)
    failures = {seed.error for seed in trial.seeds if seed.error}
    told = "".join(f"\n  {error}" for error in sorted(failures))
    return f"trial {trial.number}: {score} ({runs})  {parameters_text(trial.parameters)}{told}"


def parameters_text(parameters: Mapping[str, Any]) -> str:
    """Parameters in one line, without what all names have in common."""
    return ", ".join(f"{short_name(key)} {value_text(value)}" for key, value in parameters.items())


def short_name(key: str) -> str:
    """`learning_rate` of `agent.params.learning_rate`."""
    return key.removeprefix("agent.").removeprefix("params.")


def value_text(value: Any) -> str:
    """A value, numbers in four digits."""
    if value is None:
        return "its default"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def changes_table(result: TuningResult) -> Table:
    """What the best trial changes in the recipe."""
    table = Table(title=f"trial {result.best}, the best of {len(result.trials)}", title_justify="left", box=None)
    for name in ("parameter", "recipe", "tuned"):
        table.add_column(name)
    for change in result.changes:
        table.add_row(short_name(change.parameter), value_text(change.own), value_text(change.tuned))
    return table


def scores_table(result: TuningResult) -> Table:
    """The scores on tuning and test seeds, with the gap between them."""
    tuning_seeds = result.trials[result.best].seeds
    table = Table(title=f"{result.env_id}, with 95 % intervals", title_justify="left", box=None)
    table.add_column("")
    table.add_column("score")
    table.add_column("runs")
    for name, score, seeds in (
        ("tuned, on the tuning seeds", result.tuning, tuning_seeds),
        ("tuned, on the test seeds", result.tuned, result.tuned_seeds),
        ("the recipe's own, on the test seeds", result.own, result.own_seeds),
    ):
        # one run drawn again and again is the same run: an interval without width would promise certainty
        table.add_row(name, f"{score.estimate:.3f}" if len(seeds) == 1 else _interval(score), _runs(seeds))
    table.add_row("gap: tuning minus test seeds", _interval(result.gap), "")
    return table


def conclusion(result: TuningResult) -> list[str]:
    """What the scores say, and what they cannot say."""
    improvement, paired = result.improvement, result.paired
    lines = [
        f"a tuned run beats one of the recipe with probability {improvement.estimate:.2f} "
        f"({improvement.low:.2f}–{improvement.high:.2f}); mean difference {paired.difference:+.3f}, "
        f"p = {paired.p_value:.3f} over {paired.pairs} paired seeds",
        f"spent: {result.timesteps:,} steps in {len(_all_runs(result))} runs, {result.wall_time_s / 60:.1f} minutes "
        "of training",
    ]
    failed = sum(run.score is None for run in _all_runs(result))
    if failed:
        lines.append(f"{failed} runs failed; each counts as the worst score of all")
    if len(result.trials[result.best].seeds) < 3:
        lines.append("fewer than 3 tuning seeds: the interval of the gap knows little of how runs differ")
    if len(result.tuned_seeds) < 5:
        lines.append("fewer than 5 test seeds: the comparison with the recipe says little")
    return lines


def _all_runs(result: TuningResult) -> list[SeedScore]:
    return [*(seed for trial in result.trials for seed in trial.seeds), *result.tuned_seeds, *result.own_seeds]


def _runs(seeds: tuple[SeedScore, ...]) -> str:
    failed = sum(seed.score is None for seed in seeds)
    return f"{len(seeds)}, {failed} failed" if failed else str(len(seeds))


def _interval(interval: Interval) -> str:
    return f"{interval.estimate:.3f} ({interval.low:.3f} … {interval.high:.3f})"
