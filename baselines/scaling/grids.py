"""Scaling fits as tables of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..grids import Grid
from ..leaderboard import MIN_SEEDS
from ..learning_curve import Axis
from ..statistics import Extrapolation, Interval, ScalingFit
from .fits import Scaling


def scaling_grids(scalings: Sequence[Scaling], against: Axis, share: float) -> Iterator[Grid]:
    """For every metric a table of the parameters, and one of the end as the first part of training foretells it."""
    for metric in dict.fromkeys(row.metric for row in scalings):
        fitted = [(row, row.fit) for row in scalings if row.metric == metric and row.fit is not None]
        if fitted:
            formula = "R0 + (A - R0) / (1 + (C_mid / C)^B), with 95 % intervals over seeds"
            columns = ("setting", "agent", "R0", "A", "C_mid", "B", "rmse", "seeds")
            rows = tuple((*_named(row), *_parameters(fit), str(len(row.seeds))) for row, fit in fitted)
            yield Grid(f"{metric} against {against} C: {formula}", columns, rows)
        foretold = [(row, fit.extrapolation) for row, fit in fitted if fit.extrapolation is not None]
        if foretold:
            title = f"{metric} at the end, foretold from the first {share:.0%} of the {against}"
            columns = ("setting", "agent", "predicted", "observed", "error")
            yield Grid(title, columns, tuple((*_named(row), *_errors(found)) for row, found in foretold))


def scaling_notes(scalings: Sequence[Scaling], share: float) -> Iterator[str]:
    """What is missing from the tables or to be known with them, in sentences."""
    for row in scalings:
        named = f"{row.label} in {row.setting}"
        if row.reason is not None:
            yield f"{named}: {row.reason}"
            continue
        if row.left_out:
            yield f"{named}: {row.left_out} of its runs left out, which did not finish or did not measure it"
        if len(row.seeds) < MIN_SEEDS:
            yield f"{named}: fewer than {MIN_SEEDS} seeds, so its intervals are guesses"
        if row.fit is not None and row.fit.asymptote_is_guessed:
            yield f"{named}: C_mid lies past the last point, so A and C_mid are guesses, whatever their intervals"
        if row.fit is not None and row.fit.extrapolation is None:
            yield f"{named}: too few points in the first {share:.0%} to foretell the end"


def _named(row: Scaling) -> tuple[str, str]:
    return str(row.setting), row.label


def _parameters(found: ScalingFit) -> tuple[str, ...]:
    return (
        _number(found.fit.start),
        _bounds(found.asymptote),
        _bounds(found.midpoint),
        _bounds(found.steepness),
        _number(found.fit.rmse),
    )


def _errors(found: Extrapolation) -> tuple[str, ...]:
    return _number(found.predicted), _number(found.observed), _bounds(found.error, "+")


def _bounds(interval: Interval, sign: str = "") -> str:
    if interval.low == interval.high:  # of one seed
        return _number(interval.estimate, sign)
    return f"{_number(interval.estimate, sign)} ({_number(interval.low, sign)} … {_number(interval.high, sign)})"


def _number(value: float, sign: str = "") -> str:
    """Three decimals of a small number, none of a large one."""
    decimals = 3 if abs(value) < 10 else 1 if abs(value) < 1000 else 0
    return f"{value:{sign},.{decimals}f}"
