"""The world an arm works in: physics options, colours, light, cameras and a table."""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import mujoco

from ..stage import add_camera, build_stage

TIMESTEP = 0.005
"""Of the simulation, in seconds."""

TABLE_DEPTH = (-0.76, 0.28)
"""Where the table top begins and ends along x, in metres; the origin is the middle of where the arm works."""

TABLE_WIDTH = 0.40
"""Half the width of the table top, along y, in metres."""

# What may touch what. A contact costs time, so only what a task is about can touch: the hand touches objects and
# fixed things, objects touch fixed things, and the arm above the hand touches nothing.
HAND: dict[str, Any] = {"contype": 1, "conaffinity": 0}
OBJECT: dict[str, Any] = {"contype": 2, "conaffinity": 1}
FIXED: dict[str, Any] = {"contype": 0, "conaffinity": 3}
UNSEEN_GROUP = 3
"""The group of geoms that are felt and not seen."""

_MATERIALS = {
    "object": (0.13, 0.50, 0.88, 1.0),
    "fixture": (0.88, 0.89, 0.92, 1.0),
    "pad": (0.30, 0.34, 0.42, 1.0),
}


def new_scene(name: str, *, distance: float = 1.35, side: float = -0.48) -> mujoco.MjSpec:
    """A lit table, and the camera `scene` in front of it; the table's top is the plane z = 0.

    Args:
        name: of the model.
        distance: of the camera from what it looks at, in metres. From afar it sees the whole arm, from near by what
            lies on the table.
        side: how far to the left of straight ahead the camera stands, as a share of the distance.
    """
    spec = build_stage(name, timestep=TIMESTEP, reach=1.0)
    # elliptic cones with friction stiffer than normal forces: what is held does not creep out of the fingers
    spec.option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC
    spec.option.impratio = 10.0
    spec.default.geom.density = 0.0  # a geom weighs something only where it says so
    for material, rgba in _MATERIALS.items():
        spec.add_material(name=material, rgba=rgba, specular=0.4, shininess=0.5)
    _add_table(spec)
    target = (-0.11 * distance, 0.0, 0.15 * distance - 0.05)
    ahead = math.sqrt(0.75 - side * side)
    eye = tuple(part + distance * along for part, along in zip(target, (ahead, side, 0.5), strict=True))
    add_camera(spec.worldbody, eye, target)
    return spec


def box(body: Any, material: str, size: Sequence[float], pos: Sequence[float] = (0, 0, 0), **keywords: Any) -> Any:
    """Add a box of half sizes `size`."""
    return body.add_geom(type=mujoco.mjtGeom.mjGEOM_BOX, material=material, size=size, pos=pos, **keywords)


def cylinder(
    body: Any, material: str, radius: float, half_height: float, pos: Sequence[float] = (0, 0, 0), **keywords: Any
) -> Any:
    """Add an upright cylinder; `alt` or `quat` among the keywords turn it."""
    size = (radius, half_height, 0)
    return body.add_geom(type=mujoco.mjtGeom.mjGEOM_CYLINDER, material=material, size=size, pos=pos, **keywords)


def sphere(body: Any, material: str, radius: float, pos: Sequence[float] = (0, 0, 0), **keywords: Any) -> Any:
    """Add a sphere."""
    kind = mujoco.mjtGeom.mjGEOM_SPHERE
    return body.add_geom(type=kind, material=material, size=(radius, 0, 0), pos=pos, **keywords)


def capsule(
    body: Any, material: str, radius: float, start: Sequence[float], end: Sequence[float], **keywords: Any
) -> Any:
    """Add a capsule whose axis goes from `start` to `end`."""
    fromto = (*start, *end)
    kind = mujoco.mjtGeom.mjGEOM_CAPSULE
    return body.add_geom(type=kind, material=material, size=(radius, 0, 0), fromto=fromto, **keywords)


def add_mocap(spec: mujoco.MjSpec, name: str) -> Any:
    """Add a body that stands where an episode puts it, with a site of its name at its origin."""
    body = spec.worldbody.add_body(name=name, mocap=True)
    add_site(body, name)
    return body


def add_site(body: Any, name: str, pos: Sequence[float] = (0, 0, 0), **keywords: Any) -> Any:
    """Add an unseen site."""
    return body.add_site(name=name, pos=pos, size=(0.004,) * 3, rgba=(0, 0, 0, 0), **keywords)


def sense(spec: mujoco.MjSpec, name: str, kind: str, site: str, cutoff: float = 0.0, *, reference: str = "") -> None:
    """Add a sensor of a site.

    Args:
        spec: the model.
        name: the sensor's name.
        kind: what is read: `framepos`, `framexaxis`, `framelinvel` and so on, as MJCF calls it.
        site: whose it is.
        cutoff: the most that is read, which bounds the observation; axes are bounded as they are.
        reference: the site in whose frame it is read; the world's where empty.
    """
    spec.add_sensor(
        name=name, type=getattr(mujoco.mjtSensor, f"mjSENS_{kind.upper()}"), cutoff=cutoff,
        objtype=mujoco.mjtObj.mjOBJ_SITE, objname=site,
        reftype=mujoco.mjtObj.mjOBJ_SITE if reference else mujoco.mjtObj.mjOBJ_UNKNOWN, refname=reference,
    )  # fmt: skip


def sense_object(spec: mujoco.MjSpec) -> None:
    """Add the sensors of the site `object`: where it is, how it is turned and moves, and where from the finger tips."""
    sense(spec, "object", "framepos", "object", 2.0)
    sense(spec, "object_x", "framexaxis", "object")
    sense(spec, "object_z", "framezaxis", "object")
    sense(spec, "object_velocity", "framelinvel", "object", 5.0)
    sense(spec, "object_from_tool", "framepos", "object", 2.0, reference="tool")


def _add_table(spec: mujoco.MjSpec) -> None:
    world = spec.worldbody
    # the top that is felt is endless and unseen
    plane = mujoco.mjtGeom.mjGEOM_PLANE
    world.add_geom(name="table", type=plane, size=(0, 0, 1), group=UNSEEN_GROUP, friction=(0.8, 0.01, 0.001), **FIXED)
    (back, front), width = TABLE_DEPTH, TABLE_WIDTH
    middle, half_depth = (back + front) / 2, (front - back) / 2
    box(world, "stage", (half_depth, width, 0.012), (middle, 0, -0.0121))
    box(world, "rim", (half_depth + 0.006, width + 0.006, 0.010), (middle, 0, -0.0181))
    box(world, "rim", (half_depth - 0.05, width - 0.05, 0.03), (middle, 0, -0.055))
