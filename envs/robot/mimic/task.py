"""The tasks of a body that imitates: where in a clip an episode begins, what is remembered of it, and what is found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...core import TaskFields
from ...core.bodies.evaluation import Evaluation
from ...core.task import check_level

_FARTHEST = 100.0  # metres or radians, for numbers of tasks that are given by hand


@dataclass(frozen=True, slots=True)
class MimicLevel:
    """How far the beginning is from the clip, and how far a goal is.

    Attributes:
        offset: of each joint from the clip's angle, at most, in radians.
        nudge: velocity that is added to the whole body along the floor, at most along each axis, in m/s.
        turn: the goal's direction is within this angle of straight ahead, for a body in space, in radians.
        pace: the goal's speed is the clip's times a number within this of 1.
        spread: a target is within this of where the clip strikes, along each axis, in metres.
    """

    offset: float
    nudge: float
    turn: float
    pace: float
    spread: float


LEVELS = (
    MimicLevel(offset=0.02, nudge=0.0, turn=0.2, pace=0.1, spread=0.05),
    MimicLevel(offset=0.05, nudge=0.15, turn=0.5, pace=0.2, spread=0.1),
    MimicLevel(offset=0.1, nudge=0.3, turn=1.0, pace=0.3, spread=0.2),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MimicTask(TaskFields):
    """Where in the clip an episode begins, how far from it, and the goal.

    Attributes:
        phase: the part of the clip that is over at the beginning, in [0, 1); rounded to a whole step.
        offsets: of each joint from the clip's angle, in radians; none is no offset.
        nudge: velocity along x and y that is added to the whole body, in m/s.
        direction: to go in, and that the clip is turned to, in radians from straight ahead.
        speed: to go with, in m/s.
        target: x, y and z of what is to be struck, in metres.
        level: the difficulty it was drawn at.

    Raises:
        ValueError: a field is out of range.
    """

    phase: float
    offsets: tuple[float, ...] = ()
    nudge: tuple[float, float] = (0.0, 0.0)
    direction: float = 0.0
    speed: float = 0.0
    target: tuple[float, float, float] = (0.0, 0.0, 0.0)
    level: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.phase < 1:
            raise ValueError(f"options['task'].phase must lie in [0, 1), got {self.phase!r}")
        numbers = (*self.offsets, *self.nudge, self.direction, self.speed, *self.target)
        if max(map(abs, numbers)) > _FARTHEST:
            raise ValueError(f"options['task'] must hold numbers within ±{_FARTHEST:g}, got {numbers!r}")
        check_level(self.level, len(LEVELS), name="options['task'].level")


@dataclass(frozen=True, slots=True, kw_only=True)
class MimicEpisode:
    """What matters in an episode besides the physics.

    Attributes:
        frame: of the clip.
        origin: where the clip's own origin lies on the floor, in metres, of shape (*X, 3).
        direction: that the clip is turned to, in radians.
        speed: the wanted speed, in m/s.
        target: what is to be struck, of shape (*X, 3).
        is_struck: whether it was.
        imitated: the sum of the imitation of the steps so far.
        reached: the sum of the goal's rewards so far.
        steps: taken so far.
        possible: the steps that the episode may have.
    """

    frame: Any
    origin: Any
    direction: Any
    speed: Any
    target: Any
    is_struck: Any
    imitated: Any
    reached: Any
    steps: Any
    possible: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class MimicEvaluation(Evaluation):
    """How like the clip the body is.

    Attributes:
        pose, velocity, end_effectors, root, centre_of_mass: similarities from 0 to 1; see `imitation`.
        imitation: their weighted mean.
        goal: how well the goal is met, from 0 to 1; 0 without one.
        score: the sum of the imitation of all steps so far divided by the steps that the episode may have.
        fallen: whether head, trunk or a knee touches the floor.
        is_over: whether a clip that does not repeat is over.
        is_struck: whether the target was struck.
    """

    pose: Any
    velocity: Any
    end_effectors: Any
    root: Any
    centre_of_mass: Any
    imitation: Any
    goal: Any
    score: Any
    fallen: Any
    is_over: Any
    is_struck: Any

    @property
    def is_end(self) -> Any:
        """Whether the episode ends here: at a fall that ends it, or with the clip; success alone is no end."""
        return self.failure | self.is_over
