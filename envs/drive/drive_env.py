"""What all driving has in common: cars, courses, observations, rewards."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from ..core import TaskFields
from ..core.arguments import check_integer, check_number
from ..core.bodies.evaluation import Evaluation
from ..core.randomization import Choice, Range
from ..vision.cameras import Cameras
from ..vision.first_person.env import FirstPersonEnv, ObservationKind
from ..vision.first_person.place import Place
from ..vision.textures import Textures
from .centre_line_file import read_centre_line
from .closed_line import LoopShape, random_loop, smooth_closed_line
from .course import Course, Kind, lay_out, ordinary_car
from .goals import SEEN_GOAL, seen_goal
from .kernels import driving
from .kernels import layout as column
from .scenery import STYLES, Looks, drive_textures, light_of, show

_MOST = np.float32(20.0)  # of an observed number
_AHEAD = 0.12  # of the camera before the middle of the car, metres
_PATIENCE = 2.0  # seconds that a car may stand

RANDOMIZABLE: dict[str, Range | Choice] = {
    "style": Choice(tuple(range(STYLES))),
    "brightness": Range(0.6, 1.3),
    "fog": Range(0.0, 0.04),
    "field_of_view": Range(0.9, 1.5),
    "camera_height": Range(0.25, 0.45),
    "grip": Range(0.7, 1.2),
    "power": Range(0.6, 1.3),
    "steering_range": Range(0.8, 1.2),
    "lag": Range(0.5, 3.0),
}
"""What may be varied from episode to episode: looks, camera, and what the car is like (1 is the ordinary one)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveLevel:
    """How hard a level is.

    Attributes:
        kind: `indoor` or `outdoor`.
        lane: how wide the course is, metres.
        shape: of its loop.
        variety: the share of each range in `RANDOMIZABLE` that episodes draw from, around what is ordinary.
        trees: how many.
        hills: standard deviation of heights, metres.
        courses: how many different ones there are.
        max_steps: after which an episode is cut off.
    """

    kind: Kind
    lane: float
    shape: LoopShape
    variety: float
    trees: int = 0
    hills: float = 0.0
    courses: int = 8
    max_steps: int = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveTask(TaskFields):
    """One drive.

    Attributes:
        layout: which of the level's courses.
        is_clockwise: whether it is driven the other way round.
        start: where on the lap the car stands at first, from 0 to 1.
        style, brightness, fog, field_of_view, camera_height: how it looks, radians and metres.
        grip, power, steering_range, lag: what the car is like; 1 is the ordinary one.
        level: the difficulty it was drawn at.
    """

    layout: int
    is_clockwise: bool
    start: float
    style: int = 0
    brightness: float = 1.0
    fog: float = 0.0
    field_of_view: float = 1.2
    camera_height: float = 0.35
    grip: float = 1.0
    power: float = 1.0
    steering_range: float = 1.0
    lag: float = 1.0
    level: int = 0

    def __post_init__(self) -> None:
        """Check.

        Raises:
            ValueError: a field is out of range.
        """
        if self.layout < 0:
            raise ValueError(f"task.layout must be 0 or more, got {self.layout!r}")
        if not 0.0 <= check_number("task.start", self.start) <= 1.0:
            raise ValueError(f"task.start must be from 0 to 1, got {self.start!r}")
        for name, allowed in RANDOMIZABLE.items():
            allowed.check(f"task.{name}", getattr(self, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveEvaluation(Evaluation):
    """What the last step of a drive came to.

    Attributes:
        intervention: whether the recovery drove in the agent's place.
        laps: done.
        lap_time: of the last lap, seconds; 0 before the first one is done.
        progress: towards the next checkpoint, metres.
        speed: m/s.
        impact: of the hardest contact, m/s.
        collisions: since the episode began; contacts from 0.4 m/s on count.
        interventions: since the episode began.
        rescues: how often the recovery gave up and the car was lifted.
        x, y: where the car is, metres.
        heading: where it points to, radians.
    """

    intervention: Any
    laps: Any
    lap_time: Any
    progress: Any
    speed: Any
    impact: Any
    collisions: Any
    interventions: Any
    rescues: Any
    x: Any
    y: Any
    heading: Any


class DriveEnv(FirstPersonEnv[DriveTask]):
    """Base of all driving; see the ids for what is asked of the agent.

    Args:
        level: difficulty.
        observation: `both`, `pixels` or `state`.
        pixels: width and height of a picture.
        history: how many pictures are observed, the last ones.
        track: a file with a centre line, GeoJSON or CSV, to drive on instead of the level's own courses; see
            `centre_line_file.read_centre_line`.
        track_scale: what its lengths are multiplied by.
        course: which of the level's courses is always driven, the same way round and in the same textures; None draws.
        expert_speed: how fast, about, the expert drives at most, m/s; None for as fast as the curves allow.
        variety: the share of each range in `RANDOMIZABLE` that episodes draw from; None for the level's. With 1 every
            episode has another car.
        render_mode: `rgb_array` to have `render()` return a picture, or None.

    Raises:
        OSError: the track cannot be read.
        ValueError: an argument is out of range, or the track is no line that a car can drive along.
    """

    levels: ClassVar[Sequence[DriveLevel]]
    task_type = DriveTask
    state_size = column.COLUMNS
    action_size = 2
    randomizable = RANDOMIZABLE
    metadata: dict[str, Any] = {  # noqa: RUF012  (Gymnasium's type)
        "render_modes": ["rgb_array"],
        "render_fps": 10,
        "measures": ("laps", "collisions", "interventions", "rescues"),
        "measures_of_success": ("lap_time",),
    }
    practises: ClassVar[bool] = False

    def __init__(
        self,
        *,
        level: int = 0,
        observation: ObservationKind = "both",
        pixels: int = 64,
        history: int = 1,
        track: str | Path | None = None,
        track_scale: float = 1.0,
        course: int | None = None,
        expert_speed: float | None = None,
        variety: float | None = None,
        render_mode: str | None = None,
    ) -> None:
        if variety is not None and not 0 <= check_number("variety", variety) <= 1:
            raise ValueError(f"variety must be from 0 to 1, got {variety!r}")
        self._variety = variety
        if expert_speed is not None and check_number("expert_speed", expert_speed) <= 0:
            raise ValueError(f"expert_speed must be over 0, got {expert_speed!r}")
        self._expert_speed = np.inf if expert_speed is None else float(expert_speed)
        if check_number("track_scale", track_scale) <= 0:
            raise ValueError(f"track_scale must be over 0, got {track_scale!r}")
        self._track: tuple[tuple[float, float], ...] | None = None
        if track is not None:
            self._track = tuple(map(tuple, (track_scale * read_centre_line(track)).tolist()))
        super().__init__(level=level, observation=observation, pixels=pixels, history=history, render_mode=render_mode)
        last_course = self.levels[self.level].courses - 1
        self._course = None if course is None else check_integer("course", course, 0, last_course)
        if self._track is not None:
            _course(self.levels[self.level], 0, False, self._track)  # so that what is wrong with it is said at once

    @property
    def textures(self) -> Textures:
        """All sets of them."""
        return drive_textures()

    @property
    def max_steps(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """After which an episode is cut off."""
        level = self.levels[self.level if self._task is None else self._task.level]
        return level.max_steps

    def sample(self, rng: np.random.Generator, level: int) -> DriveTask:
        """Draw a course, where the car stands, how all looks and what the car is like."""
        chosen = self.levels[level]
        variety = chosen.variety if self._variety is None else self._variety
        drawn: dict[str, Any] = {"style": int(rng.integers(STYLES))}
        ordinary = DriveTask(layout=0, is_clockwise=False, start=0.0)
        for name, allowed in RANDOMIZABLE.items():
            if isinstance(allowed, Range):
                middle = getattr(ordinary, name)
                low = middle + variety * (allowed.low - middle)
                high = middle + variety * (allowed.high - middle)
                drawn[name] = float(rng.uniform(low, high))
        task = DriveTask(
            layout=int(rng.integers(chosen.courses)),
            is_clockwise=bool(rng.integers(2)),
            start=float(rng.uniform()),
            level=level,
            **drawn,
        )
        if self._course is None:
            return task
        return replace(task, layout=self._course % chosen.courses, is_clockwise=False, style=0)

    def make_place(self, task: DriveTask) -> Place:
        """The task's course in its looks."""
        looks = Looks(task.style, task.brightness, task.fog)
        return _place(self.levels[task.level], task.layout, task.is_clockwise, self._track, looks)

    def new_geometry(self, slots: int) -> column.Courses:
        """Memory for courses."""
        return column.new_courses(slots)

    def start(self, task: DriveTask, place: Place) -> NDArray[np.float64]:
        """A car at rest in the middle of the course, facing along it."""
        courses: column.Courses = place.geometry
        point_5 = courses.line_P_L_5[0, int(task.start * column.LINE) % column.LINE]
        row_S = ordinary_car(point_5[0], point_5[1], float(np.arctan2(point_5[3], point_5[2])))
        row_S[column.GRIP], row_S[column.POWER] = task.grip, task.power
        row_S[column.STEERING_RANGE], row_S[column.LAG] = task.steering_range, task.lag
        row_S[column.CAMERA_HEIGHT], row_S[column.FIELD_OF_VIEW] = task.camera_height, task.field_of_view
        driving.begin(row_S, courses, 0)
        return row_S

    def advance(
        self,
        action_N_A: NDArray[Any],
        moving_N: NDArray[np.bool_],
        state_N_S: NDArray[np.float64],
        place_N: NDArray[np.int64],
        geometry: column.Courses,
    ) -> None:
        """Drive for a tenth of a second."""
        driving.drive(action_N_A, moving_N, state_N_S, place_N, geometry, self.practises, False)

    def evaluate(self, row_XS: NDArray[np.float64]) -> DriveEvaluation:
        """Judge the last step."""
        is_stuck = row_XS[..., column.SLOW_TIME] >= _PATIENCE
        return DriveEvaluation(
            success=row_XS[..., column.LAPS] >= 1.0,
            failure=is_stuck,
            is_stuck=is_stuck,
            **measured(row_XS),
        )

    def reward_terms(self, row_XS: NDArray[np.float64]) -> dict[str, Any]:
        """Progress, collisions and laps."""
        return {
            "progress": row_XS[..., column.PROGRESS],
            "collision": -0.5 * row_XS[..., column.IMPACT] * row_XS[..., column.HAS_COLLIDED],
            "lap": 5.0 * row_XS[..., column.HAS_LAPPED],
        }

    def aim(self, state_N_S: NDArray[np.float64], cameras: Cameras) -> None:
        """The camera sits over the front wheels and moves with the car's body."""
        yaw_N = state_N_S[:, column.YAW]
        cameras.position_N_3[:, 0] = state_N_S[:, column.X] + _AHEAD * np.cos(yaw_N)
        cameras.position_N_3[:, 1] = state_N_S[:, column.Y] + _AHEAD * np.sin(yaw_N)
        cameras.position_N_3[:, 2] = state_N_S[:, column.GROUND] + state_N_S[:, column.CAMERA_HEIGHT]
        cameras.angles_N_3[:, 0] = yaw_N
        cameras.angles_N_3[:, 1] = state_N_S[:, column.PITCH]
        cameras.angles_N_3[:, 2] = state_N_S[:, column.ROLL]
        cameras.fov_N[:] = state_N_S[:, column.FIELD_OF_VIEW]

    def observe(self, row_XS: NDArray[np.float64]) -> NDArray[np.float32]:
        """Speeds, wheels, motor, the next checkpoint, the last action."""
        seen_X9 = np.empty((*row_XS.shape[:-1], 9), np.float32)
        seen_X9[..., :5] = row_XS[..., _MOTION] * _MOTION_SCALE
        seen_X9[..., SEEN_GOAL] = seen_goal(row_XS[..., column.GOAL_DISTANCE], row_XS[..., column.GOAL_ANGLE])
        seen_X9[..., 8] = row_XS[..., column.INTERVENED]
        return np.minimum(np.maximum(seen_X9, -_MOST), _MOST)

    def state_space(self) -> spaces.Box:
        """Nine numbers, most of them about 1 at most."""
        return spaces.Box(-_MOST, _MOST, (9,), np.float32)

    def expert(self) -> NDArray[np.float32] | None:
        """Pure pursuit of the middle, as fast as the curves and `expert_speed` allow."""
        steering, throttle, _ = driving.steer_along(self.row_S, self.place.geometry, 0, self._expert_speed)
        return np.array([steering, throttle], np.float32)


_MOTION = [column.SPEED, column.SIDE_SPEED, column.YAW_RATE, column.LAST_STEERING, column.LAST_THROTTLE]
_MOTION_SCALE = np.array([0.25, 1.0, 0.3, 1.0, 1.0])


def measured(row_XS: NDArray[np.float64]) -> dict[str, Any]:
    """What every drive measures, by the names of `DriveEvaluation`."""
    return {
        "cost": row_XS[..., column.HAS_COLLIDED],
        "intervention": row_XS[..., column.INTERVENED] > 0.0,
        "laps": row_XS[..., column.LAPS],
        "lap_time": row_XS[..., column.LAP_TIME],
        "progress": row_XS[..., column.PROGRESS],
        "speed": row_XS[..., column.SPEED],
        "impact": row_XS[..., column.IMPACT],
        "collisions": row_XS[..., column.COLLISIONS],
        "interventions": row_XS[..., column.INTERVENTIONS],
        "rescues": row_XS[..., column.RESCUES],
        "x": row_XS[..., column.X],
        "y": row_XS[..., column.Y],
        "heading": row_XS[..., column.YAW],
    }


@functools.lru_cache(maxsize=256)
def _place(
    level: DriveLevel, layout: int, is_clockwise: bool, track: tuple[tuple[float, float], ...] | None, looks: Looks
) -> Place:
    course, light = _course(level, layout, is_clockwise, track)
    return Place(show(course, looks, light), course.arrays)


@functools.lru_cache(maxsize=64)
def _course(
    level: DriveLevel, layout: int, is_clockwise: bool, track: tuple[tuple[float, float], ...] | None
) -> tuple[Course, NDArray[np.float32]]:
    """A course and the map of its light."""
    rng = np.random.default_rng([layout, level.shape.knots, round(10 * level.lane)])
    if track is None:
        line, _ = random_loop(rng, level.shape, column.LINE)
    else:
        line, _ = smooth_closed_line(np.array(track), column.LINE)
    if is_clockwise:
        line = line[::-1]
    course = lay_out(level.kind, line, level.lane, rng, trees=level.trees, hills=level.hills)
    return course, light_of(course)
