"""The base of environments whose body sees through the renderer."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Generic, Literal, TypeVar

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.error import ResetNeeded
from numpy.typing import NDArray

from ...core import EnvState, ResetOptions, TaskFields, generator_state, restore_generator
from ...core.arguments import check_integer
from ...core.bodies.actions import check_action
from ...core.bodies.evaluation import Evaluation, step_info
from ...core.bodies.reward import total
from ...core.randomization import Choice, Range
from ...core.task import check_level
from ..cameras import Cameras
from ..textures import Textures
from .place import Place
from .view import View
from .world import World

ObservationKind = Literal["pixels", "both", "state"]
Observation = NDArray[Any] | dict[str, NDArray[Any]]

OBSERVATION_KINDS = ("pixels", "both", "state")
PICTURE_SIZE = 240
"""Width and height of what `render()` returns, in pixels."""

TaskT = TypeVar("TaskT", bound=TaskFields)


@dataclass(frozen=True, slots=True)
class BodyRow:
    """What the future of an episode depends on, the generator aside.

    Attributes:
        row_S: the body's state; zeros before the first reset.
        steps: steps taken.
        task: the task.
        seen_H_W_C: the pictures it has seen last, where more than the present one are observed.
    """

    row_S: NDArray[np.float64]
    steps: int
    task: Any
    seen_H_W_C: NDArray[np.uint8] | None = None


class FirstPersonEnv(gym.Env[Any, Any], Generic[TaskT]):
    """Base of every body that sees through the renderer: options, levels, pictures, snapshots.

    All that matters of a body, what has come of its last step included, is one row of 64-bit floats; N bodies are N
    rows, which a kernel moves in one call. The environment alone is a world of one body and `FirstPersonVectorEnv` a
    world of many, so that both are the same to the bit. Whatever is drawn while a body moves is drawn by numbers in its
    row (a counter that a hash makes a number of), never by a generator. A snapshot is the row, and a thousand
    copies of a state are a thousand times the row.

    A subclass says:

    - what a task is (`task_type`, `sample`): few plain numbers, among them the seed of the layout and all that is
      drawn of looks and dynamics. `reset(options={"randomize": {name: value}})` sets fields named in `randomizable`.
    - what place a task makes (`make_place`): the scene that is seen and the geometry that the kernel reads. What is
      costly should be cached; bodies whose tasks give the same `Place` object share it.
    - how places lie side by side for the kernel (`new_geometry`, `put_geometry`).
    - how an episode begins (`start`: a row) and how bodies move (`advance`: one call of a kernel that holds no lock of
      Python's, writes rows in place and leaves alone those of bodies that do not move).
    - what the last step came to, as functions of rows: `evaluate`, `reward_terms`. They take one row or a batch of
      them, and so does `observe`: the leading axis `X` is `()` or `(N,)`; write `row_XS[..., COLUMN]`.
    - where cameras are (`aim`), which textures scenes name (`textures`), and what an expert would do (`expert`).

    A task that others act in for the agent has a field `intervention` in its `Evaluation`.

    Observations are pictures (`pixels`: uint8, the last `history` ones beside each other in the channels, the newest
    last), numbers (`state`), or a dict of both. Infos are those of all bodies: `success`, `cost`, `is_stuck`,
    `intervention`, `reward_terms`, whose sum is the reward, and `evaluation`; that of a reset has `task`.

    Args:
        level: difficulty.
        observation: `both`, `pixels` or `state`.
        pixels: width and height of a picture.
        history: how many pictures are observed, the last ones.
        render_mode: `rgb_array` to have `render()` return a picture, or None.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 20}  # noqa: RUF012  (Gymnasium's type)
    levels: ClassVar[Sequence[Any]]
    task_type: ClassVar[type[TaskFields]]
    state_size: ClassVar[int]
    action_size: ClassVar[int]
    max_steps: int = 500
    randomizable: ClassVar[Mapping[str, Range | Choice]] = {}

    def __init__(
        self,
        *,
        level: int = 0,
        observation: ObservationKind = "both",
        pixels: int = 64,
        history: int = 1,
        render_mode: str | None = None,
    ) -> None:
        if render_mode not in (None, "rgb_array"):
            raise ValueError(f"render_mode must be 'rgb_array' or None, got {render_mode!r}")
        if observation not in OBSERVATION_KINDS:
            raise ValueError(f"observation must be one of {', '.join(OBSERVATION_KINDS)}, got {observation!r}")
        self.level = check_level(level, len(self.levels))
        self.observation_kind: ObservationKind = observation
        self.pixels = check_integer("pixels", pixels, 8, 1024)
        self.history = check_integer("history", history, 1, 64)
        self.render_mode = render_mode
        self.action_space = spaces.Box(-1.0, 1.0, (self.action_size,), np.float32)
        self.observation_space = self._space_of_observations()
        self._over = True
        self._steps = 0
        self._task: TaskT | None = None
        self._place: Place | None = None
        self._build()

    # What a subclass defines.

    @property
    @abstractmethod
    def textures(self) -> Textures:
        """Those that scenes name by number; made once for all environments."""

    @abstractmethod
    def sample(self, rng: np.random.Generator, level: int) -> TaskT:
        """Draw a task of a level; pure: the same generator state and level give the same task."""

    @abstractmethod
    def make_place(self, task: TaskT) -> Place:
        """Where a task takes place; pure.

        Raises:
            ValueError: a field of the task is out of range.
        """

    @abstractmethod
    def new_geometry(self, slots: int) -> Any:
        """Memory for the geometry of so many places, as the kernel reads it."""

    @abstractmethod
    def start(self, task: TaskT, place: Place) -> NDArray[np.float64]:
        """The row of a body as an episode begins; pure."""

    @abstractmethod
    def advance(
        self,
        action_N_A: NDArray[Any],
        moving_N: NDArray[np.bool_],
        state_N_S: NDArray[np.float64],
        place_N: NDArray[np.int64],
        geometry: Any,
    ) -> None:
        """Move the bodies of a mask by one step, in place.

        Args:
            action_N_A: numbers in [-1, 1].
            moving_N: whose rows change.
            state_N_S: the rows.
            place_N: the slots of their places.
            geometry: the places.
        """

    @abstractmethod
    def evaluate(self, row_XS: NDArray[np.float64]) -> Evaluation:
        """Judge what the last step came to; pure."""

    @abstractmethod
    def reward_terms(self, row_XS: NDArray[np.float64]) -> dict[str, Any]:
        """The weighted terms of the last step's reward, by name, whose sum is the reward; pure."""

    @abstractmethod
    def aim(self, state_N_S: NDArray[np.float64], cameras: Cameras) -> None:
        """Write the positions, angles and fields of view of the bodies' cameras, but not their scenes."""

    @abstractmethod
    def observe(self, row_XS: NDArray[np.float64]) -> NDArray[np.float32]:
        """The numbers that are observed, of shape (*X, numbers); pure."""

    @abstractmethod
    def state_space(self) -> spaces.Box:
        """The space of what `observe` returns for one body."""

    @abstractmethod
    def expert(self) -> NDArray[np.float32] | None:
        """An expert's next action in an episode that goes on, from `row_S` and `place`; None where none is known."""

    def put_geometry(self, geometry: Any, slot: int, of_place: Any) -> None:
        """Write a place's geometry, arrays with a leading axis of 1, into a slot of as many with one of slots."""
        for slots, alone in zip(geometry, of_place, strict=True):
            slots[slot] = alone[0]

    # What is known of the present.

    @property
    def task(self) -> TaskT:
        """The task of the present episode.

        Raises:
            ResetNeeded: there was no reset yet.
        """
        if self._task is None:
            raise ResetNeeded("there is no task yet: call reset() first")
        return self._task

    @property
    def place(self) -> Place:
        """Where the present episode takes place.

        Raises:
            ResetNeeded: there was no reset yet.
        """
        if self._place is None:
            raise ResetNeeded("there is no place yet: call reset() first")
        return self._place

    @property
    def is_begun(self) -> bool:
        """Whether there was a reset."""
        return self._task is not None

    @property
    def is_over(self) -> bool:
        """Whether only `reset` is legal."""
        return self._over

    @property
    def steps(self) -> int:
        """Steps taken in the present episode."""
        return self._steps

    @property
    def row_S(self) -> NDArray[np.float64]:
        """The body's state, as it is now."""
        return self._world.state_N_S[0]

    @property
    def has_memory(self) -> bool:
        """Whether what was seen before is observed still."""
        return self.observation_kind != "state" and self.history > 1

    @property
    def seen_before(self) -> NDArray[np.uint8] | None:
        """The pictures that are observed, where some of them are not of the present; None otherwise."""
        return self._world.look()[0].copy() if self.has_memory and self._world.has_looked(0) else None

    def present_observation(self) -> Observation:
        """What is observed of the present state."""
        if self.observation_kind == "state":
            return self.observe(self.row_S)
        seen = self._world.look()[0]
        return seen if self.observation_kind == "pixels" else {"pixels": seen, "state": self.observe(self.row_S)}

    # What Gymnasium calls.

    def reset(
        self, *, seed: int | None = None, options: Mapping[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Begin an episode.

        Args:
            seed: reseeds the generator, where given.
            options: `{"level": k}` draws the task at that level, `{"task": t}` poses this very problem,
                `{"randomize": {name: value}}` sets fields of the task, see `randomizable`.

        Returns:
            The first observation, and an info whose `task` reproduces the episode.

        Raises:
            ValueError: an option is unknown or out of range.
        """
        info = self.begin(seed=seed, options=options)
        return self.present_observation(), info

    def begin(self, *, seed: int | None = None, options: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Begin an episode without a look at it; arguments and errors are those of `reset`, whose info is returned."""
        super().reset(seed=seed)
        parsed = ResetOptions.parse(
            options,
            default_level=self.level,
            levels=len(self.levels),
            task_type=self.task_type,
            randomizable=self.randomizable,
        )
        task = self.sample(self.np_random, parsed.level) if parsed.task is None else parsed.task
        if parsed.randomized:
            task = replace(task, **parsed.randomized)  # pyright: ignore[reportArgumentType]  (a dataclass)
        place = self.make_place(task)
        self._task, self._place = task, place
        self._world.put(0, place, self.start(task, place))
        self._steps = 0
        self._over = False
        return {"task": task}

    def step(self, action: Any) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Carry out an action.

        Args:
            action: of the action space's shape; numbers outside [-1, 1] are clipped.

        Returns:
            Observation, reward, terminated, truncated and info (see the class).

        Raises:
            ResetNeeded: there is no episode that goes on.
            ValueError: the action has another shape, or holds something that is not a finite number.
        """
        if self._over:
            raise ResetNeeded("step() needs an episode that goes on: call reset() first")
        action_A = check_action(action, self.action_size)
        self._world.step(action_A[None].astype(np.float64), _ONE)
        self._steps += 1
        row_S = self.row_S
        evaluation, terms = self.evaluate(row_S), self.reward_terms(row_S)
        terminated = bool(evaluation.is_end)
        truncated = not terminated and self._steps >= self.max_steps
        self._over = terminated or truncated
        return self.present_observation(), float(total(terms)), terminated, truncated, step_info(evaluation, terms)

    def render(self) -> NDArray[np.uint8] | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """What the body sees as a picture of shape (240, 240, 3); None without a render mode."""
        if self.render_mode is None:
            return None
        if self._window is None:
            self._window = View(self.textures, 1, PICTURE_SIZE)
        self._window.put(0, self.place.scene)
        camera = Cameras.at(np.zeros((1, 3)))
        self.aim(self._world.state_N_S, camera)
        return self._window.picture(camera)

    def oracle(self) -> NDArray[np.float32] | None:
        """An expert's next action, or None where no one knows one or the episode is over."""
        return None if self._over else self.expert()

    def get_state(self) -> EnvState:
        """A snapshot of the generator and the body's row."""
        generator = None if self._np_random is None else generator_state(self._np_random)
        return EnvState(generator, self._over, BodyRow(self.row_S.copy(), self._steps, self._task, self.seen_before))

    def set_state(self, state: EnvState) -> None:
        """Return to a snapshot of an environment with the same constructor arguments."""
        body: BodyRow = state.episode
        self._np_random = None if state.generator is None else restore_generator(state.generator)
        self._over = state.over
        self._steps = body.steps
        self._task = body.task
        self._place = None
        if body.task is not None:
            self._place = self.make_place(body.task)
            self._world.put(0, self._place, body.row_S, body.seen_H_W_C)

    def __getstate__(self) -> dict[str, Any]:
        """The environment with its present state; places and renderers are made anew from the task."""
        live = ("_world", "_window", "_place")
        return {"attributes": {k: v for k, v in self.__dict__.items() if k not in live}, "state": self.get_state()}

    def __setstate__(self, saved: dict[str, Any]) -> None:
        self.__dict__.update(saved["attributes"])
        self._build()
        self.set_state(saved["state"])

    # The parts.

    def _build(self) -> None:
        self._world = World(self, 1, threads=1)
        self._window: View | None = None

    def _space_of_observations(self) -> spaces.Space[Any]:
        pictures = spaces.Box(0, 255, (self.pixels, self.pixels, 3 * self.history), np.uint8)
        if self.observation_kind == "both":
            return spaces.Dict({"pixels": pictures, "state": self.state_space()})
        return pictures if self.observation_kind == "pixels" else self.state_space()


_ONE = np.ones(1, np.bool_)
