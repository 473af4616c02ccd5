"""What cameras can see: a scene is a frozen record of arrays, which all back ends read alike.

Maps (`…_Y_X`) are stretched over the scene's size; row 0 is in the south, column 0 in the west.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..core.arguments import check_number
from .arrays import check_floats, check_integers

Colour = tuple[float, float, float]


class Label(IntEnum):
    """What a pixel shows, where a scene says nothing else."""

    SKY = 0
    FLOOR = 1
    CEILING = 2
    WALL = 3
    BOX = 4


@dataclass(frozen=True, eq=False)
class Walls:
    """Cells of a grid that are walls from the floor up.

    Attributes:
        kind_Y_X: 0 where a cell is open, k where a wall of kind k stands.
        textures: of the kinds, from kind 1 on.
        height: of all walls, metres.
        labels: of the kinds; all are `Label.WALL` by default.
    """

    kind_Y_X: NDArray[np.int32]
    textures: tuple[int, ...]
    height: float
    labels: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        """Check.

        Raises:
            ValueError: a field is not as described.
        """
        if not self.textures:
            raise ValueError("textures must name one texture of each kind of wall, got none")
        kinds = check_integers("kind_Y_X", self.kind_Y_X, ("Y", "X"), low=0, high=len(self.textures))
        if not kinds.size:
            raise ValueError(f"kind_Y_X must have a cell at least, got the shape {kinds.shape}")
        _set(self, kind_Y_X=kinds)
        _check_textures("textures", self.textures)
        _check_positive("height", self.height)
        if self.labels is not None and len(self.labels) != len(self.textures):
            raise ValueError(f"labels must be as many as textures, {len(self.textures)}, got {len(self.labels)}")


@dataclass(frozen=True)
class Ceiling:
    """A flat ceiling without end.

    Attributes:
        height: over the floor, metres.
        texture: of it.
        label: of it.
    """

    height: float
    texture: int
    label: int = Label.CEILING

    def __post_init__(self) -> None:
        """Check.

        Raises:
            ValueError: a field is not as described.
        """
        _check_positive("height", self.height)
        _check_textures("texture", (self.texture,))


@dataclass(frozen=True, eq=False)
class Boxes:
    """B boxes.

    Attributes:
        centre_B_3: metres.
        size_B_3: lengths of their edges, metres.
        texture_B: of all sides of each.
        angles_B_3: yaw, pitch and roll, as cameras have them; upright along x and y by default.
        tint_B_3: what colours are multiplied by; 1 leaves them.
        label_B: all are `Label.BOX` by default.
    """

    centre_B_3: NDArray[np.float32]
    size_B_3: NDArray[np.float32]
    texture_B: NDArray[np.int32]
    angles_B_3: NDArray[np.float32] | None = None
    tint_B_3: NDArray[np.float32] | None = None
    label_B: NDArray[np.int32] | None = None

    def __post_init__(self) -> None:
        """Check, and fill what is left out.

        Raises:
            ValueError: a field is not as described.
        """
        centres = check_floats("centre_B_3", self.centre_B_3, ("B", 3))
        count = len(centres)
        sizes = check_floats("size_B_3", self.size_B_3, (count, 3))
        if count and sizes.min() <= 0:
            raise ValueError(f"size_B_3 must be over 0, got {sizes.min()}")
        angles = np.zeros((count, 3)) if self.angles_B_3 is None else self.angles_B_3
        tints = np.ones((count, 3)) if self.tint_B_3 is None else self.tint_B_3
        labels = np.full(count, Label.BOX) if self.label_B is None else self.label_B
        _set(
            self,
            centre_B_3=centres,
            size_B_3=sizes,
            texture_B=check_integers("texture_B", self.texture_B, (count,), low=0),
            angles_B_3=check_floats("angles_B_3", angles, (count, 3)),
            tint_B_3=check_floats("tint_B_3", tints, (count, 3)),
            label_B=check_integers("label_B", labels, (count,), low=0),
        )

    def __len__(self) -> int:
        """How many boxes there are."""
        return len(self.centre_B_3)


@dataclass(frozen=True, eq=False)
class Light:
    """The light of a scene. A face of normal n gets ambient + sun · ((1 + n · s) / 2)², where s leads to the sun.

    Attributes:
        ambient: red, green and blue from everywhere; 1 shows textures as they are.
        sun: red, green and blue of the sun, or of any light from far away.
        direction: to the sun, of any length.
        map_Y_X_3: what light is multiplied by from place to place, shadows and lamps, at all heights alike; up to
            1.99. None is 1 everywhere. `bake_light` makes one.
    """

    ambient: Colour = (0.55, 0.55, 0.55)
    sun: Colour = (0.6, 0.6, 0.6)
    direction: tuple[float, float, float] = (0.5, 0.3, 0.8)
    map_Y_X_3: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        """Check.

        Raises:
            ValueError: a field is not as described.
        """
        _check_colour("ambient", self.ambient)
        _check_colour("sun", self.sun)
        if np.linalg.norm(check_floats("direction", self.direction, (3,))) == 0:
            raise ValueError(f"direction must lead somewhere, got {self.direction!r}")
        if self.map_Y_X_3 is not None:
            light = check_floats("map_Y_X_3", self.map_Y_X_3, ("Y", "X", 3))
            if not light.size or light.min() < 0:
                raise ValueError(f"map_Y_X_3 must be 0 or more and of some size, got the shape {light.shape}")
            _set(self, map_Y_X_3=light)


@dataclass(frozen=True)
class Fog:
    """Haze that hides what is far: the share (1 - d/8)^8 of the light comes through, nearly exp(-d).

    Attributes:
        density: d of a metre; 0 is clear.
        colour: of the haze, and of the sky at the horizon.
    """

    density: float = 0.0
    colour: Colour = (0.75, 0.82, 0.9)

    def __post_init__(self) -> None:
        """Check.

        Raises:
            ValueError: a field is not as described.
        """
        if check_number("density", self.density) < 0:
            raise ValueError(f"density must be 0 or more, got {self.density!r}")
        _check_colour("colour", self.colour, most=1.0)


@dataclass(frozen=True, eq=False)
class Scene:
    """A world: the rectangle from (0, 0) to `size`, and what lies beyond its edges in the same manner.

    Attributes:
        size: along x and y, metres.
        floor_Y_X: the texture of the ground from place to place; one number is the same everywhere.
        sky: the texture of the sky, seen as if painted on a plane 100 m up; it fades into the fog at the horizon.
        walls: those of a grid, whose cells must be square.
        ceiling: None is open to the sky.
        terrain_Y_X: heights of the ground, in place of the floor at height 0: samples on a grid from edge to edge,
            bilinear between them, 2 × 2 at least.
        boxes: things.
        light: see `Light`.
        fog: see `Fog`.
        floor_label_Y_X: as many as `floor_Y_X`; all are `Label.FLOOR` by default.
    """

    size: tuple[float, float]
    floor_Y_X: NDArray[np.int32] | int = 0
    sky: int = 0
    walls: Walls | None = None
    ceiling: Ceiling | None = None
    terrain_Y_X: NDArray[np.float32] | None = None
    boxes: Boxes = field(default_factory=lambda: Boxes(np.empty((0, 3)), np.empty((0, 3)), np.empty(0, np.int32)))  # pyright: ignore[reportArgumentType]
    light: Light = field(default_factory=Light)
    fog: Fog = field(default_factory=Fog)
    floor_label_Y_X: NDArray[np.int32] | None = None

    def __post_init__(self) -> None:
        """Check, and fill what is left out.

        Raises:
            ValueError: a field is not as described.
        """
        if np.shape(self.size) != (2,):
            raise ValueError(f"size must be two lengths, got {self.size!r}")
        for length in self.size:
            _check_positive("size", length)
        floor = np.full((1, 1), self.floor_Y_X) if np.ndim(self.floor_Y_X) == 0 else self.floor_Y_X
        floor = check_integers("floor_Y_X", floor, ("Y", "X"), low=0)
        if not floor.size:
            raise ValueError(f"floor_Y_X must have a place at least, got the shape {floor.shape}")
        labels = np.full(floor.shape, Label.FLOOR) if self.floor_label_Y_X is None else self.floor_label_Y_X
        _set(self, floor_Y_X=floor, floor_label_Y_X=check_integers("floor_label_Y_X", labels, floor.shape, low=0))
        _check_textures("sky", (self.sky,))
        if self.walls is not None:
            rows, columns = self.walls.kind_Y_X.shape
            if not math.isclose(self.size[0] / columns, self.size[1] / rows, rel_tol=1e-6):
                raise ValueError(
                    f"the cells of walls must be square, got {self.size[0] / columns:g} by {self.size[1] / rows:g} m"
                )
        if self.terrain_Y_X is not None:
            heights = check_floats("terrain_Y_X", self.terrain_Y_X, ("Y", "X"))
            if min(heights.shape) < 2:
                raise ValueError(f"terrain_Y_X must be 2 × 2 samples at least, got {heights.shape}")
            _set(self, terrain_Y_X=heights)


def _set(record: Any, **values: Any) -> None:
    for name, value in values.items():
        object.__setattr__(record, name, value)


def _check_positive(name: str, value: Any) -> None:
    if check_number(name, value) <= 0:
        raise ValueError(f"{name} must be over 0, got {value!r}")


def _check_colour(name: str, value: Any, most: float = math.inf) -> None:
    colour = check_floats(name, value, (3,))
    if colour.min() < 0 or colour.max() > most:
        raise ValueError(f"{name} must be 0 or more{'' if most == math.inf else f', {most:g} at most'}, got {value!r}")


def _check_textures(name: str, value: Any) -> None:
    check_integers(name, np.asarray(value), ("K",), low=0)
