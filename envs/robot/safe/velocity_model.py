"""The model of `SafeVelocity`: a robot that balances on two wheels, on a straight track with signs."""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from functools import cache

import mujoco

from ..stage import add_camera, add_plate, build_stage

SECTIONS = 8
SECTION_LENGTH = 1.5
"""In metres."""

WHEEL_RADIUS = 0.2
WHEEL_MASS = 2.0
BODY_MASS = 8.0
BODY_HEIGHT = 0.5
"""Of the body's centre of mass above the axle, in metres."""

BODY_INERTIA = 0.6
"""About its centre of mass, in kg m²."""

DRAG = 12.0
"""What holds the robot back, in newtons for each metre a second."""

TORQUE = 20.0
"""Of the motor at most, in newton metres."""

LOWEST_SIGN, SIGN_STEP = 0.25, 0.35
"""How high the plate of a sign is above the track for a limit of 0, and how much higher for each metre a second."""


@cache
def build_velocity_model() -> mujoco.MjModel:
    """The model, compiled once a process: copy it before a change.

    The wheels roll without slipping, so what turns them pushes the robot: the motor pulls on a tendon whose length is
    the angle between wheel and body, x / radius - pitch. Nothing touches anything.
    """
    spec = build_stage("safe_velocity", timestep=0.01, reach=10.0)
    _add_track(spec.worldbody)
    axle = spec.worldbody.add_body(name="axle", pos=[0, 0, WHEEL_RADIUS])
    axle.add_joint(name="x", type=mujoco.mjtJoint.mjJNT_SLIDE, axis=[1, 0, 0], damping=DRAG)
    add_camera(axle, (0.5, -3.6, 1.5), (0.5, 0.0, 0.35), fovy=38.0)
    _add_wheels(axle)
    _add_body(axle)
    _add_motor(spec)
    joint = mujoco.mjtObj.mjOBJ_JOINT
    for name, kind in (("x", "JOINTPOS"), ("pitch", "JOINTPOS"), ("x", "JOINTVEL"), ("pitch", "JOINTVEL")):
        sensor = name if kind == "JOINTPOS" else f"{name}_velocity"
        spec.add_sensor(name=sensor, type=getattr(mujoco.mjtSensor, f"mjSENS_{kind}"), objtype=joint, objname=name)
    return spec.compile()


def _add_track(world: mujoco.MjsBody) -> None:
    box, cylinder = mujoco.mjtGeom.mjGEOM_BOX, mujoco.mjtGeom.mjGEOM_CYLINDER
    length = SECTIONS * SECTION_LENGTH
    add_plate(world.add_body(pos=[length / 2, 0, 0]), (length / 2 + 1.5, 1.0))
    for number in range(SECTIONS + 1):
        x = number * SECTION_LENGTH
        is_end = number in (0, SECTIONS)
        material = "goal" if is_end else "rim"
        world.add_geom(type=box, size=[0.05 if is_end else 0.012, 0.6, 0.002], pos=[x, 0, 0.002], material=material)
    for number in range(SECTIONS):
        x = number * SECTION_LENGTH
        world.add_geom(type=cylinder, size=[0.012, 0.6, 0], pos=[x, 0.7, 0.6], material="joint")
        sign = world.add_body(name=f"sign_{number}", mocap=True, pos=[x, 0.7, LOWEST_SIGN])
        sign.add_geom(type=cylinder, size=[0.13, 0.012, 0], zaxis=[0, 1, 0], material="hazard")
        sign.add_geom(type=cylinder, size=[0.095, 0.014, 0], zaxis=[0, 1, 0], material="shell")


def _add_wheels(axle: mujoco.MjsBody) -> None:
    cylinder = mujoco.mjtGeom.mjGEOM_CYLINDER
    for y in (-0.17, 0.17):
        axle.add_geom(
            type=cylinder, size=[WHEEL_RADIUS, 0.035, 0], pos=[0, y, 0], zaxis=[0, 1, 0], mass=WHEEL_MASS / 2,
            material="joint",
        )  # fmt: skip
        axle.add_geom(type=cylinder, size=[0.13, 0.037, 0], pos=[0, y, 0], zaxis=[0, 1, 0], mass=0, material="shell")
        axle.add_geom(type=cylinder, size=[0.05, 0.04, 0], pos=[0, y, 0], zaxis=[0, 1, 0], mass=0, material="accent")


def _add_body(axle: mujoco.MjsBody) -> None:
    body = axle.add_body(
        name="body", explicitinertial=True, mass=BODY_MASS, ipos=[0, 0, BODY_HEIGHT], inertia=[BODY_INERTIA] * 3
    )
    body.add_joint(name="pitch", type=mujoco.mjtJoint.mjJNT_HINGE, axis=[0, 1, 0])
    box, capsule, cylinder = mujoco.mjtGeom.mjGEOM_BOX, mujoco.mjtGeom.mjGEOM_CAPSULE, mujoco.mjtGeom.mjGEOM_CYLINDER
    body.add_geom(type=cylinder, size=[0.05, 0.15, 0], zaxis=[0, 1, 0], material="accent")
    body.add_geom(type=capsule, size=[0.035, 0.22, 0], pos=[0, 0, 0.28], material="joint")
    body.add_geom(type=box, size=[0.09, 0.13, 0.13], pos=[0, 0, 0.5], material="shell")
    body.add_geom(type=box, size=[0.094, 0.134, 0.015], pos=[0, 0, 0.42], material="accent")
    body.add_geom(type=capsule, size=[0.075, 0.045, 0], pos=[0, 0, 0.76], zaxis=[0, 1, 0], material="shell")
    body.add_geom(type=capsule, size=[0.035, 0.04, 0], pos=[0.055, 0, 0.77], zaxis=[0, 1, 0], material="tip")


def _add_motor(spec: mujoco.MjSpec) -> None:
    tendon = spec.add_tendon(name="wheel_angle")
    tendon.wrap_joint("x", 1.0 / WHEEL_RADIUS)
    tendon.wrap_joint("pitch", -1.0)
    motor = spec.add_actuator(name="motor", trntype=mujoco.mjtTrn.mjTRN_TENDON, target="wheel_angle")
    motor.set_to_motor()
    motor.ctrlrange, motor.ctrllimited = [-TORQUE, TORQUE], True
