"""Sigmoid curves of score against compute: fits, their intervals over seeds, and how well they extrapolate.

R(C) = R0 + (A - R0) / (1 + (C_mid / C)^B): from the score R0 before training to the asymptote A, half the way at C_mid
of compute, the steeper the larger B. Khatri et al., "The art of scaling reinforcement learning compute for LLMs", 2025.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .intervals import Interval, percentile_interval
from .resampling import Array

MIN_POINTS = 5
"""A curve of four parameters needs one point more, or it fits anything."""

RESAMPLES = 200

_STEEPNESS = (0.2, 20.0)
_MIDPOINT_BEYOND = 10.0
"""How far before the first and past the last point a midpoint is looked for, as a factor."""

_GRID_MIDPOINTS, _GRID_STEEPNESSES = 41, 15


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One run's scores over its training.

    Attributes:
        compute_N: how much compute was spent at each point, in any unit.
        scores_N: the scores there.
    """

    compute_N: Array
    scores_N: Array

    def __len__(self) -> int:
        """How many points there are."""
        return len(self.compute_N)


@dataclass(frozen=True, slots=True)
class Sigmoid:
    """A fitted curve.

    Attributes:
        start: R0, the score before training.
        asymptote: A, the score that it tends to.
        midpoint: C_mid, where it is half way, in the unit of compute.
        steepness: B.
        rmse: the root of the mean squared distance of the points it was fitted to.
    """

    start: float
    asymptote: float
    midpoint: float
    steepness: float
    rmse: float

    def at(self, compute: ArrayLike) -> Array:
        """The score at some compute."""
        risen = _risen(_logarithm(compute), np.log(self.midpoint), self.steepness)
        return self.start + (self.asymptote - self.start) * risen


@dataclass(frozen=True, slots=True)
class Extrapolation:
    """What a fit to the first part of training says of its end.

    Attributes:
        share: how much of the compute it was fitted to.
        fit: to that part.
        predicted: the score at the end, by the fit.
        observed: the mean of the last scores of all curves.
        error: predicted - observed, with its interval over seeds.
    """

    share: float
    fit: Sigmoid
    predicted: float
    observed: float
    error: Interval


@dataclass(frozen=True, slots=True)
class ScalingFit:
    """A curve fitted to all points, its parameters with their 95 % intervals over seeds.

    Attributes:
        furthest: the most compute that any of the curves was given.
        extrapolation: None where the first part has too few points to fit, or none of one of the curves.
    """

    fit: Sigmoid
    asymptote: Interval
    midpoint: Interval
    steepness: Interval
    furthest: float
    extrapolation: Extrapolation | None

    @property
    def asymptote_is_guessed(self) -> bool:
        """Whether less than half of the rise was seen: what comes after the last point fits many asymptotes alike."""
        return self.midpoint.estimate > self.furthest


def fit_sigmoid(
    compute: ArrayLike,
    scores: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    bounds: tuple[float, float] = (-np.inf, np.inf),
) -> Sigmoid:
    """Fit a sigmoid by least squares.

    For a given midpoint and steepness the curve is linear in start and asymptote, so a grid over the first two, with
    the other two solved exactly, finds the basin of the best fit; a local search ends it.

    Args:
        compute: shape (N,), not negative.
        scores: shape (N,).
        weights: how often each point counts; None counts each once.
        bounds: between which start and asymptote must lie, 0 and 1 for a success rate.

    Raises:
        ValueError: there are fewer than `MIN_POINTS` different amounts of compute, a number is not finite or compute is
            negative, or the bounds are no interval.
    """
    compute_N, scores_N = np.asarray(compute, dtype=np.float64), np.asarray(scores, dtype=np.float64)
    weights_N = np.ones_like(scores_N) if weights is None else np.asarray(weights, dtype=np.float64)
    _check(compute_N, scores_N, weights_N, bounds)
    return _fit(compute_N, scores_N, weights_N, bounds)


def scaling_fit(
    curves: Sequence[Curve],
    rng: np.random.Generator,
    *,
    share: float = 0.5,
    bounds: tuple[float, float] = (-np.inf, np.inf),
    resamples: int = RESAMPLES,
) -> ScalingFit:
    """Fit a sigmoid to the curves of all seeds, and try how well the first part of training foretells the end.

    The intervals are percentile bootstraps that draw whole curves, as many as there are.

    Args:
        curves: one for each seed; they need not be measured at the same points.
        rng: draws the resamples.
        share: the part of the largest compute that the extrapolation is fitted to, in (0, 1).
        bounds: between which start and asymptote must lie, 0 and 1 for a success rate.
        resamples: how many there are.

    Raises:
        ValueError: there is no curve, one without a point, or what `fit_sigmoid` refuses.
    """
    if not curves or not all(len(curve) for curve in curves):
        raise ValueError("curves must hold at least one curve, and each at least one point")
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1, got {share}")
    if resamples < 1:
        raise ValueError(f"resamples must be 1 or more, got {resamples}")
    compute_N = np.concatenate([curve.compute_N for curve in curves])
    scores_N = np.concatenate([curve.scores_N for curve in curves])
    curve_N = np.repeat(np.arange(len(curves)), [len(curve) for curve in curves])
    fit = fit_sigmoid(compute_N, scores_N, bounds=bounds)
    early_N = compute_N <= share * compute_N.max()
    # of every curve some points, because a resample may hold any of them alone
    everyone = len(np.unique(curve_N[early_N])) == len(curves)
    enough = everyone and len(np.unique(compute_N[early_N])) >= MIN_POINTS
    early = _fit(compute_N[early_N], scores_N[early_N], np.ones(early_N.sum()), bounds) if enough else None
    last_C = np.array([curve.compute_N.max() for curve in curves])
    final_C = np.array([curve.scores_N[curve.compute_N.argmax()] for curve in curves])

    parameters_R_3, errors_R = np.empty((resamples, 3)), np.empty(resamples)
    for r in range(resamples):
        counts_C = np.bincount(rng.integers(0, len(curves), size=len(curves)), minlength=len(curves)).astype(float)
        drawn = _fit(compute_N, scores_N, counts_C[curve_N], bounds)
        parameters_R_3[r] = drawn.asymptote, drawn.midpoint, drawn.steepness
        if early is not None:
            drawn = _fit(compute_N[early_N], scores_N[early_N], counts_C[curve_N][early_N], bounds)
            errors_R[r] = np.average(drawn.at(last_C) - final_C, weights=counts_C)

    extrapolation = None
    if early is not None:
        predicted, observed = float(early.at(last_C).mean()), float(final_C.mean())
        error = percentile_interval(predicted - observed, errors_R)
        extrapolation = Extrapolation(share, early, predicted, observed, error)
    found = (fit.asymptote, fit.midpoint, fit.steepness)
    intervals = (percentile_interval(found[k], parameters_R_3[:, k]) for k in range(3))
    return ScalingFit(fit, *intervals, furthest=float(last_C.max()), extrapolation=extrapolation)


def _check(compute_N: Array, scores_N: Array, weights_N: Array, bounds: tuple[float, float]) -> None:
    if not (compute_N.ndim == 1 and compute_N.shape == scores_N.shape == weights_N.shape):
        raise ValueError(f"every score needs its compute, got shapes {scores_N.shape} and {compute_N.shape}")
    if not (np.isfinite(compute_N).all() and np.isfinite(scores_N).all() and (compute_N >= 0).all()):
        raise ValueError("compute and scores must be finite, and compute not negative")
    points = len(np.unique(compute_N[weights_N > 0]))
    if points < MIN_POINTS:
        raise ValueError(f"a sigmoid needs scores at {MIN_POINTS} or more amounts of compute, got {points}")
    if not bounds[0] < bounds[1]:
        raise ValueError(f"bounds must be a lower and a higher number, got {bounds}")


def _risen(log_compute: Array, log_midpoint: ArrayLike, steepness: ArrayLike) -> Array:
    """1 / (1 + (C_mid / C)^B), as a hyperbolic tangent, which does not overflow; 0 where no compute was spent."""
    return 0.5 + 0.5 * np.tanh(0.5 * np.asarray(steepness) * (log_compute - np.asarray(log_midpoint)))


def _logarithm(compute: ArrayLike) -> Array:
    with np.errstate(divide="ignore"):
        return np.log(np.asarray(compute, dtype=np.float64))


def _fit(compute_N: Array, scores_N: Array, weights_N: Array, bounds: tuple[float, float]) -> Sigmoid:
    from scipy.optimize import least_squares

    # the search ends by absolute tolerances, so scores are measured in their own spread
    unit = float(np.ptp(scores_N)) or 1.0
    scores_N, bounds = scores_N / unit, (bounds[0] / unit, bounds[1] / unit)
    log_compute_N, share_N = _logarithm(compute_N), weights_N / weights_N.sum()
    log_spent_N = log_compute_N[compute_N > 0]
    beyond = np.log(_MIDPOINT_BEYOND)
    log_bounds = float(log_spent_N.min() - beyond), float(log_spent_N.max() + beyond)
    origin = _best_of_grid(log_compute_N, scores_N, share_N, bounds, log_bounds)
    lowest = [bounds[0], bounds[0], log_bounds[0], np.log(_STEEPNESS[0])]
    highest = [bounds[1], bounds[1], log_bounds[1], np.log(_STEEPNESS[1])]
    roots_N = np.sqrt(share_N)

    def residuals(parameters: Array) -> Array:
        start, asymptote, log_midpoint, log_steepness = parameters
        risen_N = _risen(log_compute_N, log_midpoint, np.exp(log_steepness))
        return roots_N * (start + (asymptote - start) * risen_N - scores_N)

    solution = least_squares(residuals, origin, bounds=(lowest, highest))
    start, asymptote = (solution.x[:2] * unit).tolist()
    midpoint, steepness = np.exp(solution.x[2:]).tolist()
    return Sigmoid(start, asymptote, midpoint, steepness, rmse=unit * float(np.sqrt(2 * solution.cost)))


def _best_of_grid(
    log_compute_N: Array,
    scores_N: Array,
    share_N: Array,
    bounds: tuple[float, float],
    log_bounds: tuple[float, float],
) -> Array:
    """Start, asymptote, log midpoint and log steepness of the best fit on a grid of the latter two."""
    # the ends are left out: a search that starts on a bound stays there
    log_midpoints = np.linspace(*log_bounds, _GRID_MIDPOINTS + 2)[1:-1]
    log_steepnesses = np.linspace(np.log(_STEEPNESS[0]), np.log(_STEEPNESS[1]), _GRID_STEEPNESSES + 2)[1:-1]
    grid_G_2 = np.stack(np.meshgrid(log_midpoints, log_steepnesses), axis=-1).reshape(-1, 2)
    risen_G_N = _risen(log_compute_N[None, :], grid_G_2[:, :1], np.exp(grid_G_2[:, 1:]))
    # weighted least squares of scores = start + (asymptote - start) · risen, for every row
    risen_G, score = risen_G_N @ share_N, float(scores_N @ share_N)
    variance_G = (risen_G_N**2) @ share_N - risen_G**2
    slope_G = (risen_G_N @ (share_N * scores_N) - risen_G * score) / np.maximum(variance_G, 1e-12)
    start_G = np.clip(score - slope_G * risen_G, *bounds)
    asymptote_G = np.clip(score + slope_G * (1 - risen_G), *bounds)
    fitted_G_N = start_G[:, None] + (asymptote_G - start_G)[:, None] * risen_G_N
    best = int((((fitted_G_N - scores_N) ** 2) @ share_N).argmin())
    return np.array([start_G[best], asymptote_G[best], *grid_G_2[best]])
