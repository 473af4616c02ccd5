"""Three scenes to look at, to measure with and to begin from: an office, a course between walls, the countryside."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, gaussian_filter1d, map_coordinates
from scipy.spatial import KDTree

from .cameras import Cameras
from .lighting import Lamp, bake_light
from .scene import Boxes, Ceiling, Colour, Fog, Light, Scene, Walls
from .textures import Textures

WHITE: Colour = (1.0, 1.0, 1.0)
_WOOD: Colour = (0.75, 0.60, 0.48)
_OFFICE = """
########################
########################
#........#...#.........#
#........#...#.........#
#........#...#.........#
#............#.........#
#........#.............#
#........#...#.........#
#........#...#.........#
##########...###########
##########...###########
#......................#
#......................#
##########...####.######
##########...##........#
###......#...##........#
###......#...##........#
###..........##........#
###......#...##........#
###......#...##........#
###......#...##........#
##########...##........#
########################
########################
"""
_COURSE = """
####################
####################
##................##
##................##
##................##
##...##########...##
##...##########...##
##...#######......##
##...#######......##
##...#######...#####
##...#######...#####
##......####...#####
##......####......##
####....#######...##
####....#######...##
##................##
##................##
##................##
####################
####################
"""


@dataclass(slots=True)
class _Pile:
    """Boxes, one after another."""

    textures: Textures
    centres: list[tuple[float, float, float]] = field(default_factory=list)
    sizes: list[tuple[float, float, float]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    yaws: list[float] = field(default_factory=list)
    tints: list[Colour] = field(default_factory=list)

    def add(
        self,
        place: tuple[float, float, float],
        size: tuple[float, float, float],
        name: str,
        yaw: float = 0.0,
        tint: Colour = WHITE,
    ) -> None:
        """Stand a box on a place."""
        self.centres.append((place[0], place[1], place[2] + size[2] / 2))
        self.sizes.append(size)
        self.names.append(name)
        self.yaws.append(yaw)
        self.tints.append(tint)

    def boxes(self) -> Boxes:
        """All of them."""
        angles = np.zeros((len(self.yaws), 3), np.float32)
        angles[:, 0] = self.yaws
        return Boxes(
            centre_B_3=np.array(self.centres, np.float32),
            size_B_3=np.array(self.sizes, np.float32),
            texture_B=np.array([self.textures[name] for name in self.names], np.int32),
            angles_B_3=angles,
            tint_B_3=np.array(self.tints, np.float32),
        )


def office(textures: Textures) -> Scene:
    """Rooms and corridors under lamps, with furniture, doorways and steps. 24 m × 24 m.

    Args:
        textures: those of `standard_textures`.
    """
    closed = _plan(_OFFICE)
    kinds = np.where(closed, 1, 0)
    kinds[12:24, :11] = np.where(closed[12:24, :11], 2, 0)
    kinds[:11, 13:] = np.where(closed[:11, 13:], 3, 0)
    floor = np.full(closed.shape, textures["tiles"])
    floor[15:22, 1:9] = textures["carpet"]
    floor[2:10, 15:23] = textures["planks"]
    pile = _Pile(textures)
    for x, y, yaw in ((18.2, 6.6, 0.3), (20.6, 4.6, -0.5), (4.5, 18.0, 0.0)):
        _table(pile, x, y, yaw)
    for place, edge, yaw in (
        ((16.0, 3.4, 0.0), 0.9, 0.2),
        ((16.1, 3.4, 0.9), 0.6, 0.7),
        ((17.3, 3.0, 0.0), 0.7, -0.1),
        ((11.4, 16.6, 0.0), 0.8, 0.4),
        ((8.2, 12.4, 0.0), 0.6, 1.0),
    ):
        pile.add(place, (edge, edge, edge), "crate", yaw)
    pile.add((21.6, 8.6, 0.0), (1.8, 0.4, 2.0), "planks", 0.0, (0.6, 0.46, 0.36))
    pile.add((1.3, 17.5, 0.0), (0.4, 1.8, 1.9), "planks", 0.0, (0.55, 0.42, 0.33))
    for step in range(5):
        pile.add((3.0 + 0.35 * step, 20.4, 0.0), (0.35, 1.0, 0.18 * (step + 1)), "concrete")
    for x, y in ((9.5, 6.5), (9.5, 18.5), (13.5, 17.5), (17.5, 10.5)):
        pile.add((x, y, 2.2), (1.0, 1.0, 0.8), "plaster")
    lamps = [Lamp((x, 12.0, 2.8), (0.65, 0.58, 0.46), 1.6) for x in (2.5, 6.5, 16.0, 20.5)]
    lamps += [Lamp((11.5, y, 2.8), (0.65, 0.58, 0.46), 1.6) for y in (4.0, 8.0, 12.0, 16.0, 20.0)]
    lamps += [
        Lamp((5.0, 18.5, 2.8), (1.0, 0.72, 0.42), 2.4),
        Lamp((19.0, 6.0, 2.8), (0.90, 0.84, 0.74), 2.8),
        Lamp((5.5, 6.0, 2.8), (0.55, 0.70, 1.0), 2.4),
        Lamp((18.5, 18.5, 2.8), (0.80, 0.84, 0.90), 3.0),
    ]
    scene = Scene(
        size=(24.0, 24.0),
        floor_Y_X=floor,
        walls=Walls(kinds, (textures["plaster"], textures["wallpaper"], textures["brick"]), height=3.0),
        ceiling=Ceiling(3.0, textures["panels"]),
        sky=textures["sky"],
        boxes=pile.boxes(),
        light=Light(ambient=(0.70, 0.70, 0.72), sun=(0.62, 0.60, 0.56), direction=(0.45, 0.25, 0.8)),
        fog=Fog(0.012, (0.82, 0.82, 0.84)),
    )
    return bake_light(scene, lamps, resolution=192, base=0.8)


def course(textures: Textures) -> Scene:
    """A course between low walls under the sky. 40 m × 40 m.

    Args:
        textures: those of `standard_textures`.
    """
    closed = _plan(_COURSE)
    row, column = np.indices(closed.shape)
    kinds = np.where(closed, np.where((row + column) % 3 == 0, 2, 1), 0)
    scene = Scene(
        size=(40.0, 40.0),
        floor_Y_X=textures["asphalt"],
        walls=Walls(kinds, (textures["concrete"], textures["stripes"]), height=1.2),
        sky=textures["sky"],
        light=Light(ambient=(0.55, 0.58, 0.64), sun=(0.85, 0.80, 0.72), direction=(0.5, -0.35, 0.6)),
        fog=Fog(0.012, (0.80, 0.86, 0.92)),
    )
    return bake_light(scene, resolution=320)


def countryside(textures: Textures, seed: int = 3) -> tuple[Scene, NDArray[np.float64]]:
    """A gravel road through hills with trees. 128 m × 128 m.

    Args:
        textures: those of `standard_textures`.
        seed: of hills and trees.

    Returns:
        The scene, and points along the middle of the road (x, y and the ground's height), which ends where it begins.
    """
    rng = np.random.default_rng(seed)
    side, samples, places = 128.0, 129, 512
    turn = np.linspace(0, 2 * np.pi, 1200, endpoint=False)
    radius = 40 + 7 * np.sin(3 * turn + 1) + 4 * np.sin(5 * turn)
    road_x, road_y = side / 2 + radius * np.cos(turn), side / 2 + 0.85 * radius * np.sin(turn)
    road = KDTree(np.stack([road_x, road_y], axis=-1))

    hills = _hills(rng, samples)
    along = gaussian_filter1d(map_coordinates(hills, [road_y, road_x], order=1), 20, mode="wrap")
    away, nearest = _distances(road, samples, side, 0.0)
    beside = np.clip((away - 4.0) / 6.0, 0, 1)
    beside *= beside * (3 - 2 * beside)
    hills = along[nearest] + (hills - along[nearest]) * beside

    def ground(x: float, y: float) -> float:
        return float(map_coordinates(hills, [[y], [x]], order=1)[0])

    away, _ = _distances(road, places, side, 0.5)
    ragged = away + 1.5 * gaussian_filter(rng.standard_normal((places, places)), 2)
    floor = np.where(ragged < 4.6, textures["dirt"], textures["grass"])
    floor[away < 3.0] = textures["gravel"]
    pile = _Pile(textures)
    trees = 0
    while trees < 100:
        x, y = rng.uniform(4.0, side - 4.0, (2,))
        if road.query((x, y))[0] > 6.5:
            _tree(pile, (float(x), float(y), ground(x, y)), rng)
            trees += 1
    for k in range(0, len(turn), 15):
        ahead = np.array([road_x[k] - road_x[k - 1], road_y[k] - road_y[k - 1]])
        ahead /= np.linalg.norm(ahead)
        for offset in (-3.6, 3.6):
            x, y = road_x[k] - offset * ahead[1], road_y[k] + offset * ahead[0]
            pile.add((x, y, ground(x, y) - 0.05), (0.9, 0.25, 0.5), "stripes", float(np.arctan2(ahead[1], ahead[0])))
    scene = Scene(
        size=(side, side),
        floor_Y_X=floor,
        terrain_Y_X=hills.astype(np.float32),
        sky=textures["sky"],
        boxes=pile.boxes(),
        light=Light(ambient=(0.52, 0.56, 0.64), sun=(0.75, 0.70, 0.60), direction=(0.6, 0.35, 0.55)),
        fog=Fog(0.010, (0.78, 0.85, 0.92)),
    )
    middle = np.stack([road_x, road_y, [ground(x, y) for x, y in zip(road_x, road_y, strict=True)]], axis=-1)
    return bake_light(scene, resolution=places, shadow=0.5), middle


def cameras_in_the_office(count: int, *, level: bool, seed: int = 0) -> Cameras:
    """Cameras here and there in the office's corridors, level or as those of a flying body.

    Args:
        count: how many.
        level: whether pitch and roll are 0.
        seed: fixes them.
    """
    rng = np.random.default_rng(seed)
    position = np.stack([rng.uniform(2, 22, count), rng.uniform(11.4, 12.6, count), rng.uniform(1, 2, count)], axis=-1)
    pitch, roll = np.zeros((2, count)) if level else rng.uniform(-0.35, 0.35, (2, count))
    return Cameras.at(position, yaw=rng.uniform(-np.pi, np.pi, count), pitch=pitch, roll=roll)


def cameras_on_the_road(middle: NDArray[np.float64], count: int) -> Cameras:
    """Cameras of cars along the road, tilted a little.

    Args:
        middle: the road, from `countryside`.
        count: how many.
    """
    place = np.arange(count) * len(middle) // max(count, 1)
    ahead = middle[(place + 12) % len(middle)] - middle[place]
    tilt = 0.06 * np.sin(np.arange(count) * np.array([[2.1], [3.7]]))
    yaw = np.arctan2(ahead[:, 1], ahead[:, 0])
    return Cameras.at(middle[place] + [0.0, 0.0, 1.2], yaw=yaw, pitch=tilt[0] - 0.05, roll=tilt[1])


def _plan(drawing: str) -> NDArray[np.bool_]:
    """Where a drawing has walls, its last line in row 0."""
    return np.array([[sign == "#" for sign in line] for line in reversed(drawing.strip().splitlines())])


def _table(pile: _Pile, x: float, y: float, yaw: float) -> None:
    pile.add((x, y, 0.70), (1.4, 0.8, 0.05), "planks", yaw, _WOOD)
    cosine, sine = float(np.cos(yaw)), float(np.sin(yaw))
    for along in (-0.6, 0.6):
        for across in (-0.32, 0.32):
            place = (x + along * cosine - across * sine, y + along * sine + across * cosine, 0.0)
            pile.add(place, (0.07, 0.07, 0.70), "metal", yaw, (0.6, 0.6, 0.6))


def _tree(pile: _Pile, place: tuple[float, float, float], rng: np.random.Generator) -> None:
    x, y, z = place
    height, yaw, shade = rng.uniform(2.2, 4.2), rng.uniform(0, 3), rng.uniform(0.75, 1.15)
    pile.add((x, y, z - 0.3), (0.35, 0.35, 1.8), "bark", yaw)
    for k, width in enumerate((2.3, 1.6, 0.9)):
        base = (x, y, z + 1.1 + height * 0.28 * k)
        pile.add(base, (width, width, 0.3 * height), "leaves", yaw + 0.5 * k, (shade, shade, 0.9 * shade))


def _hills(rng: np.random.Generator, samples: int) -> NDArray[np.float64]:
    waves = np.hypot(np.fft.fftfreq(samples)[:, None], np.fft.rfftfreq(samples)) * samples
    amplitudes = np.where(waves < 1.5, 0.0, np.maximum(waves, 1.0) ** -2.3)
    hills = np.fft.irfft2(np.fft.rfft2(rng.standard_normal((samples, samples))) * amplitudes, (samples, samples))
    return 2.2 * hills / hills.std()


def _distances(road: KDTree, count: int, side: float, first: float) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Of a grid's places to the road, and to which point of it."""
    along = (np.arange(count) + first) * side / (count - 1 + 2 * first)
    y, x = np.meshgrid(along, along, indexing="ij")
    away, nearest = road.query(np.stack([x, y], axis=-1))
    return np.asarray(away), np.asarray(nearest)
