"""The model of `SafePoint`: a puck that pushes itself ahead, in an arena of hazards, pillars and vases."""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from functools import cache

import mujoco

from ..stage import add_camera, add_plate, build_stage

HALF_SIZE = (2.6, 1.8)
"""Of the arena along x and y, in metres."""

PUCK_RADIUS = 0.1
HAZARD_RADIUS = 0.22
PILLAR_RADIUS = 0.12
VASE_RADIUS = 0.1

HAZARDS, PILLARS, VASES = 7, 2, 2
"""How many of each there are; what a task has no use for is kept away."""

TOP_SPEED = 1.0
"""What the puck comes to at full force, in metres a second."""

AWAY = (0.0, -60.0)
"""Where things are kept that a task has no use for: behind the camera."""

_MASS = 1.0
_FORCE = 3.0
_TURNING = 3.0  # radians a second


@cache
def build_point_model() -> mujoco.MjModel:
    """The model, compiled once a process: copy it before a change."""
    spec = build_stage("safe_point", timestep=0.025, reach=2.6)
    world = spec.worldbody
    add_plate(world, HALF_SIZE)
    add_camera(world, (0.0, -3.4, 8.2), (0.0, -0.08, 0.0), fovy=38.0)
    _add_things(world)
    _add_goal(world)
    _add_puck(world)
    _add_motors(spec)
    _add_sensors(spec)
    return spec.compile()


def _add_things(world: mujoco.MjsBody) -> None:
    cylinder, capsule = mujoco.mjtGeom.mjGEOM_CYLINDER, mujoco.mjtGeom.mjGEOM_CAPSULE
    for number in range(HAZARDS):
        hazard = world.add_body(name=f"hazard_{number}", mocap=True, pos=[*AWAY, 0])
        hazard.add_geom(type=cylinder, size=[HAZARD_RADIUS, 0.003, 0], pos=[0, 0, 0.003], material="hazard")
    for number in range(PILLARS):
        pillar = world.add_body(name=f"pillar_{number}", mocap=True, pos=[*AWAY, 0])
        # what is felt is a capsule (quick, and round to the puck), what is seen has a flat top
        pillar.add_geom(type=capsule, size=[PILLAR_RADIUS, 0.2, 0], pos=[0, 0, 0.2], conaffinity=1, group=3)
        pillar.add_geom(type=cylinder, size=[PILLAR_RADIUS, 0.2, 0], pos=[0, 0, 0.2], material="joint")
        pillar.add_geom(type=cylinder, size=[PILLAR_RADIUS + 0.004, 0.02, 0], pos=[0, 0, 0.36], material="hazard")
    for number in range(VASES):
        vase = world.add_body(name=f"vase_{number}", gravcomp=1)
        for name, axis in (("x", [1, 0, 0]), ("y", [0, 1, 0])):
            vase.add_joint(
                name=f"vase_{number}_{name}", type=mujoco.mjtJoint.mjJNT_SLIDE, axis=axis, damping=1, frictionloss=0.5
            )
        vase.add_geom(type=capsule, size=[VASE_RADIUS, 0.08, 0], pos=[0, 0, 0.14], mass=0.3, conaffinity=1, group=3)
        for height, radius, thickness in (
            (0.04, 0.7, 0.04),
            (0.13, 1.0, 0.06),
            (0.22, 0.55, 0.04),
            (0.27, 0.75, 0.012),
        ):
            vase.add_geom(
                type=cylinder, size=[VASE_RADIUS * radius, thickness, 0], pos=[0, 0, height], mass=0, material="vase"
            )


def _add_goal(world: mujoco.MjsBody) -> None:
    goal = world.add_body(name="goal", mocap=True, pos=[*AWAY, 0])
    cylinder = mujoco.mjtGeom.mjGEOM_CYLINDER
    goal.add_geom(type=cylinder, size=[0.2, 0.004, 0], pos=[0, 0, 0.004], material="halo")
    goal.add_geom(type=cylinder, size=[0.012, 0.2, 0], pos=[0, 0, 0.2], material="joint")
    goal.add_geom(type=mujoco.mjtGeom.mjGEOM_BOX, size=[0.08, 0.006, 0.05], pos=[0.08, 0, 0.35], material="goal")


def _add_puck(world: mujoco.MjsBody) -> None:
    puck = world.add_body(name="puck", gravcomp=1)
    for name, axis, reach in (("x", [1, 0, 0], HALF_SIZE[0]), ("y", [0, 1, 0], HALF_SIZE[1])):
        reach -= PUCK_RADIUS
        puck.add_joint(
            name=name, type=mujoco.mjtJoint.mjJNT_SLIDE, axis=axis, damping=_FORCE / TOP_SPEED, limited=True,
            range=[-reach, reach],
        )  # fmt: skip
    puck.add_joint(name="heading", type=mujoco.mjtJoint.mjJNT_HINGE, axis=[0, 0, 1])
    puck.add_site(name="puck", size=[0.005, 0.005, 0.005], rgba=[0, 0, 0, 0])
    sphere, cylinder = mujoco.mjtGeom.mjGEOM_SPHERE, mujoco.mjtGeom.mjGEOM_CYLINDER
    puck.add_geom(
        type=sphere, size=[PUCK_RADIUS, 0, 0], pos=[0, 0, 0.14], mass=_MASS, contype=1, condim=1, group=3
    )  # fmt: skip
    puck.add_geom(type=cylinder, size=[PUCK_RADIUS, 0.03, 0], pos=[0, 0, 0.05], mass=0, material="shell")
    puck.add_geom(type=cylinder, size=[PUCK_RADIUS + 0.002, 0.01, 0], pos=[0, 0, 0.05], mass=0, material="accent")
    puck.add_geom(type=cylinder, size=[PUCK_RADIUS * 0.85, 0.02, 0], pos=[0, 0, 0.012], mass=0, material="joint")
    puck.add_geom(type=sphere, size=[0.055, 0, 0], pos=[0, 0, 0.08], mass=0, material="joint")
    puck.add_geom(type=sphere, size=[0.03, 0, 0], pos=[0.04, 0, 0.1], mass=0, material="tip")


def _add_motors(spec: mujoco.MjSpec) -> None:
    drive = spec.add_actuator(name="drive", trntype=mujoco.mjtTrn.mjTRN_SITE, target="puck")
    drive.set_to_motor()
    drive.gear[0] = _FORCE
    drive.ctrlrange, drive.ctrllimited = [-1, 1], True
    turn = spec.add_actuator(name="turn", trntype=mujoco.mjtTrn.mjTRN_JOINT, target="heading")
    turn.set_to_velocity(kv=0.1)
    turn.ctrlrange, turn.ctrllimited = [-_TURNING, _TURNING], True


def _add_sensors(spec: mujoco.MjSpec) -> None:
    body, site = mujoco.mjtObj.mjOBJ_XBODY, mujoco.mjtObj.mjOBJ_SITE
    things = [(kind, number) for kind, most in _KINDS for number in range(most)]
    for name in ["goal", *(f"{kind}_{number}" for kind, number in things)]:
        spec.add_sensor(
            name=name, type=mujoco.mjtSensor.mjSENS_FRAMEPOS, objtype=body, objname=name, reftype=site, refname="puck"
        )
    for name, kind in (
        ("velocity", mujoco.mjtSensor.mjSENS_VELOCIMETER),
        ("turning", mujoco.mjtSensor.mjSENS_GYRO),
        ("place", mujoco.mjtSensor.mjSENS_FRAMEPOS),
        ("ahead", mujoco.mjtSensor.mjSENS_FRAMEXAXIS),
    ):
        spec.add_sensor(name=name, type=kind, objtype=site, objname="puck")


_KINDS = (("hazard", HAZARDS), ("pillar", PILLARS), ("vase", VASES))
