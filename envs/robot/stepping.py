"""Bodies stepped together by native threads.

MuJoCo's own `mujoco.batch` does it: one call steps all bodies on threads that hold no lock of Python's, keeps an
`MjData` for each, and hands out what it computed as arrays. It gives, to the bit, what a loop over the bodies gives,
with any number of threads. Measured in turn with two threads and 8 arms of `robot/Reach-v0`, a loop compiled by Numba
over the C functions of libmujoco takes 1.3 times as long, `mujoco.rollout` 1.7 times (it steps past what is observed,
and would need a second pass for that), and threads that call MuJoCo's Python functions twice as long.
"""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import mujoco
import numpy as np
from mujoco.batch import Batch
from numpy.typing import NDArray

from .readings import INTEGRATION_STATE, Readings

_BODIES_A_THREAD = 4
_VELOCITY_STAGE = mujoco.mjtStage.mjSTAGE_VEL.value


def default_threads(bodies: int) -> int:
    """How many threads pay for so many bodies on the processors that this process may use."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(processors, max(1, bodies // _BODIES_A_THREAD))


class BodyBatch:
    """B simulations of one model, or of models that differ in parameters only.

    Args:
        models: one for all, or one for each body.
        bodies: how many, B.
        places: where each sensor's numbers stand.
        threads: how many threads step them.
    """

    def __init__(
        self, models: Sequence[mujoco.MjModel], bodies: int, places: Mapping[str, slice], threads: int
    ) -> None:
        self._models = models
        self._places = places
        self._batch = Batch(models[0], bodies, nthread=threads, persistent=True)
        self.update_models()
        self._ctrl_BU = self._batch.bind("ctrl")
        self._bound = [self._batch.bind(name) for name in ("sensordata", "qpos", "qvel", "time")]

    def update_models(self) -> None:
        """Take up what has changed in models of the bodies' own."""
        if len(self._models) > 1:
            self._batch.set_models(self._models)

    def step(self, ctrl_BU: NDArray[np.float64], frame_skip: int, moving_B: NDArray[np.bool_] | None) -> None:
        """Simulate `frame_skip` steps; then compute what follows from positions and velocities.

        Args:
            ctrl_BU: the actuators' controls.
            frame_skip: how many simulation steps.
            moving_B: the bodies that take part; None for all.
        """
        self._ctrl_BU[:] = ctrl_BU
        self._batch.step(moving_B, nstep=frame_skip, stage=_VELOCITY_STAGE)

    def read(self) -> Readings:
        """The present readings, as copies."""
        sensors_BS, qpos_BQ, qvel_BV, time_B = (array.copy() for array in self._bound)
        return Readings(self._places, sensors_BS, qpos_BQ, qvel_BV, time_B)

    def load(self, bodies: Sequence[int], data: Sequence[mujoco.MjData]) -> None:
        """Put bodies where data of other simulations of the same models stand."""
        for body, source in zip(bodies, data, strict=True):
            mujoco.mj_getState(self._model(body), source, self._batch.state[body], INTEGRATION_STATE)
        self._batch.forward(np.asarray(bodies, np.int32), stage=_VELOCITY_STAGE)

    def physics(self, body: int) -> NDArray[np.float64]:
        """The integration state of one body, as a copy."""
        return self._batch.state[body].copy()

    def _model(self, body: int) -> Any:
        return self._models[body if len(self._models) > 1 else 0]
