"""Scenes in the form that kernels read, and what may change in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arrays import check_floats
from .kernels.layout import FIRST_BOX_FACE, SETTINGS, Scenes
from .scene import Label, Light, Scene

_NEUTRAL = 128 | 128 << 8 | 128 << 16


class SceneStore:
    """Scenes side by side, each in a row that has room for the largest.

    Args:
        scenes: one at least.
        textures: how many textures there are.
        boxes: room for so many boxes a scene at least.

    Raises:
        ValueError: there is no scene, or one names a texture that is not there.
    """

    def __init__(self, scenes: Sequence[Scene], *, textures: int, boxes: int = 0) -> None:
        if not scenes:
            raise ValueError("scenes must be one scene at least, got none")
        self._textures = textures
        cells = max(_cells(scene) for scene in scenes)
        places = max(np.size(scene.floor_Y_X) for scene in scenes)
        lights = max(_light_map(scene).shape[0] for scene in scenes)
        samples = max(0 if scene.terrain_Y_X is None else scene.terrain_Y_X.size for scene in scenes)
        boxes = max(boxes, *(len(scene.boxes) for scene in scenes))
        count, surfaces = len(scenes), cells + places + 2 + boxes
        self.packed = Scenes(
            settings_S=np.zeros(count, SETTINGS),
            solid_S_C=np.zeros((count, cells), np.uint8),
            texture_S_F=np.zeros((count, surfaces), np.int32),
            label_S_F=np.zeros((count, surfaces), np.int32),
            face_light_S_L=np.zeros((count, FIRST_BOX_FACE + 6 * boxes), np.int32),
            place_light_S_L=np.zeros((count, lights), np.int32),
            height_S_T=np.zeros((count, samples), np.float32),
            ball_S_4_B=np.zeros((count, 4, boxes), np.float32),
            half_S_B_3=np.zeros((count, boxes, 3), np.float32),
            axes_S_B_3_3=np.zeros((count, boxes, 3, 3), np.float32),
        )
        self._tint_S_B_3 = np.zeros((count, boxes, 3), np.float32)
        self._light_S = [scene.light for scene in scenes]
        for s, scene in enumerate(scenes):
            self.put(s, scene)

    def __len__(self) -> int:
        """How many scenes there are."""
        return len(self.packed.settings_S)

    @property
    def boxes(self) -> int:
        """Room for so many boxes a scene."""
        return self.packed.half_S_B_3.shape[1]

    @property
    def has_terrain(self) -> bool:
        """Whether there is room for terrain."""
        return self.packed.height_S_T.size > 0

    def check_scenes(self, scene_N: NDArray[np.integer]) -> None:
        """Refuse cameras that are nowhere; there is at least one camera.

        Raises:
            ValueError: a camera is in a scene that is not there.
        """
        if scene_N.min() < 0 or scene_N.max() >= len(self):
            raise ValueError(f"scene_N must be from 0 to {len(self) - 1}, got {scene_N.tolist()}")

    def put(self, s: int, scene: Scene) -> None:
        """Put a scene in place of scene s.

        Raises:
            ValueError: there is no scene s, the new one needs more room, or it names a texture that is not there.
        """
        self._check_index(s)
        row = self.packed
        lights = _light_map(scene)
        heights = np.empty(0, np.float32) if scene.terrain_Y_X is None else scene.terrain_Y_X.ravel()
        textures, labels = _surfaces(scene)
        for name, used, room in (
            ("walls", _cells(scene), row.solid_S_C.shape[1]),
            ("the map of the light", len(lights), row.place_light_S_L.shape[1]),
            ("terrain_Y_X", len(heights), row.height_S_T.shape[1]),
            ("boxes", len(scene.boxes), self.boxes),
            ("floor_Y_X and all others", len(textures), row.texture_S_F.shape[1]),
        ):
            if used > room:
                raise ValueError(f"{name} must fit into the room for {room} that the first scenes needed, got {used}")
        if textures.max() >= self._textures:
            raise ValueError(f"textures must be below {self._textures}, the number of textures, got {textures.max()}")
        row.settings_S[s] = _settings(scene)
        if scene.walls is not None:
            row.solid_S_C[s, : _cells(scene)] = scene.walls.kind_Y_X.ravel() > 0
        row.texture_S_F[s, : len(textures)] = textures
        row.label_S_F[s, : len(labels)] = labels
        row.place_light_S_L[s, : len(lights)] = lights
        row.height_S_T[s, : len(heights)] = heights
        boxes = scene.boxes
        row.half_S_B_3[s, : len(boxes)] = boxes.size_B_3 / 2
        row.ball_S_4_B[s, 3, : len(boxes)] = np.linalg.norm(boxes.size_B_3 / 2, axis=1)
        self._tint_S_B_3[s, : len(boxes)] = boxes.tint_B_3
        self._light_S[s] = scene.light
        row.face_light_S_L[s, :FIRST_BOX_FACE] = _world_light(scene.light)
        self.move_boxes(s, boxes.centre_B_3, boxes.angles_B_3)

    def move_boxes(self, s: int, centre_B_3: ArrayLike, angles_B_3: ArrayLike | None = None) -> None:
        """Move the first B boxes of scene s.

        Args:
            s: the scene.
            centre_B_3: where to.
            angles_B_3: yaw, pitch and roll; None leaves them.

        Raises:
            ValueError: there is no scene s, a shape does not fit, or there are fewer boxes.
        """
        self._check_index(s)
        centres = check_floats("centre_B_3", centre_B_3, ("B", 3))
        count, present = len(centres), int(self.packed.settings_S["boxes"][s])
        if count > present:
            raise ValueError(f"centre_B_3 must be of {present} boxes at most, got {count}")
        self.packed.ball_S_4_B[s, :3, :count] = centres.T
        if angles_B_3 is not None:
            axes = axes_of(check_floats("angles_B_3", angles_B_3, (count, 3)))
            self.packed.axes_S_B_3_3[s, :count] = axes
            sides_B_6_3 = np.stack([axes, -axes], axis=2).reshape(count, 6, 3)
            light_B_6_3 = _face_light(self._light_S[s], sides_B_6_3) * self._tint_S_B_3[s, :count, None]
            faces = slice(FIRST_BOX_FACE, FIRST_BOX_FACE + 6 * count)
            self.packed.face_light_S_L[s, faces] = _pack(light_B_6_3).ravel()

    def _check_index(self, s: int) -> None:
        if not 0 <= s < len(self):
            raise ValueError(f"scenes are numbered from 0 to {len(self) - 1}, got {s!r}")


def _cells(scene: Scene) -> int:
    return 0 if scene.walls is None else scene.walls.kind_Y_X.size


def _surfaces(scene: Scene) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Textures and labels of all surfaces: cells, ground, ceiling, sky, boxes."""
    textures, labels = [], []
    if scene.walls is not None:
        walls = scene.walls
        kinds = np.maximum(walls.kind_Y_X.ravel() - 1, 0)
        textures.append(np.array(walls.textures, np.int32)[kinds])
        named = walls.labels or (Label.WALL,) * len(walls.textures)
        labels.append(np.array(named, np.int32)[kinds])
    ceiling = (0, 0) if scene.ceiling is None else (scene.ceiling.texture, scene.ceiling.label)
    textures += [np.ravel(scene.floor_Y_X), [ceiling[0]], [scene.sky], scene.boxes.texture_B]
    labels += [np.ravel(scene.floor_label_Y_X), [ceiling[1]], [Label.SKY], scene.boxes.label_B]  # pyright: ignore[reportCallIssue, reportArgumentType]
    return np.concatenate(textures).astype(np.int32), np.concatenate(labels).astype(np.int32)


def _light_map(scene: Scene) -> NDArray[np.int32]:
    """The packed map, a neutral entry first; one that is neutral everywhere where there is none."""
    light = scene.light.map_Y_X_3
    if light is None:
        return np.full(2, _NEUTRAL, np.int32)
    return np.concatenate([[_NEUTRAL], _pack(light.reshape(-1, 3))]).astype(np.int32)


def _pack(light: NDArray[Any]) -> NDArray[np.int32]:
    """Red, green and blue, along the last axis, in one number; 128 leaves a colour as it is."""
    red, green, blue = np.moveaxis(np.clip(np.floor(light * 128.0 + 0.5), 0, 255).astype(np.int32), -1, 0)
    return red | green << 8 | blue << 16


def _face_light(light: Light, normal: NDArray[np.float32]) -> NDArray[np.float64]:
    """The light on faces of these normals: ambient + sun · ((1 + cos) / 2)².

    The squared half cosine keeps faces apart that are turned away from the sun ("half Lambert", Mitchell et al. 2006).
    """
    share = 0.5 + 0.5 * normal @ (np.array(light.direction) / np.linalg.norm(light.direction))
    return np.array(light.ambient) + share[..., None] ** 2 * np.array(light.sun)


def _world_light(light: Light) -> NDArray[np.int32]:
    """Of the faces that are not a box's: six normals of the world, the sky and the ground of terrain."""
    normal = np.eye(3, dtype=np.float32)
    faces = _pack(_face_light(light, np.stack([normal, -normal], axis=1).reshape(6, 3)))
    return np.concatenate([faces, [_NEUTRAL], faces[4:5]])


def _settings(scene: Scene) -> NDArray[np.void]:
    settings = np.zeros((), SETTINGS)
    settings["size_x"], settings["size_y"] = scene.size
    cells = _cells(scene)
    if scene.walls is not None:
        settings["cells_y"], settings["cells_x"] = scene.walls.kind_Y_X.shape
        settings["cell"] = scene.size[0] / scene.walls.kind_Y_X.shape[1]
        settings["wall_height"] = scene.walls.height
    settings["ceiling"] = np.inf if scene.ceiling is None else scene.ceiling.height
    settings["ground_y"], settings["ground_x"] = np.shape(scene.floor_Y_X)
    light = scene.light
    settings["light_y"], settings["light_x"] = (1, 1) if light.map_Y_X_3 is None else light.map_Y_X_3.shape[:2]
    if scene.terrain_Y_X is not None:
        settings["terrain_y"], settings["terrain_x"] = scene.terrain_Y_X.shape
        settings["lowest"] = scene.terrain_Y_X.min()
    settings["boxes"] = len(scene.boxes)
    settings["first_ground"] = cells
    settings["ceiling_surface"] = cells + np.size(scene.floor_Y_X)
    settings["sky_surface"] = settings["ceiling_surface"] + 1
    settings["first_box"] = settings["ceiling_surface"] + 2
    settings["fog_density"] = scene.fog.density
    for part, value in zip(("red", "green", "blue"), np.rint(np.array(scene.fog.colour) * 255), strict=True):
        settings[f"fog_{part}"] = value
    return settings


def axes_of(angles_B_3: NDArray[np.float32]) -> NDArray[np.float32]:
    """The directions of boxes' edges: forward, left and up of a camera of these angles."""
    yaw, pitch, roll = angles_B_3.astype(np.float64).T
    cy, sy, cp, sp, cr, sr = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch), np.cos(roll), np.sin(roll)
    forward = np.stack([cp * cy, cp * sy, sp], axis=-1)
    level_left = np.stack([-sy, cy, np.zeros_like(sy)], axis=-1)
    raised = np.stack([-sp * cy, -sp * sy, cp], axis=-1)
    left = cr[:, None] * level_left + sr[:, None] * raised
    up = cr[:, None] * raised - sr[:, None] * level_left
    return np.stack([forward, left, up], axis=1).astype(np.float32)
