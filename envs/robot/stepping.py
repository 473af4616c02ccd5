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

from collections.abc import Sequence
from typing import Any

import mujoco
import numpy as np
from mujoco.batch import Batch
from numpy.typing import NDArray

from .readings import INTEGRATION_STATE

_NO_STAGE = mujoco.mjtStage.mjSTAGE_NONE.value
_VELOCITY_STAGE = mujoco.mjtStage.mjSTAGE_VEL.value
_FORCES = "cfrc_ext"


class BodyBatch:
    """B simulations of one model, or of models that differ in parameters only.

    Args:
        models: one for all, or one for each body.
        bodies: how many, B.
        fields: what `read` returns, by the names that `MjData` has for it.
        threads: how many threads step them.
        is_current: whether what follows from positions and velocities is that of the present state; otherwise it lags a
            simulation step behind, as after `mj_step`.
    """

    def __init__(
        self,
        models: Sequence[mujoco.MjModel],
        bodies: int,
        fields: Sequence[str],
        threads: int,
        *,
        is_current: bool = True,
    ) -> None:
        self._models = models
        self._batch = Batch(models[0], bodies, nthread=threads, persistent=True)
        self._stage = _VELOCITY_STAGE if is_current else _NO_STAGE
        self.update_models()
        self._ctrl_BU = self._batch.bind("ctrl")
        self._bound = {name: self._batch.bind(name) for name in fields if name != _FORCES}
        self._fields = tuple(fields)
        self._scratch: Any = mujoco.MjData(models[0]) if _FORCES in fields else None

    def update_models(self) -> None:
        """Take up what has changed in models of the bodies' own."""
        if len(self._models) > 1:
            self._batch.set_models(self._models)

    def step(self, ctrl_BU: NDArray[np.floating[Any]], frame_skip: int, moving_B: NDArray[np.bool_] | None) -> None:
        """Simulate `frame_skip` steps; then, where it shall be current, compute what follows from the state.

        Args:
            ctrl_BU: the actuators' controls.
            frame_skip: how many simulation steps.
            moving_B: the bodies that take part; None for all.
        """
        self._ctrl_BU[:] = ctrl_BU
        self._batch.step(moving_B, nstep=frame_skip, stage=self._stage)

    def read(self) -> tuple[NDArray[Any], ...]:
        """The fields, as copies with a leading axis B.

        `cfrc_ext`, the forces from outside on each part of a body, are those of the last step: MuJoCo computes them
        only when asked to.
        """
        return tuple(self._forces() if name == _FORCES else self._bound[name].copy() for name in self._fields)

    def load(self, bodies: Sequence[int], data: Sequence[mujoco.MjData]) -> None:
        """Put bodies where data of other simulations of the same models stand.

        Where fields lag behind, they stay what they were until the next step.
        """
        for body, source in zip(bodies, data, strict=True):
            mujoco.mj_getState(self._model(body), source, self._batch.state[body], INTEGRATION_STATE)
        if self._stage != _NO_STAGE:
            self._batch.forward(np.asarray(bodies, np.int32), stage=self._stage)

    def unload(self, body: int, data: mujoco.MjData) -> None:
        """Put data of the same model where a body stands after a step, the forces from outside included."""
        self._batch.get_data(body, data)
        mujoco.mj_rnePostConstraint(self._model(body), data)

    def physics(self, body: int) -> NDArray[np.float64]:
        """The integration state of one body, as a copy."""
        return self._batch.state[body].copy()

    def _forces(self) -> NDArray[np.float64]:
        forces_BN6 = np.empty((self._batch.nsim, *self._scratch.cfrc_ext.shape))
        for body in range(self._batch.nsim):
            self.unload(body, self._scratch)
            forces_BN6[body] = self._scratch.cfrc_ext
        return forces_BN6

    def _model(self, body: int) -> Any:
        return self._models[body if len(self._models) > 1 else 0]
