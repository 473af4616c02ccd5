"""A peg goes into a hole."""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import mujoco
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from ...core import TaskFields
from ...core.bodies.actions import Action
from ...core.task import check_level
from ..readings import Readings, norm
from .arm_env import ArmEnv, ArmEpisode, ArmEvaluation, check_numbers
from .model import TOOL, add_arm, add_control, add_gripper
from .scene import FIXED, HAND, UNSEEN_GROUP, add_mocap, add_site, box, capsule, new_scene, sense

PEG = 0.012
"""Half the width of the peg, in metres."""

PEG_LENGTH = 0.06
"""How far the peg stands out of the fingers, in metres."""

BLOCK_HEIGHT = 0.05
"""Of the block with the hole, which goes right through, in metres."""

DEPTH = 0.03
"""How deep the peg has to go, in metres."""

OUT_WITHIN = 0.02
"""How near the hand has to come to where it is to bring the peg, in metres."""

OUT_TURNED_WITHIN = 0.1
"""How little it may be turned from how it is to stand there, in radians."""

_TURN_IN_METRES = 0.1  # what a radian too much counts as, where what remains to be done is in metres
_WALL = 0.02  # half the thickness of the walls around the hole
_EDGE = 0.0025  # radius of the peg's edges


@dataclass(frozen=True, slots=True)
class PegLevel:
    """How hard a task is.

    Attributes:
        clearance: between the peg and each wall of the hole, in metres.
        spread: how far the hole is from the table's middle along x and y, at most, in metres.
        turn: how far hole and hand are turned about the vertical, at most, in radians.
        start: how far the hand begins from above the hole along x and y, at most, in metres.
    """

    clearance: float
    spread: float
    turn: float
    start: float


LEVELS = (
    PegLevel(clearance=0.002, spread=0.04, turn=0.1, start=0.04),
    PegLevel(clearance=0.001, spread=0.08, turn=0.4, start=0.08),
    PegLevel(clearance=0.0005, spread=0.1, turn=0.75, start=0.08),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PegTask(TaskFields):
    """Where the hand starts, where the hole is, and whether the peg is to go in or out.

    Attributes:
        hand: x, y, z and yaw of the finger tips at the beginning, in metres and radians.
        hole: x, y and yaw of the hole.
        out: where the finger tips have to bring the peg, x, y, z and yaw; None for into the hole.
        joints: the arm's angles at the beginning, in radians; None for those that have the hand point straight down.
        level: the difficulty, which sets the clearance.
    """

    hand: tuple[float, ...]
    hole: tuple[float, ...]
    out: tuple[float, ...] | None = None
    joints: tuple[float, ...] | None = None
    level: int = 0

    def __post_init__(self) -> None:
        check_numbers("hand", self.hand, 4)
        check_numbers("hole", self.hole, 3)
        if self.out is not None:
            check_numbers("out", self.out, 4)
        if self.joints is not None:
            check_numbers("joints", self.joints, 7)
        check_level(self.level, len(LEVELS), name="options['task'].level")

    @property
    def start(self) -> tuple[float, ...]:
        """Where the finger tips are at the beginning."""
        return self.hand

    @property
    def inserted(self) -> tuple[float, ...]:
        """Where the finger tips are when the peg is just deep enough."""
        x, y, yaw = self.hole
        return (x, y, BLOCK_HEIGHT - DEPTH + PEG_LENGTH, yaw)

    @property
    def goal(self) -> tuple[float, ...]:
        """Where the finger tips have to come."""
        return self.inserted if self.out is None else self.out


@dataclass(frozen=True, slots=True, kw_only=True)
class PegEpisode(ArmEpisode):
    """What changes in an episode besides the physics; see `ArmEpisode`.

    Attributes:
        goal_XG: where the finger tips have to come: x, y, z and yaw.
        is_out: whether that is out of the hole.
    """

    goal_XG: NDArray[np.float64]
    is_out: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class PegEvaluation(ArmEvaluation):
    """How far the peg is in, and the hand from its goal.

    Attributes:
        aside: how far the peg's tip is from the hole's middle, horizontally, in metres.
        depth: how far the tip is below the hole's rim, in metres.
        distance: how far the finger tips are from where they have to come, in metres.
    """

    aside: Any
    depth: Any
    distance: Any


class PegInsertEnv(ArmEnv[PegTask, PegEpisode, PegEvaluation]):
    """Put a square peg into a square hole.

    ## Task
    The hand holds a peg of 24 mm by 24 mm that stands 6 cm out of its fingers. A block with a square hole stands on the
    table, turned by some angle. The peg has to go 3 cm deep. The hand gives way: it pushes with at most 25 N.

    `reset` draws tasks of putting the peg in. `onward_task` goes on from the present state, also the other way: out of
    the hole and to within 2 cm and 0.1 rad of where the hand began, so that a learner needs no one to pull the peg out.

    ## Observation
    The model's sensors, 30 numbers (float32), in this order:

    | numbers | meaning | unit | bound |
    |---|---|---|---|
    | 0–5 | position (x, y, z) and rotation vector of the hand | m, rad | 1, 3.2 |
    | 6–11 | their velocities | m/s, rad/s | 3, 20 |
    | 12–17 | forces and torques that the hand's springs exert | N, N m | 25, 4 |
    | 18–20 | position of the hole's rim | m | 2 |
    | 21–23 | direction of the hole's x axis |  | 1 |
    | 24–26 | from the hole's middle to the peg's tip, in the hole's frame | m | 2 |
    | 27–29 | direction of the peg's x axis, in the hole's frame |  | 1 |
    | 30–33 | with `both_ways`: from the finger tips to where they have to come, and the turn | m, rad | 2, 6.4 |
    | 34 | with `both_ways`: 1 if that is out of the hole, else 0 |  | 1 |

    With `observation="pixels"` the camera's picture (uint8, `pixels` × `pixels` × 3) instead; with `both`, a dict of
    `state` and `pixels`.

    ## Action
    Four numbers in [-1, 1]: by how much the wanted x, y and z (2 cm) and the wanted turn about the vertical (0.15 rad)
    change; held for 0.1 s. The hand points down. Numbers outside are clipped.

    ## Reward
    `reward="shaped"`: the sum of three terms, each in `info["reward_terms"]`: `progress` (by how much what remains
    to be done grew less, times 5), `success` (2, once) and `effort` (0.01 times the mean square of the action,
    subtracted). What remains is how far the tip is aside from the hole, and above the wanted depth, in metres;
    on the way out, how far the hand is from its goal, and a tenth of the radians that it is turned too far.
    Progress adds up to the same whatever the way. `reward="sparse"`: `success` alone.

    ## Episode end
    Terminated when the peg is 3 cm deep (on the way out, when the hand is at its goal); truncated after 80 steps (8 s).

    ## Levels
    0: 2 mm of clearance on each side, hole within 4 cm of the table's middle and turned by up to 0.1 rad. 1: 1 mm,
    8 cm, 0.4 rad. 2: 0.5 mm, 10 cm, 0.75 rad. The hand begins above, up to 4 or 8 cm aside.

    ## Source
    The action and the force limits follow the controller of SERL (Luo et al., 2024): a target that the action moves, a
    spring and a damper to it, and a bound on how far it may lead. Arm, task and expert are this project's own.

    Args:
        level: the difficulty of tasks drawn by `reset`, unless its options say otherwise.
        observation: `state`, `pixels` or `both`.
        pixels: width and height of a camera observation.
        cameras: what pixel observations look through: `scene`, `wrist` or both, whose pictures are then a dict by these
            names; None for `scene`.
        reward: `shaped` for progress, success and effort; `sparse` for the success alone.
        weights: what each term of the reward is worth; those that a mapping leaves out keep their defaults.
        both_ways: whether the observation tells what is to be done, in or out and where to.
        render_mode: `rgb_array` to have `render()` return a picture, or None.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    levels = LEVELS
    task_type = PegTask
    axes = ("x", "y", "z", "yaw")
    workspace = ((-0.22, 0.22), (-0.26, 0.26), (0.05, 0.3))
    max_steps: ClassVar[int] = 80

    def __init__(self, *, both_ways: bool = False, **more: Any) -> None:
        if not isinstance(both_ways, bool):
            raise ValueError(f"both_ways must be true or false, got {both_ways!r}")
        self.both_ways = both_ways
        super().__init__(**more)

    def build_model(self) -> mujoco.MjModel:
        """The arm with a peg between its closed fingers, and a block of four walls around a hole."""
        spec = new_scene("peg_insert", distance=1.0)
        hand = add_arm(spec)
        add_gripper(spec, hand, moves=False)
        _add_peg(hand)
        _add_hole(spec)
        add_control(spec, gripper=False)
        sense(spec, "hole", "framepos", "hole", 2.0)
        sense(spec, "hole_across", "framexaxis", "hole")
        sense(spec, "peg_in_hole", "framepos", "peg", 2.0, reference="hole")
        sense(spec, "peg_along", "framexaxis", "peg", reference="hole")
        return spec.compile()

    def sample(self, rng: np.random.Generator, level: int) -> PegTask:
        """A hole on the table, and the hand above it and aside."""
        config = self.levels[level]
        x, y = rng.uniform(-config.spread, config.spread, 2)
        turns = rng.uniform(-config.turn, config.turn, 2)
        aside = rng.uniform(-config.start, config.start, 2)
        height = rng.uniform(0.14, 0.2)
        hand = (x + aside[0], y + aside[1], height, turns[0])
        return PegTask(hand=tuple(map(float, hand)), hole=(float(x), float(y), float(turns[1])), level=level)

    def start(self, task: PegTask) -> PegEpisode:
        """Put the hand and the hole in place."""
        target_U = self.place_hand(*task.hand, joints=task.joints)
        x, y, yaw = task.hole
        clearance = self.levels[task.level].clearance
        turned = [math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2)]
        data = self.data
        data.mocap_pos[:] = (x, y, BLOCK_HEIGHT)
        data.mocap_quat[:] = turned
        for i in range(4):
            angle = yaw + i * math.pi / 2
            out = PEG + clearance + _WALL
            data.mocap_pos[1 + i] += (out * math.cos(angle), out * math.sin(angle), 0.0)
            data.mocap_quat[1 + i] = [math.cos(angle / 2), 0.0, 0.0, math.sin(angle / 2)]
        is_out = task.out is not None
        return self.begin(PegEpisode(target_XU=target_U, remaining=0.0, goal_XG=np.array(task.goal), is_out=is_out))

    def onward_task(self, goal: tuple[float, ...]) -> PegTask:
        """The task that goes on from here: with the hand where it is, into the hole if that is the goal, else out.

        Args:
            goal: the task's `inserted`, or where the finger tips have to bring the peg: x, y, z and yaw.

        Raises:
            ValueError: it is not four numbers.
        """
        task = self.task
        hand, joints = self.present_hand()
        return replace(task, hand=hand, joints=joints, out=None if goal == task.inserted else goal)

    def evaluate(self, readings: Readings, episode: PegEpisode) -> PegEvaluation:
        """Whether the peg is deep enough or, on the way out, the hand where it has to come."""
        tip_X3 = readings["peg_in_hole"]
        aside, depth = norm(tip_X3[..., :2]), -tip_X3[..., 2]
        to_go_X4 = _to_go(readings, episode)
        distance, turned = norm(to_go_X4[..., :3]), np.abs(to_go_X4[..., 3])
        is_in = (depth >= DEPTH) & (aside < PEG)
        is_there = (distance <= OUT_WITHIN) & (turned <= OUT_TURNED_WITHIN)
        remaining_in = aside + np.maximum(DEPTH - depth, 0.0)
        remaining_out = distance + _TURN_IN_METRES * np.maximum(turned - OUT_TURNED_WITHIN, 0.0)
        return PegEvaluation(
            success=np.where(episode.is_out, is_there, is_in),
            remaining=np.where(episode.is_out, remaining_out, remaining_in),
            aside=aside,
            depth=depth,
            distance=distance,
        )

    def observe(self, readings: Readings, episode: PegEpisode) -> NDArray[np.float32]:
        """The sensors and, with `both_ways`, what is to be done."""
        sensors_XS = super().observe(readings, episode)
        if not self.both_ways:
            return sensors_XS
        is_out_X1 = np.asarray(episode.is_out)[..., None]
        told_XS = [sensors_XS, _to_go(readings, episode), is_out_X1]
        return np.concatenate(told_XS, axis=-1, dtype=np.float32, casting="unsafe")

    def state_space(self) -> spaces.Box:
        """The bounds of the sensors and, with `both_ways`, of what is to be done."""
        space = super().state_space()
        if not self.both_ways:
            return space
        bound_S = np.append(space.high, np.array([2.0, 2.0, 2.0, 6.4, 1.0], np.float32))
        return spaces.Box(-bound_S, bound_S, dtype=np.float32)

    def expert(self) -> Action:
        """Over the hole first, then down: slowly, as a fast start tilts the hand by more than the clearance.

        A peg beside the block is lifted first. The way out is straight up, and to the goal once the peg is free.
        """
        if self.task.out is not None:
            return self._expert_on_the_way_out(*self.task.out)
        right_angle = math.pi / 2
        x, y, z = self.data.site("peg").xpos - self.data.site("hole").xpos
        turn = float(self.data.actuator_length[5]) - self.task.hole[2]
        turn -= right_angle * round(turn / right_angle)
        target = self.episode.target_XU
        above = {"x": target[0] - 0.7 * x, "y": target[1] - 0.7 * y, "yaw": target[5] - 0.7 * turn}
        config = self.levels[self.task.level]
        if z < 0.0 and math.hypot(x, y) > PEG:  # beside the block
            return self.steer(z=self.workspace[2][1])
        is_over = math.hypot(x, y) < 0.5 * config.clearance + 0.0005 and abs(turn) < 0.03
        if z < 0.0 or (is_over and z < 0.02):
            return self.steer(**above, z=target[2] - 0.008)
        return self.steer(**above, z=target[2] + 0.006 - z)

    def _expert_on_the_way_out(self, x: float, y: float, z: float, yaw: float) -> Action:
        is_free = self.data.site("peg").xpos[2] > BLOCK_HEIGHT + 0.005
        return self.steer(x=x, y=y, z=z, yaw=yaw) if is_free else self.steer(z=self.workspace[2][1])


def _to_go(readings: Readings, episode: PegEpisode) -> NDArray[np.float64]:
    """From the finger tips to where they have to come: x, y, z and the turn about the vertical."""
    present_X4 = np.concatenate([readings[axis] for axis in ("x", "y", "z", "yaw")], axis=-1)
    return episode.goal_XG - present_X4


def _add_peg(hand: Any) -> None:
    peg = hand.add_body(name="peg", pos=(0, 0, TOOL), gravcomp=1)
    middle, half = (PEG_LENGTH - 0.02) / 2, (PEG_LENGTH + 0.02) / 2
    box(peg, "object", (PEG, PEG, half), (0, 0, middle), mass=0.05)
    inner = PEG - _EDGE
    for x in (-inner, inner):
        for y in (-inner, inner):
            capsule(
                peg,
                "object",
                _EDGE,
                (x, y, 0),
                (x, y, PEG_LENGTH - _EDGE),
                group=UNSEEN_GROUP,
                friction=(0.3, 0.005, 0.0001),
                **HAND,
            )
    add_site(peg, "peg", (0, 0, PEG_LENGTH), quat=(0, 0, 1, 0))


def _add_hole(spec: mujoco.MjSpec) -> None:
    hole = add_mocap(spec, "hole")
    box(hole, "joint", (PEG + 0.02, PEG + 0.02, 0.001), (0, 0, 0.001 - BLOCK_HEIGHT))
    for i in range(4):
        wall = add_mocap(spec, f"wall{i}")
        box(
            wall,
            "fixture",
            (_WALL, 2 * _WALL + PEG, BLOCK_HEIGHT / 2),
            (0, 0, -BLOCK_HEIGHT / 2),
            friction=(0.3, 0.005, 0.0001),
            **FIXED,
        )
