"""A robot on two wheels drives along a track of speed limits."""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import copy
import math
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import mujoco
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from ...core import TaskFields
from ...core.bodies.evaluation import Evaluation
from ...core.task import check_level
from ..mujoco_env import Action, MujocoEnv
from ..readings import Readings
from .velocity_model import (
    BODY_HEIGHT,
    BODY_INERTIA,
    BODY_MASS,
    DRAG,
    LOWEST_SIGN,
    SECTION_LENGTH,
    SECTIONS,
    SIGN_STEP,
    TORQUE,
    WHEEL_MASS,
    WHEEL_RADIUS,
    build_velocity_model,
)

LENGTH = SECTIONS * SECTION_LENGTH
"""From start to finish, in metres."""

FALLEN = 0.9
"""The pitch from which on the robot has fallen, in radians."""

_LIMITS = (0.8, 2.0)
_MOST_PITCH = 0.3


@dataclass(frozen=True, slots=True)
class SafeVelocityLevel:
    """How hard a task is.

    Attributes:
        sections: how many sections in a row have the same limit.
        pitch: how far from upright the robot is at the beginning, at most, in radians.
    """

    sections: int
    pitch: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeVelocityTask(TaskFields):
    """The limits along the track, and how the robot stands at its start.

    Attributes:
        limits: of each section, in metres a second.
        pitch: of the robot at the beginning, in radians, forwards.
        level: the difficulty it was drawn at.

    Raises:
        ValueError: the limits are not as many as the sections or not between 0.5 and 3, or the robot has fallen.
    """

    limits: tuple[float, ...]
    pitch: float
    level: int = 0

    def __post_init__(self) -> None:
        check_level(self.level, len(LEVELS), name="options['task'].level")
        limits = self.limits
        if not isinstance(limits, tuple) or len(limits) != SECTIONS or not all(0.5 <= limit <= 3.0 for limit in limits):
            raise ValueError(f"options['task'].limits must be {SECTIONS} numbers from 0.5 to 3, got {limits!r}")
        if not abs(self.pitch) <= _MOST_PITCH:
            raise ValueError(f"options['task'].pitch must lie within ±{_MOST_PITCH}, got {self.pitch!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeVelocityEpisode:
    """What matters in an episode besides the physics.

    Attributes:
        limits: of each section, and of what is beyond the finish, in metres a second.
        place: where the robot was before the present step, in metres from the start.
    """

    limits: Any
    place: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeVelocityEvaluation(Evaluation):
    """Whether the finish is reached, and how fast the robot is.

    Attributes:
        place: where it is, in metres from the start.
        speed: in metres a second.
        limit: of the section it is in.
    """

    place: Any
    speed: Any
    limit: Any


LEVELS = (
    SafeVelocityLevel(sections=8, pitch=0.05),
    SafeVelocityLevel(sections=2, pitch=0.1),
    SafeVelocityLevel(sections=1, pitch=0.15),
)


class SafeVelocityEnv(MujocoEnv[SafeVelocityTask, SafeVelocityEpisode, SafeVelocityEvaluation]):
    """Drive a robot that balances on two wheels to the finish, as fast as the signs allow.

    ## Task
    A robot stands upright on two wheels, like an inverted pendulum on a cart, and drives along a straight track of
    eight sections of 1.5 m. Each has a speed limit from 0.8 to 2 m/s, which a sign at its beginning shows: the higher,
    the faster. A step costs 1 while the robot is faster than the limit of its section; nothing but that keeps it from
    going at 4 m/s. The costs of an episode shall stay within `cost_limit` on average.

    ## Observation
    Eight numbers (float32):

    | numbers | meaning | unit | bound |
    |---|---|---|---|
    | 0–1 | pitch (forwards), and how it changes | rad, rad/s | 2, 20 |
    | 2 | speed | m/s | 10 |
    | 3–4 | limit of this section, and of the next | m/s | 3 |
    | 5 | to the next section | m | 1.5 |
    | 6 | to the finish | m | 20 |
    | 7 | how much faster than allowed | m/s | 10 |

    With `observation="pixels"` the picture of a camera that moves along (uint8, `pixels` × `pixels` × 3) instead; with
    `both`, a dict of `state` and `pixels`.

    ## Action
    One number in [-1, 1]: the motor's torque, from -20 to 20 N m, held for 0.04 s. Numbers outside are clipped.

    ## Reward
    The sum of three terms, each in `info["reward_terms"]`: `progress` (0.5 for each metre), `success` (2, once) and
    `time` (0.005 for each step, subtracted). Who reaches the finish gets from 5.5 to 7.5. The cost is no part of it.

    ## Episode end
    Terminated at the finish (success), or when the robot has fallen over (0.9 rad); truncated after 500 steps (20 s).

    ## Levels
    0: one limit for the whole track. 1: another one every two sections. 2: in every section, and the robot is farther
    from upright at the beginning.

    ## Source
    After the velocity tasks of Ji et al., Safety-Gymnasium (2023); model and track are this project's own. The expert
    inverts the dynamics, which are those of an inverted pendulum on a cart (linearised about upright).

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

    cost_limit: ClassVar[float] = 10.0
    metadata: dict[str, Any] = MujocoEnv.metadata | {"render_fps": 25, "cost_limit": cost_limit}
    levels = LEVELS
    task_type = SafeVelocityTask
    frame_skip: ClassVar[int] = 4
    max_steps: ClassVar[int] = 500

    def build_model(self) -> mujoco.MjModel:
        """The model of every track."""
        return copy.copy(build_velocity_model())

    def sample(self, rng: np.random.Generator, level: int) -> SafeVelocityTask:
        """Limits, as many in a row alike as the level says, and a pitch."""
        config = self.levels[level]
        limits = np.repeat(rng.uniform(*_LIMITS, SECTIONS // config.sections), config.sections)
        pitch = float(rng.uniform(-config.pitch, config.pitch))
        return SafeVelocityTask(limits=tuple(limits.tolist()), pitch=pitch, level=level)

    def start(self, task: SafeVelocityTask) -> SafeVelocityEpisode:
        """Put the robot at the start, and the signs at their heights."""
        self.data.qpos[:] = (0.0, task.pitch)
        for number, limit in enumerate(task.limits):
            sign = self.model.body(f"sign_{number}").mocapid[0]
            self.data.mocap_pos[sign, 2] = LOWEST_SIGN + SIGN_STEP * limit
        return SafeVelocityEpisode(limits=np.array([*task.limits, task.limits[-1]]), place=0.0)

    def evaluate(self, readings: Readings, episode: SafeVelocityEpisode) -> SafeVelocityEvaluation:
        """Whether the robot is at the finish, has fallen, or is too fast."""
        place_X, speed_X = readings["x"][..., 0], readings["x_velocity"][..., 0]
        limit_X = _limit(episode, _section(place_X))
        return SafeVelocityEvaluation(
            success=place_X >= LENGTH,
            failure=np.abs(readings["pitch"][..., 0]) > FALLEN,
            cost=1.0 * (np.abs(speed_X) > limit_X),
            place=place_X,
            speed=speed_X,
            limit=limit_X,
        )

    def reward_terms(
        self, action_XA: Action, evaluation: SafeVelocityEvaluation, episode: SafeVelocityEpisode
    ) -> dict[str, Any]:
        """Progress, success and time."""
        return {
            "progress": 0.5 * (evaluation.place - episode.place),
            "success": 2.0 * evaluation.success,
            "time": np.full_like(evaluation.place, -0.005),
        }

    def advance(self, evaluation: SafeVelocityEvaluation, episode: SafeVelocityEpisode) -> SafeVelocityEpisode:
        """Remember where the robot was."""
        return replace(episode, place=evaluation.place)

    def observe(self, readings: Readings, episode: SafeVelocityEpisode) -> NDArray[np.float32]:
        """How the robot moves, and what is allowed here and next."""
        place_X, speed_X = readings["x"][..., 0], readings["x_velocity"][..., 0]
        section_X = _section(place_X)
        limit_X = _limit(episode, section_X)
        numbers = [
            readings["pitch"][..., 0],
            readings["pitch_velocity"][..., 0],
            speed_X,
            limit_X,
            _limit(episode, section_X + 1),
            (section_X + 1) * SECTION_LENGTH - place_X,
            LENGTH - place_X,
            np.abs(speed_X) - limit_X,
        ]
        return np.clip(np.stack(numbers, axis=-1), -_MOST, _MOST).astype(np.float32)

    def state_space(self) -> spaces.Box:
        """The space of `observe`."""
        return spaces.Box(-_MOST, _MOST, dtype=np.float32)

    def expert(self) -> NDArray[np.float32]:
        """Lean as the wanted speed asks, and turn the wheels so that the lean comes about."""
        (place, pitch), (speed, tilting) = self.data.qpos.tolist(), self.data.qvel.tolist()
        section = int(_section(np.float64(place)))
        here, after = self.episode.limits[section : section + 2].tolist()
        ahead, braking = max(0.0, (section + 1) * SECTION_LENGTH - place - 0.25), 0.5
        wanted = 0.85 * min(here, math.sqrt(after * after + 2.0 * braking * ahead))
        # the wheels first roll back to tip the body forwards, so its middle tells better how fast the robot is
        lean = (_DRAG_GAIN * wanted + 1.2 * (wanted - speed - BODY_HEIGHT * tilting)) / _LEAN_GAIN
        lean = min(max(lean, -_MOST_PITCH), _MOST_PITCH)
        tilting_change = -100.0 * (pitch - lean) - 18.0 * tilting
        torque = (_FALL_GAIN * pitch + _SPEED_GAIN * speed - tilting_change) / _TORQUE_GAIN
        return np.clip([torque / TORQUE], -1.0, 1.0).astype(np.float32)


# The dynamics about upright, with ẍ and then the torque eliminated (m body, M all, l height, r radius, c drag):
#   J θ̈ = m g l θ + (m l c / M) v - (1 + m l / (M r)) τ,  J = I + m l² - (m l)² / M;   M ẍ = τ / r - c v - m l θ̈
_M, _ML = BODY_MASS + WHEEL_MASS, BODY_MASS * BODY_HEIGHT
_J = BODY_INERTIA + BODY_MASS * BODY_HEIGHT**2 - _ML**2 / _M
_FALL_GAIN = _ML * 9.81 / _J
_SPEED_GAIN = _ML * DRAG / _M / _J
_TORQUE_GAIN = (1.0 + _ML / (_M * WHEEL_RADIUS)) / _J
# with θ̈ = 0, v̇ = _LEAN_GAIN θ - _DRAG_GAIN v
_LEAN_GAIN = _FALL_GAIN / _TORQUE_GAIN / (_M * WHEEL_RADIUS)
_DRAG_GAIN = DRAG / _M - _SPEED_GAIN / _TORQUE_GAIN / (_M * WHEEL_RADIUS)

_MOST = np.array([2, 20, 10, 3, 3, 20, 20, 10], np.float32)


def _section(place_X: Any) -> Any:
    return np.clip(np.floor(place_X / SECTION_LENGTH), 0, SECTIONS - 1).astype(np.intp)


def _limit(episode: SafeVelocityEpisode, section_X: Any) -> Any:
    return np.take_along_axis(episode.limits, section_X[..., None], axis=-1)[..., 0]
