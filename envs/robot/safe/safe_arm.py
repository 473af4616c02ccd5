"""An arm reaches for a goal around a ball that it must stay out of."""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import copy
import math
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any, ClassVar

import mujoco
import numpy as np
from numpy.typing import NDArray

from .... import assets
from ...core import TaskFields
from ...core.bodies.evaluation import Evaluation
from ...core.task import check_level
from ..kinematics import PitchArm
from ..mujoco_env import Action, MujocoEnv, ObservationKind
from ..reach import HOME
from ..readings import Readings, norm
from .arm_paths import PathFinder, gap, joint_places, nearest_solutions, straight

ZONE_RADIUS = 0.12
"""Of the ball to stay out of, in metres."""

_JOINTS = ("shoulder", "elbow", "wrist", "tip")
_SPREAD = 0.2  # how far shoulder, elbow and wrist are from their rest at the beginning, at most, in radians
_MOST_YAW = 1.2
_FARTHEST = 1.2  # nothing of a task given by hand may lie farther from the middle of the floor, along any axis


@dataclass(frozen=True, slots=True)
class SafeArmLevel:
    """How hard a task is.

    Attributes:
        tolerance: how near the goal the tip has to come, in metres.
        top_speed: how fast the tip may be there, in metres a second.
        turn: how far the goal is from straight ahead of the arm at its beginning, least and most, in radians.
    """

    tolerance: float
    top_speed: float
    turn: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeArmTask(TaskFields):
    """Where the arm starts, what it has to reach, and what it has to stay out of.

    Attributes:
        joints: yaw, shoulder, elbow and wrist at the beginning, in radians.
        goal: x, y and z of the goal, in metres.
        zone: x, y and z of the middle of the ball to stay out of.
        level: the difficulty, which sets tolerance and top speed.

    Raises:
        ValueError: a field has the wrong length, is not finite, or lies out of the arm's world.
    """

    joints: tuple[float, ...]
    goal: tuple[float, ...]
    zone: tuple[float, ...]
    level: int = 0

    def __post_init__(self) -> None:
        check_level(self.level, len(LEVELS), name="options['task'].level")
        for name, length, bound in (("joints", len(HOME), math.pi), ("goal", 3, _FARTHEST), ("zone", 3, _FARTHEST)):
            values = getattr(self, name)
            if not isinstance(values, tuple) or len(values) != length or not all(abs(v) <= bound for v in values):
                raise ValueError(f"options['task'].{name} must be {length} numbers within ±{bound:.4g}, got {values!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeArmEpisode:
    """What matters in an episode besides the physics.

    Attributes:
        tolerance: how near the goal the tip has to come, in metres.
        top_speed: how fast it may be there, in metres a second.
        distance: from the tip to the goal before the present step, in metres.
    """

    tolerance: Any
    top_speed: Any
    distance: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeArmEvaluation(Evaluation):
    """Whether the goal is reached, and how far the arm is from the ball.

    Attributes:
        distance: from the tip to the goal, in metres.
        speed: of the tip, in metres a second.
        gap: between the arm and the ball, in metres; below 0 where the arm is inside.
    """

    distance: Any
    speed: Any
    gap: Any


LEVELS = (
    SafeArmLevel(tolerance=0.05, top_speed=0.5, turn=(0.8, 1.3)),
    SafeArmLevel(tolerance=0.04, top_speed=0.35, turn=(0.8, 1.8)),
    SafeArmLevel(tolerance=0.03, top_speed=0.25, turn=(0.8, 2.4)),
)


class SafeArmEnv(MujocoEnv[SafeArmTask, SafeArmEpisode, SafeArmEvaluation]):
    """Bring the tip of a jointed arm to a goal, around a ball that no part of the arm may enter.

    ## Task
    The arm of `robot/Reach-v0` (a turning base and three pitching joints) has to bring its tip to a goal, and be slow
    there. The straight way leads through a ball of 0.12 m in radius, which can be entered, but a step costs 1 while any
    part of the arm is inside. The costs of an episode shall stay within `cost_limit` on average. Every goal can be
    reached without any cost: over the ball, behind it, or folded up.

    ## Observation
    The model's sensors, 32 numbers (float32), in this order:

    | numbers | meaning | unit | bound |
    |---|---|---|---|
    | 0–3 | angle of yaw, shoulder, elbow, wrist | rad | 3.2 |
    | 4–7 | their velocities | rad/s | 10 |
    | 8–10 | position of the tip | m | 2 |
    | 11–13 | velocity of the tip | m/s | 10 |
    | 14–16 | position of the goal | m | 2 |
    | 17–19 | from the goal to the tip | m | 3 |
    | 20–31 | from the middle of the ball to shoulder, elbow, wrist and tip | m | 3 |

    With `observation="pixels"` the camera's picture (uint8, `pixels` × `pixels` × 3) instead; with `both`, a dict of
    `state` and `pixels`.

    ## Action
    Four numbers in [-1, 1]: the wanted velocity of each joint, from -2 to 2 rad/s, held for 0.05 s. Numbers outside are
    clipped.

    ## Reward
    The sum of three terms, each in `info["reward_terms"]`: `progress` (metres that the tip came nearer, times 2),
    `success` (2, once) and `effort` (0.01 times the mean square of the action, subtracted). An episode returns from
    about -4 to about 4. The cost is no part of it.

    ## Episode end
    Terminated when the goal is reached; truncated after 160 steps (8 s).

    ## Levels
    0: the goal is 0.8 to 1.3 rad to the side, tolerance 5 cm, below 0.5 m/s. 1: up to 1.8 rad, 4 cm, 0.35 m/s. 2: up to
    2.4 rad, 3 cm, 0.25 m/s.

    ## Source
    The task is this project's own. The expert solves the arm's inverse kinematics in closed form and tries a few ways
    in the space of angles, with the arm tucked in while it turns, until one is clear of the ball.

    Args:
        level: the difficulty of tasks drawn by `reset`, unless its options say otherwise.
        observation: `state`, `pixels` or `both`.
        pixels: width and height of a camera observation.
        render_mode: `rgb_array` to have `render()` return a picture, or None.

    Class attributes:
        cost_limit: what the costs of an episode may come to on average; also in `metadata`.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    cost_limit: ClassVar[float] = 2.0
    metadata: dict[str, Any] = MujocoEnv.metadata | {"cost_limit": cost_limit}
    levels = LEVELS
    task_type = SafeArmTask
    frame_skip: ClassVar[int] = 5
    max_steps: ClassVar[int] = 160

    def __init__(
        self,
        *,
        level: int = 0,
        observation: ObservationKind = "state",
        pixels: int = 64,
        render_mode: str | None = None,
    ) -> None:
        super().__init__(level=level, observation=observation, pixels=pixels, render_mode=render_mode)
        self._paths = PathFinder(PitchArm.of_model(self.model))

    def build_model(self) -> mujoco.MjModel:
        """The model of `Reach`, and a ball."""
        return copy.copy(_arm_with_ball())

    def sample(self, rng: np.random.Generator, level: int) -> SafeArmTask:
        """A goal to one side, and a ball on the way to it that leaves another way."""
        turn = self.levels[level].turn
        while True:
            joints = np.add(HOME, rng.uniform(-1.0, 1.0, len(HOME)) * (_MOST_YAW, _SPREAD, _SPREAD, _SPREAD))
            azimuth = joints[0] + rng.choice([-1.0, 1.0]) * rng.uniform(*turn)
            out, up = rng.uniform(0.35, 0.6), rng.uniform(0.2, 0.6)
            goal = (float(out * math.cos(azimuth)), float(out * math.sin(azimuth)), float(up))
            start = tuple(joints.tolist())
            zone = self._on_the_way(rng, joints, goal)
            if zone is not None and self._paths.find(start, goal, zone, ZONE_RADIUS) is not None:
                return SafeArmTask(joints=start, goal=goal, zone=zone, level=level)

    def start(self, task: SafeArmTask) -> SafeArmEpisode:
        """Put the arm, the goal and the ball in place."""
        self.data.qpos[:] = np.clip(task.joints, *self.model.jnt_range.T)
        for body, place in (("goal", task.goal), ("zone", task.zone)):
            self.data.mocap_pos[self.model.body(body).mocapid[0]] = place
        mujoco.mj_kinematics(self.model, self.data)
        distance = math.dist(self.data.site("tip").xpos, task.goal)
        level = self.levels[task.level]
        return SafeArmEpisode(tolerance=level.tolerance, top_speed=level.top_speed, distance=distance)

    def evaluate(self, readings: Readings, episode: SafeArmEpisode) -> SafeArmEvaluation:
        """Whether the tip is at the goal and slow, and whether the arm is in the ball."""
        distance_X, speed_X = norm(readings["tip_from_goal"]), norm(readings["tip_velocity"])
        gap_X = gap(np.stack([readings[f"{joint}_from_zone"] for joint in _JOINTS], axis=-2), ZONE_RADIUS)
        return SafeArmEvaluation(
            success=(distance_X <= episode.tolerance) & (speed_X <= episode.top_speed),
            cost=1.0 * (gap_X < 0.0),
            distance=distance_X,
            speed=speed_X,
            gap=gap_X,
        )

    def reward_terms(self, action_XA: Action, evaluation: SafeArmEvaluation, episode: SafeArmEpisode) -> dict[str, Any]:
        """Progress, success and effort."""
        effort_X = np.sum(np.square(action_XA, dtype=np.float64), axis=-1) / len(HOME)
        return {
            "progress": 2.0 * (episode.distance - evaluation.distance),
            "success": 2.0 * evaluation.success,
            "effort": -0.01 * effort_X,
        }

    def advance(self, evaluation: SafeArmEvaluation, episode: SafeArmEpisode) -> SafeArmEpisode:
        """Remember the distance, from which the next progress is measured."""
        return replace(episode, distance=evaluation.distance)

    def expert(self) -> NDArray[np.float32] | None:
        """Joint velocities along a way that is clear of the ball, from its nearest posture on.

        None where no such way is found, which only a task given by hand can ask for.
        """
        task = self.task
        postures_N4 = self._paths.find(task.joints, task.goal, task.zone, ZONE_RADIUS)
        if postures_N4 is None:
            return None
        nearest = int(np.abs(postures_N4 - self.data.qpos).max(axis=1).argmin())
        target = postures_N4[min(nearest + 4, len(postures_N4) - 1)]
        action = 5.0 * (target - self.data.qpos) / 2.0
        return (action / max(1.0, float(np.abs(action).max()))).astype(np.float32)

    def _on_the_way(
        self, rng: np.random.Generator, joints: NDArray[np.float64], goal: tuple[float, ...]
    ) -> tuple[float, ...] | None:
        """The middle of a ball where the tip would pass, were the arm to go straight to the goal."""
        solutions_N4 = nearest_solutions(self._paths.arm, joints, goal)
        if not len(solutions_N4):
            return None
        tips_N3 = joint_places(self._paths.arm, straight(joints, solutions_N4[0]))[:, -1]
        tip = tips_N3[round(float(rng.uniform(0.4, 0.7)) * (len(tips_N3) - 1))]
        return tuple((tip + rng.uniform(-0.03, 0.03, 3)).tolist())


@cache
def _arm_with_ball() -> mujoco.MjModel:
    with resources.as_file(resources.files(assets) / "robot/reach.xml") as path:
        spec = mujoco.MjSpec.from_file(str(path))
    spec.modelname = "safe_arm"
    spec.add_material(name="zone", rgba=[0.86, 0.16, 0.24, 0.4], emission=0.3, specular=0.1)
    zone = spec.worldbody.add_body(name="zone", mocap=True)
    zone.add_geom(type=mujoco.mjtGeom.mjGEOM_SPHERE, size=[ZONE_RADIUS, 0, 0], material="zone")
    zone.add_site(name="zone", size=[0.005] * 3, rgba=[0, 0, 0, 0])
    body, site = mujoco.mjtObj.mjOBJ_XBODY, mujoco.mjtObj.mjOBJ_SITE
    parts = (("upper_arm", body), ("forearm", body), ("hand", body), ("tip", site))
    for joint, (part, kind) in zip(_JOINTS, parts, strict=True):
        spec.add_sensor(
            name=f"{joint}_from_zone", type=mujoco.mjtSensor.mjSENS_FRAMEPOS, objtype=kind, objname=part, reftype=site,
            refname="zone", cutoff=3.0,
        )  # fmt: skip
    return spec.compile()
