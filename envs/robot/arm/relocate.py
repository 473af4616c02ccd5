"""An object goes from one bin to the other."""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import mujoco
import numpy as np

from ...core import TaskFields
from ...core.bodies.actions import Action
from ...core.task import check_level
from ..readings import Readings, norm
from .arm_env import ArmEnv, ArmEpisode, ArmEvaluation, check_numbers
from .model import add_arm, add_control, add_gripper
from .pick_and_place import Carrying, pick_and_place
from .scene import FIXED, OBJECT, add_mocap, add_site, box, new_scene, sense, sense_object

CUBE = 0.021
"""Half the width of the object, in metres."""

BIN = 0.105
"""Half the width of a bin, inside, in metres."""

AWAY = 0.06
"""How far the finger tips have to be from the object at the end, in metres."""

_ASIDE = 0.15  # how far the middle of a bin is from the middle of the table, in metres
_WALL = 0.004
_WALL_HEIGHT = 0.04
_TOP_SPEED = 0.05  # of an object at rest, in metres a second
_BINS = ("start", "goal")


@dataclass(frozen=True, slots=True)
class RelocateLevel:
    """How hard a task is.

    Attributes:
        spread: how far from its bin's middle the object begins, at most, in metres.
        turn: how far it is turned about the vertical, at most, in radians.
        shift: how far each bin is from its usual place along x and y, at most, in metres.
        slant: how far each bin is turned, at most, in radians.
        both_ways: whether the object may begin in either bin; else it begins in the left one.
    """

    spread: float
    turn: float
    shift: float
    slant: float
    both_ways: bool


LEVELS = (
    RelocateLevel(spread=0.02, turn=0.0, shift=0.0, slant=0.0, both_ways=False),
    RelocateLevel(spread=0.045, turn=0.7, shift=0.0, slant=0.0, both_ways=True),
    RelocateLevel(spread=0.055, turn=0.7, shift=0.02, slant=0.3, both_ways=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelocateTask(TaskFields):
    """Where everything starts and which bin the object is to go to.

    Attributes:
        hand: x, y, z and yaw of the finger tips at the beginning, in metres and radians.
        cube: x, y and z of the object, and the quaternion of its orientation.
        start: x, y and yaw of the bin that the object is to come from.
        goal: likewise of the one that it is to go to.
        joints: the arm's angles at the beginning, in radians; None for those that have the hand point straight down.
        level: the difficulty it was drawn at.
    """

    hand: tuple[float, ...]
    cube: tuple[float, ...]
    start: tuple[float, ...]
    goal: tuple[float, ...]
    joints: tuple[float, ...] | None = None
    level: int = 0

    def __post_init__(self) -> None:
        check_numbers("hand", self.hand, 4)
        check_numbers("cube", self.cube, 7)
        check_numbers("start", self.start, 3)
        check_numbers("goal", self.goal, 3)
        if self.joints is not None:
            check_numbers("joints", self.joints, 7)
        check_level(self.level, len(LEVELS), name="options['task'].level")


@dataclass(frozen=True, slots=True, kw_only=True)
class RelocateEpisode(ArmEpisode):
    """What changes in an episode besides the physics; see `ArmEpisode`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelocateEvaluation(ArmEvaluation):
    """Where the object is.

    Attributes:
        is_inside: whether it lies in the bin that it is to go to.
        apart: how far it is from the finger tips, in metres.
    """

    is_inside: Any
    apart: Any


class RelocateEnv(ArmEnv[RelocateTask, RelocateEpisode, RelocateEvaluation]):
    """Carry a cube from one bin to the other.

    ## Task
    Two bins stand on the table, and a cube of 42 mm lies in one of them. It has to come to lie in the other, whose
    floor is green, and the hand has to let it go and be 6 cm away. Either bin may be the goal, and `onward_task`
    gives the task that goes on from the present state to the other bin: a pair of policies needs no one to reset the
    scene.

    ## Observation
    The model's sensors, 51 numbers (float32), in this order:

    | numbers | meaning | unit | bound |
    |---|---|---|---|
    | 0–6 | position (x, y, z) and rotation vector of the hand, opening of each finger | m, rad | 1, 3.2, 0.1 |
    | 7–13 | their velocities | m/s, rad/s | 3, 20, 2 |
    | 14–20 | forces and torques that the hand's springs exert, and the fingers' | N, N m | 25, 4, 20 |
    | 21–23 | position of the cube | m | 2 |
    | 24–29 | directions of its x and z axes |  | 1 |
    | 30–32 | its velocity | m/s | 5 |
    | 33–35 | from the finger tips to the cube, in the hand's frame | m | 2 |
    | 36–38 | from the goal's middle to the cube, in the goal's frame | m | 2 |
    | 39–50 | position of the bin it comes from and direction of its x axis, then those of the goal | m | 2, 1 |

    With `observation="pixels"` the camera's picture (uint8, `pixels` × `pixels` × 3) instead; with `both`, a dict of
    `state` and `pixels`.

    ## Action
    Five numbers in [-1, 1]: by how much the wanted x, y and z (2 cm), the wanted turn about the vertical (0.15 rad) and
    the wanted opening of each finger (1 cm) change; held for 0.1 s. The hand points down. Numbers outside are clipped.

    ## Reward
    `reward="shaped"`: the sum of three terms, each in `info["reward_terms"]`: `progress` (by how much what remains
    to be done grew less, times 5), `success` (2, once) and `effort` (0.01 times the mean square of the action,
    subtracted). What remains is, outside the goal, how far the hand is from the cube, and twice how far the cube is
    from the goal; inside, how much of 6 cm the hand has still to go away; in metres. Progress adds up to the same
    whatever the way. `reward="sparse"`: `success` alone.

    ## Episode end
    Terminated when the cube lies still in its goal and the hand is 6 cm away; truncated after 100 steps (10 s).

    ## Levels
    0: from near the middle of the left bin to the right one. 1: from anywhere and any turn, and either way. 2: bins
    shifted by up to 2 cm and turned by up to 0.3 rad, too.

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
    task_type = RelocateTask
    axes = ("x", "y", "z", "yaw", "fingers")
    workspace = ((-0.2, 0.2), (-0.3, 0.3), (0.012, 0.25))
    max_steps: ClassVar[int] = 100

    def build_model(self) -> mujoco.MjModel:
        """The arm, two bins and a cube."""
        spec = new_scene("relocate")
        add_gripper(spec, add_arm(spec))
        for name in _BINS:
            _add_bin(spec, name)
        cube = spec.worldbody.add_body(name="object")
        cube.add_freejoint(name="object")
        box(cube, "object", (CUBE,) * 3, mass=0.08, condim=4, friction=(0.8, 0.02, 0.001), **OBJECT)
        add_site(cube, "object")
        add_control(spec)
        sense_object(spec)
        sense(spec, "object_in_goal", "framepos", "object", 2.0, reference="goal")
        for name in _BINS:
            sense(spec, name, "framepos", name, 2.0)
            sense(spec, f"{name}_x", "framexaxis", name)
        return spec.compile()

    def sample(self, rng: np.random.Generator, level: int) -> RelocateTask:
        """A cube in one bin, and the hand above the table."""
        config = self.levels[level]
        bins = []
        for side in (1, -1):
            dx, dy = rng.uniform(-config.shift, config.shift, 2)
            bins.append((float(dx), float(side * _ASIDE + dy), float(rng.uniform(-config.slant, config.slant))))
        source = int(rng.integers(2)) if config.both_ways else 0
        along, across = rng.uniform(-config.spread, config.spread, 2)
        x, y, yaw = bins[source]
        turn = yaw + rng.uniform(-config.turn, config.turn)
        cube_x = x + along * math.cos(yaw) - across * math.sin(yaw)
        cube_y = y + along * math.sin(yaw) + across * math.cos(yaw)
        cube = (float(cube_x), float(cube_y), CUBE, math.cos(turn / 2), 0.0, 0.0, math.sin(turn / 2))
        hand = (*rng.uniform((-0.1, -0.15, 0.12), (0.05, 0.15, 0.2)).tolist(), float(rng.uniform(-0.3, 0.3)))
        return RelocateTask(hand=hand, cube=cube, start=bins[source], goal=bins[1 - source], level=level)

    def onward_task(self, goal: tuple[float, ...]) -> RelocateTask:
        """The task that goes on from here: hand and cube where they are, and one of the two bins as the goal.

        Raises:
            ValueError: there is no bin there.
        """
        task = self.task
        if goal not in (task.start, task.goal):
            raise ValueError(f"goal must be the place of a bin, {task.start} or {task.goal}; got {goal}")
        hand, joints = self.present_hand()
        cube = tuple(self.data.joint("object").qpos.tolist())
        start = task.start if goal == task.goal else task.goal
        return replace(task, hand=hand, joints=joints, cube=cube, start=start, goal=goal)

    def start(self, task: RelocateTask) -> RelocateEpisode:
        """Put hand, bins and cube in place."""
        target_U = self.place_hand(*task.hand, joints=task.joints)
        for i, (x, y, yaw) in enumerate((task.start, task.goal)):
            self.data.mocap_pos[i] = (x, y, 0.0)
            self.data.mocap_quat[i] = (math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2))
        self.data.joint("object").qpos[:] = task.cube
        return self.begin(RelocateEpisode(target_XU=target_U, remaining=0.0))

    def evaluate(self, readings: Readings, episode: RelocateEpisode) -> RelocateEvaluation:
        """Whether the cube lies still in its goal, and the hand has let it go."""
        cube_X3 = readings["object_in_goal"]
        beyond = np.maximum(np.maximum(np.abs(cube_X3[..., 0]), np.abs(cube_X3[..., 1])) - (BIN - CUBE), 0.0)
        above = np.maximum(cube_X3[..., 2] - _WALL_HEIGHT, 0.0)
        apart, speed = norm(readings["object_from_tool"]), norm(readings["object_velocity"])
        is_inside = (beyond <= 0.0) & (above <= 0.0)
        success = is_inside & (speed < _TOP_SPEED) & (apart > AWAY)
        remaining = np.where(is_inside, np.maximum(AWAY - apart, 0.0), AWAY + apart + 2.0 * (beyond + above))
        return RelocateEvaluation(success=success, remaining=remaining, is_inside=is_inside, apart=apart)

    def expert(self) -> Action:
        """Take the cube and put it down in the middle of the other bin."""
        cube = self.data.joint("object").qpos
        goal = (*self.task.goal[:2], CUBE)
        turn = math.atan2(2 * (cube[3] * cube[6] + cube[4] * cube[5]), 1 - 2 * (cube[5] ** 2 + cube[6] ** 2))
        return pick_and_place(
            self, Carrying(object_3=cube[:3].copy(), turn=turn, goal_3=np.array(goal), tolerance=0.05)
        )


def _add_bin(spec: mujoco.MjSpec, name: str) -> None:
    tray = add_mocap(spec, name)
    out = BIN + _WALL
    for side in (-1, 1):
        box(tray, "fixture", (_WALL, out + _WALL, _WALL_HEIGHT / 2), (side * out, 0, _WALL_HEIGHT / 2), **FIXED)
        box(tray, "fixture", (out + _WALL, _WALL, _WALL_HEIGHT / 2), (0, side * out, _WALL_HEIGHT / 2), **FIXED)
    box(tray, "goal" if name == "goal" else "rim", (BIN, BIN, 0.0005), (0, 0, 0.0005))
