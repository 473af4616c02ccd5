"""The base of environments whose body MuJoCo simulates."""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import copy
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Literal, TypeVar

import gymnasium as gym
import mujoco
import numpy as np
from gymnasium import spaces
from gymnasium.error import ResetNeeded
from numpy.typing import NDArray

from ..core import EnvState, ResetOptions, TaskFields, generator_state, restore_generator
from ..core.arguments import check_integer
from ..core.bodies.actions import Action, check_action
from ..core.bodies.evaluation import Evaluation, step_info, unstable_info
from ..core.bodies.reward import total
from ..core.randomization import Choice, Range
from ..core.task import check_level
from .model_files import load_model
from .picture_observation import PictureObservation, check_cameras
from .readings import INTEGRATION_STATE, Readings, read, sensor_places
from .rendering import Camera
from .varied_model import RANDOMIZABLE, ModelVariation

ObservationKind = Literal["state", "pixels", "both"]
Observation = NDArray[Any] | dict[str, NDArray[Any]]

OBSERVATION_KINDS = ("state", "pixels", "both")
PICTURE_SIZE = 240
"""Width and height of what `render()` returns, in pixels."""

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
        randomized: what was varied of the model, by name.
    """

    physics: NDArray[np.float64]
    sensors: NDArray[np.float64]
    steps: int
    task: Any
    episode: Any
    randomized: Mapping[str, Any] = field(default_factory=dict)


class MujocoEnv(gym.Env[Any, Any], Generic[TaskT, EpisodeT, EvaluationT]):
    """Base of every MuJoCo body: model, actions, sensors, options, levels, snapshots, pictures.

    A subclass says what a task is (`sample`), how the world stands at its beginning (`start`, which returns all
    that matters in an episode besides the physics), and then, as functions of what is read after a step, how an action
    moves the actuators (`control`), whether the task is solved (`evaluate`), what the step is worth (`reward_terms`),
    what is remembered (`advance`) and what is seen (`observe`); last, what an expert would do (`expert`).

    The functions of readings are pure, and take one body or a batch of B alike: an array has a leading axis `X`, which
    is `()` here and `(B,)` in a `MujocoVectorEnv`. They read `readings`, `episode` and what the constructor fixed,
    never `data`; they use elementwise operations, `norm`, `np.sum(…, axis=-1)`, `np.where` instead of `if`, and `&`,
    `|`, `np.logical_not` instead of `and`, `or`, `not`. A task in full:

        @dataclass(frozen=True, slots=True, kw_only=True)
        class PushLevel:
            tolerance: float

        @dataclass(frozen=True, slots=True, kw_only=True)
        class PushTask(TaskFields):             # what reset draws, or gets by options; checks itself
            goal: tuple[float, ...]
            level: int = 0

        @dataclass(frozen=True, slots=True, kw_only=True)
        class PushEpisode:                      # numbers, booleans, small arrays; not the task itself
            tolerance: float
            distance: float

        @dataclass(frozen=True, slots=True, kw_only=True)
        class PushEvaluation(Evaluation):       # success; failure, cost and is_stuck where the task has them
            distance: Any

        class PushEnv(MujocoEnv[PushTask, PushEpisode, PushEvaluation]):
            levels = (PushLevel(tolerance=0.05), PushLevel(tolerance=0.02))
            task_type = PushTask
            model_file = "robot/push.xml"       # or override build_model
            max_steps = 100

            def sample(self, rng, level):
                return PushTask(goal=tuple(rng.uniform(-0.3, 0.3, 2).tolist()), level=level)

            def start(self, task):
                self.data.mocap_pos[0, :2] = task.goal
                return PushEpisode(tolerance=self.levels[task.level].tolerance, distance=math.hypot(*task.goal))

            def evaluate(self, readings, episode):
                distance_X = norm(readings["puck_from_goal"])
                fallen_X = readings["puck"][..., 2] < 0.0
                return PushEvaluation(
                    success=distance_X <= episode.tolerance, failure=fallen_X, distance=distance_X
                )

            def reward_terms(self, action_XA, evaluation, episode):
                return {"progress": episode.distance - evaluation.distance, "success": 2.0 * evaluation.success}

            def advance(self, evaluation, episode):
                return replace(episode, distance=evaluation.distance)

            def expert(self):
                return None

    The state observation is the reading of every sensor of the model, in the model's order, unless `observe` and
    `state_space` say otherwise; a sensor's cutoff is its bound. The action is, for each actuator, a number in [-1, 1]
    that spans its control range, unless `action_size` and `control` say otherwise; a number outside is clipped,
    anything that is not a number is refused. An episode ends with `terminated` at success or failure and with
    `truncated` after `max_steps`. Should the simulation blow up, it ends with `terminated`, `success` false, `unstable`
    true in the info, and the last good observation.

    The info of every step has `success`, `cost` (0 where a task has none), `is_stuck`, `intervention` (false: a wrapper
    that lets someone else act says otherwise), `reward_terms` and `evaluation`, the evaluation's fields by name.

    A step is the second half of a simulation step, `frame_skip` - 1 whole ones and the first half of the next, so
    the sensors belong to the present state; the integrator must be one that has halves (Euler, implicit, implicitfast).

    Class attributes:
        levels: one typed difficulty config per level.
        task_type: the class of its tasks.
        model_file: the MJCF file, below `palaestra/assets`, unless `build_model` is overridden.
        camera: the name of the camera of `render()` and of pixel observations.
        action_size: how many numbers an action has, where not one for each actuator.
        frame_skip: simulation steps per step.
        max_steps: steps per episode.
        randomizable: what `reset(options={"randomize": {name: value}})` may vary of the model, for that episode.

    Args:
        level: the difficulty of tasks drawn by `reset`, unless its options say otherwise.
        observation: `state` for the sensors, `pixels` for the cameras, `both` for a dict of the two.
        pixels: width and height of a camera observation.
        cameras: what pixel observations look through: names of the model's cameras, with a picture each; None for
            `camera` alone. Pictures of several are a dict by these names (with `both`, beside `state`).
        render_mode: `rgb_array` to have `render()` return a picture, or None.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 20}  # noqa: RUF012  (Gymnasium's type)
    levels: ClassVar[Sequence[Any]]
    task_type: ClassVar[type[TaskFields]]
    model_file: ClassVar[str]
    camera: ClassVar[str] = "scene"
    action_size: ClassVar[int | None] = None
    frame_skip: ClassVar[int] = 5
    max_steps: ClassVar[int] = 100
    randomizable: ClassVar[Mapping[str, Range | Choice]] = RANDOMIZABLE

    def __init__(
        self,
        *,
        level: int = 0,
        observation: ObservationKind = "state",
        pixels: int = 64,
        cameras: Sequence[str] | None = None,
        render_mode: str | None = None,
    ) -> None:
        if render_mode not in (None, "rgb_array"):
            raise ValueError(f"render_mode must be 'rgb_array' or None, got {render_mode!r}")
        if observation not in OBSERVATION_KINDS:
            raise ValueError(f"observation must be one of {', '.join(OBSERVATION_KINDS)}, got {observation!r}")
        self.level = check_level(level, len(self.levels))
        self.model = self.build_model()
        if self.model.opt.integrator == mujoco.mjtIntegrator.mjINT_RK4:
            raise ValueError(f"{type(self).__name__}: the integrator RK4 has no halves; choose Euler or implicitfast")
        check_integer("pixels", pixels, 1, min(self.model.vis.global_.offwidth, self.model.vis.global_.offheight))
        self.render_mode = render_mode
        self.observation_kind: ObservationKind = observation
        self.pixels = pixels
        self.cameras = (self.camera,) if cameras is None else check_cameras(self.model, cameras)
        self._action_size = self.model.nu if self.action_size is None else self.action_size
        self.action_space = spaces.Box(-1.0, 1.0, (self._action_size,), np.float32)
        self._variation = ModelVariation()
        self._over = True
        self._steps = 0
        self._task: TaskT | None = None
        self._episode: EpisodeT | None = None
        self._readings: Readings | None = None
        self._build()
        self.observation_space = self._space_of_observations()

    # What a subclass defines.

    @abstractmethod
    def sample(self, rng: np.random.Generator, level: int) -> TaskT:
        """Draw a task of a level; pure: the same generator state and level give the same task."""

    @abstractmethod
    def start(self, task: TaskT) -> EpisodeT:
        """Set `data` as an episode of `task` begins, from the model's defaults; return the episode's variables."""

    @abstractmethod
    def evaluate(self, readings: Readings, episode: EpisodeT) -> EvaluationT:
        """Judge the present state; pure."""

    @abstractmethod
    def reward_terms(self, action_XA: Action, evaluation: EvaluationT, episode: EpisodeT) -> dict[str, Any]:
        """The weighted terms of this step's reward, by name, whose sum is the reward; pure.

        Args:
            action_XA: what was done, clipped to [-1, 1].
            evaluation: of the state that it led to.
            episode: the variables from before this step's `advance`.
        """

    @abstractmethod
    def expert(self) -> Action | None:
        """An expert's next action in an episode that goes on, or None where no one knows one; may read `data`."""

    def build_model(self) -> mujoco.MjModel:
        """A model of this environment alone: a copy of `model_file`'s, unless overridden."""
        return copy.copy(load_model(self.model_file))

    def prepare_model(self, task: TaskT) -> None:
        """Change what moves in `model` as a task asks, at reset and when a snapshot is restored.

        Most leave it as it is: in a vector, the bodies of a class that overrides this have a model each.
        """

    def prepare_looks(self, task: TaskT) -> None:
        """Change what is only seen of `model` (colours, markers that touch nothing) as a task asks, likewise."""

    def control(self, action_XA: Action, readings: Readings, episode: EpisodeT) -> tuple[NDArray[np.float64], EpisodeT]:
        """What an action sets the actuators to, held for the whole step, and the episode's variables after it; pure.

        Args:
            action_XA: clipped to [-1, 1].
            readings: of the state before the step.
            episode: the episode's variables.
        """
        return self._control_middle + self._control_half_range * action_XA, episode

    def advance(self, evaluation: EvaluationT, episode: EpisodeT) -> EpisodeT:
        """The episode's variables for the next step; pure."""
        return episode

    def observe(self, readings: Readings, episode: EpisodeT) -> NDArray[np.float32]:
        """The state observation, of shape (*X, its numbers); pure."""
        return readings.sensors_XS.astype(np.float32)

    def state_space(self) -> spaces.Box:
        """The space of what `observe` returns for one body.

        Raises:
            ValueError: a sensor has no cutoff to bound the observation by.
        """
        unbounded = [self.model.sensor(i).name for i in range(self.model.nsensor) if self.model.sensor_cutoff[i] <= 0]
        if unbounded:
            raise ValueError(
                f"{type(self).__name__}: every sensor needs a cutoff, which bounds the observation; "
                f"{', '.join(unbounded)} has none"
            )
        bound = np.repeat(self.model.sensor_cutoff, self.model.sensor_dim).astype(np.float32)
        return spaces.Box(-bound, bound, dtype=np.float32)

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

    @property
    def readings(self) -> Readings:
        """What is read of the present state.

        Raises:
            ResetNeeded: there was no reset yet.
        """
        if self._readings is None:
            raise ResetNeeded("there are no readings yet: call reset() first")
        return self._readings

    def present_observation(self) -> Observation:
        """What is observed of the present state: numbers, a picture or both.

        Raises:
            ResetNeeded: there was no reset yet.
        """
        if self.observation_kind == "state":
            return self.observe(self.readings, self.episode)
        pictures = self._observed_pictures.take(self.data)
        if self.observation_kind == "pixels":
            return pictures
        return self._observed_pictures.beside(self.observe(self.readings, self.episode), pictures)

    # What Gymnasium calls.

    def reset(
        self, *, seed: int | None = None, options: Mapping[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Begin an episode.

        Args:
            seed: reseeds the generator, where given.
            options: `{"level": k}` draws the task at that level, `{"task": t}` poses this very problem,
                `{"randomize": {name: value}}` varies the model for this episode, see `randomizable`.

        Returns:
            The first observation, and an info whose `task` reproduces the episode.

        Raises:
            ValueError: an option is unknown or out of range.
        """
        super().reset(seed=seed)
        parsed = ResetOptions.parse(
            options,
            default_level=self.level,
            levels=len(self.levels),
            task_type=self.task_type,
            randomizable=self.randomizable,
        )
        self._task = self.sample(self.np_random, parsed.level) if parsed.task is None else parsed.task
        self._prepare(self.task, parsed.randomized)
        mujoco.mj_resetData(self.model, self.data)
        self._episode = self.start(self.task)
        mujoco.mj_forward(self.model, self.data)
        self._readings = read(self.data, self._places)
        self._steps = 0
        self._over = False
        return self.present_observation(), {"task": self._task}

    def step(self, action: Action) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Carry out an action for `frame_skip` simulation steps.

        Args:
            action: of the action space's shape; numbers outside [-1, 1] are clipped.

        Returns:
            Observation, reward, terminated, truncated and info (see the class), the sum of whose `reward_terms` is the
            reward.

        Raises:
            ResetNeeded: there is no episode that goes on.
            ValueError: the action has another shape, or holds something that is not a finite number.
        """
        if self._over:
            raise ResetNeeded("step() needs an episode that goes on: call reset() first")
        action = check_action(action, self._action_size)
        controls, episode = self.control(action, self.readings, self.episode)
        self._simulate(controls)
        self._steps += 1
        readings = read(self.data, self._places)
        if not self._is_stable(readings):
            return self._end_of_unstable_episode()
        evaluation = self.evaluate(readings, episode)
        terms = self.reward_terms(action, evaluation, episode)
        self._readings, self._episode = readings, self.advance(evaluation, episode)
        terminated = bool(evaluation.is_end)
        truncated = not terminated and self._steps >= self.max_steps
        self._over = terminated or truncated
        return self.present_observation(), float(total(terms)), terminated, truncated, step_info(evaluation, terms)

    def render(self) -> NDArray[np.uint8] | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """A picture of shape (240, 240, 3); None without a render mode.

        Raises:
            RuntimeError: this machine cannot render; the message says what to install.
        """
        return self._picture_camera.picture(self.data) if self.render_mode == "rgb_array" else None

    def close(self) -> None:
        """Free the renderers."""
        self._picture_camera.close()
        self._observed_pictures.close()

    def oracle(self) -> Action | None:
        """An expert's next action, or None where no one knows one or the episode is over."""
        return None if self._over else self.expert()

    def get_state(self) -> EnvState:
        """A snapshot of the generator, the physics and the task's variables."""
        generator = None if self._np_random is None else generator_state(self._np_random)
        physics = np.empty(mujoco.mj_stateSize(self.model, INTEGRATION_STATE))
        mujoco.mj_getState(self.model, self.data, physics, INTEGRATION_STATE)
        sensors = self.data.sensordata.copy()
        episode = BodyState(
            physics, sensors, self._steps, self._task, copy.deepcopy(self._episode), self._variation.values
        )
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
            self._prepare(self._task, body.randomized)
        mujoco.mj_resetData(self.model, self.data)
        mujoco.mj_setState(self.model, self.data, body.physics, INTEGRATION_STATE)
        # only the first half of a step: what follows from positions and velocities. A whole one would change the warm
        # start of the contact solver, and with it the last bits of the future.
        mujoco.mj_step1(self.model, self.data)
        self.data.sensordata[:] = body.sensors
        self._readings = None if self._task is None else read(self.data, self._places)

    def __getstate__(self) -> dict[str, Any]:
        """The environment with its present state: MuJoCo's data does not go into a pickle by itself."""
        live = ("data", "_picture_camera", "_observed_pictures")
        return {"attributes": {k: v for k, v in self.__dict__.items() if k not in live}, "state": self.get_state()}

    def __setstate__(self, saved: dict[str, Any]) -> None:
        self.__dict__.update(saved["attributes"])
        self._build()
        self.set_state(saved["state"])

    # The parts.

    def _prepare(self, task: TaskT, randomized: Mapping[str, Any]) -> None:
        self._variation.undo(self.model)
        self.prepare_model(task)
        self.prepare_looks(task)
        self._variation.apply(self.model, randomized)

    def _build(self) -> None:
        self.data = mujoco.MjData(self.model)
        self._places = sensor_places(self.model)
        self._picture_camera = Camera(self.model, self.camera, size=PICTURE_SIZE, samples=2, shadows=True)
        self._observed_pictures = PictureObservation(self.model, self.cameras, self.pixels)
        middle, half_range = (
            self.model.actuator_ctrlrange.mean(axis=1),
            np.ptp(self.model.actuator_ctrlrange, axis=1) / 2,
        )
        self._control_middle, self._control_half_range = middle, half_range

    def _space_of_observations(self) -> spaces.Space[Any]:
        state = self.state_space()
        pictures = self._observed_pictures.space()
        if self.observation_kind == "both":
            return spaces.Dict(self._observed_pictures.beside(state, pictures))
        return state if self.observation_kind == "state" else pictures

    def _simulate(self, controls: NDArray[np.float64]) -> None:
        self.data.ctrl[:] = controls
        # the first half of the first step was done when the last call (or the reset) ended; ending with the first half
        # of the next one leaves sensors that belong to the present state, at no cost
        mujoco.mj_step2(self.model, self.data)
        if self.frame_skip > 1:
            mujoco.mj_step(self.model, self.data, self.frame_skip - 1)
        mujoco.mj_step1(self.model, self.data)

    def _is_stable(self, readings: Readings) -> bool:
        # MuJoCo resets its data, the clock included, when a number overflows
        least_time = (self._steps * self.frame_skip - 0.5) * self.model.opt.timestep
        return readings.time_X > least_time and bool(np.isfinite(readings.sensors_XS).all())

    def _end_of_unstable_episode(self) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        self._over = True
        self.data.sensordata[:] = self.readings.sensors_XS
        return self.present_observation(), 0.0, True, False, unstable_info()
