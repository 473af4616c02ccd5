"""Labels of free space: what is free, what labels are worth, and where the next picture is taken."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from ...vision.kernels.compiling import entry_kernel, kernel
from ..floors.plan import EXTENT
from .compiling import SOURCES
from .layout import Column, Floors
from .obstacles import clearance, free_distance
from .quadrotor import look, uniform

_TRIES = 200
_X, _Y, _Z = int(Column.X), int(Column.Y), int(Column.Z)
_YAW, _PITCH, _ROLL, _RADIUS = int(Column.YAW), int(Column.PITCH), int(Column.ROLL), int(Column.RADIUS)
_SCORE, _SCORES, _PICTURES = int(Column.SCORE), int(Column.SCORES), int(Column.PICTURES)


@kernel
def _pose(row_S: np.ndarray, floors: Floors, p: int) -> None:
    """Put the body somewhere in the floor, where there is room, looking anywhere; where none is found, it stays."""
    for _ in range(_TRIES):
        x, y = EXTENT * uniform(row_S), EXTENT * uniform(row_S)
        z = 0.6 + (floors.ceiling_P[p] - 1.2) * uniform(row_S)
        if clearance(floors, p, x, y, z, 0.5) > row_S[_RADIUS] + 0.15:
            row_S[_X], row_S[_Y], row_S[_Z] = x, y, z
            break
    row_S[_YAW] = math.pi * (2.0 * uniform(row_S) - 1.0)
    row_S[_PITCH] = 0.3 * (uniform(row_S) - 0.5)
    row_S[_ROLL] = 0.3 * (uniform(row_S) - 0.5)


@kernel
def _score(row_S: np.ndarray, action_A: np.ndarray, floors: Floors, p: int, grid: int, distance: float) -> float:
    """The share of right labels: the mean of those of free and of blocked parts where there are both."""
    right, count = np.zeros(2), np.zeros(2)
    for row in range(grid):
        for column in range(grid):
            ray_x, ray_y, ray_z = look(row_S, (2 * column + 1) / grid - 1.0, 1.0 - (2 * row + 1) / grid)
            x, y, z = row_S[_X], row_S[_Y], row_S[_Z]
            free = free_distance(floors, p, x, y, z, ray_x, ray_y, ray_z, row_S[_RADIUS], distance)
            is_free = 1 if free >= distance else 0
            count[is_free] += 1.0
            if (action_A[row * grid + column] > 0.0) == (is_free == 1):
                right[is_free] += 1.0
    if count[0] == 0.0 or count[1] == 0.0:
        return (right[0] + right[1]) / (grid * grid)
    return 0.5 * (right[0] / count[0] + right[1] / count[1])


def _entry(sources: int) -> tuple[Callable[..., None], Callable[..., None], Callable[..., None]]:
    @entry_kernel
    def label(
        action_N_A: np.ndarray,
        moving_N: np.ndarray,
        row_N_S: np.ndarray,
        place_N: np.ndarray,
        floors: Floors,
        grid: int,
        distance: float,
    ) -> None:
        """Score the labels of the bodies that move, and put them elsewhere.

        Args:
            action_N_A: labels of grid × grid parts of the picture, the upper left first; over 0 means free.
            moving_N: which bodies move.
            row_N_S: their rows.
            place_N: the floor that each is in.
            floors: all floors.
            grid: parts along each side of the picture.
            distance: how far must be free, metres.
        """
        for n in range(len(row_N_S) + 0 * sources):
            if moving_N[n]:
                row_S = row_N_S[n]
                row_S[_SCORE] = _score(row_S, action_N_A[n], floors, place_N[n], grid, distance)
                row_S[_SCORES] += row_S[_SCORE]
                row_S[_PICTURES] += 1.0
                _pose(row_S, floors, place_N[n])

    @entry_kernel
    def pose(row_S: np.ndarray, floors: Floors, p: int) -> None:
        """Put a body somewhere in floor p, drawn from its row."""
        row_S[_SCORES] = 0.0 * sources
        _pose(row_S, floors, p)

    @entry_kernel
    def free_distances(row_S: np.ndarray, floors: Floors, p: int, most: float, free_G_G: np.ndarray) -> None:
        """How far the body could fly straight on towards each part of its picture.

        Args:
            row_S: the body's row.
            floors: all floors.
            p: the floor that the body is in.
            most: beyond which nothing is looked for, metres.
            free_G_G: where distances are written, for the middles of G × G parts, the upper left first.
        """
        grid = len(free_G_G) + 0 * sources
        for row in range(grid):
            for column in range(grid):
                ray_x, ray_y, ray_z = look(row_S, (2 * column + 1) / grid - 1.0, 1.0 - (2 * row + 1) / grid)
                free_G_G[row, column] = free_distance(
                    floors, p, row_S[_X], row_S[_Y], row_S[_Z], ray_x, ray_y, ray_z, row_S[_RADIUS], most
                )

    return label, pose, free_distances


label, pose, free_distances = _entry(SOURCES)
