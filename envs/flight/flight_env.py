"""The base of everything that flies."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from ..core.arguments import check_integer
from ..core.bodies.evaluation import Evaluation
from ..vision import Cameras, Textures
from ..vision.first_person.env import FirstPersonEnv, ObservationKind
from ..vision.first_person.place import Place
from .depth_sensor import DepthSensor
from .floors import FloorPlan
from .kernels.layout import COLUMNS, PAST_COMMANDS, SPOT, Column, Floors, new_floors, put_plan
from .kernels.planning import plan
from .kernels.quadrotor import ATTITUDE, DIRECTION, GRAVITY, VELOCITY, begin, fly
from .kernels.ways import find_ways
from .looks.dressing import Looks, dress
from .looks.textures import TEXTURES, Style, texture_pool
from .task import RANDOMIZABLE, Air, FlightTask, draw_task

Control = Literal["direction", "velocity", "attitude"]
CONTROLS: dict[Control, int] = {"direction": DIRECTION, "velocity": VELOCITY, "attitude": ATTITUDE}

RADIUS = 0.15
"""Of the ball around a quadrotor that must not touch anything, metres."""
_PASSABLE = 0.32  # the clearance of places that the way may lead through, metres
_FAR = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightLevel:
    """A difficulty.

    Attributes:
        draw: draws a floor from a generator and `ranges`.
        ranges: what floors are drawn from.
        air: what air and autopilot are drawn from.
        max_steps: steps of 0.1 s that an episode may have.
    """

    draw: Callable[[np.random.Generator, Any], FloorPlan]
    ranges: Any
    air: Air
    max_steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightEvaluation(Evaluation):
    """What is measured in flight.

    Attributes:
        collision_free_distance: flown so far, metres.
        clearance: the least room around the body during the step, metres, up to 2.
        way_left: metres.
        gates_passed: how many.
    """

    collision_free_distance: Any
    clearance: Any
    way_left: Any
    gates_passed: Any


@functools.lru_cache(maxsize=256)
def floor_of(
    draw: Callable[[np.random.Generator, Any], FloorPlan], ranges: Any, layout: int
) -> tuple[FloorPlan, Floors]:
    """A floor whose goal can be reached, as it is built and as kernels read it: plans are drawn until one is such."""
    rng = np.random.default_rng(layout)
    while True:
        drawn = draw(rng, ranges)
        floors = new_floors(1)
        put_plan(floors, 0, drawn)
        if drawn.gates:
            return drawn, floors
        find_ways(floors, 0, _PASSABLE)
        if floors.way_P_Y_X[0, int(drawn.start[1] / SPOT), int(drawn.start[0] / SPOT)] < _FAR:
            return drawn, floors


@functools.lru_cache(maxsize=256)
def _place_of(
    draw: Callable[[np.random.Generator, Any], FloorPlan],
    ranges: Any,
    layout: int,
    looks: Looks,
    style: Style,
    textures: int,
) -> Place:
    drawn, floors = floor_of(draw, ranges, layout)
    return Place(dress(drawn, looks, style, textures), floors)


class FlightEnv(FirstPersonEnv[FlightTask]):
    """Base of what flies: a quadrotor in a generated floor.

    A body is a point of thrust and drag within a ball of 0.15 m; pitch, roll, yaw rate and thrust follow what is wanted
    with lags of 0.08, 0.08, 0.10 and 0.05 s. Commands hold for 0.1 s and are obeyed after the latency. The manners of
    control, all numbers in [-1, 1]:

    - `direction`: two numbers, a place in the picture, across and up; the body flies there at cruising speed, and turns
      towards it.
    - `velocity`: ahead (3 m/s), to the left (2 m/s), up (1.5 m/s), turn to the left (2 rad/s); an autopilot tilts the
      body as is needed.
    - `attitude`: roll and pitch (0.6 rad), thrust (60 % more or less than carries the body), turn to the left.

    Class attributes:
        default_control: the manner of control where the constructor names none.

    Args:
        level: difficulty.
        control: the manner of control.
        style: `train` or `held_out`, which has other textures, another lighting model and another camera.
        textures: how many of the style's textures are drawn from.
        observation: `both`, `pixels` or `state`.
        pixels: width and height of a picture.
        history: how many pictures are observed, the last ones.
        render_mode: `rgb_array` to have `render()` return a picture, or None.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    metadata: dict[str, Any] = {  # noqa: RUF012  (Gymnasium's type)
        "render_modes": ["rgb_array"],
        "render_fps": 10,
        "measures": ("collision_free_distance",),
    }
    levels: ClassVar[Sequence[FlightLevel]]
    task_type = FlightTask
    state_size = COLUMNS
    randomizable = RANDOMIZABLE
    default_control: ClassVar[Control] = "velocity"

    def __init__(
        self,
        *,
        level: int = 0,
        control: Control | None = None,
        style: Style = "train",
        textures: int = TEXTURES,
        observation: ObservationKind = "both",
        pixels: int = 64,
        history: int = 1,
        render_mode: str | None = None,
    ) -> None:
        control = self.default_control if control is None else control
        if control not in CONTROLS:
            raise ValueError(f"control must be one of {', '.join(CONTROLS)}, got {control!r}")
        if style not in ("train", "held_out"):
            raise ValueError(f"style must be 'train' or 'held_out', got {style!r}")
        self.control: Control = control
        self.style: Style = style
        self.texture_count = check_integer("textures", textures, 1, TEXTURES)
        self.action_size = self.numbers_of_action()  # pyright: ignore[reportAttributeAccessIssue]  (by arguments)
        super().__init__(level=level, observation=observation, pixels=pixels, history=history, render_mode=render_mode)
        self.max_steps = max(level.max_steps for level in self.levels)

    def numbers_of_action(self) -> int:
        """How many numbers an action has."""
        return 2 if self.control == "direction" else 4

    @property
    def textures(self) -> Textures:
        """The pool of the style."""
        return texture_pool(self.style)

    def sample(self, rng: np.random.Generator, level: int) -> FlightTask:
        """Draw a task of a level; pure."""
        return draw_task(rng, level, self.levels[level].air, self.style)

    def make_place(self, task: FlightTask) -> Place:
        """The floor of a task; pure."""
        level = self.levels[task.level]
        return _place_of(level.draw, level.ranges, task.layout, task.looks, self.style, self.texture_count)

    def new_geometry(self, slots: int) -> Floors:
        """Memory for so many floors."""
        return new_floors(slots)

    def start(self, task: FlightTask, place: Place) -> NDArray[np.float64]:
        """The row of a body that hovers where its flight begins; pure."""
        level = self.levels[task.level]
        drawn, floors = floor_of(level.draw, level.ranges, task.layout)
        row_S = np.zeros(COLUMNS)
        row_S[Column.X : Column.Z + 1] = drawn.start
        row_S[Column.YAW] = drawn.yaw
        row_S[Column.THRUST] = GRAVITY
        if self.control == "attitude":
            row_S[Column.COMMAND + 2 : Column.COMMAND + 4 * PAST_COMMANDS : 4] = GRAVITY
        row_S[Column.KEY] = task.chance
        row_S[Column.RADIUS] = RADIUS
        row_S[Column.DRAG] = task.drag
        row_S[Column.WIND_X] = task.wind * np.cos(task.wind_azimuth)
        row_S[Column.WIND_Y] = task.wind * np.sin(task.wind_azimuth)
        row_S[Column.GUSTS] = task.gusts
        row_S[Column.LATENCY] = task.latency
        row_S[Column.LAG] = task.lag
        row_S[Column.CRUISE] = task.cruise
        row_S[Column.FIELD] = task.field
        row_S[Column.TILT] = task.tilt
        row_S[Column.CAMERA_AHEAD] = task.camera_ahead
        row_S[Column.CAMERA_UP] = task.camera_up
        begin(row_S, floors, 0)
        return row_S

    def advance(
        self,
        action_N_A: NDArray[Any],
        moving_N: NDArray[np.bool_],
        state_N_S: NDArray[np.float64],
        place_N: NDArray[np.int64],
        geometry: Floors,
    ) -> None:
        """Fly the bodies of a mask for 0.1 s."""
        fly(0, len(state_N_S), state_N_S, action_N_A, moving_N, place_N, geometry, CONTROLS[self.control])

    def evaluate(self, row_XS: NDArray[np.float64]) -> FlightEvaluation:
        """Judge what the last step came to; pure."""
        collided_X = row_XS[..., Column.COLLIDED] > 0
        return FlightEvaluation(
            success=(row_XS[..., Column.REACHED] > 0) & np.logical_not(collided_X),
            failure=collided_X,
            cost=row_XS[..., Column.COLLIDED],
            collision_free_distance=row_XS[..., Column.FLOWN],
            clearance=row_XS[..., Column.CLEARANCE],
            way_left=row_XS[..., Column.WAY],
            gates_passed=row_XS[..., Column.GATES],
        )

    def aim(self, state_N_S: NDArray[np.float64], cameras: Cameras) -> None:
        """Write where the cameras are."""
        yaw_N, ahead_N = state_N_S[:, Column.YAW], state_N_S[:, Column.CAMERA_AHEAD]
        cameras.position_N_3[:] = state_N_S[:, Column.X : Column.Z + 1]
        cameras.position_N_3[:, 0] += ahead_N * np.cos(yaw_N)
        cameras.position_N_3[:, 1] += ahead_N * np.sin(yaw_N)
        cameras.position_N_3[:, 2] += state_N_S[:, Column.CAMERA_UP]
        cameras.angles_N_3[:] = state_N_S[:, Column.YAW : Column.ROLL + 1]
        cameras.angles_N_3[:, 1] += state_N_S[:, Column.TILT]
        cameras.fov_N[:] = state_N_S[:, Column.FIELD]

    def observe(self, row_XS: NDArray[np.float64]) -> NDArray[np.float32]:
        """The numbers that are observed; pure."""
        cosine_X, sine_X = np.cos(row_XS[..., Column.YAW]), np.sin(row_XS[..., Column.YAW])
        speed_x_X, speed_y_X = row_XS[..., Column.SPEED_X], row_XS[..., Column.SPEED_Y]
        away_x_X = row_XS[..., Column.TARGET_X] - row_XS[..., Column.X]
        away_y_X = row_XS[..., Column.TARGET_Y] - row_XS[..., Column.Y]
        away_z_X = row_XS[..., Column.TARGET_Z] - row_XS[..., Column.Z]
        distance_X = np.sqrt(away_x_X**2 + away_y_X**2 + away_z_X**2) + 1e-6
        seen_XO = np.stack(
            [
                speed_x_X * cosine_X + speed_y_X * sine_X,
                speed_y_X * cosine_X - speed_x_X * sine_X,
                row_XS[..., Column.SPEED_Z],
                row_XS[..., Column.PITCH],
                row_XS[..., Column.ROLL],
                row_XS[..., Column.YAW_RATE],
                row_XS[..., Column.Z] - 1.2,
                (away_x_X * cosine_X + away_y_X * sine_X) / distance_X,
                (away_y_X * cosine_X - away_x_X * sine_X) / distance_X,
                away_z_X / distance_X,
                distance_X / 5.0,
                *(row_XS[..., Column.ACTION + k] for k in range(self.action_size)),
            ],
            axis=-1,
        )
        return np.clip(seen_XO, -10.0, 10.0).astype(np.float32)

    def state_space(self) -> spaces.Box:
        """The space of what `observe` returns for one body."""
        return spaces.Box(-10.0, 10.0, (11 + self.action_size,), np.float32)

    def expert(self) -> NDArray[np.float32] | None:
        """What the planner would do: it sees depth pictures of the scene, and knows of the floor the route alone."""
        if self._depth_sensor is None:
            self._depth_sensor = DepthSensor(self.textures)
        depth_6_H_W = self._depth_sensor.measure(self.place.scene, self.row_S[Column.X : Column.Z + 1])
        action_A = np.zeros(self.action_size)
        plan(self.row_S.copy(), depth_6_H_W, self.place.geometry, 0, CONTROLS[self.control], action_A)
        return action_A.astype(np.float32)

    def __getstate__(self) -> dict[str, Any]:
        """The environment with its present state; the depth sensor is made anew when the expert is asked."""
        saved = super().__getstate__()
        del saved["attributes"]["_depth_sensor"]
        return saved

    def _build(self) -> None:
        super()._build()
        self._depth_sensor: DepthSensor | None = None
