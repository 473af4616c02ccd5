"""An object of any shape goes to a goal on the table."""

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
from .pick_and_place import Carrying, pick_and_place
from .scene import OBJECT, add_mocap, add_site, box, cylinder, new_scene, sense, sense_object

SHAPES = ("box", "cylinder", "ball")
"""What an object may be."""

AWAY = 0.06
"""How far the finger tips have to be from the object at the end, in metres."""

_GEOMS = (mujoco.mjtGeom.mjGEOM_BOX, mujoco.mjtGeom.mjGEOM_CYLINDER, mujoco.mjtGeom.mjGEOM_SPHERE)
_LEAST, _MOST = 0.014, 0.03  # half of an object's width, in metres
_DENSITY = 400.0  # in kilograms a cubic metre
_TOP_SPEED = 0.05  # of an object at rest, in metres a second
_LIFT = 0.01  # how high above its rest an object may be, in metres


@dataclass(frozen=True, slots=True)
class PickPlaceLevel:
    """How hard a task is.

    Attributes:
        shapes: how many of the shapes occur.
        sizes: half of an object's width, least and most, in metres.
        spread: how far object and goal are from the table's middle along x and y, at most, in metres.
        turn: how far the object is turned about the vertical, at most, in radians.
        tolerance: how far from the goal the object may lie, in metres.
    """

    shapes: int
    sizes: tuple[float, float]
    spread: tuple[float, float]
    turn: float
    tolerance: float


LEVELS = (
    PickPlaceLevel(shapes=1, sizes=(0.02, 0.022), spread=(0.08, 0.12), turn=0.2, tolerance=0.03),
    PickPlaceLevel(shapes=2, sizes=(0.017, 0.026), spread=(0.12, 0.18), turn=0.7, tolerance=0.025),
    PickPlaceLevel(shapes=3, sizes=(_LEAST, _MOST), spread=(0.16, 0.24), turn=0.78, tolerance=0.02),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PickPlaceTask(TaskFields):
    """What is taken from where to where.

    Attributes:
        hand: x, y, z and yaw of the finger tips at the beginning, in metres and radians.
        shape: of the object; one of `SHAPES`.
        size: half of the object's widths along x, y and z, in metres.
        place: x, y and yaw of the object at the beginning.
        goal: x and y of the goal.
        level: the difficulty, which sets the tolerance.

    Raises:
        ValueError: there is no such shape.
    """

    hand: tuple[float, ...]
    shape: str
    size: tuple[float, ...]
    place: tuple[float, ...]
    goal: tuple[float, ...]
    level: int = 0

    def __post_init__(self) -> None:
        check_numbers("hand", self.hand, 4)
        check_numbers("size", self.size, 3)
        check_numbers("place", self.place, 3)
        check_numbers("goal", self.goal, 2)
        if self.shape not in SHAPES:
            raise ValueError(f"options['task'].shape must be one of {', '.join(SHAPES)}; got {self.shape!r}")
        if not all(_LEAST <= half <= _MOST for half in self.size):
            raise ValueError(f"options['task'].size must lie between {_LEAST} and {_MOST}, got {self.size!r}")
        check_level(self.level, len(LEVELS), name="options['task'].level")


@dataclass(frozen=True, slots=True, kw_only=True)
class PickPlaceEpisode(ArmEpisode):
    """What changes in an episode besides the physics.

    Attributes:
        tolerance: how far from the goal the object may lie, in metres.
        rest: how high its middle is when it lies on the table, in metres.
    """

    tolerance: float
    rest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PickPlaceEvaluation(ArmEvaluation):
    """Where the object is.

    Attributes:
        distance: from the goal, horizontally, in metres.
        apart: how far it is from the finger tips, in metres.
    """

    distance: Any
    apart: Any


class PickPlaceEnv(ArmEnv[PickPlaceTask, PickPlaceEpisode, PickPlaceEvaluation]):
    """Take an object of any shape and size and put it down on a goal.

    ## Task
    A box, a cylinder or a ball lies on the table, and a green disc marks the goal. The object has to lie still on it,
    and the hand has to let it go and be 6 cm away.

    ## Observation
    The model's sensors, 42 numbers (float32), in this order:

    | numbers | meaning | unit | bound |
    |---|---|---|---|
    | 0–6 | position (x, y, z) and rotation vector of the hand, opening of each finger | m, rad | 1, 3.2, 0.1 |
    | 7–13 | their velocities | m/s, rad/s | 3, 20, 2 |
    | 14–20 | forces and torques that the hand's springs exert, and the fingers' | N, N m | 25, 4, 20 |
    | 21–23 | position of the object | m | 2 |
    | 24–29 | directions of its x and z axes |  | 1 |
    | 30–32 | its velocity | m/s | 5 |
    | 33–35 | from the finger tips to the object, in the hand's frame | m | 2 |
    | 36–38 | position of the goal | m | 2 |
    | 39–41 | from the goal to the object | m | 2 |

    With `observation="pixels"` the camera's picture (uint8, `pixels` × `pixels` × 3) instead; with `both`, a dict of
    `state` and `pixels`.

    ## Action
    Five numbers in [-1, 1]: by how much the wanted x, y and z (2 cm), the wanted turn about the vertical (0.15 rad) and
    the wanted opening of each finger (1 cm) change; held for 0.1 s. The hand points down. Numbers outside are clipped.

    ## Reward
    `reward="shaped"`: the sum of three terms, each in `info["reward_terms"]`: `progress` (by how much what remains
    to be done grew less, times 5), `success` (2, once) and `effort` (0.01 times the mean square of the action,
    subtracted). What remains is, away from the goal, how far the hand is from the object, and twice how far the
    object is from the goal; on it, how much of 6 cm the hand has still to go away; in metres. Progress adds up to
    the same whatever the way. `reward="sparse"`: `success` alone.

    ## Episode end
    Terminated when the object lies still on the goal and the hand is 6 cm away; truncated after 100 steps (10 s).

    ## Levels
    0: boxes about 42 mm wide near the middle of the table, tolerance 3 cm. 1: boxes and cylinders 34 to 52 mm wide, any
    turn, 2.5 cm. 2: balls too, 28 to 60 mm, all over the table, 2 cm.

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
    task_type = PickPlaceTask
    axes = ("x", "y", "z", "yaw", "fingers")
    workspace = ((-0.2, 0.2), (-0.3, 0.3), (0.012, 0.25))
    max_steps: ClassVar[int] = 100

    def build_model(self) -> mujoco.MjModel:
        """The arm, an object as large as they come, and a disc that marks the goal."""
        spec = new_scene("pick_place")
        add_gripper(spec, add_arm(spec))
        goal = add_mocap(spec, "goal")
        cylinder(goal, "goal", 0.035, 0.0006, (0, 0, 0.0006))
        body = spec.worldbody.add_body(name="object")
        body.add_joint(name="object", type=mujoco.mjtJoint.mjJNT_FREE, damping=[1e-4, 0.0, 0.0])
        box(
            body,
            "object",
            (_MOST,) * 3,
            name="object",
            density=_DENSITY,
            condim=4,
            friction=(0.8, 0.02, 0.001),
            **OBJECT,
        )
        add_site(body, "object")
        add_control(spec)
        sense_object(spec)
        sense(spec, "goal", "framepos", "goal", 2.0)
        sense(spec, "object_from_goal", "framepos", "object", 2.0, reference="goal")
        return spec.compile()

    def sample(self, rng: np.random.Generator, level: int) -> PickPlaceTask:
        """An object somewhere, and a goal at least its width and a hand's breadth away."""
        config = self.levels[level]
        shape = SHAPES[int(rng.integers(config.shapes))]
        size = rng.uniform(config.sizes[0], config.sizes[1], 3)
        if shape != "box":
            size[1] = size[0]
        if shape == "ball":
            size[2] = size[0]
        while True:
            place, goal = rng.uniform(-1, 1, (2, 2)) * config.spread
            if math.dist(place, goal) > 0.1:
                break
        turn = rng.uniform(-config.turn, config.turn)
        hand = (*rng.uniform((-0.1, -0.15, 0.12), (0.05, 0.15, 0.2)).tolist(), float(rng.uniform(-0.3, 0.3)))
        return PickPlaceTask(
            hand=hand, shape=shape, size=tuple(size.tolist()), place=(*place.tolist(), float(turn)),
            goal=tuple(goal.tolist()), level=level,
        )  # fmt: skip

    def prepare_model(self, task: PickPlaceTask) -> None:
        """Give the object its shape, size, mass and inertia."""
        model, geom, body = self.model, self.model.geom("object").id, self.model.body("object").id
        x, y, z = task.size
        # a cylinder's numbers are its radius and half its height
        model.geom_type[geom] = _GEOMS[SHAPES.index(task.shape)]
        model.geom_size[geom] = (x, z, 0.0) if task.shape == "cylinder" else (x, y, z)
        volume = {"box": 8 * x * y * z, "cylinder": 2 * math.pi * x * x * z, "ball": 4 / 3 * math.pi * x**3}[task.shape]
        # mean squares of the coordinates of the object's points, as shares of the squared half widths
        across, along = {"box": (1 / 3, 1 / 3), "cylinder": (1 / 4, 1 / 3), "ball": (1 / 5, 1 / 5)}[task.shape]
        squares = (across * x * x, across * y * y, along * z * z)
        mass = _DENSITY * volume
        model.body_mass[body] = mass
        model.body_inertia[body] = [mass * (sum(squares) - square) for square in squares]

    def start(self, task: PickPlaceTask) -> PickPlaceEpisode:
        """Put hand, object and goal in place."""
        target_U = self.place_hand(*task.hand)
        x, y, yaw = task.place
        rest = task.size[2]
        self.data.joint("object").qpos[:] = (x, y, rest, math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2))
        self.data.mocap_pos[0] = (*task.goal, 0.0)
        tolerance = self.levels[task.level].tolerance
        return self.begin(PickPlaceEpisode(target_XU=target_U, remaining=0.0, tolerance=tolerance, rest=rest))

    def evaluate(self, readings: Readings, episode: PickPlaceEpisode) -> PickPlaceEvaluation:
        """Whether the object lies still on the goal, and the hand has let it go."""
        object_X3 = readings["object_from_goal"]
        distance = norm(object_X3[..., :2])
        above = np.maximum(object_X3[..., 2] - episode.rest - _LIFT, 0.0)
        apart, speed = norm(readings["object_from_tool"]), norm(readings["object_velocity"])
        is_there = (distance <= episode.tolerance) & (above <= 0.0)
        success = is_there & (speed < _TOP_SPEED) & (apart > AWAY)
        remaining = np.where(is_there, np.maximum(AWAY - apart, 0.0), AWAY + apart + 2.0 * (distance + above))
        return PickPlaceEvaluation(success=success, remaining=remaining, distance=distance, apart=apart)

    def expert(self) -> Action:
        """Take the object across its sides and put it down on the goal."""
        task, (x, y, z, w, *_, turn) = self.task, self.data.joint("object").qpos
        goal = np.array([*task.goal, task.size[2]])
        where = Carrying(
            object_3=np.array([x, y, z]),
            turn=2 * math.atan2(turn, w),
            goal_3=goal,
            tolerance=0.5 * self.episode.tolerance,
        )
        return pick_and_place(self, where)
