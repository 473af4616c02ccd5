"""What the kernels share: how pixels of a tile, scenes and working memory lie in memory.

A tile's intermediate results are planes of one array of floats and one of integers: `floats[DEPTH + p]` is the depth of
pixel p. Planes are a fixed distance apart, so the compiler knows without asking that loops over them do not overlap;
for that, loops have to say that they end with the tile: `range(min(count, TILE))`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

TILE = 512
"""Most pixels of a tile: the planes that a loop needs fit into the first-level cache together with a texture."""
STRIDE = TILE + 16
"""From plane to plane: a power of two would put the same pixel of all planes into one set of the cache."""
MOST_BINS = 4096
"""Most directions of a fan of rays around the camera."""
RINGS = 64
"""Distances at which terrain is looked at along each direction."""

# planes of floats
(
    COLUMN,  # of the pixel in its tile
    ROW,
    RAY_X,  # how far one unit along the optical axis leads along x
    RAY_Y,
    RAY_Z,
    DEPTH,
    FACING,  # the ray along the normal of what it hits; below 1 where it grazes
    PLANE,  # where the wall that the ray hits stands, along its axis
    U,  # place on the surface, in metres
    V,
    SPREAD,  # how much of the surface the pixel covers, in metres
    CLEAR,  # the share of the colour that fog leaves
    WALL_DEPTH,  # for level cameras: of the wall in each column
    WALL_FACING,
    WALL_U,
    SLOPE,  # of the ray, for each metre along |x| + |y|
    NEAR,  # the distances of the rings between which the ray meets the terrain, 0 before the first
    FAR,
    LOW,  # the steepest ways up to them
    HIGH,
) = (plane * STRIDE for plane in range(20))
FLOAT_PLANES = 20

# planes of integers
(
    AXIS,  # of the wall: 0 and 1 are sides, 2 its top, 3 none
    BIN,
    FACE,  # row of the table of lights
    SURFACE,  # index into the scene's surfaces
    PLACE,  # index into the scene's light map
    COLOUR,
    FACE_LIGHT,
    PLACE_LIGHT,
    BOX,  # which of the boxes in view, -1 none
    WALL_FACE,  # for level cameras: of the wall in each column
    WALL_SURFACE,
    WALL_PLACE,
) = (plane * STRIDE for plane in range(12))
INTEGER_PLANES = 12

# faces: six normals of the world, then what needs a number of its own; six of each box follow
EAST, WEST, NORTH, SOUTH, UP, DOWN, SKY_FACE, GROUND_FACE, FIRST_BOX_FACE = range(9)

# what a ray through the grid of walls finds
NOTHING, WALL_TOP = -1, -2
SIDE_AXES = 2
TOP_AXIS, NO_AXIS = 2, 3

SKY_HEIGHT = 100.0
"""Metres between a camera and the plane that carries the clouds; it moves along with the camera."""

SETTINGS = np.dtype(
    [
        ("size_x", np.float32),  # metres
        ("size_y", np.float32),
        ("cells_x", np.int32),  # of the walls; 0 where there are none
        ("cells_y", np.int32),
        ("cell", np.float32),
        ("wall_height", np.float32),
        ("ceiling", np.float32),  # infinite where there is none
        ("ground_x", np.int32),  # of the map of textures
        ("ground_y", np.int32),
        ("light_x", np.int32),
        ("light_y", np.int32),
        ("terrain_x", np.int32),  # samples; 0 where the floor is flat
        ("terrain_y", np.int32),
        ("lowest", np.float32),  # of the ground
        ("boxes", np.int32),
        ("first_ground", np.int32),  # of the surfaces; the walls' cells come first
        ("ceiling_surface", np.int32),
        ("sky_surface", np.int32),
        ("first_box", np.int32),
        ("fog_density", np.float32),
        ("fog_red", np.float32),
        ("fog_green", np.float32),
        ("fog_blue", np.float32),
    ],
    align=True,
)
"""What is one number a scene."""


class Scenes(NamedTuple):
    """S scenes as the kernels read them; every row has room for the largest.

    Attributes:
        settings_S: see `SETTINGS`.
        solid_S_C: 1 where a cell of the grid is a wall.
        texture_S_F: the texture of every surface: the cells of the grid, the map of the ground, ceiling, sky, boxes.
        label_S_F: the label of every surface.
        face_light_S_L: packed colours by face, 128 leaves as it is; six faces a box follow those of the world.
        place_light_S_L: packed colours; the first is neutral, then the map.
        height_S_T: samples of the terrain.
        ball_S_4_B: around boxes: where its middle is, and the radius.
        half_S_B_3: half the edges of boxes.
        axes_S_B_3_3: the rows are the directions of a box's edges.
    """

    settings_S: Any
    solid_S_C: NDArray[np.uint8]
    texture_S_F: NDArray[np.int32]
    label_S_F: NDArray[np.int32]
    face_light_S_L: NDArray[np.int32]
    place_light_S_L: NDArray[np.int32]
    height_S_T: NDArray[np.float32]
    ball_S_4_B: NDArray[np.float32]
    half_S_B_3: NDArray[np.float32]
    axes_S_B_3_3: NDArray[np.float32]


class Texels(NamedTuple):
    """Textures as the kernels read them.

    Attributes:
        texel_T_M: packed colours of every texture, levels from 1 × 1 up, one after another.
        repeats_T: how often a texture is repeated a metre.
        size: texels along a side of the largest level.
        levels: how often the size can be halved.
    """

    texel_T_M: NDArray[np.int32]
    repeats_T: NDArray[np.float32]
    size: np.int32
    levels: np.int32


class Poses(NamedTuple):
    """N cameras as the kernels read them; angles in radians."""

    position_N_3: NDArray[np.float32]
    angles_N_3: NDArray[np.float32]
    fov_N: NDArray[np.float32]
    scene_N: NDArray[np.int32]


class Outputs(NamedTuple):
    """Where pixels go, flat; what is not wanted has no elements."""

    rgb_N_P: NDArray[np.uint8]
    depth_N_P: NDArray[np.float32]
    label_N_P: NDArray[np.int32]


class Scratch(NamedTuple):
    """Working memory of one thread.

    Attributes:
        floats: planes of a tile.
        integers: planes of a tile.
        fan_face: what a ray along each edge between bins finds.
        fan_slope: ring by ring, the steepest way up to the terrain so far, in the middle of every two bins.
        ring: the rings' distances.
        near_view_B: 1 where a box may be in view.
        in_view_B: the boxes in view: first and last row and column, and which box it is.
        view_B: of boxes in view, in their own axes: the camera, the ray of pixel (0, 0), its change per column and per
            row, half the edges.
    """

    floats: NDArray[np.float32]
    integers: NDArray[np.int32]
    fan_face: NDArray[np.int32]
    fan_slope: NDArray[np.float32]
    ring: NDArray[np.float32]
    near_view_B: NDArray[np.int32]
    in_view_B_5: NDArray[np.int32]
    view_B_15: NDArray[np.float32]


def new_scratch(boxes: int, terrain: bool) -> Scratch:
    """Working memory for scenes of so many boxes, and of terrain if there is any."""
    return Scratch(
        floats=np.zeros(FLOAT_PLANES * STRIDE, np.float32),
        integers=np.zeros(INTEGER_PLANES * STRIDE, np.int32),
        fan_face=np.zeros(MOST_BINS + 2, np.int32),
        fan_slope=np.zeros(RINGS * (MOST_BINS // 2 + 2) if terrain else 0, np.float32),
        ring=np.zeros(RINGS, np.float32),
        near_view_B=np.zeros(boxes, np.int32),
        in_view_B_5=np.zeros((boxes, 5), np.int32),
        view_B_15=np.zeros((boxes, 15), np.float32),
    )
