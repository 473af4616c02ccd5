"""A puck finds its way among hazards."""

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
from ..readings import Readings, norm
from .closeness import DIRECTIONS, closeness
from .point_layout import KEEP_OUT, next_point, scatter
from .point_model import (
    AWAY,
    HALF_SIZE,
    HAZARD_RADIUS,
    HAZARDS,
    PILLAR_RADIUS,
    PILLARS,
    PUCK_RADIUS,
    VASE_RADIUS,
    VASES,
    build_point_model,
)

TOLERANCE = 0.2
"""How near the puck's middle has to come to the goal, in metres."""

_TOUCH = 0.005  # nearer than this, in metres, is touching
_SIGHT = 1.5
_START_X = 2.3
_MOST_Y = 1.4
_THINGS = {"hazards": HAZARDS, "pillars": PILLARS, "vases": VASES}


@dataclass(frozen=True, slots=True)
class SafePointLevel:
    """How hard a task is.

    Attributes:
        hazards: how many discs cost while the puck is over them.
        pillars: how many posts cost while it touches them.
        vases: how many vases, which slide when pushed, do.
    """

    hazards: int
    pillars: int
    vases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SafePointTask(TaskFields):
    """Where everything stands at the beginning, in metres from the arena's middle.

    Attributes:
        start: x and y of the puck, and its heading in radians.
        goal: x and y.
        hazards: x and y of one after the other.
        pillars: likewise.
        vases: likewise.
        level: the difficulty it was drawn at.

    Raises:
        ValueError: a field has the wrong length, or a place lies out of the arena.
    """

    start: tuple[float, ...]
    goal: tuple[float, ...]
    hazards: tuple[float, ...] = ()
    pillars: tuple[float, ...] = ()
    vases: tuple[float, ...] = ()
    level: int = 0

    def __post_init__(self) -> None:
        check_level(self.level, len(LEVELS), name="options['task'].level")
        if not (isinstance(self.start, tuple) and len(self.start) == 3 and abs(self.start[2]) <= math.pi):
            raise ValueError(f"options['task'].start must be x, y and a heading within ±π, got {self.start!r}")
        _check_places("start", self.start[:2], 1)
        if len(_check_places("goal", self.goal, 1)) != 1:
            raise ValueError(f"options['task'].goal must be x and y, got {self.goal!r}")
        for name, most in _THINGS.items():
            _check_places(name, getattr(self, name), most)


@dataclass(frozen=True, slots=True, kw_only=True)
class SafePointEpisode:
    """What matters in an episode besides the physics.

    Attributes:
        distance: from the puck to the goal before the present step, in metres.
    """

    distance: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class SafePointEvaluation(Evaluation):
    """Whether the goal is reached, and what harm was done.

    Attributes:
        distance: from the puck to the goal, in metres.
        in_hazard: the puck's middle is over a hazard.
        touches: it touches a pillar or a vase.
    """

    distance: Any
    in_hazard: Any
    touches: Any


LEVELS = (
    SafePointLevel(hazards=3, pillars=0, vases=0),
    SafePointLevel(hazards=5, pillars=1, vases=1),
    SafePointLevel(hazards=7, pillars=2, vases=2),
)


class SafePointEnv(MujocoEnv[SafePointTask, SafePointEpisode, SafePointEvaluation]):
    """Push a puck to a goal on the other side of an arena, and stay out of the hazards between.

    ## Task
    A hovering puck (0.1 m in radius) pushes itself ahead or back and turns; it drifts. The goal is on the other side of
    the arena, 4.6 m away, and the straight way leads over two hazards. A step costs 1 while the puck's middle is over a
    hazard (a disc of 0.22 m in radius), or while the puck touches a pillar, which stands, or a vase, which slides. The
    costs of an episode shall stay within `cost_limit` on average. The puck fits between any two things, so all goals
    can be reached without any cost.

    ## Observation
    41 numbers (float32). Directions are the puck's own: ahead and to the left.

    | numbers | meaning | unit | bound |
    |---|---|---|---|
    | 0–1 | from the puck to the goal | m | 6 |
    | 2–3 | velocity | m/s | 5 |
    | 4 | turning | rad/s | 10 |
    | 5–6 | place in the arena, x and y | m | 3 |
    | 7–8 | where ahead is, x and y | | 1 |
    | 9–24 | how close the nearest hazard is in 16 directions, anticlockwise from ahead | | 0 to 1 |
    | 25–40 | how close the nearest pillar or vase is | | 0 to 1 |

    Closeness is 1 at contact and 0 from 1.5 m on; `envs.robot.safe.closeness` has the formula. With
    `observation="pixels"` the camera's picture (uint8, `pixels` × `pixels` × 3) instead; with `both`, a dict of `state`
    and `pixels`.

    ## Action
    Two numbers in [-1, 1]: the force ahead, from -3 to 3 N on 1 kg (at full force the puck comes to 1 m/s), and the
    wanted turning, from -3 to 3 rad/s; held for 0.1 s. Numbers outside are clipped.

    ## Reward
    The sum of two terms, each in `info["reward_terms"]`: `progress` (metres that the puck came nearer to the goal) and
    `success` (1, once). An episode returns from about -1 to 5.4. The cost is no part of it.

    ## Episode end
    Terminated when the puck's middle is within 0.2 m of the goal; truncated after 120 steps (12 s).

    ## Levels
    0: three hazards. 1: five, a pillar and a vase. 2: seven, two pillars and two vases.

    ## Source
    After the point goal tasks of Ray, Achiam and Amodei, Benchmarking safe exploration in deep reinforcement learning
    (2019); model, layouts and numbers are this project's own. The expert follows a shortest way that keeps clear of
    everything, found by Dijkstra's algorithm.

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
    task_type = SafePointTask
    frame_skip: ClassVar[int] = 4
    max_steps: ClassVar[int] = 120

    def build_model(self) -> mujoco.MjModel:
        """The model of every layout."""
        return copy.copy(build_point_model())

    def sample(self, rng: np.random.Generator, level: int) -> SafePointTask:
        """Start and goal on opposite sides, and things between them."""
        config = self.levels[level]
        side = 1.0 if rng.random() < 0.5 else -1.0
        (start_y, goal_y), heading = rng.uniform(-_MOST_Y, _MOST_Y, 2).tolist(), float(rng.uniform(-math.pi, math.pi))
        start, goal = (side * _START_X, start_y), (-side * _START_X, goal_y)
        things = scatter(rng, start, goal, config.hazards + config.pillars + config.vases)
        numbers = [number for thing in things for number in thing]
        hazards_end, pillars_end = 2 * config.hazards, 2 * (config.hazards + config.pillars)
        return SafePointTask(
            start=(*start, heading),
            goal=goal,
            hazards=tuple(numbers[:hazards_end]),
            pillars=tuple(numbers[hazards_end:pillars_end]),
            vases=tuple(numbers[pillars_end:]),
            level=level,
        )

    def start(self, task: SafePointTask) -> SafePointEpisode:
        """Put everything in place."""
        self._place("goal", task.goal)
        for kind, places in (("hazard", task.hazards), ("pillar", task.pillars)):
            for number, place in enumerate(_places(places)):
                self._place(f"{kind}_{number}", place)
        vases = [*_places(task.vases), *[AWAY] * VASES][:VASES]
        self.data.qpos[: 2 * VASES] = np.ravel(vases)
        self.data.qpos[2 * VASES :] = task.start
        return SafePointEpisode(distance=math.dist(task.start[:2], task.goal))

    def evaluate(self, readings: Readings, episode: SafePointEpisode) -> SafePointEvaluation:
        """Whether the goal is reached, and whether the puck is where it costs."""
        hazard_X = norm(_offsets(readings, "hazard", HAZARDS)).min(axis=-1)
        pillar_X = norm(_offsets(readings, "pillar", PILLARS)).min(axis=-1) - PILLAR_RADIUS
        vase_X = norm(_offsets(readings, "vase", VASES)).min(axis=-1) - VASE_RADIUS
        in_hazard_X = hazard_X <= HAZARD_RADIUS
        touches_X = np.minimum(pillar_X, vase_X) <= PUCK_RADIUS + _TOUCH
        distance_X = norm(readings["goal"][..., :2])
        return SafePointEvaluation(
            success=distance_X <= TOLERANCE,
            cost=1.0 * (in_hazard_X | touches_X),
            distance=distance_X,
            in_hazard=in_hazard_X,
            touches=touches_X,
        )

    def reward_terms(
        self, action_XA: Action, evaluation: SafePointEvaluation, episode: SafePointEpisode
    ) -> dict[str, Any]:
        """Progress and success."""
        return {"progress": episode.distance - evaluation.distance, "success": 1.0 * evaluation.success}

    def advance(self, evaluation: SafePointEvaluation, episode: SafePointEpisode) -> SafePointEpisode:
        """Remember how far the goal was."""
        return replace(episode, distance=evaluation.distance)

    def observe(self, readings: Readings, episode: SafePointEpisode) -> NDArray[np.float32]:
        """Goal, motion and place, and how close hazards and obstacles are all around."""
        obstacles_XN2 = np.concatenate(
            [_offsets(readings, "pillar", PILLARS), _offsets(readings, "vase", VASES)], axis=-2
        )
        parts = [
            readings["goal"][..., :2],
            readings["velocity"][..., :2],
            readings["turning"][..., 2:],
            readings["place"][..., :2],
            readings["ahead"][..., :2],
            closeness(_offsets(readings, "hazard", HAZARDS), radius=HAZARD_RADIUS, reach=_SIGHT),
            closeness(obstacles_XN2, radius=KEEP_OUT, reach=_SIGHT),
        ]
        return np.clip(np.concatenate(parts, axis=-1), _LEAST, _MOST).astype(np.float32)

    def state_space(self) -> spaces.Box:
        """The space of `observe`."""
        return spaces.Box(_LEAST, _MOST, dtype=np.float32)

    def expert(self) -> NDArray[np.float32]:
        """Turn to the next point of a free way, and push towards it once it is about ahead."""
        x, y, heading = self.data.qpos[-3:].tolist()
        vases = tuple((a, b) for a, b in self.data.qpos[: 2 * VASES].reshape(-1, 2).tolist() if b > -HALF_SIZE[1])
        things = (*_places(self.task.hazards), *_places(self.task.pillars), *vases)
        (goal,) = _places(self.task.goal)
        to_x, to_y = next_point((x, y), goal, things)
        wanted = 1.6 * np.array([to_x - x, to_y - y])
        wanted *= min(1.0, 0.8 / float(np.hypot(*wanted)))
        # the puck drifts, and pushes only ahead: so it turns to where the push is needed, not to where it shall go
        push = 2.0 * wanted - self.data.qvel[-3:-1]
        error = math.remainder(math.atan2(push[1], push[0]) - heading, 2 * math.pi)
        ahead = push[0] * math.cos(heading) + push[1] * math.sin(heading)
        return np.clip([ahead, 2.0 * error], -1.0, 1.0).astype(np.float32)

    def onward_task(self, goal: tuple[float, ...]) -> SafePointTask:
        """The task of coming from where the puck is to a goal, with vases where they were pushed to.

        Raises:
            ValueError: the goal lies out of the arena.
        """
        x, y, heading = self.data.qpos[-3:].tolist()
        vases = np.clip(self.data.qpos[: len(self.task.vases)].reshape(-1, 2), np.negative(HALF_SIZE), HALF_SIZE)
        start = (x, y, math.remainder(heading, 2.0 * math.pi))
        return replace(self.task, start=start, goal=goal, vases=tuple(vases.ravel().tolist()))

    def _place(self, body: str, place: tuple[float, ...]) -> None:
        self.data.mocap_pos[self.model.body(body).mocapid[0], :2] = place


_RINGS = 2 * DIRECTIONS
_MOST = np.array([6, 6, 5, 5, 10, 3, 3, 1, 1, *[1] * _RINGS], np.float32)
_LEAST = np.array([*-_MOST[:-_RINGS], *[0] * _RINGS], np.float32)


def _offsets(readings: Readings, kind: str, count: int) -> NDArray[np.float64]:
    """From the puck to each thing of a kind, ahead and to the left, of shape (*X, count, 2)."""
    first, last = readings.places[f"{kind}_0"], readings.places[f"{kind}_{count - 1}"]
    numbers = readings.sensors_XS[..., first.start : last.stop]
    return numbers.reshape(*numbers.shape[:-1], count, 3)[..., :2]


def _places(numbers: tuple[float, ...]) -> list[tuple[float, float]]:
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _check_places(name: str, numbers: Any, most: int) -> list[tuple[float, float]]:
    """The places that numbers stand for.

    Raises:
        ValueError: they stand for too many, or for one out of the arena; the message names the field.
    """
    if not isinstance(numbers, tuple) or len(numbers) % 2 or len(numbers) > 2 * most:
        raise ValueError(f"options['task'].{name} must be x and y of at most {most} places, got {numbers!r}")
    places = _places(numbers)
    for place in places:
        inside = all(isinstance(v, int | float) and abs(v) <= size for v, size in zip(place, HALF_SIZE, strict=True))
        if not inside:
            raise ValueError(
                f"options['task'].{name} must lie within ±{HALF_SIZE[0]} and ±{HALF_SIZE[1]} m, got {place}"
            )
    return places
