"""Several cars on one course, which see each other and touch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from gymnasium import spaces
from gymnasium.utils import seeding
from numpy.typing import NDArray
from pettingzoo import ParallelEnv

from ..core import EnvState, ResetOptions, generator_state, restore_generator
from ..core.arguments import check_integer
from ..core.bodies.actions import check_actions
from ..core.bodies.evaluation import step_info
from ..core.bodies.reward import total
from ..vision import Boxes, Scene
from ..vision.cameras import Cameras
from ..vision.first_person.env import PICTURE_SIZE, ObservationKind
from ..vision.first_person.view import View
from .circuit import CIRCUITS, CircuitEnv
from .drive_env import DriveEvaluation, DriveTask, measured
from .kernels import driving
from .kernels import layout as column
from .scenery import drive_textures

_SIZE = (0.5, 0.3, 0.22)  # of a car's body, metres
_AXLES = 0.13  # of its middle over the ground
_ROW = 0.9  # metres between cars at the start
_OUT_OF_SIGHT = -100.0
_TINTS = (
    (1.0, 0.25, 0.2),
    (0.25, 0.45, 1.0),
    (1.0, 0.85, 0.2),
    (0.3, 0.9, 0.4),
    (0.9, 0.4, 0.9),
    (0.3, 0.9, 0.95),
    (1.0, 0.6, 0.2),
    (0.9, 0.9, 0.9),
)


@dataclass(frozen=True, slots=True)
class RaceState:
    """All that a race's future depends on, the generator aside.

    Attributes:
        state_N_S: the cars' rows.
        rank_N: the place that each has come in; 0 for those that still drive.
        steps: taken.
        task: of the race.
    """

    state_N_S: NDArray[np.float64]
    rank_N: NDArray[np.int64]
    steps: int
    task: DriveTask | None


class RaceEnv(ParallelEnv[str, Any, NDArray[Any]]):
    """Two to eight small cars race on an indoor course.

    ## Task
    Be the first to drive `laps` laps. Cars stand in two columns at first, those of higher numbers farther back; they
    see, touch and push each other. A car that has finished leaves the course. What has collided or stands is brought
    back on its way by the recovery of `drive/Practice-v0`.

    ## Observation
    Of each car, as in `drive/Circuit-v0`; others are seen in the pictures alone.

    ## Action
    Of each car, as in `drive/Circuit-v0`.

    ## Reward
    Of each car, as in `drive/Circuit-v0`, and `rank` at the finish: 5 for the first, 0 for the last, evenly between.

    ## Episode end
    A car has finished: it terminates, a success. `episode_steps` steps: truncation.

    ## Levels
    The courses of `drive/Circuit-v0`.

    ## Source
    Courses and rewards after FastRLAP (Stachowicz et al., 2023); the interface is PettingZoo's (Terry et al., 2021).

    Args:
        cars: how many, from 2 to 8.
        laps: to the finish.
        level: difficulty.
        observation: `both`, `pixels` or `state`.
        pixels: width and height of a picture.
        episode_steps: after how many steps a race is cut off.
        render_mode: `rgb_array` to have `render()` return what the first car on the course sees, or None.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 10, "name": "drive/Race-v0"}  # noqa: RUF012
    levels = CIRCUITS

    def __init__(
        self,
        *,
        cars: int = 4,
        laps: int = 1,
        level: int = 0,
        observation: ObservationKind = "both",
        pixels: int = 64,
        episode_steps: int = 600,
        render_mode: str | None = None,
    ) -> None:
        count = check_integer("cars", cars, 2, len(_TINTS))
        self._laps = check_integer("laps", laps, 1)
        self._episode_steps = check_integer("episode_steps", episode_steps, 1)
        self._car = CircuitEnv(level=level, observation=observation, pixels=pixels, render_mode=render_mode)
        self.render_mode = render_mode
        self.possible_agents = [f"car_{number}" for number in range(count)]
        self.agents: list[str] = []
        self.observation_spaces: dict[str, spaces.Space[Any]] = {}
        self.action_spaces: dict[str, spaces.Space[Any]] = {}
        for agent in self.possible_agents:
            self.observation_spaces[agent] = self._car.observation_space
            self.action_spaces[agent] = spaces.Box(-1.0, 1.0, (2,), np.float32)
        self.np_random, _ = seeding.np_random()
        self._view = View(drive_textures(), count, pixels)
        self._window = View(drive_textures(), 1, PICTURE_SIZE)
        self._cameras = Cameras.at(np.zeros((count, 3)), scene=np.arange(count))
        self._courses = column.new_courses(1)
        self._state = RaceState(np.zeros((count, column.COLUMNS)), np.zeros(count, np.int64), 0, None)

    def observation_space(self, agent: str) -> spaces.Space[Any]:
        """What a car observes."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> spaces.Space[Any]:
        """What a car can do."""
        return self.action_spaces[agent]

    def reset(
        self, seed: int | None = None, options: Mapping[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
        """Begin a race.

        Args:
            seed: reseeds the generator, where given.
            options: `{"level": k}` draws the race at that level, `{"task": t}` poses this very one; others do nothing,
                as PettingZoo's tests have it.

        Returns:
            Observations and infos by car; the infos have the `task`.

        Raises:
            ValueError: an option is out of range.
        """
        if seed is not None:
            self.np_random, _ = seeding.np_random(seed)
        known = {name: value for name, value in (options or {}).items() if name in ("level", "task")}
        parsed = ResetOptions.parse(known, default_level=self._car.level, levels=len(self.levels), task_type=DriveTask)
        task = self._car.sample(self.np_random, parsed.level) if parsed.task is None else parsed.task
        self._enter(task)
        rows = np.stack([self._at_the_start(task, number) for number in range(len(self.possible_agents))])
        self._state = RaceState(rows, np.zeros(len(rows), np.int64), 0, task)
        self.agents = list(self.possible_agents)
        return self._observations(self.agents), {agent: {"task": task} for agent in self.agents}

    def step(
        self, actions: Mapping[str, NDArray[Any]]
    ) -> tuple[dict[str, Any], dict[str, float], dict[str, bool], dict[str, bool], dict[str, dict[str, Any]]]:
        """Drive all cars that are on the course for a tenth of a second.

        Args:
            actions: of each of them; numbers outside [-1, 1] are clipped.

        Returns:
            Observations, rewards, terminations, truncations and infos by car.

        Raises:
            ValueError: an action is missing, has another shape or holds something that is not a finite number.
        """
        if set(actions) != set(self.agents):
            wanted = ", ".join(self.agents) or "none"
            raise ValueError(f"actions must be of the cars {wanted}, got {', '.join(actions) or 'none'}")
        rows, driving_N = self._state.state_N_S, self._state.rank_N == 0
        told_N_2 = np.stack([actions.get(agent, np.zeros(2, np.float32)) for agent in self.possible_agents])
        told_N_2 = check_actions(told_N_2, driving_N, 2).astype(np.float64)
        driving.drive(told_N_2, driving_N, rows, np.zeros(len(rows), np.int64), self._courses, True, True)
        rank_N = self._ranked(driving_N)
        self._state = replace(self._state, rank_N=rank_N, steps=self._state.steps + 1)
        is_late = self._state.steps >= self._episode_steps
        before, told = self.agents, {}
        rewards, terminations, truncations = {}, {}, {}
        for agent in before:
            number = self.possible_agents.index(agent)
            evaluation, terms = self._judge(number)
            rewards[agent], told[agent] = float(total(terms)), step_info(evaluation, terms)
            terminations[agent] = bool(rank_N[number])
            truncations[agent] = is_late and not terminations[agent]
        observations = self._observations(before)
        self.agents = [agent for agent in before if not (terminations[agent] or truncations[agent])]
        return observations, rewards, terminations, truncations, told

    def oracle(self) -> dict[str, NDArray[np.float32]]:
        """An expert's next action for every car on the course: pure pursuit, which knows nothing of the others."""
        actions = {}
        for agent in self.agents:
            row_S = self._state.state_N_S[self.possible_agents.index(agent)]
            actions[agent] = np.array(driving.steer_along(row_S, self._courses, 0, np.inf)[:2], np.float32)
        return actions

    def render(self) -> NDArray[np.uint8] | None:
        """What the first car on the course sees, (240, 240, 3); None without a render mode."""
        if self.render_mode is None:
            return None
        number = self.possible_agents.index(self.agents[0]) if self.agents else 0
        self._window.put(0, self._scene)
        self._window.move_boxes(0, *self._boxes_seen_by(number))
        camera = Cameras.at(np.zeros((1, 3)))
        self._car.aim(self._state.state_N_S[number : number + 1], camera)
        return self._window.picture(camera)

    def get_state(self) -> EnvState:
        """A snapshot of the generator and all cars."""
        kept = replace(self._state, state_N_S=self._state.state_N_S.copy(), rank_N=self._state.rank_N.copy())
        return EnvState(generator_state(self.np_random), not self.agents, kept)

    def set_state(self, state: EnvState) -> None:
        """Return to a snapshot of an environment with the same constructor arguments."""
        kept: RaceState = state.episode
        self.np_random = restore_generator(state.generator or generator_state(self.np_random))
        self._state = replace(kept, state_N_S=kept.state_N_S.copy(), rank_N=kept.rank_N.copy())
        if kept.task is not None:
            self._enter(kept.task)
        self.agents = [
            a for a, rank in zip(self.possible_agents, kept.rank_N, strict=True) if not rank and not state.over
        ]

    # The parts.

    def _enter(self, task: DriveTask) -> None:
        """Make the task's course the one that is driven on."""
        place = self._car.make_place(task)
        self._car.put_geometry(self._courses, 0, place.geometry)
        self._scene = _with_cars(place.scene, len(self.possible_agents), task.style)
        for slot in range(len(self.possible_agents)):
            self._view.put(slot, self._scene)

    def _at_the_start(self, task: DriveTask, number: int) -> NDArray[np.float64]:
        """The row of a car on its place of the grid."""
        back = number * _ROW / float(self._courses.length_P[0])
        row_S = self._car.start(replace(task, start=(task.start - back) % 1.0), self._car.make_place(task))
        aside = (1.0 if number % 2 else -1.0) * float(self._courses.lane_P[0]) / 5.0
        row_S[column.X] -= aside * np.sin(row_S[column.YAW])
        row_S[column.Y] += aside * np.cos(row_S[column.YAW])
        driving.begin(row_S, self._courses, 0)
        return row_S

    def _ranked(self, driving_N: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Places, with those of cars that have just finished; of these the one that began farther back is ahead."""
        rank_N = self._state.rank_N.copy()
        finished = np.flatnonzero(driving_N & (self._state.state_N_S[:, column.LAPS] >= self._laps))
        for number in finished[::-1]:
            rank_N[number] = np.count_nonzero(rank_N) + 1
        return rank_N

    def _judge(self, number: int) -> tuple[DriveEvaluation, dict[str, Any]]:
        row_S, rank = self._state.state_N_S[number], int(self._state.rank_N[number])
        evaluation = DriveEvaluation(success=rank > 0, **measured(row_S))
        others = len(self.possible_agents) - 1
        terms = self._car.reward_terms(row_S)
        terms["rank"] = 5.0 * (others + 1 - rank) / others if rank else 0.0
        return evaluation, terms

    def _observations(self, agents: list[str]) -> dict[str, Any]:
        numbers = [self.possible_agents.index(agent) for agent in agents]
        rows = self._state.state_N_S
        kind = self._car.observation_kind
        if kind == "state":
            return {agent: self._car.observe(rows[number]) for agent, number in zip(agents, numbers, strict=True)}
        pictures = np.empty((len(rows), self._car.pixels, self._car.pixels, 3), np.uint8)
        for slot in range(len(rows)):
            self._view.move_boxes(slot, *self._boxes_seen_by(slot))
        self._car.aim(rows, self._cameras)
        self._view.render(self._cameras, pictures)
        if kind == "pixels":
            return {agent: pictures[number] for agent, number in zip(agents, numbers, strict=True)}
        return {
            agent: {"pixels": pictures[number], "state": self._car.observe(rows[number])}
            for agent, number in zip(agents, numbers, strict=True)
        }

    def _boxes_seen_by(self, number: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Places and angles of the cars' bodies; out of sight are the one that looks and those that have finished."""
        rows = self._state.state_N_S
        centre_N_3 = rows[:, [column.X, column.Y, column.GROUND]] + [0.0, 0.0, _AXLES]
        is_gone_N = self._state.rank_N > 0
        is_gone_N[number] = True
        centre_N_3[is_gone_N, 2] = _OUT_OF_SIGHT
        return centre_N_3, rows[:, [column.YAW, column.PITCH, column.ROLL]]


def _with_cars(scene: Scene, count: int, style: int) -> Scene:
    """A scene with the bodies of cars, out of sight."""
    texture = drive_textures()[f"paint-{style}"]
    boxes = Boxes(
        centre_B_3=np.full((count, 3), _OUT_OF_SIGHT, np.float32),
        size_B_3=np.tile(np.array(_SIZE, np.float32), (count, 1)),
        texture_B=np.full(count, texture, np.int32),
        tint_B_3=np.array(_TINTS[:count], np.float32),
    )
    return replace(scene, boxes=boxes)
