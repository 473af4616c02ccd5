"""Closed lines in the plane: through points, evenly spaced, drawn by chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

Points = NDArray[np.float64]

_DENSE = 16  # points of a fine line for each one that is asked for


@dataclass(frozen=True, slots=True)
class LoopShape:
    """How loops are drawn: a spline through knots around a middle.

    Attributes:
        radius: the knots' mean distance from the middle, metres.
        knots: how many.
        wobble: the share of the radius by which a knot is nearer or farther at most.
        tightest: the least radius of a curve, metres.
        apart: how far two stretches of the line that are no neighbours stay apart, metres.
    """

    radius: float
    knots: int
    wobble: float
    tightest: float
    apart: float


def smooth_closed_line(points_K_2: Points, count: int) -> tuple[Points, float]:
    """A closed cubic spline through points, as evenly spaced points, and its length.

    Args:
        points_K_2: three or more, each another than the one before; the last one is joined to the first.
        count: points that are returned.
    """
    ring = np.concatenate([points_K_2, points_K_2[:1]])
    chords = np.hypot(*np.diff(ring, axis=0).T)
    # the square root keeps the spline from bulging where chords are of different lengths (centripetal)
    knots = np.concatenate([[0.0], np.cumsum(np.sqrt(chords))])
    fine = CubicSpline(knots, ring, bc_type="periodic")(np.linspace(0.0, knots[-1], count * _DENSE + 1))
    return evenly_spaced(fine, count)


def evenly_spaced(closed_M_2: Points, count: int) -> tuple[Points, float]:
    """Points of a polygon, evenly spaced along it, and its length.

    Args:
        closed_M_2: the polygon, whose last point is its first.
        count: points that are returned, from the first one on.
    """
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(closed_M_2, axis=0).T))])
    places = np.linspace(0.0, along[-1], count, endpoint=False)
    return np.stack([np.interp(places, along, closed_M_2[:, axis]) for axis in (0, 1)], axis=-1), float(along[-1])


def directions(line_L_2: Points) -> NDArray[np.float64]:
    """Cosine and sine of the line's direction at each point."""
    ahead = np.roll(line_L_2, -1, axis=0) - np.roll(line_L_2, 1, axis=0)
    return ahead / np.hypot(*ahead.T)[:, None]


def curvatures(line_L_2: Points, length: float) -> NDArray[np.float64]:
    """By how many radians a metre the line turns at each point, to the left positive."""
    cosine, sine = directions(line_L_2).T
    heading = np.unwrap(np.arctan2(sine, cosine))
    turn = np.roll(heading, -1) - np.roll(heading, 1)
    return (turn - 2 * np.pi * np.rint(turn / (2 * np.pi))) / (2 * length / len(line_L_2))


def random_loop(rng: np.random.Generator, shape: LoopShape, count: int) -> tuple[Points, float]:
    """A loop around (0, 0), counter-clockwise, and its length.

    Args:
        rng: draws knots until curves are wide enough and stretches far enough apart.
        shape: of loops.
        count: points that are returned.
    """
    while True:
        angle = 2 * np.pi * (np.arange(shape.knots) + rng.uniform(-0.25, 0.25, shape.knots)) / shape.knots
        away = shape.radius * (1 + shape.wobble * rng.uniform(-1, 1, shape.knots))
        knots = np.stack([1.15 * away * np.cos(angle), 0.85 * away * np.sin(angle)], axis=-1)
        line, length = smooth_closed_line(knots, count)
        if _is_open(line, length, shape):
            return line, length


def _is_open(line_L_2: Points, length: float, shape: LoopShape) -> bool:
    if np.abs(curvatures(line_L_2, length)).max() > 1.0 / shape.tightest:
        return False
    return nearest_stretches(line_L_2, length, beyond=1.8 * shape.apart) >= shape.apart


def nearest_stretches(line_L_2: Points, length: float, *, beyond: float) -> float:
    """How near two points of a line come, metres, of those more than `beyond` metres of way apart."""
    count = len(line_L_2)
    steps = np.abs(np.arange(count)[:, None] - np.arange(count))
    way = np.minimum(steps, count - steps) * length / count
    distance = np.hypot(*np.moveaxis(line_L_2[:, None] - line_L_2, -1, 0))
    far = way > beyond
    return float(distance[far].min()) if far.any() else np.inf
