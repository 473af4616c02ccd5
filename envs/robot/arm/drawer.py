"""A drawer is opened, or closed, as far as is wanted."""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import mujoco
import numpy as np

from ...core import TaskFields
from ...core.bodies.actions import Action
from ...core.task import check_level
from ..readings import Readings, norm
from .arm_env import ArmEnv, ArmEpisode, ArmEvaluation, check_numbers
from .model import add_arm, add_control, add_gripper
from .scene import FIXED, add_mocap, add_site, box, capsule, new_scene, sense

TRAVEL = 0.15
"""How far the drawer goes, in metres."""

HANDLE_HEIGHT = 0.085
"""Of the handle's middle above the table, in metres."""

_DEPTH, _WIDTH, _HEIGHT = 0.09, 0.11, 0.065  # half of the cabinet
_STANDOFF = 0.05  # from the drawer's face to the middle of its handle
_TOP_SPEED = 0.03  # of a drawer at rest, in metres a second


@dataclass(frozen=True, slots=True)
class DrawerLevel:
    """How hard a task is.

    Attributes:
        closes: whether the drawer may also be open at first, and be wanted less so; else it is closed.
        spread: how far the cabinet is from its usual place along x and y, at most, in metres.
        turn: how far it is turned about the vertical, at most, in radians.
        tolerance: how far from the wanted opening the drawer may be, in metres.
    """

    closes: bool
    spread: float
    turn: float
    tolerance: float


LEVELS = (
    DrawerLevel(closes=False, spread=0.0, turn=0.0, tolerance=0.012),
    DrawerLevel(closes=True, spread=0.03, turn=0.2, tolerance=0.009),
    DrawerLevel(closes=True, spread=0.06, turn=0.45, tolerance=0.006),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawerTask(TaskFields):
    """Where everything is at the beginning and how far the drawer is to be open.

    Attributes:
        hand: x, y, z and yaw of the finger tips, in metres and radians.
        cabinet: x, y and yaw of the cabinet; it opens towards the arm where its yaw is 0.
        opening: how far the drawer is open, in metres.
        goal: how far it is to be open.
        level: the difficulty, which sets the tolerance.
    """

    hand: tuple[float, ...]
    cabinet: tuple[float, ...]
    opening: float
    goal: float
    level: int = 0

    def __post_init__(self) -> None:
        check_numbers("hand", self.hand, 4)
        check_numbers("cabinet", self.cabinet, 3)
        for name in ("opening", "goal"):
            if not 0.0 <= getattr(self, name) <= TRAVEL:
                raise ValueError(f"options['task'].{name} must lie between 0 and {TRAVEL}, got {getattr(self, name)!r}")
        check_level(self.level, len(LEVELS), name="options['task'].level")


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawerEpisode(ArmEpisode):
    """What changes in an episode besides the physics.

    Attributes:
        goal: how far the drawer is to be open, in metres.
        tolerance: how far from that it may be.
    """

    goal: float
    tolerance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawerEvaluation(ArmEvaluation):
    """How the drawer stands.

    Attributes:
        opening: how far it is open, in metres.
        error: how far that is from what is wanted.
    """

    opening: Any
    error: Any


class DrawerEnv(ArmEnv[DrawerTask, DrawerEpisode, DrawerEvaluation]):
    """Open or close a drawer by its handle, as far as is wanted.

    ## Task
    A cabinet with one drawer stands on the table; a green bar shows where its handle is to be. The drawer has to be as
    far open as that, and still.

    ## Observation
    The model's sensors, 35 numbers (float32), in this order:

    | numbers | meaning | unit | bound |
    |---|---|---|---|
    | 0–6 | position (x, y, z) and rotation vector of the hand, opening of each finger | m, rad | 1, 3.2, 0.1 |
    | 7–13 | their velocities | m/s, rad/s | 3, 20, 2 |
    | 14–20 | forces and torques that the hand's springs exert, and the fingers' | N, N m | 25, 4, 20 |
    | 21 | how far the drawer is open | m | 0.5 |
    | 22 | its speed | m/s | 3 |
    | 23–25 | position of the handle | m | 2 |
    | 26–28 | direction along the handle |  | 1 |
    | 29–31 | from the finger tips to the handle, in the hand's frame | m | 2 |
    | 32–34 | from where the handle is to be to the handle, in the cabinet's frame | m | 2 |

    With `observation="pixels"` the camera's picture (uint8, `pixels` × `pixels` × 3) instead; with `both`, a dict of
    `state` and `pixels`.

    ## Action
    Five numbers in [-1, 1]: by how much the wanted x, y and z (2 cm), the wanted turn about the vertical (0.15 rad) and
    the wanted opening of each finger (1 cm) change; held for 0.1 s. The hand points down. Numbers outside are clipped.

    ## Reward
    `reward="shaped"`: the sum of three terms, each in `info["reward_terms"]`: `progress` (by how much what remains
    to be done grew less, times 5), `success` (2, once) and `effort` (0.01 times the mean square of the action,
    subtracted). What remains is how far the hand is from the handle, and twice how far the drawer is from the
    wanted opening, in metres. Progress adds up to the same whatever the way. `reward="sparse"`: `success` alone.

    ## Episode end
    Terminated when the drawer is open as far as is wanted, and slower than 3 cm/s; truncated after 80 steps (8 s).

    ## Levels
    0: a closed drawer is opened by 5 to 14 cm, to within 12 mm. 1: from any opening to any other, cabinet shifted
    by up to 3 cm and turned by up to 0.2 rad, 9 mm. 2: 6 cm, 0.45 rad, 6 mm.

    ## Source
    The action and the force limits follow the controller of SERL (Luo et al., 2024): a target that the action moves, a
    spring and a damper to it, and a bound on how far it may lead. Arm, task and expert are this project's own.

    Args:
        level: the difficulty of tasks drawn by `reset`, unless its options say otherwise.
        observation: `state`, `pixels` or `both`.
        pixels: width and height of a camera observation.
        cameras: what pixel observations look through: `scene`, `wrist` or both, whose pictures are then a dict by these
            names; None for `scene`.
        reward: `shaped` for progress, success and effort; `sparse` for the success alone.
        weights: what each term of the reward is worth; those that a mapping leaves out keep their defaults.
        render_mode: `rgb_array` to have `render()` return a picture, or None.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    levels = LEVELS
    task_type = DrawerTask
    axes = ("x", "y", "z", "yaw", "fingers")
    workspace = ((-0.25, 0.2), (-0.25, 0.25), (0.06, 0.25))
    home_yaw = math.pi / 2
    max_steps: ClassVar[int] = 80

    def build_model(self) -> mujoco.MjModel:
        """The arm, a cabinet with a drawer, and a mark where the handle is to be."""
        spec = new_scene("drawer", distance=1.2, side=-0.8)
        add_gripper(spec, add_arm(spec))
        _add_cabinet(spec)
        goal = add_mocap(spec, "goal")
        capsule(goal, "goal", 0.004, (0, -0.06, 0), (0, 0.06, 0))
        add_control(spec)
        joint = mujoco.mjtObj.mjOBJ_JOINT
        spec.add_sensor(
            name="opening", type=mujoco.mjtSensor.mjSENS_JOINTPOS, objtype=joint, objname="drawer", cutoff=0.5
        )
        spec.add_sensor(
            name="speed", type=mujoco.mjtSensor.mjSENS_JOINTVEL, objtype=joint, objname="drawer", cutoff=3.0
        )
        sense(spec, "handle", "framepos", "handle", 2.0)
        sense(spec, "handle_across", "frameyaxis", "handle")
        sense(spec, "handle_from_tool", "framepos", "handle", 2.0, reference="tool")
        sense(spec, "handle_from_goal", "framepos", "handle", 2.0, reference="goal")
        return spec.compile()

    def sample(self, rng: np.random.Generator, level: int) -> DrawerTask:
        """A cabinet with its drawer somewhere, and a goal that is well away from there."""
        config = self.levels[level]
        dx, dy = rng.uniform(-config.spread, config.spread, 2)
        turn = rng.uniform(-config.turn, config.turn)
        opening = float(rng.uniform(0.0, TRAVEL - 0.01)) if config.closes else 0.0
        while True:
            goal = float(rng.uniform(0.0, TRAVEL - 0.01))
            if abs(goal - opening) > 0.05:
                break
        hand = (
            *rng.uniform((-0.16, -0.1, 0.16), (-0.06, 0.1, 0.22)).tolist(),
            math.pi / 2 + float(rng.uniform(-0.2, 0.2)),
        )
        cabinet = (0.14 + float(dx), float(dy), float(turn))
        return DrawerTask(hand=hand, cabinet=cabinet, opening=opening, goal=goal, level=level)

    def start(self, task: DrawerTask) -> DrawerEpisode:
        """Put the hand, the cabinet, its drawer and the mark in place."""
        target_U = self.place_hand(*task.hand)
        x, y, yaw = task.cabinet
        self.data.mocap_pos[0] = (x, y, 0.0)
        self.data.mocap_quat[:] = (math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2))
        out = _DEPTH + _STANDOFF + task.goal
        self.data.mocap_pos[1] = (x - out * math.cos(yaw), y - out * math.sin(yaw), HANDLE_HEIGHT)
        self.data.joint("drawer").qpos[:] = task.opening
        tolerance = self.levels[task.level].tolerance
        return self.begin(DrawerEpisode(target_XU=target_U, remaining=0.0, goal=task.goal, tolerance=tolerance))

    def evaluate(self, readings: Readings, episode: DrawerEpisode) -> DrawerEvaluation:
        """Whether the drawer is open as far as is wanted, and still."""
        opening = readings["opening"][..., 0]
        error = np.abs(opening - episode.goal)
        success = (error <= episode.tolerance) & (np.abs(readings["speed"][..., 0]) < _TOP_SPEED)
        remaining = norm(readings["handle_from_tool"]) + 2.0 * error
        return DrawerEvaluation(success=success, remaining=remaining, opening=opening, error=error)

    def expert(self) -> Action:
        """Over the handle, down around it, close the fingers, and draw."""
        data, target_U = self.data, self.episode.target_XU
        handle, tool = data.site("handle"), data.site("tool").xpos
        offset_3 = handle.xpos - tool
        aside = math.hypot(offset_3[0], offset_3[1])
        yaw = self.task.cabinet[2] + math.pi / 2
        over = {"x": handle.xpos[0], "y": handle.xpos[1], "yaw": yaw}
        opening = float(data.qpos[7])
        if aside < 0.02 and abs(offset_3[2]) < 0.015:
            if target_U[6] > 0.001 or opening > 0.012:
                return self.steer(z=handle.xpos[2], fingers=0.0)
            error = self.task.goal - float(data.joint("drawer").qpos[0])
            out = -np.array([math.cos(yaw - math.pi / 2), math.sin(yaw - math.pi / 2)])
            way = tool[:2] + error * out
            return self.steer(x=way[0], y=way[1], yaw=yaw, fingers=0.0, speed=0.7)
        ready = 0.018
        if aside < 0.01 and abs(opening - ready) < 0.005 and abs(float(data.actuator_length[5]) - yaw) < 0.08:
            return self.steer(**over, z=handle.xpos[2], fingers=ready)
        return self.steer(
            **over, z=handle.xpos[2] + (0.07 if aside > 0.02 else tool[2] - handle.xpos[2]), fingers=ready
        )


def _add_cabinet(spec: mujoco.MjSpec) -> None:
    cabinet = add_mocap(spec, "cabinet")
    thick = 0.006
    for z in (thick, 2 * _HEIGHT - thick):
        box(cabinet, "fixture", (_DEPTH, _WIDTH, thick), (0, 0, z), **FIXED)
    for side in (-1, 1):
        box(cabinet, "fixture", (_DEPTH, thick, _HEIGHT - 2 * thick), (0, side * (_WIDTH - thick), _HEIGHT))
    box(cabinet, "rim", (thick, _WIDTH - 2 * thick, _HEIGHT - 2 * thick), (_DEPTH - thick, 0, _HEIGHT))
    drawer = cabinet.add_body(name="drawer", pos=(0, 0, _HEIGHT))
    drawer.add_joint(
        name="drawer", type=mujoco.mjtJoint.mjJNT_SLIDE, axis=(-1, 0, 0), range=(0, TRAVEL), damping=[8.0, 0.0, 0.0],
        frictionloss=1.0, armature=0.1,
    )  # fmt: skip
    half_width, half_height = _WIDTH - 2 * thick - 0.002, _HEIGHT - 2 * thick - 0.002
    box(drawer, "object", (thick, half_width, half_height), (thick - _DEPTH, 0, 0), mass=0.3, **FIXED)
    box(drawer, "rim", (_DEPTH - 0.01, half_width - 0.004, 0.003), (0.004, 0, 0.006 - half_height))
    for side in (-1, 1):
        box(drawer, "rim", (_DEPTH - 0.01, 0.003, half_height - 0.012), (0.004, side * (half_width - 0.004), -0.010))
    height, front = HANDLE_HEIGHT - _HEIGHT, -_DEPTH - _STANDOFF
    capsule(
        drawer,
        "joint",
        0.007,
        (front, -0.05, height),
        (front, 0.05, height),
        friction=(1.0, 0.02, 0.001),
        condim=4,
        **FIXED,
    )
    for y in (-0.05, 0.05):
        capsule(drawer, "joint", 0.006, (front, y, height), (-_DEPTH, y, height))
    add_site(drawer, "handle", (front, 0, height))
