"""What an episode of flight is drawn from: layout, looks, camera and dynamics."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from ..core import TaskFields
from ..core.arguments import check_integer
from ..core.randomization import Choice, Range
from .looks.dressing import Looks
from .looks.textures import Style

SEEDS = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightTask(TaskFields):
    """One episode.

    Attributes:
        layout: seed of what is built.
        surfaces: seed of textures and the colours of furniture.
        brightness: of the light from everywhere.
        contrast: of the light from one side.
        azimuth: where that light comes from, radians.
        warmth: how far the light is red rather than blue.
        lamps: strength of the lamps, or of the bands of light.
        spacing: metres between them.
        haze: fog of a metre.
        field: the camera's field of view, radians.
        tilt: how far the camera looks up, radians.
        camera_up: how far it sits above the body's middle, metres.
        camera_ahead: how far it sits before it, metres.
        drag: a metre per second of air slows the body by this much a second.
        wind: metres per second.
        wind_azimuth: where it blows to, radians.
        gusts: their standard deviation along each axis, metres per second.
        latency: of commands, in simulation steps of 0.02 s.
        lag: time constant of the autopilot's velocity, seconds.
        cruise: the speed at which directions are flown, metres per second.
        chance: key of the gusts.
        level: the difficulty it was drawn at.

    Raises:
        ValueError: a field is out of range.
    """

    layout: int
    surfaces: int
    brightness: float
    contrast: float
    azimuth: float
    warmth: float
    lamps: float
    spacing: float
    haze: float
    field: float
    tilt: float
    camera_up: float
    camera_ahead: float
    drag: float
    wind: float
    wind_azimuth: float
    gusts: float
    latency: int
    lag: float
    cruise: float
    chance: int
    level: int = 0

    def __post_init__(self) -> None:
        for name, allowed in RANDOMIZABLE.items():
            allowed.check(f"task.{name}", getattr(self, name))
        check_integer("task.chance", self.chance, 0, SEEDS)

    @property
    def looks(self) -> Looks:
        """How the floor looks."""
        return Looks(**{field.name: getattr(self, field.name) for field in fields(Looks)})


RANDOMIZABLE: Mapping[str, Range | Choice] = {
    "layout": Range(0, SEEDS, is_integer=True),
    "surfaces": Range(0, SEEDS, is_integer=True),
    "brightness": Range(0.1, 1.5),
    "contrast": Range(0.0, 1.5),
    "azimuth": Range(-math.pi, math.pi),
    "warmth": Range(-0.5, 0.5),
    "lamps": Range(0.0, 1.5),
    "spacing": Range(1.0, 10.0),
    "haze": Range(0.0, 0.2),
    "field": Range(0.8, 2.0),
    "tilt": Range(-0.4, 0.4),
    "camera_up": Range(-0.1, 0.1),
    "camera_ahead": Range(0.0, 0.12),
    "drag": Range(0.0, 1.0),
    "wind": Range(0.0, 1.5),
    "wind_azimuth": Range(-math.pi, math.pi),
    "gusts": Range(0.0, 1.0),
    "latency": Range(0, 15, is_integer=True),
    "lag": Range(0.1, 0.6),
    "cruise": Range(0.5, 2.5),
}
"""What may be set from episode to episode, and within which bounds."""

LOOKS: Mapping[Style, Mapping[str, tuple[float, float]]] = {
    "train": {
        "brightness": (0.5, 0.95),
        "contrast": (0.1, 0.6),
        "azimuth": (-math.pi, math.pi),
        "warmth": (-0.15, 0.15),
        "lamps": (0.2, 0.9),
        "spacing": (2.5, 6.0),
        "haze": (0.0, 0.04),
        "field": (1.15, 1.45),
        "tilt": (-0.08, 0.08),
        "camera_up": (-0.03, 0.05),
        "camera_ahead": (0.0, 0.08),
    },
    "held_out": {
        "brightness": (0.3, 0.5),
        "contrast": (0.8, 1.2),
        "azimuth": (-math.pi, math.pi),
        "warmth": (-0.3, 0.3),
        "lamps": (0.6, 1.0),
        "spacing": (1.5, 3.0),
        "haze": (0.04, 0.10),
        "field": (1.45, 1.60),
        "tilt": (-0.15, -0.08),
        "camera_up": (0.05, 0.08),
        "camera_ahead": (0.08, 0.12),
    },
}
"""What looks and cameras are drawn from, evenly, in each style."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Air:
    """What air and autopilot are drawn from at a level, evenly; pairs are the least and the most.

    Attributes:
        drag: a metre per second of air slows the body by this much a second.
        wind: metres per second.
        gusts: their standard deviation, metres per second.
        latency: of commands, in simulation steps of 0.02 s.
        lag: time constant of the autopilot's velocity, seconds.
        cruise: the speed at which directions are flown, metres per second.
    """

    drag: tuple[float, float] = (0.2, 0.4)
    wind: tuple[float, float] = (0.0, 0.0)
    gusts: tuple[float, float] = (0.0, 0.0)
    latency: tuple[int, int] = (0, 0)
    lag: tuple[float, float] = (0.25, 0.25)
    cruise: tuple[float, float] = (1.25, 1.25)


CALM = Air()
BREEZE = Air(wind=(0.0, 0.4), gusts=(0.0, 0.3), latency=(0, 4), lag=(0.2, 0.3), cruise=(1.1, 1.4))
DRAUGHT = Air(wind=(0.0, 0.7), gusts=(0.1, 0.5), latency=(2, 7), lag=(0.2, 0.35), cruise=(1.1, 1.4))


def draw_task(rng: np.random.Generator, level: int, air: Air, style: Style) -> FlightTask:
    """A task with everything drawn."""

    def seed() -> int:
        return int(rng.integers(SEEDS))

    def between(pair: tuple[float, float]) -> float:
        return float(rng.uniform(*pair))

    return FlightTask(
        layout=seed(),
        surfaces=seed(),
        **{name: between(pair) for name, pair in LOOKS[style].items()},
        drag=between(air.drag),
        wind=between(air.wind),
        wind_azimuth=between((-math.pi, math.pi)),
        gusts=between(air.gusts),
        latency=int(rng.integers(air.latency[0], air.latency[1] + 1)),
        lag=between(air.lag),
        cruise=between(air.cruise),
        chance=seed(),
        level=level,
    )
