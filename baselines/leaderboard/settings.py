"""The table of one setting: what every contender scored there, in the setting's measure and on its scale."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from ..benchmark.references import Reference, SettingKey
from ..learning_curve import curve_of
from ..runs import Scores
from ..statistics import Interval, area_under, interval_over_runs
from ..store.record import Run
from .contenders import Contender
from .results import Checkpoint, Measure, Row, SettingId, SettingTable


def setting_table(
    id: SettingId,
    contenders: Sequence[Contender],
    references: Mapping[SettingKey, Reference],
    checkpoint: Checkpoint,
) -> SettingTable:
    """The table of a setting.

    Args:
        id: the setting.
        contenders: who was trained in it.
        references: what random and the expert score; where the setting is not among them, what its runs measured.
        checkpoint: whose scores are taken.
    """
    measure = _measure([scores for one in contenders for run in one.runs if (scores := _counted(run, checkpoint))])
    runs = [run for contender in contenders for run in contender.runs]
    reference = references.get(id)
    random, oracle = _measured_reference(reference, measure)
    shipped = random is not None
    if not shipped:
        random, oracle = _of_runs(runs, "random", measure), _of_runs(runs, "oracle", measure)
    table = SettingTable(id, measure, (), random, oracle, shipped)
    rows = [_row(contender, table, checkpoint) for contender in contenders]
    rows.sort(key=lambda row: (-row.score.estimate if row.score else math.inf, row.label))
    return SettingTable(id, measure, tuple(rows), random, oracle, shipped)


def score_interval(scores: Scores, measure: Measure) -> Interval | None:
    """What was scored in a measure; None where it was not measured. Bounds that are unknown lie on the estimate."""
    if measure == "success":
        estimate, low, high = scores.success_rate, scores.success_low, scores.success_high
    else:
        estimate, low, high = scores.return_mean, scores.return_low, scores.return_high
    if estimate is None or not math.isfinite(estimate):
        return None
    bounds = [estimate if bound is None or not math.isfinite(bound) else bound for bound in (low, high)]
    return Interval(estimate, *bounds)


def _counted(run: Run, checkpoint: Checkpoint) -> Scores | None:
    if not run.is_finished:
        return None
    return _over_training(run) if checkpoint == "all" else run.info.scores.get(checkpoint)


def _over_training(run: Run) -> Scores | None:
    """What the run scored on average over its steps, in the evaluations during training; None without two of them."""
    success = area_under(curve_of(run.metrics, "eval/success_rate", "steps"))
    mean = area_under(curve_of(run.metrics, "eval/return_mean", "steps"))
    if mean is None:
        return None
    return Scores(success, None, None, mean, math.nan, math.nan, run.config["evaluation"]["episodes"])


def _measure(scores: Iterable[Scores]) -> Measure:
    rates = [one.success_rate for one in scores]
    return "success" if rates and all(rate is not None for rate in rates) else "return"


def _measured_reference(reference: Reference | None, measure: Measure) -> tuple[Interval | None, Interval | None]:
    if reference is None:
        return None, None
    return score_interval(reference.random, measure), reference.oracle and score_interval(reference.oracle, measure)


def _of_runs(runs: Iterable[Run], player: str, measure: Measure) -> Interval | None:
    measured = [score_interval(run.info.scores[player], measure) for run in runs if player in run.info.scores]
    known = [interval for interval in measured if interval is not None]
    return interval_over_runs(known) if known else None


def _row(contender: Contender, table: SettingTable, checkpoint: Checkpoint) -> Row:
    measured: dict[int, Interval] = {}
    for run in contender.runs:
        scores = _counted(run, checkpoint)
        interval = scores and score_interval(scores, table.measure)
        if interval is not None:
            measured[run.info.seed] = interval
    score = interval_over_runs(list(measured.values())) if measured else None
    normalised = None
    if score is not None and table.has_scale:
        normalised = Interval(*(table.normalise(bound) for bound in (score.estimate, score.low, score.high)))
    finished = sum(run.is_finished for run in contender.runs)
    failed = sum(run.status == "failed" for run in contender.runs)
    return Row(
        label=contender.label,
        recipe=contender.recipe,
        score=score,
        normalised=normalised,
        seeds=tuple(measured),
        seed_scores=tuple(interval.estimate for interval in measured.values()),
        failed=failed,
        unfinished=len(contender.runs) - finished - failed,
        unscored=finished - len(measured),
    )
