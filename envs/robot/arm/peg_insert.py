"""A peg goes into a hole."""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import mujoco
import numpy as np

from ...core import TaskFields
from ...core.task import check_level
from ..actions import Action
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
    """Where the hand starts and where the hole is.

    Attributes:
        hand: x, y, z and yaw of the finger tips at the beginning, in metres and radians.
        hole: x, y and yaw of the hole.
        level: the difficulty, which sets the clearance.
    """

    hand: tuple[float, ...]
    hole: tuple[float, ...]
    level: int = 0

    def __post_init__(self) -> None:
        check_numbers("hand", self.hand, 4)
        check_numbers("hole", self.hole, 3)
        check_level(self.level, len(LEVELS), name="options['task'].level")


@dataclass(frozen=True, slots=True, kw_only=True)
class PegEpisode(ArmEpisode):
    """What changes in an episode besides the physics; see `ArmEpisode`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PegEvaluation(ArmEvaluation):
    """How far the peg is in.

    Attributes:
        aside: how far the peg's tip is from the hole's middle, horizontally, in metres.
        depth: how far the tip is below the hole's rim, in metres.
    """

    aside: Any
    depth: Any


class PegInsertEnv(ArmEnv[PegTask, PegEpisode, PegEvaluation]):
    """Put a square peg into a square hole.

    ## Task
    The hand holds a peg of 24 mm by 24 mm that stands 6 cm out of its fingers. A block with a square hole stands on the
    table, turned by some angle. The peg has to go 3 cm deep. The hand gives way: it pushes with at most 25 N.

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

    With `observation="pixels"` the camera's picture (uint8, `pixels` × `pixels` × 3) instead; with `both`, a dict of
    `state` and `pixels`.

    ## Action
    Four numbers in [-1, 1]: by how much the wanted x, y and z (2 cm) and the wanted turn about the vertical (0.15 rad)
    change; held for 0.1 s. The hand points down. Numbers outside are clipped.

    ## Reward
    `reward="shaped"`: the sum of three terms, each in `info["reward_terms"]`: `progress` (by how much what remains
    to be done grew less, times 5), `success` (2, once) and `effort` (0.01 times the mean square of the action,
    subtracted). What remains is how far the tip is aside from the hole, and above the wanted depth, in metres.
    Progress adds up to the same whatever the way. `reward="sparse"`: `success` alone.

    ## Episode end
    Terminated when the peg is 3 cm deep; truncated after 80 steps (8 s).

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
        reward: `shaped` for progress, success and effort; `sparse` for the success alone.
        weights: what each term of the reward is worth; those that a mapping leaves out keep their defaults.
        render_mode: `rgb_array` to have `render()` return a picture, or None.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    levels = LEVELS
    task_type = PegTask
    axes = ("x", "y", "z", "yaw")
    workspace = ((-0.22, 0.22), (-0.26, 0.26), (0.05, 0.3))
    max_steps: ClassVar[int] = 80

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
        target_U = self.place_hand(*task.hand)
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
        return self.begin(PegEpisode(target_XU=target_U, remaining=0.0))

    def evaluate(self, readings: Readings, episode: PegEpisode) -> PegEvaluation:
        """Whether the peg is deep enough."""
        tip_X3 = readings["peg_in_hole"]
        aside, depth = norm(tip_X3[..., :2]), -tip_X3[..., 2]
        success = (depth >= DEPTH) & (aside < PEG)
        return PegEvaluation(
            success=success, remaining=aside + np.maximum(DEPTH - depth, 0.0), aside=aside, depth=depth
        )

    def expert(self) -> Action:
        """Over the hole first, then down: slowly, as a fast start tilts the hand by more than the clearance."""
        right_angle = math.pi / 2
        x, y, z = self.data.site("peg").xpos - self.data.site("hole").xpos
        turn = float(self.data.actuator_length[5]) - self.task.hole[2]
        turn -= right_angle * round(turn / right_angle)
        target = self.episode.target_XU
        above = {"x": target[0] - 0.7 * x, "y": target[1] - 0.7 * y, "yaw": target[5] - 0.7 * turn}
        config = self.levels[self.task.level]
        is_over = math.hypot(x, y) < 0.5 * config.clearance + 0.0005 and abs(turn) < 0.03
        if z < 0.0 or (is_over and z < 0.02):
            return self.steer(**above, z=target[2] - 0.008)
        return self.steer(**above, z=target[2] + 0.006 - z)


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
