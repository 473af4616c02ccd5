"""What is read from a simulation after a step, of one body or of a batch of them.

Names carry shapes: `X` is `()` for one body and `(B,)` for a batch of B, `S` the sensors' numbers, `Q` and `V` those of
positions and velocities.
"""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import starmap
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

INTEGRATION_STATE = mujoco.mjtState.mjSTATE_INTEGRATION
"""The one list of parts of a state that restores bit for bit, warm starts included."""


READ_FIELDS = ("sensordata", "qpos", "qvel", "time")
"""The fields of `MjData` that readings consist of, in the order of the attributes."""


@dataclass(slots=True)
class Readings:
    """Readings of the present state; copies, so they stay what they are when the simulation goes on.

    `readings["tip"]` is the reading of the sensor of that name, of shape (*X, its numbers).

    Attributes:
        places: where each sensor's numbers stand among all.
        sensors_XS: all sensors, in the model's order.
        qpos_XQ: the joints' positions.
        qvel_XV: the joints' velocities.
        time_X: seconds of simulation since the episode began.
    """

    places: Mapping[str, slice]
    sensors_XS: NDArray[np.float64]
    qpos_XQ: NDArray[np.float64]
    qvel_XV: NDArray[np.float64]
    time_X: Any

    def __getitem__(self, sensor: str) -> NDArray[np.float64]:
        """The numbers of one sensor.

        Raises:
            ValueError: the model has no sensor of that name.
        """
        place = self.places.get(sensor)
        if place is None:
            raise ValueError(f"the model has no sensor {sensor!r}; it has {', '.join(self.places)}")
        return self.sensors_XS[..., place]


def sensor_places(model: mujoco.MjModel) -> dict[str, slice]:
    """Where the numbers of each named sensor stand in `sensordata`."""
    sensors = [model.sensor(number) for number in range(model.nsensor)]
    return {s.name: slice(int(s.adr[0]), int(s.adr[0] + s.dim[0])) for s in sensors if s.name}


def read(data: mujoco.MjData, places: Mapping[str, slice]) -> Readings:
    """The readings of one body."""
    return Readings(places, data.sensordata.copy(), data.qpos.copy(), data.qvel.copy(), data.time)


def norm(x_XD: NDArray[np.floating[Any]]) -> Any:
    """The Euclidean length of each vector: √(Σ x²) over the last axis, of shape X.

    Each one by `math.hypot`, which sums with extra digits: the last bit depends neither on the batch nor on how the
    array lies in memory.
    """
    if x_XD.ndim == 1:
        return np.float64(math.hypot(*x_XD.tolist()))
    rows = x_XD.reshape(-1, x_XD.shape[-1]).tolist()
    return np.fromiter(starmap(math.hypot, rows), np.float64, count=len(rows)).reshape(x_XD.shape[:-1])
