"""The thin base of the arm's tasks: what an action does, what a step is worth, and how an expert steers."""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Generic, Literal, TypeVar

import mujoco
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from ...core import TaskFields
from ...core.arguments import read_fields
from ...core.bodies.actions import Action
from ...core.bodies.evaluation import Evaluation
from ..mujoco_env import MujocoEnv, ObservationKind
from ..readings import Readings, read
from .kinematics import joints_of_tool
from .model import AXES, FINGER_TRAVEL, FINGERS, REACH_OF_TARGET

RewardKind = Literal["sparse", "shaped"]

STEP = {"x": 0.02, "y": 0.02, "z": 0.02, "roll": 0.1, "pitch": 0.1, "yaw": 0.15, FINGERS: 0.01}
"""How far an action of 1 moves what is wanted: metres, or radians about an axis."""

_TURN_LIMIT = 2.6  # how far the hand may be asked to turn from straight ahead, in radians: short of half a turn


@dataclass(frozen=True, slots=True)
class ArmWeights:
    """What each term of the shaped reward is worth.

    Attributes:
        progress: per unit by which what remains to be done grew less.
        success: for solving the task; the whole of the sparse reward.
        effort: per step with every number of the action at its bound; subtracted.
    """

    progress: float = 5.0
    success: float = 2.0
    effort: float = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmEpisode:
    """What changes in an episode besides the physics. Tasks add what their evaluation needs.

    Attributes:
        target_XU: the wanted coordinates of the hand, and of the fingers where they move.
        remaining: what remains to be done, at the end of the last step.
    """

    target_XU: NDArray[np.float64]
    remaining: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmEvaluation(Evaluation):
    """How far the task is done. Tasks add what they measure.

    Attributes:
        remaining: what remains to be done: at least 0, and mostly in metres.
    """

    remaining: Any


TaskT = TypeVar("TaskT", bound=TaskFields)
EpisodeT = TypeVar("EpisodeT", bound=ArmEpisode)
EvaluationT = TypeVar("EvaluationT", bound=ArmEvaluation)


def check_numbers(name: str, values: Any, length: int) -> None:
    """Refuse a task's field that is not so many numbers, none beyond ±3.2 (metres or radians).

    Raises:
        ValueError: it is not; the message names it.
    """
    numbers = isinstance(values, tuple) and all(isinstance(v, int | float) and abs(v) <= 3.2 for v in values)
    if not numbers or len(values) != length:
        raise ValueError(f"options['task'].{name} must be {length} numbers within ±3.2, got {values!r}")


class ArmEnv(MujocoEnv[TaskT, EpisodeT, EvaluationT], Generic[TaskT, EpisodeT, EvaluationT]):
    """Base of the arm's tasks.

    An action moves a held target: its numbers, one for each of the task's free axes, are changes of the wanted
    coordinates. The target stays in the workspace, and as near to the present pose as the force limit of the hand
    makes worth while, which bounds what a collision can do (the reference limiting of SERL's controller).

    Class attributes:
        axes: the axes that the action moves, in its order; the others are held.
        workspace: least and most of x, y and z of the target, in metres.
        home_yaw: how the hand is turned about the vertical when the arm rests, in radians.

    Args:
        level: the difficulty of tasks drawn by `reset`, unless its options say otherwise.
        observation: `state`, `pixels` or `both`.
        pixels: width and height of a camera observation.
        cameras: what pixel observations look through: `scene`, in front of the table, `wrist`, beside the palm, or
            both, whose pictures are then a dict by these names; None for `scene`.
        reward: `shaped` for progress, success and effort; `sparse` for the success alone.
        weights: what each term of the reward is worth; those that a mapping leaves out keep their defaults.
        render_mode: `rgb_array` to have `render()` return a picture, or None.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 10}  # noqa: RUF012  (Gymnasium's type)
    frame_skip: ClassVar[int] = 20
    axes: ClassVar[tuple[str, ...]]
    workspace: ClassVar[tuple[tuple[float, float], ...]]
    home_yaw: ClassVar[float] = 0.0

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.action_size = len(cls.axes)

    def __init__(
        self,
        *,
        level: int = 0,
        observation: ObservationKind = "state",
        pixels: int = 64,
        cameras: Sequence[str] | None = None,
        reward: RewardKind = "shaped",
        weights: ArmWeights | Mapping[str, float] = ArmWeights(),
        render_mode: str | None = None,
    ) -> None:
        super().__init__(level=level, observation=observation, pixels=pixels, cameras=cameras, render_mode=render_mode)
        if reward not in ("sparse", "shaped"):
            raise ValueError(f"reward must be 'sparse' or 'shaped', got {reward!r}")
        self.reward: RewardKind = reward
        self.weights = read_fields(ArmWeights, weights, name="weights")
        self._actuators = [self.model.actuator(i).name for i in range(self.model.nu)]
        free_U = np.array([name in self.axes for name in self._actuators])
        self._number_of_U = np.array([self.axes.index(name) if name in self.axes else 0 for name in self._actuators])
        self._step_U = np.array([STEP[name] for name in self._actuators]) * free_U
        # an axis that is held keeps its target whatever presses on it
        self._reach_U = np.where(free_U, [REACH_OF_TARGET[name] for name in self._actuators], np.inf)
        bounds = dict(zip(AXES[:3], self.workspace, strict=True)) | {FINGERS: (0.0, FINGER_TRAVEL)}
        self._low_U, self._high_U = np.array(
            [bounds.get(name, (-_TURN_LIMIT, _TURN_LIMIT)) for name in self._actuators]
        ).T

    def control(self, action_XA: Action, readings: Readings, episode: EpisodeT) -> tuple[NDArray[np.float64], EpisodeT]:
        """Move the target, and have the springs pull towards it."""
        present_XU = np.concatenate([readings[name] for name in self._actuators], axis=-1)
        target_XU = episode.target_XU + self._step_U * action_XA[..., self._number_of_U]
        target_XU = np.clip(target_XU, present_XU - self._reach_U, present_XU + self._reach_U)
        target_XU = np.clip(target_XU, self._low_U, self._high_U)
        return target_XU, replace(episode, target_XU=target_XU)

    def reward_terms(self, action_XA: Action, evaluation: EvaluationT, episode: EpisodeT) -> dict[str, Any]:
        """The success, and, where the reward is shaped, progress and effort."""
        success = self.weights.success * evaluation.success
        if self.reward == "sparse":
            return {"success": success}
        effort = np.sum(np.square(action_XA, dtype=np.float64), axis=-1) / len(self.axes)
        progress = episode.remaining - evaluation.remaining
        return {
            "progress": self.weights.progress * progress,
            "success": success,
            "effort": -self.weights.effort * effort,
        }

    def advance(self, evaluation: EvaluationT, episode: EpisodeT) -> EpisodeT:
        """Remember what remains to be done."""
        return replace(episode, remaining=evaluation.remaining)

    def state_space(self) -> spaces.Box:
        """The sensors' bounds: their cutoffs, and 1 for the directions of axes, which cannot have one."""
        bound_S = np.repeat(self.model.sensor_cutoff, self.model.sensor_dim).astype(np.float32)
        bound_S[bound_S == 0.0] = 1.0
        return spaces.Box(-bound_S, bound_S, dtype=np.float32)

    # For the tasks.

    def place_hand(
        self,
        x: float,
        y: float,
        z: float,
        yaw: float,
        opening: float = FINGER_TRAVEL,
        *,
        joints: tuple[float, ...] | None = None,
    ) -> NDArray[np.float64]:
        """Put the hand, and the fingers where they move, in place; return the coordinates, as a target.

        Args:
            x: of the finger tips, in metres from the table's middle.
            y: likewise.
            z: likewise.
            yaw: of the hand, in radians.
            opening: of each finger from the middle, in metres.
            joints: the arm's angles, in radians, that bring the hand there; None for those that have it point straight
                down.

        Raises:
            ValueError: the hand cannot point straight down there.
        """
        self.data.qpos[:7] = joints_of_tool(x, y, z, yaw) if joints is None else joints
        target_U = np.array([x, y, z, 0.0, 0.0, yaw])
        if FINGERS in self._actuators:
            self.data.qpos[7:9] = opening
            target_U = np.append(target_U, opening)
        return target_U

    def present_hand(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Where the hand is now, as `place_hand` takes it: x, y, z and yaw, and the arm's angles."""
        x, y, z, *_, yaw = self.data.actuator_length[:6].tolist()
        joints = tuple(math.remainder(angle, 2.0 * math.pi) for angle in self.data.qpos[:7].tolist())
        return (x, y, z, yaw), joints

    def begin(self, episode: EpisodeT) -> EpisodeT:
        """`episode` with what remains to be done in the state that `data` was set to."""
        mujoco.mj_forward(self.model, self.data)
        remaining = self.evaluate(read(self.data, self._places), episode).remaining
        return replace(episode, remaining=float(remaining))

    def steer(self, *, speed: float = 1.0, **wanted: float) -> NDArray[np.float32]:
        """The action that moves the target straight to the wanted coordinates; axes not named stay.

        Args:
            speed: the largest number of the action.
            wanted: coordinates by the name of their axis.
        """
        target = dict(zip(self._actuators, self.episode.target_XU, strict=True))
        action = np.array([(wanted.get(axis, target[axis]) - target[axis]) / STEP[axis] for axis in self.axes])
        along = np.array([axis in AXES[:3] for axis in self.axes])
        action[along] /= max(1.0, float(np.abs(action[along]).max()) / speed)
        return np.clip(action, -1.0, 1.0).astype(np.float32)
