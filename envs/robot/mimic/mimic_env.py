"""A body imitates a motion clip."""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Literal

import mujoco
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from ...core.arguments import read_fields
from ...core.bodies.actions import Action
from ..mujoco_env import MujocoEnv, ObservationKind
from ..readings import Readings, norm
from .balance import wanted_angles
from .bodies import BODIES, END_EFFECTORS, FALLS_ON, STRIKE_RADIUS, build_spec, lowest_sole
from .clip import load_clip
from .goals import GOALS, GoalKind, heading_reward, strike_reward
from .imitation import MimicScales, MimicWeights, check_weights, similarities
from .observation import observation_bounds, see_heading_goal, see_phase, see_posture, see_target
from .posture import direction, read_posture, turned
from .reference import make_reference
from .task import LEVELS, MimicEpisode, MimicEvaluation, MimicTask

Start = Literal["first", "random"]

SUCCESS_SCORE = 0.7
"""The least score of an episode that counts as a success."""

_WEIGHTS, _SCALES = MimicWeights(), MimicScales()
_TOUCHES_WITHIN = 0.01  # metres above the floor
_LEAST_STEPS = 5  # of an episode that starts in the middle of a clip that does not repeat


class MimicEnv(MujocoEnv[MimicTask, MimicEpisode, MimicEvaluation]):
    """Move as a motion clip does, without falling.

    ## Task
    A body of 50 kg whose joints have servos has to follow a clip: `walk`, `run`, `jump`, `backflip` or `kick`. The
    planar body (11 degrees of freedom, 8 joints) moves in a plane, the humanoid (25, 19) in space. A clip of one's own
    is a text file, whose format `palaestra.envs.robot.mimic.clip` describes. With the goal `heading` the body must also
    go in a direction with a speed, with `strike` hit a target.

    ## Observation
    Numbers (float32), in this order; the planar body has those about y, and across, left out:

    | numbers, planar (humanoid) | meaning | unit | bound |
    |---|---|---|---|
    | 1 (1) | height of the pelvis | m | 5 |
    | 4 (6) | the pelvis's forward and upward axes, seen along the heading | | 1 |
    | 2 (3) | velocity of the pelvis, seen along the heading | m/s | 10 |
    | 1 (3) | angular velocity of the pelvis, seen along the heading | 10 rad/s | 4 |
    | 8 (19) | angles of the joints | rad | 4 |
    | 8 (19) | their velocities | 10 rad/s | 4 |
    | 8 (12) | hands and feet, seen along the heading from the pelvis, and their heights | m | 5 |
    | 2 (2) | cosine and sine of the phase, a whole turn in a clip that repeats, half a turn in another | | 1 |
    | 2 (3) | `heading`: direction seen along the heading (cosine; and sine), and speed | 1, m/s | 10 |
    | 3 (4) | `strike`: the target seen from the pelvis, and whether it was struck | m | 10 |

    With `observation="pixels"` the camera's picture (uint8, `pixels` × `pixels` × 3) instead; with `both`, a dict of
    `state` and `pixels`.

    ## Action
    A number in [-1, 1] for each joint: the angle that its servo holds for 0.03 s, over the joint's range, with limited
    torque. Numbers outside are clipped.

    ## Reward
    From 0 to 1 a step. Without a goal it is the imitation: five similarities, each exp(-scale · error), of the pose
    (half of it), the joints' velocities, hands and feet, the pelvis and the velocity of the centre of mass. With a
    goal, 0.7 of the imitation and 0.3 of the goal. The parts are in `info["reward_terms"]`.
    `info["evaluation"]["score"]` is the tracking score: the imitation of the steps so far divided by the steps that the
    episode may have.

    ## Episode end
    Terminated at the end of a clip that does not repeat and, with `end_on_fall`, when head, trunk or a knee touches the
    floor; truncated after 200 steps (6 s). Success is told on the last step: a score of 0.7 or more, and where there is
    a goal, a mean goal reward of 0.7 or more (heading), or the target struck.

    ## Levels
    How far from the clip an episode begins: joints within 0.02, 0.05 or 0.1 rad, and a push of up to 0, 0.15 or
    0.3 m/s; and how far a goal is from what the clip does.

    ## Source
    Peng, Abbeel, Levine and van de Panne, DeepMimic (2018), with the reward of the released code. Bodies and clips are
    this project's own. The expert tells the servos the clip's next angles, and corrects them by a linear feedback that
    keeps the planar body's balance in all clips but the back-flip.

    Args:
        level: the difficulty of tasks drawn by `reset`, unless its options say otherwise.
        body: `planar` or `humanoid`.
        clip: the name of one of the body's clips, or the path of a `.txt` file.
        goal: `none`, `heading` (for clips that repeat) or `strike` (for clips that name what strikes).
        start: `first` to begin with the clip's first frame, `random` with any (reference-state initialisation).
        end_on_fall: whether a fall ends the episode (early termination).
        weights: what each term of the reward is worth; those that a mapping leaves out keep their defaults.
        scales: how fast the similarities fall with the errors; likewise.
        observation: `state`, `pixels` or `both`.
        pixels: width and height of a camera observation.
        render_mode: `rgb_array` to have `render()` return a picture, or None.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 33}  # noqa: RUF012  (Gymnasium's type)
    levels = LEVELS
    task_type = MimicTask
    frame_skip: ClassVar[int] = 6
    max_steps: ClassVar[int] = 200

    def __init__(
        self,
        *,
        level: int = 0,
        body: str = "planar",
        clip: str = "walk",
        goal: GoalKind = "none",
        start: Start = "first",
        end_on_fall: bool = False,
        weights: MimicWeights | Mapping[str, float] = _WEIGHTS,
        scales: MimicScales | Mapping[str, float] = _SCALES,
        observation: ObservationKind = "state",
        pixels: int = 64,
        render_mode: str | None = None,
    ) -> None:
        if body not in BODIES:
            raise ValueError(f"body must be one of {', '.join(BODIES)}, got {body!r}")
        if not isinstance(clip, str):
            raise ValueError(f"clip must be a name or the path of a .txt file, got {clip!r}")
        if goal not in GOALS:
            raise ValueError(f"goal must be one of {', '.join(GOALS)}, got {goal!r}")
        if start not in ("first", "random"):
            raise ValueError(f"start must be 'first' or 'random', got {start!r}")
        if not isinstance(end_on_fall, bool):
            raise ValueError(f"end_on_fall must be True or False, got {end_on_fall!r}")
        self.weights = read_fields(MimicWeights, weights, name="weights")
        self.scales = read_fields(MimicScales, scales, name="scales")
        check_weights(self.weights, self.scales)
        self.body = BODIES[body]
        self.goal: GoalKind = goal
        self.start_at, self.end_on_fall = start, end_on_fall
        loaded = load_clip(clip, self.body)
        if goal == "heading" and loaded.cycle == "none":
            raise ValueError(f"goal must not be 'heading' for the clip {clip}, which does not repeat")
        if goal == "strike" and loaded.strike is None:
            raise ValueError(f"goal must not be 'strike' for the clip {clip}, which names no part that strikes")
        self._clip = loaded
        super().__init__(level=level, observation=observation, pixels=pixels, render_mode=render_mode)
        step = self.frame_skip * float(self.model.opt.timestep)
        self.reference = make_reference(loaded, self.model, step)
        self._strikes_at = self._where_it_strikes(step)

    def build_model(self) -> mujoco.MjModel:
        """The body, with a target where one is to be struck."""
        return build_spec(self.body, target=self.goal == "strike").compile()

    def state_space(self) -> spaces.Box:
        """The numbers that the class describes, and their bounds."""
        self._bound = observation_bounds(self.body, self.goal)
        return spaces.Box(-self._bound, self._bound, dtype=np.float32)

    def sample(self, rng: np.random.Generator, level: int) -> MimicTask:
        """A beginning near the clip's first frame, or near any frame with `start="random"`, and a goal."""
        return self.sample_at(rng, level, random_phase=self.start_at == "random")

    def sample_reference_state(self, rng: np.random.Generator, level: int) -> MimicTask:
        """A beginning near any frame of the clip, and a goal; see `wrappers.resets.reference_state`."""
        return self.sample_at(rng, level, random_phase=True)

    def sample_at(self, rng: np.random.Generator, level: int, *, random_phase: bool) -> MimicTask:
        """A task that begins with the first frame, or with any."""
        config = self.levels[level]
        last = self.reference.last
        frames = last if self._repeats else last - _LEAST_STEPS + 1
        phase = int(rng.integers(frames)) / last if random_phase else 0.0
        offsets = rng.uniform(-config.offset, config.offset, self.model.nu)
        nudge = rng.uniform(-config.nudge, config.nudge, 2) * (1.0, 0.0 if self.body.planar else 1.0)
        task = MimicTask(phase=phase, offsets=tuple(offsets.tolist()), nudge=tuple(nudge.tolist()), level=level)
        if self.goal == "heading":
            turn = 0.0 if self.body.planar else config.turn
            pace = 1.0 + rng.uniform(-config.pace, config.pace)
            return replace(task, direction=float(rng.uniform(-turn, turn)), speed=self.reference.speed * pace)
        if self.goal == "strike":
            spread = config.spread * np.array([1.0, 0.0 if self.body.planar else 1.0, 1.0])
            target = self._strikes_at + rng.uniform(-spread, spread)
            return replace(task, target=tuple(target.tolist()))
        return task

    def start(self, task: MimicTask) -> MimicEpisode:
        """Put the body where the clip is, with the clip's velocities."""
        if task.offsets and len(task.offsets) != self.model.nu:
            raise ValueError(f"options['task'].offsets must be {self.model.nu} numbers or none, got {task.offsets!r}")
        last = self.reference.last
        frame = min(round(task.phase * last), last - 1)
        self.data.qpos[:], self.data.qvel[:] = self.reference.qpos_FQ[frame], self.reference.qvel_FV[frame]
        if task.offsets:
            low, high = self.model.jnt_range[-self.model.nu :].T
            self.data.qpos[-self.model.nu :] = np.clip(self.data.qpos[-self.model.nu :] + task.offsets, low, high)
        self._nudge(task.nudge)
        self._lift_above_floor()
        if self.goal == "strike":
            self.data.mocap_pos[0] = task.target
        possible = self.max_steps if self._repeats else min(self.max_steps, last - frame)
        return MimicEpisode(
            frame=frame,
            origin=np.zeros(3),
            direction=0.0 if self.body.planar else task.direction,
            speed=task.speed,
            target=np.array(task.target),
            is_struck=False,
            imitated=0.0,
            reached=0.0,
            steps=0,
            possible=possible,
        )

    def control(
        self, action_XA: Action, readings: Readings, episode: MimicEpisode
    ) -> tuple[NDArray[np.float64], MimicEpisode]:
        """The angles that the servos hold; the clip goes on by a frame.

        A cycle begins where the body is, as in the released code, so that a lag is not held against it for ever.
        """
        controls_XU, episode = super().control(action_XA, readings, episode)
        is_new_cycle_X = np.asarray((episode.frame >= self.reference.last) & self._repeats)
        first_X3 = turned(self.reference.postures.position_X3[0], direction(episode.direction))
        origin_X3 = (readings["pelvis"] - first_X3) * (1.0, 1.0, 0.0)
        return controls_XU, replace(
            episode,
            frame=np.minimum(np.where(is_new_cycle_X, 0, episode.frame) + 1, self.reference.last),
            origin=np.where(is_new_cycle_X[..., None], origin_X3, episode.origin),
            steps=episode.steps + 1,
        )

    def evaluate(self, readings: Readings, episode: MimicEpisode) -> MimicEvaluation:
        """How like the clip's frame the body is, whether it has fallen, and how the goal is met."""
        posture = read_posture(readings, self.model.nu)
        wanted = self.reference.postures.at(episode.frame)
        if self.goal == "heading":
            wanted = wanted.turned(episode.direction)
        alike = similarities(posture, wanted.moved(episode.origin), self.scales)
        imitation_X = sum(share * alike[term] for term, share in self.weights.shares.items())
        is_struck_X = episode.is_struck
        goal_X = 0.0 * imitation_X
        if self.goal == "heading":
            goal_X = heading_reward(posture.centre_of_mass_velocity_X3, episode.direction, episode.speed)
        elif self.goal == "strike":
            distance_X = norm(readings[str(self._clip.strike)] - episode.target)
            is_struck_X = is_struck_X | (distance_X <= STRIKE_RADIUS)
            goal_X = strike_reward(distance_X, is_struck_X)
        fallen_X = _touches_floor(readings)
        score_X = (episode.imitated + imitation_X) / episode.possible
        is_last_X = episode.steps >= episode.possible
        return MimicEvaluation(
            success=is_last_X & (score_X >= SUCCESS_SCORE) & self._goal_is_met(goal_X, is_struck_X, episode),
            failure=fallen_X & self.end_on_fall,
            **alike,
            imitation=imitation_X,
            goal=goal_X,
            score=score_X,
            fallen=fallen_X,
            is_over=is_last_X & (not self._repeats),
            is_struck=is_struck_X,
        )

    def reward_terms(self, action_XA: Action, evaluation: MimicEvaluation, episode: MimicEpisode) -> dict[str, Any]:
        """The five parts of the imitation and the goal, weighted."""
        whole = 1.0 if self.goal == "none" else self.weights.imitation
        terms = {term: whole * share * getattr(evaluation, term) for term, share in self.weights.shares.items()}
        if self.goal != "none":
            terms["goal"] = self.weights.goal * evaluation.goal
        return terms

    def advance(self, evaluation: MimicEvaluation, episode: MimicEpisode) -> MimicEpisode:
        """Add up what was earned, and remember whether the target was struck."""
        return replace(
            episode,
            is_struck=evaluation.is_struck,
            imitated=episode.imitated + evaluation.imitation,
            reached=episode.reached + evaluation.goal,
        )

    def observe(self, readings: Readings, episode: MimicEpisode) -> NDArray[np.float32]:
        """Posture, phase and goal."""
        posture = read_posture(readings, self.model.nu)
        parts = see_posture(self.body, posture, readings["pelvis_forward"], readings["pelvis_up"])
        parts += see_phase(episode.frame, self.reference.last, repeats=self._repeats)
        if self.goal == "heading":
            parts += see_heading_goal(self.body, posture, episode.direction, episode.speed)
        elif self.goal == "strike":
            parts += see_target(self.body, posture, episode.target, episode.is_struck)
        return np.clip(np.concatenate(parts, axis=-1), -self._bound, self._bound).astype(np.float32)

    def expert(self) -> NDArray[np.float32]:
        """The clip's angles, and a feedback that keeps the balance where one was found; see `balance`."""
        frame, origin = int(self.episode.frame), self.episode.origin
        angles = wanted_angles(self.body, self.reference, frame, self.data.qpos, self.data.qvel, origin)
        action = (angles - self._control_middle) / self._control_half_range
        return np.clip(action, -1.0, 1.0).astype(np.float32)

    @property
    def _repeats(self) -> bool:
        return self._clip.cycle != "none"

    def _goal_is_met(self, goal_X: Any, is_struck_X: Any, episode: MimicEpisode) -> Any:
        if self.goal == "heading":
            return (episode.reached + goal_X) / episode.possible >= SUCCESS_SCORE
        return is_struck_X | (self.goal == "none")

    def _where_it_strikes(self, step: float) -> NDArray[np.float64]:
        """Where the part that strikes is when it does, in metres."""
        if self._clip.strike is None:
            return np.zeros(3)
        posture = self.reference.postures.at(round(self._clip.strike_time / step))
        end = posture.ends_XE3[END_EFFECTORS.index(self._clip.strike)]
        from_pelvis = turned(end, posture.heading_X2)
        return np.array([*(posture.position_X3[:2] + from_pelvis[:2]), end[2]])

    def _nudge(self, velocity: tuple[float, float]) -> None:
        """Add to the velocity of the whole body along the floor."""
        if self.body.planar:
            self.data.qvel[0] += velocity[0]
        else:
            self.data.qvel[:2] += velocity

    def _lift_above_floor(self) -> None:
        """Raise the body as far as a foot would be in the floor."""
        mujoco.mj_kinematics(self.model, self.data)
        self.data.qpos[1 if self.body.planar else 2] += max(0.0, -lowest_sole(self.model, self.data))


def _touches_floor(readings: Readings) -> Any:
    heights_XF = np.stack([readings[site][..., 2] - radius for site, radius in FALLS_ON.items()], axis=-1)
    return np.min(heights_XF, axis=-1) <= _TOUCHES_WITHIN
