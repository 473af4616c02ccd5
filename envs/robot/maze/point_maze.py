"""A ball finds its way through a maze."""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import copy
import math
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, ClassVar, Literal, get_args

import mujoco
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from ...core import TaskFields
from ...core.bodies.evaluation import Evaluation
from ...core.task import check_level
from ..mujoco_env import Action, MujocoEnv, ObservationKind
from ..readings import Readings, norm
from .layouts import LAYOUTS, Cell, Layout, doors, is_grid, next_cell, random_layout, steps_to, wall_distances
from .model import BALL_RADIUS, FRAME, build_maze_model, cell_at, centre, eye_of
from .stitching import SPLITS, Split, pairs

RewardKind = Literal["sparse", "shaped"]
REWARD_KINDS: tuple[str, ...] = get_args(RewardKind)

POSITION, VELOCITY, GOAL = slice(0, 2), slice(2, 4), slice(4, 6)
"""Where an observation holds what a learner with goals of its own replaces."""

TOLERANCE = 0.3
"""How near the ball's centre has to come to the goal, in metres."""

_OFF_CENTRE = 0.2  # start and goal lie so far from the middle of their cells, at most, along x and y
_PRESSED = 0.05  # how far a ball that is pushed against a wall may be in it, in metres
_MOST_ROWS, _MOST_COLUMNS = (max(map(size, [*LAYOUTS.values(), FRAME])) for size in (len, lambda rows: len(rows[0])))
_PROGRESS = 0.1  # per metre of the way


@dataclass(frozen=True, slots=True)
class MazeLevel:
    """How hard a task is.

    Attributes:
        layout: the name of a maze, or None for a random one.
        least_steps: how many cells the way to the goal has at least.
    """

    layout: str | None
    least_steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MazeTask(TaskFields):
    """A maze, a start and a goal.

    Attributes:
        layout: rows of the maze from the top down, `#` a wall and `.` free: one of `layouts.LAYOUTS`, or rooms and
            doors as `layouts.random_layout` makes them.
        start: x and y of the ball, in metres from the maze's middle.
        goal: x and y of the goal.
        level: the difficulty it was drawn at.

    Raises:
        ValueError: the maze is no such maze, or start or goal are not x and y where the ball has room.
    """

    layout: tuple[str, ...]
    start: tuple[float, ...]
    goal: tuple[float, ...]
    level: int = 0

    def __post_init__(self) -> None:
        if self.layout not in LAYOUTS.values() and not is_grid(self.layout):
            raise ValueError(
                "options['task'].layout must be a maze of LAYOUTS, or rooms and doors as random_layout makes them, all "
                f"rooms joined; got {self.layout!r}"
            )
        check_level(self.level, len(LEVELS), name="options['task'].level")
        for name, point in (("start", self.start), ("goal", self.goal)):
            if not _has_room(self.layout, point):
                raise ValueError(f"options['task'].{name} must be x and y where the ball has room, got {point!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MazeEpisode:
    """What matters in an episode besides the physics.

    Attributes:
        corner: x and y of the middle of the top left cell.
        goal: x and y of the goal.
        table: for each cell, row by row: x and y of the next point of the way, the rest of the way from there in
            metres, and where the walls to the east, north, west and south are (x, y, x and y).
        distance: the way to the goal before the present step, in metres.
    """

    corner: Any
    goal: Any
    table: Any
    distance: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class MazeEvaluation(Evaluation):
    """Whether the goal is reached.

    Attributes:
        distance: the way to the goal, around the walls, in metres.
    """

    distance: Any


LEVELS = (
    MazeLevel(layout="umaze", least_steps=3),
    MazeLevel(layout="medium", least_steps=4),
    MazeLevel(layout="large", least_steps=6),
    MazeLevel(layout=None, least_steps=6),
)


class PointMazeEnv(MujocoEnv[MazeTask, MazeEpisode, MazeEvaluation]):
    """Steer a ball through a maze to a goal.

    ## Task
    A ball (0.2 m in radius) rolls through a maze of cells of 1 m. It starts in one cell and has to come within 0.3 m of
    a goal in another. Where it starts, and where the goal is, is random: up to 0.2 m off the middle of their cells.

    `split` chooses the pairs of cells, to test whether a learner stitches ways together that it knows: `train` draws
    pairs whose way stays in one region of the maze, `test` pairs that no region holds both of, so that no way of
    `train` leads through both (`envs.robot.maze.stitching` has the regions); `all` draws from all.

    ## Observation
    Ten numbers (float32): what the ball is at, where it shall be, and how far the walls are.

    | numbers | meaning | unit | bound |
    |---|---|---|---|
    | 0–1 | position x, y | m | 6 |
    | 2–3 | velocity | m/s | 5 |
    | 4–5 | position of the goal | m | 6 |
    | 6–9 | from the ball's centre to the next wall east, north, west, south | m | 12 |

    `walls=False` leaves the last four out. They say where the ball may go, wherever it is, and so carry what was
    learned in one place over to another: whether a learner stitches can only be told without them.

    With `observation="pixels"` the camera's picture (uint8, `pixels` × `pixels` × 3) instead; with `both`, a dict of
    `state` and `pixels`.

    ## Action
    Two numbers in [-1, 1]: the force along x and y, from -4 to 4 N on 1 kg, held for 0.1 s; with it the ball comes to
    2 m/s. Numbers outside are clipped.

    ## Reward
    `sparse`: 1 when the goal is reached. `shaped`: besides, 0.1 for each metre that the way to the goal (around the
    walls) became shorter. An episode returns from 0 to 1, or up to about 3.5 when shaped.

    ## Episode end
    Terminated when the goal is reached; truncated after 200 steps (20 s).

    ## Levels
    0: a U of 7 cells. 1: the medium maze of D4RL, 26 cells. 2: its large maze, 46 cells. 3: another maze every time, 16
    rooms with random doors between them; it has no regions, so `split` must be `all`.

    ## Source
    Fu et al., D4RL: Datasets for Deep Data-Driven Reinforcement Learning (2020), for the mazes and the task; Ghugare et
    al., Closing the gap between TD learning and supervised learning (2024), for the split. Model and dynamics are this
    project's own. The expert follows a shortest way, found by breadth-first search.

    Args:
        level: the difficulty of tasks drawn by `reset`, unless its options say otherwise.
        split: which pairs of start and goal are drawn: `all`, `train` or `test`.
        reward: `sparse` or `shaped`.
        observation: `state`, `pixels` or `both`.
        walls: whether the state has the distances of the walls.
        pixels: width and height of a camera observation.
        render_mode: `rgb_array` to have `render()` return a picture, or None.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    levels = LEVELS
    task_type = MazeTask
    frame_skip: ClassVar[int] = 4
    max_steps: ClassVar[int] = 200

    def __init__(
        self,
        *,
        level: int = 0,
        split: Split = "all",
        reward: RewardKind = "sparse",
        observation: ObservationKind = "state",
        walls: bool = True,
        pixels: int = 64,
        render_mode: str | None = None,
    ) -> None:
        if split not in SPLITS:
            raise ValueError(f"split must be one of {', '.join(SPLITS)}, got {split!r}")
        if reward not in REWARD_KINDS:
            raise ValueError(f"reward must be one of {', '.join(REWARD_KINDS)}, got {reward!r}")
        if not isinstance(walls, bool):
            raise ValueError(f"walls must be True or False, got {walls!r}")
        self.walls = walls
        super().__init__(level=level, observation=observation, pixels=pixels, render_mode=render_mode)
        self.split: Split = split
        self._check_split(self.level)
        self.reward: RewardKind = reward

    def build_model(self) -> mujoco.MjModel:
        """The model of every maze."""
        return copy.copy(build_maze_model())

    def sample(self, rng: np.random.Generator, level: int) -> MazeTask:
        """A pair of cells of the split, uniformly, and points in them.

        Raises:
            ValueError: the level's mazes are random, and `split` is not `all`.
        """
        self._check_split(level)
        config = self.levels[level]
        layout = random_layout(rng) if config.layout is None else LAYOUTS[config.layout]
        choices = pairs(layout, self.split, config.least_steps)
        start, goal = choices[int(rng.integers(len(choices)))]
        points = (np.add(centre(layout, cell), rng.uniform(-_OFF_CENTRE, _OFF_CENTRE, 2)) for cell in (start, goal))
        first, last = (tuple(point.tolist()) for point in points)
        return MazeTask(layout=layout, start=first, goal=last, level=level)

    def start(self, task: MazeTask) -> MazeEpisode:
        """Put walls, ball, goal and camera in place."""
        layout = task.layout
        self._place(_name(layout), (0.0, 0.0, 0.0))
        if layout not in LAYOUTS.values():
            closed = [door for door in doors() if layout[door[0]][door[1]] == "#"]
            for number, door in enumerate(closed):
                self._place(f"door_{number}", (*centre(layout, door), 0.0))
        self._place("goal", (*task.goal, 0.0))
        self._place("eye", eye_of(layout))
        self.data.qpos[:] = task.start
        table = _table(layout, cell_at(layout, *task.goal), task.goal)
        row = table[_index(cell_at(layout, *task.start))]
        return MazeEpisode(
            corner=np.array(centre(layout, (0, 0))),
            goal=np.array(task.goal, np.float64),
            table=table,
            distance=math.dist(task.start, row[:2]) + float(row[2]),
        )

    def evaluate(self, readings: Readings, episode: MazeEpisode) -> MazeEvaluation:
        """Whether the ball is at the goal, and how long the way still is."""
        position_X2 = readings.qpos_XQ
        row_X7 = _row(position_X2, episode)
        distance_X = norm(row_X7[..., :2] - position_X2) + row_X7[..., 2]
        return MazeEvaluation(success=norm(episode.goal - position_X2) <= TOLERANCE, distance=distance_X)

    def reward_terms(self, action_XA: Action, evaluation: MazeEvaluation, episode: MazeEpisode) -> dict[str, Any]:
        """Success, and progress where the reward is shaped."""
        terms = {"success": 1.0 * evaluation.success}
        if self.reward == "shaped":
            terms["progress"] = _PROGRESS * (episode.distance - evaluation.distance)
        return terms

    def advance(self, evaluation: MazeEvaluation, episode: MazeEpisode) -> MazeEpisode:
        """Remember how long the way was."""
        return replace(episode, distance=evaluation.distance)

    def observe(self, readings: Readings, episode: MazeEpisode) -> NDArray[np.float32]:
        """Position, velocity, goal, and the distances of four walls."""
        position_X2 = readings.qpos_XQ
        parts = [position_X2, readings.qvel_XV, episode.goal]
        if self.walls:
            parts.append(_gaps(position_X2, episode))
        bound = self._bound
        return np.clip(np.concatenate(parts, axis=-1), -bound, bound).astype(np.float32)

    def state_space(self) -> spaces.Box:
        """The space of `observe`."""
        return spaces.Box(-self._bound, self._bound, dtype=np.float32)

    def expert(self) -> NDArray[np.float32]:
        """To the next point of the way, faster the farther it is."""
        position, velocity = self.data.qpos, self.data.qvel
        target = _row(position, self.episode)[:2]
        return np.clip(4.0 * (target - position) - velocity, -1.0, 1.0).astype(np.float32)

    def onward_task(self, goal: tuple[float, ...]) -> MazeTask:
        """The task of coming from where the ball is to a goal in the same maze.

        Raises:
            ValueError: the ball has no room at the goal.
        """
        return replace(self.task, start=tuple(self.data.qpos.tolist()), goal=goal)

    @property
    def _bound(self) -> NDArray[np.float32]:
        return _BOUND if self.walls else _BOUND[: GOAL.stop]

    def _check_split(self, level: int) -> None:
        if self.levels[level].layout is None and self.split != "all":
            raise ValueError(f"split must be all at level {level}, whose mazes have no regions; got {self.split!r}")

    def _place(self, body: str, point: tuple[float, ...]) -> None:
        self.data.mocap_pos[self.model.body(body).mocapid[0]] = point


_BOUND = np.array([6, 6, 5, 5, 6, 6, 12, 12, 12, 12], np.float32)


def _gaps(position_X2: NDArray[np.float64], episode: MazeEpisode) -> NDArray[np.float64]:
    """From the ball's centre to the next wall east, north, west and south, of shape (*X, 4)."""
    walls_X4 = _row(position_X2, episode)[..., 3:]
    return np.concatenate([walls_X4[..., :2] - position_X2, position_X2 - walls_X4[..., 2:]], axis=-1)


def _name(layout: Layout) -> str:
    return next((name for name, known in LAYOUTS.items() if known == layout), "frame")


def _has_room(layout: Layout, point: Any) -> bool:
    """Whether the ball has room at a point, or is at most `_PRESSED` into a wall."""
    if not isinstance(point, tuple) or len(point) != 2 or not all(math.isfinite(number) for number in point):
        return False
    row, column = cell_at(layout, *point)
    if not (0 < row < len(layout) - 1 and 0 < column < len(layout[0]) - 1) or layout[row][column] != ".":
        return False
    around = product((row - 1, row, row + 1), (column - 1, column, column + 1))
    walls = [centre(layout, (r, c)) for r, c in around if layout[r][c] == "#"]
    gaps = np.maximum(np.abs(np.subtract(walls, point)) - 0.5, 0.0)
    return bool(np.hypot(*gaps.T).min(initial=1.0) >= BALL_RADIUS - _PRESSED)


def _index(cell: Cell) -> int:
    return cell[0] * _MOST_COLUMNS + cell[1]


def _table(layout: Layout, goal_cell: Cell, goal: tuple[float, ...]) -> NDArray[np.float64]:
    """`MazeEpisode.table`, of shape (cells, 7); of walls and outside the maze it is the goal's row."""
    points, rest = {goal_cell: goal}, {goal_cell: 0.0}
    table = np.zeros((_MOST_ROWS * _MOST_COLUMNS, 7))
    for cell in steps_to(layout, goal_cell):  # nearest first
        onward = next_cell(layout, cell, goal_cell)
        if onward == goal_cell:
            points[cell], rest[cell] = goal, 0.0
        else:
            points[cell] = centre(layout, onward)
            rest[cell] = math.dist(points[cell], points[onward]) + rest[onward]
        x, y = centre(layout, cell)
        east, north, west, south = wall_distances(layout, cell)
        walls = (x + east + 0.5, y + north + 0.5, x - west - 0.5, y - south - 0.5)
        table[_index(cell)] = (*points[cell], rest[cell], *walls)
    return table


def _row(position_X2: NDArray[np.float64], episode: MazeEpisode) -> NDArray[np.float64]:
    """The row of `table` of the cell that the ball is in, of shape (*X, 7)."""
    column_X = np.floor(position_X2[..., 0] - episode.corner[..., 0] + 0.5)
    row_X = np.floor(episode.corner[..., 1] - position_X2[..., 1] + 0.5)
    index_X = np.clip(row_X * _MOST_COLUMNS + column_X, 0, _MOST_ROWS * _MOST_COLUMNS - 1).astype(np.intp)
    return np.take_along_axis(episode.table, index_X[..., None, None], axis=-2)[..., 0, :]
