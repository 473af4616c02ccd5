"""The base of environments whose body MuJoCo simulates."""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import copy
import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, ClassVar, Generic, Literal, Protocol, TypeVar

import gymnasium as gym
import mujoco
import numpy as np
from gymnasium import spaces
from gymnasium.error import ResetNeeded
from numpy.typing import NDArray

from ... import assets
from ..core import EnvState, ResetOptions, TaskFields, generator_state, restore_generator
from ..core.arguments import check_integer
from ..core.task import check_level
from .rendering import Camera

ObservationKind = Literal["state", "pixels", "both"]
Observation = NDArray[Any] | dict[str, NDArray[Any]]
Action = NDArray[np.floating[Any]]

OBSERVATION_KINDS = ("state", "pixels", "both")
PICTURE_SIZE = 240
"""Width and height of what `render()` returns, in pixels."""

_STATE = mujoco.mjtState.mjSTATE_INTEGRATION  # the one part list that restores bit for bit, warm starts included


class Evaluation(Protocol):
    """What `evaluate()` finds, apart from the reward."""

    @property
    def success(self) -> bool:
        """Whether the task is solved at this moment."""
        ...


TaskT = TypeVar("TaskT", bound=TaskFields)
EpisodeT = TypeVar("EpisodeT")
EvaluationT = TypeVar("EvaluationT", bound=Evaluation)


@dataclass(frozen=True, slots=True)
class BodyState:
    """What the future of an episode depends on, the generator aside.

    Attributes:
        physics: MuJoCo's integration state.
        sensors: the sensor readings.
        steps: steps taken.
        task: the task.
        episode: the task's variables.
    """

    physics: NDArray[np.float64]
    sensors: NDArray[np.float64]
    steps: int
    task: Any
    episode: Any


class MujocoEnv(gym.Env[Any, Any], Generic[TaskT, EpisodeT, EvaluationT]):
    """Base of every MuJoCo body: model, actions, sensors, options, levels, snapshots, pictures.

    A subclass says what a task is (`sample`), how the world stands at its beginning (`start`, which returns all
    that changes in an episode besides the physics), whether it is solved (`evaluate`), what each step is worth
    (`reward_terms`) and what an expert would do (`expert`).

    The state observation is the reading of every sensor of the model, in the model's order; a sensor's cutoff is its
    bound. The action is, for each actuator, a number in [-1, 1] that spans its control range; a number outside is
    clipped, anything that is not a number is refused. An episode ends with `terminated` when the task is solved and
    with `truncated` after `max_steps`. Should the simulation blow up, it ends with `terminated`, `success` false,
    `unstable` true in the info, and the last good observation.

    Class attributes:
        levels: one typed difficulty config per level.
        task_type: the class of its tasks.
        model_file: the MJCF file, below `palaestra/assets`.
        camera: the name of the camera of `render()` and of pixel observations.
        frame_skip: simulation steps per step.
        max_steps: steps per episode.

    Args:
        level: the difficulty of tasks drawn by `reset`, unless its options say otherwise.
        observation: `state` for the sensors, `pixels` for the camera, `both` for a dict of the two.
        pixels: width and height of a camera observation.
        render_mode: `rgb_array` to have `render()` return a picture, or None.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 20}  # noqa: RUF012  (Gymnasium's type)
    levels: ClassVar[Sequence[Any]]
    task_type: ClassVar[type[TaskFields]]
    model_file: ClassVar[str]
    camera: ClassVar[str] = "scene"
    frame_skip: ClassVar[int] = 5
    max_steps: ClassVar[int] = 100

    def __init__(
        self,
        *,
        level: int = 0,
        observation: ObservationKind = "state",
        pixels: int = 64,
        render_mode: str | None = None,
    ) -> None:
        if render_mode not in (None, "rgb_array"):
            raise ValueError(f"render_mode must be 'rgb_array' or None, got {render_mode!r}")
        if observation not in OBSERVATION_KINDS:
            raise ValueError(f"observation must be one of {', '.join(OBSERVATION_KINDS)}, got {observation!r}")
        self.level = check_level(level, len(self.levels))
        self.model = copy.copy(load_model(self.model_file))  # a copy: it may be changed for this environment alone
        check_integer("pixels", pixels, 1, min(self.model.vis.global_.offwidth, self.model.vis.global_.offheight))
        self.render_mode = render_mode
        self.observation_kind: ObservationKind = observation
        self.pixels = pixels
        self.observation_space = self._space_of_observations()
        self.action_space = spaces.Box(-1.0, 1.0, (self.model.nu,), np.float32)
        self._over = True
        self._steps = 0
        self._task: TaskT | None = None
        self._episode: EpisodeT | None = None
        self._build()

    # What a subclass defines.

    @abstractmethod
    def sample(self, rng: np.random.Generator, level: int) -> TaskT:
        """Draw a task of a level; pure: the same generator state and level give the same task."""

    @abstractmethod
    def start(self, task: TaskT) -> EpisodeT:
        """Set `data` as an episode of `task` begins, from the model's defaults; return the episode's variables."""

    @abstractmethod
    def evaluate(self) -> EvaluationT:
        """Judge the present state."""

    @abstractmethod
    def reward_terms(self, action: Action, evaluation: EvaluationT) -> dict[str, float]:
        """The weighted terms of this step's reward, by name; may change the episode's variables."""

    @abstractmethod
    def expert(self) -> Action | None:
        """An expert's next action in an episode that goes on, or None where no one knows one."""

    def prepare_model(self, task: TaskT) -> None:
        """Change `model` as a task asks, at reset and when a snapshot is restored; most leave it as it is."""

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
    def episode(self) -> EpisodeT:
        """The variables of the present episode.

        Raises:
            ResetNeeded: there was no reset yet.
        """
        if self._episode is None:
            raise ResetNeeded("there is no episode yet: call reset() first")
        return self._episode

    # What Gymnasium calls.

    def reset(
        self, *, seed: int | None = None, options: Mapping[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Begin an episode.

        Args:
            seed: reseeds the generator, where given.
            options: `{"level": k}` draws the task at that level, `{"task": t}` poses this very problem.

        Returns:
            The first observation, and an info whose `task` reproduces the episode.

        Raises:
            ValueError: an option is unknown or out of range.
        """
        super().reset(seed=seed)
        parsed = ResetOptions.parse(
            options, default_level=self.level, levels=len(self.levels), task_type=self.task_type
        )
        self._task = self.sample(self.np_random, parsed.level) if parsed.task is None else parsed.task
        self.prepare_model(self.task)
        mujoco.mj_resetData(self.model, self.data)
        self._episode = self.start(self.task)
        mujoco.mj_forward(self.model, self.data)
        self._steps = 0
        self._over = False
        return self._observe(), {"task": self._task}

    def step(self, action: Action) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Carry out an action for `frame_skip` simulation steps.

        Args:
            action: of the action space's shape; numbers outside [-1, 1] are clipped.

        Returns:
            Observation, reward, terminated, truncated and info with `success`, `evaluation` and `reward_terms`,
            whose sum is the reward.

        Raises:
            ResetNeeded: there is no episode that goes on.
            ValueError: the action has another shape, or holds something that is not a finite number.
        """
        if self._over:
            raise ResetNeeded("step() needs an episode that goes on: call reset() first")
        action = self._checked(action)
        last_good = self.data.sensordata.copy()
        self._simulate(action)
        self._steps += 1
        if not self._is_stable():
            return self._end_of_unstable_episode(last_good)
        evaluation = self.evaluate()
        terms = self.reward_terms(action, evaluation)
        terminated = evaluation.success
        truncated = not terminated and self._steps >= self.max_steps
        self._over = terminated or truncated
        info = {"success": evaluation.success, "evaluation": evaluation, "reward_terms": terms}
        return self._observe(), math.fsum(terms.values()), terminated, truncated, info

    def render(self) -> NDArray[np.uint8] | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """A picture of shape (240, 240, 3); None without a render mode.

        Raises:
            RuntimeError: this machine cannot render; the message says what to install.
        """
        return self._picture_camera.picture(self.data) if self.render_mode == "rgb_array" else None

    def close(self) -> None:
        """Free the renderers."""
        self._picture_camera.close()
        self._observation_camera.close()

    def oracle(self) -> Action | None:
        """An expert's next action, or None where no one knows one or the episode is over."""
        return None if self._over else self.expert()

    def get_state(self) -> EnvState:
        """A snapshot of the generator, the physics and the task's variables."""
        generator = None if self._np_random is None else generator_state(self._np_random)
        physics = np.empty(mujoco.mj_stateSize(self.model, _STATE))
        mujoco.mj_getState(self.model, self.data, physics, _STATE)
        sensors = self.data.sensordata.copy()
        episode = BodyState(physics, sensors, self._steps, self._task, copy.deepcopy(self._episode))
        return EnvState(generator, self._over, episode)

    def set_state(self, state: EnvState) -> None:
        """Return to a snapshot of an environment with the same constructor arguments."""
        body: BodyState = state.episode
        self._np_random = None if state.generator is None else restore_generator(state.generator)
        self._over = state.over
        self._steps = body.steps
        self._task = body.task
        self._episode = copy.deepcopy(body.episode)
        if self._task is not None:
            self.prepare_model(self._task)
        mujoco.mj_resetData(self.model, self.data)
        mujoco.mj_setState(self.model, self.data, body.physics, _STATE)
        # only the first half of a step: what follows from positions and velocities. A whole one would change the warm
        # start of the contact solver, and with it the last bits of the future.
        mujoco.mj_step1(self.model, self.data)
        self.data.sensordata[:] = body.sensors

    def __getstate__(self) -> dict[str, Any]:
        """The environment with its present state: MuJoCo's data does not go into a pickle by itself."""
        live = ("data", "_picture_camera", "_observation_camera")
        return {"attributes": {k: v for k, v in self.__dict__.items() if k not in live}, "state": self.get_state()}

    def __setstate__(self, saved: dict[str, Any]) -> None:
        self.__dict__.update(saved["attributes"])
        self._build()
        self.set_state(saved["state"])

    # The parts.

    def _build(self) -> None:
        self.data = mujoco.MjData(self.model)
        self._picture_camera = Camera(self.model, self.camera, size=PICTURE_SIZE, samples=2, shadows=True)
        self._observation_camera = Camera(self.model, self.camera, size=self.pixels)
        middle, half_range = (
            self.model.actuator_ctrlrange.mean(axis=1),
            np.ptp(self.model.actuator_ctrlrange, axis=1) / 2,
        )
        self._control_middle, self._control_half_range = middle, half_range

    def _space_of_observations(self) -> spaces.Space[Any]:
        bound = np.repeat(self.model.sensor_cutoff, self.model.sensor_dim).astype(np.float32)
        state = spaces.Box(-bound, bound, dtype=np.float32)
        picture = spaces.Box(0, 255, (self.pixels, self.pixels, 3), np.uint8)
        if self.observation_kind == "both":
            return spaces.Dict({"state": state, "pixels": picture})
        return state if self.observation_kind == "state" else picture

    def _observe(self) -> Observation:
        if self.observation_kind == "state":
            return self.data.sensordata.astype(np.float32)
        picture = self._observation_camera.picture(self.data)
        if self.observation_kind == "pixels":
            return picture
        return {"state": self.data.sensordata.astype(np.float32), "pixels": picture}

    def _checked(self, action: Any) -> Action:
        numbers = np.asarray(action)
        if numbers.shape != (self.model.nu,) or numbers.dtype.kind not in "fiu":
            raise ValueError(
                f"action must be {self.model.nu} numbers in [-1, 1]; got shape {numbers.shape} of {numbers.dtype}"
            )
        if not np.isfinite(numbers).all():
            raise ValueError(f"action must be {self.model.nu} finite numbers in [-1, 1]; got {numbers}")
        return np.minimum(np.maximum(numbers, -1.0), 1.0)

    def _simulate(self, action: Action) -> None:
        self.data.ctrl[:] = self._control_middle + self._control_half_range * action
        # the first half of the first step was done when the last call (or the reset) ended; ending with the first half
        # of the next one leaves sensors that belong to the present state, at no cost
        mujoco.mj_step2(self.model, self.data)
        if self.frame_skip > 1:
            mujoco.mj_step(self.model, self.data, self.frame_skip - 1)
        mujoco.mj_step1(self.model, self.data)

    def _is_stable(self) -> bool:
        # MuJoCo resets its data, the clock included, when a number overflows
        least_time = (self._steps * self.frame_skip - 0.5) * self.model.opt.timestep
        return self.data.time > least_time and bool(np.isfinite(self.data.sensordata).all())

    def _end_of_unstable_episode(
        self, last_good: NDArray[np.float64]
    ) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        self._over = True
        self.data.sensordata[:] = last_good
        info = {"success": False, "unstable": True, "evaluation": None, "reward_terms": {}}
        return self._observe(), 0.0, True, False, info


@cache
def load_model(model_file: str) -> mujoco.MjModel:
    """The compiled model of an MJCF file below `palaestra/assets`; made once a process, so copy it before a change.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is not valid MJCF, or a sensor has no cutoff to bound the observation by.
    """
    source = resources.files(assets) / model_file
    if not source.is_file():
        raise FileNotFoundError(f"palaestra.assets has no file {model_file!r}")
    with resources.as_file(source) as path:
        model = mujoco.MjModel.from_xml_path(str(path))
    unbounded = [model.sensor(i).name for i in range(model.nsensor) if model.sensor_cutoff[i] <= 0]
    if unbounded:
        raise ValueError(
            f"{model_file}: every sensor needs a cutoff, which bounds the observation; {unbounded} have none"
        )
    return model
