"""A lit stage of the suite's colours, for models that are built part by part."""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Sequence

import mujoco
import numpy as np

COLOURS = {
    "stage": (0.50, 0.57, 0.66, 1.0),
    "rim": (0.30, 0.36, 0.45, 1.0),
    "shell": (0.96, 0.96, 0.97, 1.0),
    "joint": (0.16, 0.19, 0.25, 1.0),
    "accent": (0.98, 0.45, 0.16, 1.0),
    "tip": (0.10, 0.46, 0.86, 1.0),
    "goal": (0.10, 0.72, 0.42, 1.0),
    "halo": (0.10, 0.72, 0.42, 0.28),
    "hazard": (0.86, 0.16, 0.24, 0.55),
    "wall": (0.66, 0.69, 0.74, 1.0),
    "vase": (0.30, 0.72, 0.80, 1.0),
}
"""The materials of every stage, by name; `robot/reach.xml` has the same."""

_GLOW = {"goal": 0.5, "halo": 0.4, "hazard": 0.3, "tip": 0.2}


def build_stage(name: str, *, timestep: float, reach: float) -> mujoco.MjSpec:
    """A model with light and materials, and nothing in it yet.

    Geoms collide only where a model says so. The integrator has two halves, as `MujocoEnv` needs.

    Args:
        name: of the model.
        timestep: of the simulation, in seconds.
        reach: how far from the origin things are lit, in metres.
    """
    spec = mujoco.MjSpec()
    spec.modelname = name
    spec.memory = 1 << 20
    spec.option.timestep = timestep
    spec.option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    spec.option.iterations = 20
    spec.default.geom.contype = 0
    spec.default.geom.conaffinity = 0
    _light(spec, reach)
    for material, rgba in COLOURS.items():
        glow = _GLOW.get(material, 0.0)
        spec.add_material(name=material, rgba=rgba, specular=0.3, shininess=0.4, emission=glow)
    return spec


def add_plate(body: mujoco.MjsBody, half_size: tuple[float, float]) -> None:
    """A plate to stand on, with a rim around it: seen, not felt. Its top is at the body's height.

    Args:
        body: what it belongs to.
        half_size: along x and y, in metres.
    """
    across, along = half_size
    edge = 0.03 * max(half_size)
    box = mujoco.mjtGeom.mjGEOM_BOX
    body.add_geom(type=box, size=[across, along, 0.01], pos=[0, 0, -0.0101], material="stage")
    body.add_geom(type=box, size=[across + edge, along + edge, 0.012], pos=[0, 0, -0.018], material="rim")


def add_camera(
    body: mujoco.MjsBody, eye: Sequence[float], target: Sequence[float] = (0.0, 0.0, 0.0), *, fovy: float = 35.0
) -> None:
    """The camera `scene`.

    Args:
        body: what it moves with.
        eye: where it stands.
        target: what it looks at, with the horizon level.
        fovy: its vertical field of view, in degrees.
    """
    body.add_camera(name="scene", pos=eye, xyaxes=_xyaxes(eye, target), fovy=fovy)


def _light(spec: mujoco.MjSpec, reach: float) -> None:
    visual = spec.visual
    visual.global_.offwidth = visual.global_.offheight = 1280
    # several samples a pixel cost most of the time of a software renderer; pictures for people are scaled down instead
    visual.quality.offsamples = 0
    visual.quality.shadowsize = 2048
    visual.headlight.ambient = [0.42, 0.43, 0.46]
    visual.headlight.diffuse = [0.28, 0.28, 0.28]
    visual.headlight.specular = [0.1, 0.1, 0.1]
    visual.map.shadowclip = 1.0
    visual.map.znear = 0.02
    visual.map.zfar = 100.0
    spec.stat.extent = 2.0 * reach
    spec.add_texture(
        name="sky", type=mujoco.mjtTexture.mjTEXTURE_SKYBOX, builtin=mujoco.mjtBuiltin.mjBUILTIN_GRADIENT,
        rgb1=[0.90, 0.93, 0.96], rgb2=[0.62, 0.71, 0.82], width=64, height=384,
    )  # fmt: skip
    sun, fill = spec.worldbody.add_light(name="sun"), spec.worldbody.add_light(name="fill")
    sun.pos, sun.dir = [0.8 * reach, -0.7 * reach, 2.2 * reach], [-0.35, 0.3, -1.0]
    sun.diffuse, sun.specular = [0.55, 0.54, 0.51], [0.3, 0.3, 0.3]
    fill.pos, fill.dir, fill.castshadow = [-1.5 * reach, 1.2 * reach, 1.6 * reach], [0.7, -0.55, -0.6], False
    fill.diffuse, fill.specular = [0.18, 0.20, 0.24], [0.0, 0.0, 0.0]
    sun.type = fill.type = mujoco.mjtLightType.mjLIGHT_DIRECTIONAL


def _xyaxes(eye: Sequence[float], target: Sequence[float]) -> list[float]:
    """A camera's right and up, where it looks from `eye` to `target` with the horizon level."""
    back = np.subtract(eye, target)
    back /= np.linalg.norm(back)
    right = np.cross([0.0, 0.0, 1.0], back)
    right /= np.linalg.norm(right)
    return [*right, *np.cross(back, right)]
