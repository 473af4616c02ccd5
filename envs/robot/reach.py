"""An arm reaches for a goal."""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import mujoco
import numpy as np
from numpy.typing import NDArray

from ..core import TaskFields
from ..core.arguments import read_fields
from ..core.bodies.actions import Action
from ..core.bodies.evaluation import Evaluation
from ..core.task import check_level
from .kinematics import PitchArm
from .mujoco_env import MujocoEnv, ObservationKind
from .readings import Readings, norm

SHOULDER_HEIGHT = 0.27
"""Where the goals are measured from: the shoulder, in metres above the floor."""

HOME = (0.0, -0.5, 1.5, 0.5)
"""Yaw, shoulder, elbow and wrist at rest, in radians."""

_JOINTS = 4
_HARDEST_REACH = 1.0  # no goal of a task given by hand may lie farther from the shoulder than this, in metres


@dataclass(frozen=True, slots=True)
class ReachLevel:
    """How hard a task is.

    Attributes:
        tolerance: how near the goal the tip has to come, in metres.
        top_speed: how fast the tip may be there, in metres a second.
        azimuth: goals lie within this angle of straight ahead, in radians.
        distance: how far goals lie from the shoulder, least and most, in metres.
        height: how high goals lie, least and most, in metres.
        spread: how far each joint is from its rest at the beginning, at most, in radians.
    """

    tolerance: float
    top_speed: float
    azimuth: float
    distance: tuple[float, float]
    height: tuple[float, float]
    spread: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachTask(TaskFields):
    """Where the arm starts and what it has to reach.

    Attributes:
        joints: yaw, shoulder, elbow and wrist at the beginning, in radians.
        goal: x, y and z of the goal, in metres.
        level: the difficulty, which sets tolerance and top speed.

    Raises:
        ValueError: a field has the wrong length, is not finite, or lies out of the arm's world.
    """

    joints: tuple[float, ...]
    goal: tuple[float, ...]
    level: int = 0

    def __post_init__(self) -> None:
        _check_numbers("joints", self.joints, _JOINTS, math.pi)
        _check_numbers("goal", self.goal, 3, _HARDEST_REACH + SHOULDER_HEIGHT)
        check_level(self.level, len(LEVELS), name="options['task'].level")


@dataclass(frozen=True, slots=True)
class ReachWeights:
    """What each term of the reward is worth.

    Attributes:
        progress: per metre that the tip came nearer.
        success: for reaching the goal.
        effort: per step at full speed of every joint; subtracted.
    """

    progress: float = 2.0
    success: float = 2.0
    effort: float = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachEvaluation(Evaluation):
    """How near the goal is: success is a tip within the tolerance, and slow enough.

    Attributes:
        distance: from the tip to the goal, in metres.
        speed: of the tip, in metres a second.
    """

    distance: Any
    speed: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachEpisode:
    """What matters in an episode besides the physics.

    Attributes:
        tolerance: how near the goal the tip has to come, in metres.
        top_speed: how fast the tip may be there, in metres a second.
        distance: from the tip to the goal before the present step, in metres.
    """

    tolerance: float
    top_speed: float
    distance: float


LEVELS = (
    ReachLevel(tolerance=0.05, top_speed=0.5, azimuth=1.2, distance=(0.35, 0.7), height=(0.15, 0.75), spread=0.2),
    ReachLevel(tolerance=0.04, top_speed=0.35, azimuth=2.0, distance=(0.3, 0.72), height=(0.1, 0.9), spread=0.4),
    ReachLevel(tolerance=0.025, top_speed=0.2, azimuth=2.8, distance=(0.25, 0.74), height=(0.06, 0.95), spread=0.7),
)


class ReachEnv(MujocoEnv[ReachTask, ReachEpisode, ReachEvaluation]):
    """Bring the tip of a four-jointed arm to a goal, and be slow when there.

    ## Task
    An arm with a turning base and three pitching joints (0.36 m, 0.30 m and 0.15 m long) stands on the floor. A goal
    floats in the air within its reach. The tip has to come within a tolerance of it, below a top speed.

    ## Observation
    The model's sensors, 20 numbers (float32), in this order:

    | numbers | meaning | unit | bound |
    |---|---|---|---|
    | 0–3 | angle of yaw, shoulder, elbow, wrist | rad | 3.2 |
    | 4–7 | their velocities | rad/s | 10 |
    | 8–10 | position of the tip | m | 2 |
    | 11–13 | velocity of the tip | m/s | 10 |
    | 14–16 | position of the goal | m | 2 |
    | 17–19 | from the goal to the tip | m | 3 |

    With `observation="pixels"` the camera's picture (uint8, `pixels` × `pixels` × 3) instead; with `both`, a dict of
    `state` and `pixels`.

    ## Action
    Four numbers in [-1, 1]: the wanted velocity of each joint, from -2 to 2 rad/s, held for 0.05 s. Numbers outside
    are clipped.

    ## Reward
    The sum of three terms, each in `info["reward_terms"]`: `progress` (metres that the tip came nearer, times 2),
    `success` (2, once) and `effort` (0.01 times the mean square of the action, subtracted). Progress adds up to the
    distance at the beginning whatever the way, so an episode returns from about -4 to about 4, and nothing is earned
    by staying near the goal without reaching it.

    ## Episode end
    Terminated when the goal is reached; truncated after 80 steps (4 s).

    ## Levels
    0: goals ahead and at middle height, tolerance 5 cm, below 0.5 m/s, start near rest. 1: a wider half circle, 4 cm,
    0.35 m/s. 2: almost all around and up to what the arm can reach, 2.5 cm, 0.2 m/s, start up to 0.7 rad from rest.

    ## Source
    The arm and the task are this project's own. The expert solves the arm's inverse kinematics in closed form
    (Craig, Introduction to Robotics, chapter 4).

    Args:
        level: the difficulty of tasks drawn by `reset`, unless its options say otherwise.
        observation: `state`, `pixels` or `both`.
        pixels: width and height of a camera observation.
        weights: what each term of the reward is worth; those that a mapping leaves out keep their defaults.
        render_mode: `rgb_array` to have `render()` return a picture, or None.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    levels = LEVELS
    task_type = ReachTask
    model_file = "robot/reach.xml"
    frame_skip: ClassVar[int] = 5
    max_steps: ClassVar[int] = 80

    def __init__(
        self,
        *,
        level: int = 0,
        observation: ObservationKind = "state",
        pixels: int = 64,
        weights: ReachWeights | Mapping[str, float] = ReachWeights(),
        render_mode: str | None = None,
    ) -> None:
        super().__init__(level=level, observation=observation, pixels=pixels, render_mode=render_mode)
        self.weights = read_fields(ReachWeights, weights, name="weights")
        self._arm = PitchArm.of_model(self.model)
        self._halo = self.model.geom("halo").id
        self._tip_site = self.model.site("tip").id

    def sample(self, rng: np.random.Generator, level: int) -> ReachTask:
        """A start near rest, and a goal uniform over the level's region."""
        config = self.levels[level]
        joints = np.asarray(HOME) + rng.uniform(-config.spread, config.spread, _JOINTS)
        while True:
            goal = _point_in_shell(rng, config)
            if config.height[0] <= goal[2] <= config.height[1] and len(self._arm.solutions(np.asarray(goal))):
                break
        return ReachTask(joints=tuple(joints.tolist()), goal=goal, level=level)

    def prepare_looks(self, task: ReachTask) -> None:
        """Let the goal's halo show the tolerance."""
        self.model.geom_size[self._halo, 0] = self.levels[task.level].tolerance

    def start(self, task: ReachTask) -> ReachEpisode:
        """Put the arm and the goal in place."""
        self.data.qpos[:] = np.clip(task.joints, *self.model.jnt_range.T)
        self.data.mocap_pos[0] = task.goal
        mujoco.mj_kinematics(self.model, self.data)
        level = self.levels[task.level]
        distance = math.dist(self.data.site_xpos[self._tip_site], task.goal)
        return ReachEpisode(tolerance=level.tolerance, top_speed=level.top_speed, distance=distance)

    def evaluate(self, readings: Readings, episode: ReachEpisode) -> ReachEvaluation:
        """Whether the tip is at the goal, and slow."""
        distance_X, speed_X = norm(readings["tip_from_goal"]), norm(readings["tip_velocity"])
        success_X = (distance_X <= episode.tolerance) & (speed_X <= episode.top_speed)
        return ReachEvaluation(success=success_X, distance=distance_X, speed=speed_X)

    def reward_terms(self, action_XA: Action, evaluation: ReachEvaluation, episode: ReachEpisode) -> dict[str, Any]:
        """Progress, success and effort, weighted."""
        return {
            "progress": self.weights.progress * (episode.distance - evaluation.distance),
            "success": self.weights.success * evaluation.success,
            "effort": -self.weights.effort * _effort(action_XA),
        }

    def advance(self, evaluation: ReachEvaluation, episode: ReachEpisode) -> ReachEpisode:
        """Remember the distance, from which the next progress is measured."""
        return replace(episode, distance=evaluation.distance)

    def expert(self) -> NDArray[np.float32] | None:
        """Joint velocities straight to the nearest joint angles that reach the goal, slower as they come near.

        None where no angles reach it, which only a task given by hand can ask for.
        """
        gain = 5.0  # per second
        solutions_N4 = self._arm.solutions(np.asarray(self.task.goal))
        if not len(solutions_N4):
            return None
        errors_N4 = solutions_N4 - self.data.qpos
        error = errors_N4[np.abs(errors_N4).max(axis=1).argmin()]
        action = gain * error / self._control_half_range
        return (action / max(1.0, float(np.abs(action).max()))).astype(np.float32)


def _effort(action_XA: Action) -> Any:
    """The mean square of each action, in double precision."""
    return np.vecdot(action_XA, action_XA).astype(np.float64) / _JOINTS


def _check_numbers(name: str, values: Any, length: int, bound: float) -> None:
    numbers = isinstance(values, tuple) and all(isinstance(v, int | float) and abs(v) <= bound for v in values)
    if not numbers or len(values) != length:
        raise ValueError(f"options['task'].{name} must be {length} numbers within ±{bound:.4g}, got {values!r}")


def _point_in_shell(rng: np.random.Generator, level: ReachLevel) -> tuple[float, float, float]:
    """Uniform by volume between two spheres around the shoulder, within an angle of straight ahead."""
    nearest, farthest = level.distance
    distance = rng.uniform(nearest**3, farthest**3) ** (1 / 3)
    azimuth = rng.uniform(-level.azimuth, level.azimuth)
    sine = rng.uniform(-1.0, 1.0)
    across = distance * math.sqrt(1.0 - sine * sine)
    x, y, z = across * math.cos(azimuth), across * math.sin(azimuth), SHOULDER_HEIGHT + distance * sine
    return float(x), float(y), float(z)
