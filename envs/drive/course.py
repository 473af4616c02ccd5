"""Courses: a closed line, what stands beside it, and the checkpoints of a slow lap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates
from scipy.spatial import KDTree

from .closed_line import Points, curvatures, directions, evenly_spaced
from .kernels.car import TOP_SPEED
from .kernels.driving import demonstrate
from .kernels.layout import (
    CHECKPOINTS,
    COLUMNS,
    DIRT,
    GRASS,
    GRAVEL,
    GRIP,
    HARD,
    LAG,
    LINE,
    LINE_SPEED,
    MAP,
    POWER,
    STEERING_RANGE,
    SURFACE_GRIP,
    YAW,
    Courses,
    X,
    Y,
    new_courses,
)

Kind = Literal["indoor", "outdoor"]

MARGIN = 1.2
"""Metres between an indoor course's lane and the edge of its world."""
WILD = 7.0
"""Metres between an outdoor course's lane and the edge of its world."""
TERRAIN = 97
"""Samples of the ground along a side, from edge to edge."""
TIGHTEST = 0.8
"""The least radius of a curve, metres, which is about what a car can turn in."""
WIDEST = 96.0
"""The longest side of a world, metres."""

_SLOWLY = 1.0  # m/s, of the demonstration
_TRUNK = 0.2
_SHARE_OF_GRIP, _DECELERATION = 0.5, 2.5  # that the profile of speeds makes use of


@dataclass(frozen=True, eq=False)
class Course:
    """A course.

    Attributes:
        kind: what stands beside it.
        arrays: as kernels read it, a single one.
        line_L_2: its middle, metres.
        away_Y_X: how far each sample of the maps is from the middle, metres.
        terrain_Y_X: heights from edge to edge; None is flat.
        trees_T_3: x, y and height of trees.
    """

    kind: Kind
    arrays: Courses
    line_L_2: Points
    away_Y_X: NDArray[np.float64]
    terrain_Y_X: NDArray[np.float32] | None
    trees_T_3: NDArray[np.float64]

    @property
    def side(self) -> float:
        """Of the world, metres."""
        return float(self.arrays.side_P[0])

    @property
    def lane(self) -> float:
        """How wide it is, metres."""
        return float(self.arrays.lane_P[0])


def lay_out(
    kind: Kind, line_L_2: Points, lane: float, rng: np.random.Generator, *, trees: int = 0, hills: float = 0.0
) -> Course:
    """Lay out a course along a line, and have a slow lap driven on it.

    Args:
        kind: `indoor` has walls beside the lane, `outdoor` grass, trees and hills.
        line_L_2: `LINE` points, evenly spaced; around anything.
        lane: how wide the course is, metres.
        rng: of trees and hills.
        trees: how many.
        hills: standard deviation of heights, metres.

    Raises:
        ValueError: the world would be too large, or the car cannot get round.
    """
    low, high = line_L_2.min(axis=0), line_L_2.max(axis=0)
    side = float((high - low).max()) + lane + 2 * (MARGIN if kind == "indoor" else WILD)
    if side > WIDEST:
        raise ValueError(f"a course must fit into {WIDEST:g} m by {WIDEST:g} m, got {side:.1f} m: scale it down")
    line = line_L_2 - (low + high) / 2 + side / 2
    _, length = evenly_spaced(np.concatenate([line, line[:1]]), LINE)
    tightest = float(1.0 / np.abs(curvatures(line, length)).max())
    if tightest < TIGHTEST:
        raise ValueError(f"a course must have no curve tighter than {TIGHTEST:g} m, got one of {tightest:.2f} m")
    tree = KDTree(_fine(line))
    centres = (np.arange(MAP) + 0.5) * side / MAP
    y, x = np.meshgrid(centres, centres, indexing="ij")
    away = np.asarray(tree.query(np.stack([x, y], axis=-1))[0])
    arrays = new_courses(1)
    arrays.side_P[0], arrays.length_P[0], arrays.lane_P[0] = side, length, lane
    terrain, trees_T_3 = None, np.empty((0, 3))
    if kind == "indoor":
        arrays.surface_P_Y_X[0] = HARD
        arrays.clearance_P_Y_X[0] = lane / 2 - away
    else:
        arrays.surface_P_Y_X[0] = np.where(away < lane / 2, GRAVEL, np.where(away < lane / 2 + 0.6, DIRT, GRASS))
        terrain = _hills(rng, side, hills)
        arrays.height_P_Y_X[0] = _between(terrain, x / side, y / side)
        trees_T_3 = _plant(rng, tree, terrain, side, lane, trees)
        clear = np.minimum(np.minimum(x, side - x), np.minimum(y, side - y)) - 0.3
        if len(trees_T_3):
            clear = np.minimum(clear, KDTree(trees_T_3[:, :2]).query(np.stack([x, y], axis=-1))[0] - _TRUNK)
        arrays.clearance_P_Y_X[0] = clear
    arrays.line_P_L_5[0, :, :2] = line
    arrays.line_P_L_5[0, :, 2:4] = directions(line)
    grip = SURFACE_GRIP[HARD if kind == "indoor" else GRAVEL]
    arrays.line_P_L_5[0, :, LINE_SPEED] = speed_profile(line, length, float(grip))
    arrays.checkpoint_P_K_2[0] = _checkpoints(arrays)
    return Course(kind, arrays, line, away, terrain, trees_T_3)


def speed_profile(line_L_2: Points, length: float, grip: float) -> NDArray[np.float64]:
    """How fast a car may be at each point, m/s, so that it holds every curve and can brake for the next one."""
    bends = np.abs(curvatures(line_L_2, length))
    bends = np.maximum.reduce([np.roll(bends, shift) for shift in (-2, -1, 0, 1, 2)])
    speeds = np.minimum(np.sqrt(_SHARE_OF_GRIP * grip * 9.81 / np.maximum(bends, 1e-3)), 0.7 * TOP_SPEED)
    spacing, deceleration = length / len(line_L_2), _DECELERATION * grip
    for index in [*range(len(speeds) - 1, -1, -1)] * 2:  # twice, since the line is closed
        after = speeds[(index + 1) % len(speeds)]
        speeds[index] = min(speeds[index], np.sqrt(after**2 + 2 * deceleration * spacing))
    return speeds


def ordinary_car(x: float, y: float, yaw: float) -> NDArray[np.float64]:
    """The row of an ordinary car that stands somewhere."""
    row_S = np.zeros(COLUMNS)
    row_S[[GRIP, POWER, STEERING_RANGE, LAG]] = 1.0
    row_S[X], row_S[Y], row_S[YAW] = x, y, yaw
    return row_S


def _checkpoints(arrays: Courses) -> Points:
    """Places along a slow lap, the last one where it began."""
    first_5 = arrays.line_P_L_5[0, 0]
    length = float(arrays.length_P[0])
    row_S = ordinary_car(first_5[0], first_5[1], float(np.arctan2(first_5[3], first_5[2])))
    way_T_2 = np.empty((int(20 * length / _SLOWLY) + 100, 2))
    steps = demonstrate(row_S, arrays, _SLOWLY, way_T_2)
    if steps == 0:
        raise ValueError(
            f"a car must get round a course at {_SLOWLY:g} m/s; in this one, {length:.1f} m long, it did not"
        )
    lap = np.concatenate([first_5[None, :2], way_T_2[:steps], first_5[None, :2]])
    return np.roll(evenly_spaced(lap, CHECKPOINTS)[0], -1, axis=0)


def _fine(line_L_2: Points) -> Points:
    """The line with points so dense that the nearest one is the nearest place, near enough."""
    return np.concatenate([line_L_2 + share * (np.roll(line_L_2, -1, axis=0) - line_L_2) for share in np.arange(8) / 8])


def _hills(rng: np.random.Generator, side: float, height: float) -> NDArray[np.float32]:
    noise = gaussian_filter(rng.standard_normal((TERRAIN, TERRAIN)), 6.0 / side * TERRAIN, mode="wrap")
    return (height * (noise - noise.mean()) / noise.std()).astype(np.float32)


def _between(terrain_Y_X: NDArray[np.float32], x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Heights at shares of the sides."""
    rows, columns = terrain_Y_X.shape
    places = [y * (rows - 1), x * (columns - 1)]
    return np.asarray(map_coordinates(terrain_Y_X.astype(np.float64), places, order=1, mode="nearest"))


def _plant(
    rng: np.random.Generator, line: KDTree, terrain: NDArray[np.float32], side: float, lane: float, count: int
) -> NDArray[np.float64]:
    """Trees beside the lane, most of them near it."""
    places = rng.uniform(1.0, side - 1.0, (40 * count + 1, 2))
    away = np.asarray(line.query(places)[0])
    places = places[(away > lane / 2 + 0.9) & (away < lane / 2 + 5.0)][:count]
    heights = _between(terrain, places[:, 0] / side, places[:, 1] / side)
    return np.concatenate([places, heights[:, None]], axis=1)
