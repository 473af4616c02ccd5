"""The arm, its gripper, and the springs and dampers between the hand and where it is wanted."""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from typing import Any

import mujoco

from .kinematics import BASE, FOREARM, SHOULDER_HEIGHT, TOOL, UPPER_ARM
from .scene import HAND, UNSEEN_GROUP, add_site, box, capsule, cylinder

FINGER_TRAVEL = 0.04
"""How far each finger goes from the middle, in metres."""

FORCE_LIMIT = 25.0
"""The most that the hand pushes along an axis, in newtons."""

TORQUE_LIMIT = 4.0
"""The most that the hand turns about an axis, in newton metres."""

GRIP_LIMIT = 20.0
"""The most that the fingers press, in newtons."""

STIFFNESS = 1000.0
"""Of the hand's position, in newtons a metre."""

DAMPING = 60.0
"""Of the hand's velocity, in newtons per metre a second."""

TURNING_STIFFNESS = 40.0
"""Of the hand's orientation, in newton metres a radian."""

TURNING_DAMPING = 2.5
"""Of the hand's angular velocity, in newton metres per radian a second."""

GRIP_STIFFNESS = 2000.0
GRIP_DAMPING = 40.0
"""Of the fingers, in the same units as the hand's."""

AXES: tuple[str, ...] = ("x", "y", "z", "roll", "pitch", "yaw")
"""Along and about which the hand is moved: its actuators, in their order."""

FINGERS = "fingers"
"""The last actuator, where the fingers move."""

REACH_OF_TARGET = (
    dict.fromkeys(AXES[:3], FORCE_LIMIT / STIFFNESS)
    | dict.fromkeys(AXES[3:], TORQUE_LIMIT / TURNING_STIFFNESS)
    | {FINGERS: GRIP_LIMIT / GRIP_STIFFNESS}
)
"""How far from the present coordinate a target is worth setting: farther off, the force is at its limit."""

_ALONG_Y = (0.70710678, 0.70710678, 0.0, 0.0)
_DENSITY = 500.0


def add_arm(spec: mujoco.MjSpec) -> Any:
    """Add the arm on its plinth; return the body of its hand, whose frame is the wrist's, z towards the finger tips."""
    world = spec.worldbody
    base = world.add_body(name="base", pos=BASE)
    box(base, "joint", (0.11, 0.11, 0.012), (0, 0, -0.012))
    cylinder(base, "joint", 0.078, 0.012, (0, 0, 0.012))
    cylinder(base, "shell", 0.064, 0.075, (0, 0, 0.095))
    shoulder = _link(base, "shoulder", "joint1", (0, 0, 1), (0, 0, 0.18))
    cylinder(shoulder, "accent", 0.066, 0.006, density=_DENSITY)
    cylinder(shoulder, "shell", 0.064, 0.05, (0, 0, 0.056), density=_DENSITY)
    shoulder.add_geom(
        type=mujoco.mjtGeom.mjGEOM_SPHERE, material="shell", size=(0.068, 0, 0), pos=(0, 0, SHOULDER_HEIGHT - 0.18)
    )
    upper = _link(shoulder, "upper_arm", "joint2", (0, 1, 0), (0, 0, SHOULDER_HEIGHT - 0.18))
    _hub(upper, 0.050, 0.073)
    capsule(upper, "shell", 0.050, (0, 0, 0.04), (0, 0, 0.18), density=_DENSITY)
    elbow = _link(upper, "upper_roll", "joint3", (0, 0, 1), (0, 0, 0.21))
    cylinder(elbow, "accent", 0.049, 0.005)
    capsule(elbow, "shell", 0.046, (0, 0, 0.02), (0, 0, UPPER_ARM - 0.25), density=_DENSITY)
    fore = _link(elbow, "forearm", "joint4", (0, 1, 0), (0, 0, UPPER_ARM - 0.21))
    fore.add_geom(type=mujoco.mjtGeom.mjGEOM_SPHERE, material="shell", size=(0.054, 0, 0))
    _hub(fore, 0.044, 0.060)
    capsule(fore, "shell", 0.041, (0, 0, 0.04), (0, 0, 0.19), density=_DENSITY)
    roll = _link(fore, "forearm_roll", "joint5", (0, 0, 1), (0, 0, 0.22))
    cylinder(roll, "accent", 0.041, 0.005)
    capsule(roll, "shell", 0.038, (0, 0, 0.02), (0, 0, FOREARM - 0.26), density=_DENSITY)
    wrist = _link(roll, "wrist", "joint6", (0, 1, 0), (0, 0, FOREARM - 0.22))
    wrist.add_geom(type=mujoco.mjtGeom.mjGEOM_SPHERE, material="shell", size=(0.043, 0, 0), density=_DENSITY)
    _hub(wrist, 0.035, 0.048)
    hand = _link(wrist, "hand", "joint7", (0, 0, 1), (0, 0, 0))
    cylinder(hand, "shell", 0.036, 0.020, (0, 0, 0.050), density=_DENSITY)
    cylinder(hand, "accent", 0.037, 0.004, (0, 0, 0.073))
    # the middle of the finger tips; upright when the hand points down
    add_site(hand, "tool", (0, 0, TOOL), quat=(0, 0, 1, 0))
    add_site(world, "origin")
    # beside the palm, it sees what is between the finger tips and beneath them
    hand.add_camera(name="wrist", pos=(0.08, 0, 0.06), xyaxes=(0, -1, 0, -0.87, 0, -0.49), fovy=60)
    # the one posture that the hand leaves free is the elbow's turn about the line from shoulder to wrist: a spring
    # keeps it up. Poses with the elbow up hold joint3 at zero, so the spring never pulls the hand off.
    spec.joint("joint3").stiffness = [12.0, 0.0, 0.0]
    return hand


def add_gripper(spec: mujoco.MjSpec, hand: Any, *, moves: bool = True) -> None:
    """Add the palm and two fingers that close along the hand's y axis.

    Args:
        spec: the model.
        hand: the body that carries them.
        moves: whether the fingers move; held still, and closed, they cost no time.
    """
    box(hand, "joint", (0.026, 0.062, 0.017), (0, 0, 0.094), density=_DENSITY)
    box(hand, "shell", (0.029, 0.046, 0.012), (0, 0, 0.092))
    for name, side in (("left_finger", 1.0), ("right_finger", -1.0)):
        finger = hand.add_body(name=name, pos=(0, 0, 0.11), gravcomp=1)
        if moves:
            finger.add_joint(
                name=name,
                type=mujoco.mjtJoint.mjJNT_SLIDE,
                axis=(0, side, 0),
                range=(0, FINGER_TRAVEL),
                armature=0.1,
                damping=[5.0, 0.0, 0.0],
            )
        box(finger, "joint", (0.010, 0.008, 0.020), (0, side * 0.012, 0.020), mass=0.02)
        box(finger, "joint", (0.010, 0.0045, 0.024), (0, side * 0.0085, TOOL - 0.11 - 0.016), mass=0.02)
        box(finger, "pad", (0.0101, 0.002, 0.013), (0, side * 0.002, TOOL - 0.11 - 0.005))
        if moves:
            _add_pads(finger, side)
    if moves:
        spec.add_equality(
            type=mujoco.mjtEq.mjEQ_JOINT,
            name1="right_finger",
            name2="left_finger",
            objtype=mujoco.mjtObj.mjOBJ_JOINT,
            data=[0.0, 1.0, *[0.0] * 10],
            solref=(0.01, 1.0),
        )


def _add_pads(finger: Any, side: float) -> None:
    """Four spheres flush with the finger's inner face: a flat side touches all, a round one settles between them."""
    radius = 0.006
    for x in (-0.008, 0.008):
        for z in (-0.014, 0.002):
            finger.add_geom(
                type=mujoco.mjtGeom.mjGEOM_SPHERE,
                size=(radius, 0, 0),
                pos=(x, side * radius, TOOL - 0.11 + z),
                group=UNSEEN_GROUP,
                condim=4,
                friction=(1.5, 0.02, 0.001),
                **HAND,
            )


def add_control(spec: mujoco.MjSpec, *, gripper: bool = True) -> None:
    """Add a spring and a damper for each axis of the hand, and the readings of its pose, motion and forces.

    An actuator's control is the wanted coordinate: metres along x, y and z from the table's middle, or the rotation
    vector from pointing straight down; its force, stiffness times error less damping times velocity, is limited, and so
    the hand gives way.
    """
    for i, axis in enumerate(AXES):
        turning = i >= 3
        limit = TORQUE_LIMIT if turning else FORCE_LIMIT
        servo = spec.add_actuator(name=axis, trntype=mujoco.mjtTrn.mjTRN_SITE, target="tool", refsite="origin")
        servo.gear = [float(i == j) for j in range(6)]
        servo.set_to_position(
            kp=TURNING_STIFFNESS if turning else STIFFNESS, kv=TURNING_DAMPING if turning else DAMPING
        )
        servo.ctrlrange, servo.forcerange = (-3.2, 3.2) if turning else (-1.0, 1.0), (-limit, limit)
    names = list(AXES)
    if gripper:
        servo = spec.add_actuator(name=FINGERS, trntype=mujoco.mjtTrn.mjTRN_JOINT, target="left_finger")
        servo.set_to_position(kp=GRIP_STIFFNESS, kv=GRIP_DAMPING)
        servo.ctrlrange, servo.forcerange = (0.0, FINGER_TRAVEL), (-GRIP_LIMIT, GRIP_LIMIT)
        names.append(FINGERS)
    _add_readings(spec, names)


def _add_readings(spec: mujoco.MjSpec, axes: list[str]) -> None:
    kinds = mujoco.mjtSensor
    for suffix, kind in (
        ("", kinds.mjSENS_ACTUATORPOS),
        ("_velocity", kinds.mjSENS_ACTUATORVEL),
        ("_force", kinds.mjSENS_ACTUATORFRC),
    ):
        for axis in axes:
            spec.add_sensor(
                name=axis + suffix,
                type=kind,
                objtype=mujoco.mjtObj.mjOBJ_ACTUATOR,
                objname=axis,
                cutoff=_bound(axis, suffix),
            )


def _bound(axis: str, suffix: str) -> float:
    if axis == FINGERS:
        return {"": 0.1, "_velocity": 2.0, "_force": GRIP_LIMIT}[suffix]
    turning = axis in AXES[3:]
    return {
        "": 3.2 if turning else 1.0,
        "_velocity": 20.0 if turning else 3.0,
        "_force": TORQUE_LIMIT if turning else FORCE_LIMIT,
    }[suffix]


def _link(parent: Any, name: str, joint: str, axis: tuple[float, ...], pos: tuple[float, ...]) -> Any:
    body = parent.add_body(name=name, pos=pos, gravcomp=1)
    body.add_joint(name=joint, type=mujoco.mjtJoint.mjJNT_HINGE, axis=axis, armature=0.1, damping=[1.0, 0.0, 0.0])
    return body


def _hub(body: Any, radius: float, half_width: float) -> None:
    cylinder(body, "joint", radius, half_width, quat=_ALONG_Y, density=_DENSITY)
    cylinder(body, "accent", radius * 0.72, half_width + 0.004, quat=_ALONG_Y)
