"""A hall for tests, empty but for what is put there, and a body in it."""

import numpy as np

from palaestra.envs.flight.floors import FloorPlan
from palaestra.envs.flight.floors.plan import SIDE
from palaestra.envs.flight.kernels.layout import COLUMNS, Column, new_floors, put_plan
from palaestra.envs.flight.kernels.quadrotor import GRAVITY
from palaestra.envs.flight.kernels.ways import find_ways


def hall_plan(blocks=(), gates=(), ceiling=4.0):
    """The plan of a hall from 0.5 to 23.5 m along both axes, to be flown eastwards."""
    kind_Y_X = np.ones((SIDE, SIDE), np.int32)
    kind_Y_X[1:-1, 1:-1] = 0
    zone_Y_X = np.zeros_like(kind_Y_X)
    start, goal = (4.0, 12.0, 1.2), (20.0, 12.0, 1.2)
    return FloorPlan(kind_Y_X, zone_Y_X, ceiling, tuple(blocks), start, 0.0, goal, tuple(gates))


def hall(blocks=(), gates=(), ceiling=4.0, *, with_ways=False):
    """The floors of one such hall."""
    floors = new_floors(1)
    put_plan(floors, 0, hall_plan(blocks, gates, ceiling))
    if with_ways:
        find_ways(floors, 0, 0.32)
    return floors


def row_at(x=4.0, y=12.0, z=1.2, **values):
    """The row of a body that hovers."""
    row_S = np.zeros(COLUMNS)
    row_S[:3] = x, y, z
    likely = {"radius": 0.15, "lag": 0.25, "cruise": 1.25, "field": 1.3, "thrust": GRAVITY, "drag": 0.3}
    for name, value in (likely | values).items():
        row_S[Column[name.upper()]] = value
    return row_S
