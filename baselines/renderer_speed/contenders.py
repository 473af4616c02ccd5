"""Who draws: the renderer in scenes of several kinds, and others that are installed."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import gymnasium as gym
import numpy as np
import torch

from ...envs.vision import Boxes, Cameras, Frames, Renderer, Scene
from ...envs.vision.procedural import standard_textures
from ...envs.vision.sample_scenes import cameras_in_the_office, cameras_on_the_road, countryside, office
from ...envs.vision.textures import Textures
from .reference import Reference

SIZE = 64
"""Pixels along a side of every picture."""
CAMERAS = 64
"""Cameras that the renderer serves at once."""
_NO_BOXES = Boxes(np.empty((0, 3), np.float32), np.empty((0, 3), np.float32), np.empty(0, np.int32))


@dataclass(frozen=True, slots=True)
class Contender:
    """A way to draw.

    Attributes:
        name: what it is.
        draw: draws once.
        pictures: how many pictures that gives.
        equal: the contender that does the same work in C++, where there is one.
        elsewhere: whether the work is done on another device than the processor, whose time then says nothing.
    """

    name: str
    draw: Callable[[], Any]
    pictures: int
    equal: str | None = None
    elsewhere: bool = False


def contenders(*, threads: int, device: torch.device) -> list[Contender]:
    """The renderer's scenes, their C++ counterparts, and what else is installed.

    Args:
        threads: of the renderer, and of torch on the processor.
        device: where torch draws.

    Raises:
        RunError: there is no C++ compiler.
    """
    textures = standard_textures()
    furnished = office(textures)
    bare = replace(furnished, boxes=_NO_BOXES)
    hills, road = countryside(textures)
    level, tilted = (cameras_in_the_office(CAMERAS, level=level) for level in (True, False))
    found = []
    for name, cameras in (("walls, level", level), ("walls, any pose", tilted)):
        equal = f"{name}, C++"
        found.append(_renderer(name, bare, textures, cameras, threads, equal))
        found.append(Contender(equal, Reference(bare, textures, cameras, SIZE).draw, CAMERAS))
    found.append(_renderer("walls and boxes, any pose", furnished, textures, tilted, threads))
    found.append(_renderer("terrain and boxes, any pose", hills, textures, cameras_on_the_road(road, CAMERAS), threads))
    torch.set_num_threads(threads)
    if importlib.util.find_spec("warp") is not None:
        for name, scene, cameras in (
            ("walls, any pose", bare, tilted),
            ("walls and boxes, any pose", furnished, tilted),
            ("terrain and boxes, any pose", hills, cameras_on_the_road(road, CAMERAS)),
        ):
            found.append(_on_torch(name, scene, textures, cameras, device))
    found.append(_renderer("walls, level, one camera", bare, textures, cameras_in_the_office(1, level=True), 1))
    found += [made for make in (_mujoco, _car_racing, _miniworld) if (made := make()) is not None]
    return found


def rate(contender: Contender, seconds: float) -> float:
    """Pictures a second of this thread's processor time, which other processes do not take away.

    With several threads or with work handed to a driver's own threads it is the whole process's time that counts.
    """
    begun, drawn = time.process_time(), 0
    while (used := time.process_time() - begun) < seconds or drawn == 0:
        contender.draw()
        drawn += contender.pictures
    return drawn / used


def wall_rate(contender: Contender, seconds: float) -> float:
    """Pictures a second by the clock on the wall."""
    begun, drawn = time.perf_counter(), 0
    while (used := time.perf_counter() - begun) < seconds or drawn == 0:
        contender.draw()
        drawn += contender.pictures
    return drawn / used


def _renderer(
    name: str, scene: Scene, textures: Textures, cameras: Cameras, threads: int, equal: str | None = None
) -> Contender:
    renderer = Renderer([scene], textures, height=SIZE, width=SIZE, threads=threads)
    frames = Frames.new(len(cameras), SIZE, SIZE)
    return Contender(name, lambda: renderer.render(cameras, frames), len(cameras), equal)


def _on_torch(name: str, scene: Scene, textures: Textures, cameras: Cameras, device: torch.device) -> Contender:
    from ...envs.vision.on_torch import TorchFrames, TorchRenderer

    renderer = TorchRenderer([scene], textures, height=SIZE, width=SIZE, device=device)
    frames, elsewhere = TorchFrames.new(len(cameras), SIZE, SIZE, device=device), device.type != "cpu"

    def draw() -> None:
        renderer.render(cameras, frames)
        if elsewhere:
            torch.cuda.synchronize(device)

    return Contender(f"{name}, torch on {device}", draw, len(cameras), elsewhere=elsewhere)


def _mujoco() -> Contender | None:
    """MuJoCo off-screen: fifty boxes on a plane, without shadows and multisampling, as fast as it can."""
    import mujoco

    from ...envs.robot.rendering import Camera

    rng = np.random.default_rng(0)
    boxes = "".join(
        f'<geom type="box" pos="{x:.3f} {y:.3f} 0.25" size="0.15 0.15 0.25" rgba="{r:.2f} {g:.2f} {b:.2f} 1"/>'
        for x, y, r, g, b in rng.uniform([-4, -4, 0, 0, 0], [4, 4, 1, 1, 1], (50, 5))
    )
    model = mujoco.MjModel.from_xml_string(  # pyright: ignore[reportAttributeAccessIssue]
        f'<mujoco><visual><quality offsamples="0"/></visual><worldbody><light pos="0 0 4" castshadow="false"/>'
        f'<geom type="plane" size="6 6 0.1"/><camera name="eye" pos="-6 0 2" xyaxes="0 -1 0 0.3 0 1"/>{boxes}'
        f"</worldbody></mujoco>"
    )
    data = mujoco.MjData(model)  # pyright: ignore[reportAttributeAccessIssue]
    mujoco.mj_forward(model, data)  # pyright: ignore[reportAttributeAccessIssue]
    camera = Camera(model, "eye", size=SIZE)
    try:
        camera.picture(data)
    except RuntimeError:
        return None
    return Contender("MuJoCo, 50 boxes", lambda: camera.picture(data), 1)


def _car_racing() -> Contender | None:
    """A step of CarRacing, which is a picture of 96 × 96."""
    if importlib.util.find_spec("Box2D") is None:
        return None
    return _steps("CarRacing-v3, a step, 96 × 96", gym.make("CarRacing-v3"))


def _miniworld() -> Contender | None:
    """A step of MiniWorld's hallway, a picture of 60 × 80."""
    if importlib.util.find_spec("miniworld") is None:
        return None
    importlib.import_module("pyglet").options["headless"] = True  # before MiniWorld looks for a display
    importlib.import_module("miniworld")
    return _steps("MiniWorld-Hallway-v0, a step, 60 × 80", gym.make("MiniWorld-Hallway-v0"))


def _steps(name: str, env: gym.Env[Any, Any]) -> Contender:
    env.reset(seed=0)
    env.action_space.seed(0)

    def step() -> None:
        _, _, terminated, truncated, _ = env.step(env.action_space.sample())
        if terminated or truncated:
            env.reset()

    return Contender(name, step, 1)
