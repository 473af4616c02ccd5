"""A cable: a chain of capsules that bends at every link."""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import math

import mujoco
import numpy as np
from numpy.typing import NDArray

from .scene import OBJECT, add_site, capsule

LINKS = 14
"""How many links there are."""

NODES = LINKS + 1
"""Points between and at the ends of the links: sites `cable0` …"""

LENGTH = 0.62
"""Of the cable, in metres."""

_RADIUS = 0.005
_LINK = LENGTH / LINKS
_MASS = 0.004  # of a link, in kilograms


def add_cable(spec: mujoco.MjSpec, start: tuple[float, ...], end_site: str) -> None:
    """Add a cable that begins at a point of the world, along y, and whose end follows a site.

    The first link turns every way; each further one bends about its two cross axes, and none twists.
    """
    parent = spec.worldbody
    for i in range(LINKS):
        body = parent.add_body(name=f"cable{i}", pos=(0, _LINK, 0) if i else start)
        if i == 0:
            body.add_joint(name="cable0", type=mujoco.mjtJoint.mjJNT_BALL, damping=[4e-4, 0, 0], armature=1e-5)
        else:
            for axis in ((1, 0, 0), (0, 0, 1)):
                body.add_joint(
                    type=mujoco.mjtJoint.mjJNT_HINGE,
                    axis=axis,
                    damping=[4e-4, 0, 0],
                    stiffness=[2e-3, 0, 0],
                    armature=1e-5,
                )
        capsule(
            body,
            "object",
            _RADIUS,
            (0, 0, 0),
            (0, _LINK, 0),
            mass=_MASS,
            condim=3,
            friction=(0.3, 0.005, 0.0001),
            **OBJECT,
        )
        add_site(body, f"cable{i}")
        parent = body
    add_site(parent, f"cable{LINKS}", (0, _LINK, 0))
    spec.add_equality(
        type=mujoco.mjtEq.mjEQ_CONNECT, objtype=mujoco.mjtObj.mjOBJ_SITE, name1=f"cable{LINKS}", name2=end_site,
        solref=(0.01, 1.0),
    )  # fmt: skip


def arc(chord: NDArray[np.float64]) -> NDArray[np.float64]:
    """Joint positions that lay the cable in an arc to a point, bulging level and to the left of the way there.

    Each link is turned by the same angle δ from the one before, so the end is at the distance
    l·sin(nδ/2)/sin(δ/2) for n links of length l; δ is found by bisection.

    Args:
        chord: from the cable's beginning to its end, in metres.

    Raises:
        ValueError: the cable is too short.
    """
    distance = float(np.linalg.norm(chord))
    if distance > 0.999 * LENGTH:
        raise ValueError(f"the cable is {LENGTH} m long and cannot end {distance:.3f} m from its beginning")
    low, high = 1e-6, 2 * math.pi / LINKS
    bend = high
    for _ in range(60):
        bend = (low + high) / 2
        reached = _LINK * math.sin(LINKS * bend / 2) / math.sin(bend / 2)
        low, high = (bend, high) if reached > distance else (low, bend)
    # axes of the first link: y along it, x to its right and level
    forward = chord / distance
    right = np.cross(forward, (0.0, 0.0, 1.0))
    right /= np.linalg.norm(right)
    up = np.cross(right, forward)
    # the first link sets out to the left of the chord by half of all the turns to the right that follow
    half = (LINKS - 1) * bend / 2
    along = math.cos(half) * forward - math.sin(half) * right
    quat = np.empty(4)
    mujoco.mju_mat2Quat(quat, np.stack([np.cross(along, up), along, up], axis=1).ravel())
    return np.concatenate([quat, np.tile([0.0, -bend], LINKS - 1)])
