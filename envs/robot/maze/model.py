"""The model of every maze: a ball to steer, and walls that are put in place at reset."""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from functools import cache

import mujoco
import numpy as np

from ..stage import add_camera, add_plate, build_stage
from .layouts import LAYOUTS, ROOMS, Cell, Layout, doors, grid_layout

BALL_RADIUS = 0.2
WALL_HEIGHT = 0.4
TOP_SPEED = 2.0
"""What the ball comes to at full force, in metres a second."""

AWAY = (0.0, -300.0, 0.0)
"""Where walls are kept that a maze has no use for: behind the camera."""

FRAME = grid_layout(set(doors()))
"""What all random mazes share: the border, and the posts between doors."""

MOST_CLOSED_DOORS = len(doors()) - (ROOMS * ROOMS - 1)
"""Doors that may be closed while every room can be reached."""

_FORCE = 4.0
_MASS = 1.0


def centre(layout: Layout, cell: Cell) -> tuple[float, float]:
    """Where the middle of a cell is, x and y in metres: cells are 1 m wide, the maze lies around the origin."""
    return cell[1] - (len(layout[0]) - 1) / 2, (len(layout) - 1) / 2 - cell[0]


def cell_at(layout: Layout, x: float, y: float) -> Cell:
    """The cell that holds a point."""
    return round((len(layout) - 1) / 2 - y), round(x + (len(layout[0]) - 1) / 2)


@cache
def build_maze_model() -> mujoco.MjModel:
    """The model, compiled once a process: copy it before a change.

    Its bodies are `ball`, `goal`, `eye` (the camera), for every maze of `LAYOUTS` one of its name with all its walls,
    `frame` (what random mazes share) and `door_0` … (a wall each).
    """
    spec = build_stage("maze", timestep=0.025, reach=7.0)
    world = spec.worldbody
    for name, layout in {**LAYOUTS, "frame": FRAME}.items():
        maze = world.add_body(name=name, mocap=True, pos=AWAY)
        add_plate(maze, (len(layout[0]) / 2, len(layout) / 2))
        for box in _rectangles(layout):
            _add_wall(maze, *box)
    for number in range(MOST_CLOSED_DOORS):
        _add_wall(world.add_body(name=f"door_{number}", mocap=True, pos=AWAY), (0.0, 0.0), (0.5, 0.5))
    _add_goal(world)
    _add_ball(spec)
    add_camera(world.add_body(name="eye", mocap=True), (0.0, 0.0, 0.0), (0.0, 0.53, -1.0), fovy=40.0)
    return spec.compile()


def eye_of(layout: Layout) -> tuple[float, float, float]:
    """Where the camera sees a whole maze from."""
    away = 1.25 * max(len(layout), len(layout[0]))
    return 0.0, -0.55 * away, 1.0 * away


def _add_wall(body: mujoco.MjsBody, middle: tuple[float, float], half_size: tuple[float, float]) -> None:
    half_height = WALL_HEIGHT / 2
    body.add_geom(
        type=mujoco.mjtGeom.mjGEOM_BOX, pos=[*middle, half_height], size=[*half_size, half_height],
        material="wall", conaffinity=1,
    )  # fmt: skip


def _add_goal(world: mujoco.MjsBody) -> None:
    goal = world.add_body(name="goal", mocap=True)
    cylinder = mujoco.mjtGeom.mjGEOM_CYLINDER
    goal.add_geom(name="halo", type=cylinder, size=[0.3, 0.004, 0], pos=[0, 0, 0.004], material="goal")
    goal.add_geom(type=cylinder, size=[0.02, 0.3, 0], pos=[0, 0, 0.3], material="joint")
    goal.add_geom(type=mujoco.mjtGeom.mjGEOM_BOX, size=[0.12, 0.008, 0.08], pos=[0.12, 0, 0.52], material="goal")


def _add_ball(spec: mujoco.MjSpec) -> None:
    ball = spec.worldbody.add_body(name="ball", pos=[0, 0, BALL_RADIUS], gravcomp=1)
    for name, axis in (("x", [1, 0, 0]), ("y", [0, 1, 0])):
        ball.add_joint(name=name, type=mujoco.mjtJoint.mjJNT_SLIDE, axis=axis, damping=_FORCE / TOP_SPEED)
        actuator = spec.add_actuator(name=name, trntype=mujoco.mjtTrn.mjTRN_JOINT, target=name)
        actuator.set_to_motor()
        actuator.gear[0] = _FORCE
        actuator.ctrlrange, actuator.ctrllimited = [-1, 1], True
    joint = mujoco.mjtObj.mjOBJ_JOINT
    for name in ("x", "y"):
        spec.add_sensor(name=name, type=mujoco.mjtSensor.mjSENS_JOINTPOS, objtype=joint, objname=name)
    for name in ("x", "y"):
        spec.add_sensor(name=f"{name}_velocity", type=mujoco.mjtSensor.mjSENS_JOINTVEL, objtype=joint, objname=name)
    sphere = mujoco.mjtGeom.mjGEOM_SPHERE
    ball.add_geom(type=sphere, size=[BALL_RADIUS, 0, 0], mass=_MASS, contype=1, condim=1, material="accent")
    ring = mujoco.mjtGeom.mjGEOM_CYLINDER
    ball.add_geom(type=ring, size=[BALL_RADIUS + 0.003, 0.025, 0], mass=0, material="joint")
    ball.add_geom(type=sphere, size=[0.07, 0, 0], pos=[0, 0, 0.16], mass=0, material="shell")


def _rectangles(layout: Layout) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Walls as few boxes as a simple rule finds: (middle, half size) each, in metres.

    Row by row, the first cell that is not covered yet is made as wide as it goes, then as high.
    """
    left = np.array([[cell == "#" for cell in row] for row in layout])
    boxes = []
    for row, column in np.argwhere(left):
        if not left[row, column]:
            continue
        width = next((w for w in range(1, left.shape[1] - column) if not left[row, column + w]), left.shape[1] - column)
        height = 1
        while row + height < left.shape[0] and left[row + height, column : column + width].all():
            height += 1
        left[row : row + height, column : column + width] = False
        x0, y0 = centre(layout, (row, column))
        x1, y1 = centre(layout, (row + height - 1, column + width - 1))
        boxes.append((((x0 + x1) / 2, (y0 + y1) / 2), (width / 2, height / 2)))
    return boxes
