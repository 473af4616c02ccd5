"""Changes of a MuJoCo model that make one episode look or move unlike the next, and the way back."""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from ..core.randomization import Range

RANDOMIZABLE: Mapping[str, Range] = {
    "light": Range(0.1, 3.0),
    "geom_hue": Range(-180.0, 180.0),
    "camera_x": Range(-0.2, 0.2),
    "camera_y": Range(-0.2, 0.2),
    "camera_z": Range(-0.2, 0.2),
    "friction": Range(0.2, 5.0),
    "mass": Range(0.2, 5.0),
}
"""What may be varied in any body's model.

`light`, `friction` and `mass` are what all lights, all friction coefficients, and all masses with their moments of
inertia are multiplied by; `geom_hue` is how many degrees all hues turn, `camera_x` and so on how many metres all
cameras are moved, in the axes of what they are fixed to.
"""

_LIGHTS = ("light_ambient", "light_diffuse", "light_specular")
_HEADLIGHT = ("ambient", "diffuse", "specular")
_COLOURS = ("geom_rgba", "mat_rgba")
_INERTIA = ("body_mass", "body_inertia")
# turns of the hue keep grey as it is: rotations about the diagonal of the cube of colours
_DIAGONAL = np.full(3, 1 / np.sqrt(3))


@dataclass(slots=True)
class ModelVariation:
    """What was changed of a model, so that it can be undone.

    Attributes:
        saved: the model's own numbers, by the name of the field.
        headlight: those of the light at the camera.
        values: what was asked for.
    """

    saved: dict[str, NDArray[Any]] = field(default_factory=dict)
    headlight: dict[str, NDArray[Any]] = field(default_factory=dict)
    values: Mapping[str, float] = field(default_factory=dict)

    def apply(self, model: mujoco.MjModel, values: Mapping[str, float]) -> None:
        """Change a model that is as it was made; the values are of `RANDOMIZABLE`."""
        self.values = dict(values)
        if "light" in values:
            for name in _LIGHTS:
                self._set(model, name, getattr(model, name) * values["light"])
            for name in _HEADLIGHT:
                numbers = getattr(model.vis.headlight, name)
                self.headlight[name] = np.array(numbers)
                numbers[:] = self.headlight[name] * values["light"]
        if "geom_hue" in values:
            for name in _COLOURS:
                colours = getattr(model, name).copy()
                colours[:, :3] = _turned(colours[:, :3], values["geom_hue"])
                self._set(model, name, colours)
        moved = np.array([values.get(f"camera_{axis}", 0.0) for axis in "xyz"])
        if moved.any():
            self._set(model, "cam_pos", model.cam_pos + moved)
        if "friction" in values:
            self._set(model, "geom_friction", model.geom_friction * values["friction"])
            self._set(model, "pair_friction", model.pair_friction * values["friction"])
        if "mass" in values:
            for name in _INERTIA:
                self._set(model, name, getattr(model, name) * values["mass"])
            mujoco.mj_setConst(model, mujoco.MjData(model))

    def undo(self, model: mujoco.MjModel) -> None:
        """Make the model what it was."""
        for name, numbers in self.saved.items():
            getattr(model, name)[:] = numbers
        for name, numbers in self.headlight.items():
            getattr(model.vis.headlight, name)[:] = numbers
        if "mass" in self.values:
            mujoco.mj_setConst(model, mujoco.MjData(model))
        self.saved, self.headlight, self.values = {}, {}, {}

    def _set(self, model: mujoco.MjModel, name: str, numbers: NDArray[Any]) -> None:
        present = getattr(model, name)
        self.saved[name] = present.copy()
        present[:] = numbers


def _turned(colour_C_3: NDArray[Any], degrees: float) -> NDArray[Any]:
    """Colours whose hues are turned (Rodrigues' formula)."""
    angle = np.deg2rad(degrees)
    across = np.cross(_DIAGONAL, colour_C_3)
    along = (colour_C_3 @ _DIAGONAL)[:, None] * _DIAGONAL
    turned = colour_C_3 * np.cos(angle) + across * np.sin(angle) + along * (1 - np.cos(angle))
    # a grey to the last bit, too: where a geom has MuJoCo's own grey, its material's colour is shown
    return np.where(np.ptp(colour_C_3, axis=1, keepdims=True) > 0, np.clip(turned, 0.0, 1.0), colour_C_3)
