"""A cable goes through clips."""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import mujoco
import numpy as np
from numpy.typing import NDArray

from ...core import TaskFields
from ...core.bodies.actions import Action
from ...core.task import check_level
from ..readings import Readings
from .arm_env import ArmEnv, ArmEpisode, ArmEvaluation, check_numbers
from .cable import LENGTH, NODES, add_cable, arc
from .model import add_arm, add_control, add_gripper
from .scene import FIXED, add_mocap, box, capsule, cylinder, new_scene, sense, sphere

CLIPS = 3
"""How many clips there are; those that a level does not use are out of sight."""

SOCKET = (0.0, -0.30, 0.012)
"""Where the cable begins, in metres."""

POST_HEIGHT = 0.05
"""Of a clip's two posts, in metres."""

LAID_HEIGHT = 0.04
"""How low the cable has to lie between the posts, in metres."""

GATE = 0.013
"""Half the gap between the posts, in metres."""

_POST = 0.005  # radius of a post
_HEAD = 0.010  # radius of its head
_OVER = POST_HEIGHT + 0.010  # how high the cable swings over a clip
_FAR = 0.3  # the most that a clip adds to what remains to be done
_FIRST = (-0.1, -0.12, -0.16)  # where the first of one, two or three clips is along y, in metres
_AWAY = (0.0, 0.0, -0.5)


@dataclass(frozen=True, slots=True)
class CableLevel:
    """How hard a task is.

    Attributes:
        clips: how many clips there are.
        aside: how far each is from the straight line, at most, in metres.
        turn: how far each is turned from along the line, at most, in radians.
    """

    clips: int
    aside: float
    turn: float


LEVELS = (
    CableLevel(clips=1, aside=0.03, turn=0.2),
    CableLevel(clips=2, aside=0.03, turn=0.3),
    CableLevel(clips=3, aside=0.03, turn=0.3),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CableTask(TaskFields):
    """Where the hand starts and where the clips are.

    Attributes:
        hand: x, y and z of the finger tips, which hold the cable's end, in metres.
        clips: x, y and yaw of the clip nearest to the socket, then of the next; a yaw of 0 leads along y.
        level: the difficulty.
    """

    hand: tuple[float, ...]
    clips: tuple[float, ...]
    level: int = 0

    def __post_init__(self) -> None:
        check_numbers("hand", self.hand, 3)
        if len(self.clips) not in (3, 6, 9):
            raise ValueError(f"options['task'].clips must be x, y and yaw of 1 to {CLIPS} clips, got {self.clips!r}")
        check_numbers("clips", self.clips, len(self.clips))
        check_level(self.level, len(LEVELS), name="options['task'].level")

    def places(self) -> list[tuple[float, ...]]:
        """x, y and yaw of each clip."""
        return [self.clips[i : i + 3] for i in range(0, len(self.clips), 3)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CableEpisode(ArmEpisode):
    """What changes in an episode besides the physics.

    Attributes:
        is_used_XK: which clips there are.
    """

    is_used_XK: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class CableEvaluation(ArmEvaluation):
    """How far the cable is laid.

    Attributes:
        laid: how many clips it lies in.
    """

    laid: Any


class CableRouteEnv(ArmEnv[CableTask, CableEpisode, CableEvaluation]):
    """Lay a cable through clips.

    ## Task
    A cable is plugged into a socket on the table, and the hand holds its other end. One to three clips, two posts each,
    stand in a row. The cable has to lie in all of them at once, lower than 4 cm between the posts.

    ## Observation
    The model's sensors, 81 numbers (float32), in this order:

    | numbers | meaning | unit | bound |
    |---|---|---|---|
    | 0–5 | position (x, y, z) and rotation vector of the hand | m, rad | 1, 3.2 |
    | 6–11 | their velocities | m/s, rad/s | 3, 20 |
    | 12–17 | forces and torques that the hand's springs exert | N, N m | 25, 4 |
    | 18–35 | position of each clip, half a metre down where there is none, and direction from post to post | m | 2, 1 |
    | 36–80 | positions of 15 points along the cable, from the socket on | m | 2 |

    With `observation="pixels"` the camera's picture (uint8, `pixels` × `pixels` × 3) instead; with `both`, a dict of
    `state` and `pixels`.

    ## Action
    Three numbers in [-1, 1]: by how much the wanted x, y and z change, up to 2 cm; held for 0.1 s. Numbers outside are
    clipped.

    ## Reward
    `reward="shaped"`: the sum of three terms, each in `info["reward_terms"]`: `progress` (by how much what remains
    to be done grew less, times 5), `success` (2, once) and `effort` (0.01 times the mean square of the action,
    subtracted). What remains is, summed over the clips, how far the cable is from lying in it where it crosses the
    plane of its posts, at most 30 cm. Progress adds up to the same whatever the way.
    `reward="sparse"`: `success` alone.

    ## Episode end
    Terminated when the cable lies in every clip; truncated after 120 steps (12 s).

    ## Levels
    0: one clip, up to 3 cm aside and turned by up to 0.2 rad. 1: two clips, 0.3 rad. 2: three clips.

    ## Source
    The task follows the cable routing of SERL (Luo et al., 2024), and so do action and force limits: a target that the
    action moves, a spring and a damper to it, and a bound on how far it may lead. Arm, cable and expert are this
    project's own.

    Args:
        level: the difficulty of tasks drawn by `reset`, unless its options say otherwise.
        observation: `state`, `pixels` or `both`.
        pixels: width and height of a camera observation.
        cameras: what pixel observations look through: `scene`, `wrist` or both, whose pictures are then a dict by these
            names; None for `scene`.
        reward: `shaped` for progress, success and effort; `sparse` for the success alone.
        weights: what each term of the reward is worth; those that a mapping leaves out keep their defaults.
        render_mode: `rgb_array` to have `render()` return a picture, or None.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    levels = LEVELS
    task_type = CableTask
    axes = ("x", "y", "z")
    workspace = ((-0.28, 0.22), (-0.26, 0.36), (0.015, 0.25))
    max_steps: ClassVar[int] = 120

    def build_model(self) -> mujoco.MjModel:
        """The arm with the cable's end between its closed fingers, the socket, and clips of two posts."""
        spec = new_scene("cable_route", distance=1.2)
        hand = add_arm(spec)
        add_gripper(spec, hand, moves=False)
        for i in range(CLIPS):
            _add_clip(spec, f"clip{i}")
        _add_socket(spec)
        add_cable(spec, SOCKET, "tool")
        add_control(spec, gripper=False)
        for i in range(CLIPS):
            sense(spec, f"clip{i}", "framepos", f"clip{i}", 2.0)
            sense(spec, f"clip{i}_across", "framexaxis", f"clip{i}")
        for i in range(NODES):
            sense(spec, f"cable{i}", "framepos", f"cable{i}", 2.0)
        return spec.compile()

    def sample(self, rng: np.random.Generator, level: int) -> CableTask:
        """Clips one after the other along the table, and the hand on the near side of them."""
        config = self.levels[level]
        along = _FIRST[config.clips - 1] + 0.16 * np.arange(config.clips) + rng.uniform(-0.015, 0.015, config.clips)
        aside = rng.uniform(-config.aside, config.aside, config.clips)
        turns = rng.uniform(-config.turn, config.turn, config.clips)
        hand = rng.uniform((-0.16, -0.2, 0.08), (-0.06, -0.05, 0.16))
        clips = np.stack([aside, along, turns], axis=1).ravel().tolist()
        return CableTask(hand=tuple(hand.tolist()), clips=tuple(clips), level=level)

    def start(self, task: CableTask) -> CableEpisode:
        """Put the hand and the clips in place, and the cable in an arc between socket and hand."""
        x, y, z = task.hand
        target_U = self.place_hand(x, y, z, 0.0)
        self.data.mocap_pos[:] = _AWAY
        for i, (x, y, yaw) in enumerate(task.places()):
            self.data.mocap_pos[i] = (x, y, 0.0)
            self.data.mocap_quat[i] = (math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2))
        self.data.qpos[7:] = arc(np.subtract(task.hand, SOCKET))
        is_used_K = np.arange(CLIPS) < len(task.places())
        return self.begin(CableEpisode(target_XU=target_U, remaining=0.0, is_used_XK=is_used_K))

    def evaluate(self, readings: Readings, episode: CableEpisode) -> CableEvaluation:
        """Whether the cable lies in every clip."""
        first = readings.places["cable0"].start  # of the points' sensors, one after the other
        nodes_XN3 = readings.sensors_XS[..., first : first + 3 * NODES].reshape(*np.shape(readings.time_X), NODES, 3)
        remaining_XK = np.stack(
            [_remaining(nodes_XN3, readings[f"clip{i}"], readings[f"clip{i}_across"]) for i in range(CLIPS)], axis=-1
        )
        remaining_XK = np.where(episode.is_used_XK, remaining_XK, 0.0)
        is_laid_XK = remaining_XK <= 0.0
        laid = np.sum(is_laid_XK & episode.is_used_XK, axis=-1)
        success = np.all(is_laid_XK, axis=-1)
        return CableEvaluation(success=success, remaining=np.sum(remaining_XK, axis=-1), laid=laid)

    def expert(self) -> Action:
        """Clip after clip: the cable is pulled straight, swung over the clip in the air, and lowered into it."""
        nodes_N3 = np.stack([self.data.site(f"cable{i}").xpos for i in range(NODES)])
        legs = _legs(self.task.places())
        leg = next((leg for leg in legs[:-1] if not leg.is_laid(nodes_N3)), legs[-1])
        crosses_L, aside_L, height_L = leg.crossings(nodes_N3)
        stretch = math.dist(leg.before_2, leg.clip_2)
        ahead = (leg.clip_2 - leg.before_2) / stretch
        rest = LENGTH - leg.used

        def hand_height(at_clip: float) -> float:
            """How high the hand is where the straight cable is `at_clip` high at the clip."""
            return SOCKET[2] + (at_clip - SOCKET[2]) * LENGTH / (leg.used + stretch)

        def straight(direction_2: NDArray[np.float64], z: float) -> dict[str, float]:
            """Where the hand draws the cable straight, in a direction from where it was last led through."""
            x, y = leg.before_2 + math.sqrt((rest + 0.01) ** 2 - (z - SOCKET[2]) ** 2) * direction_2
            return {"x": x, "y": y, "z": z}

        tool_3, target_U, over = self.data.site("tool").xpos, self.episode.target_XU, hand_height(_OVER)
        if not crosses_L.any() or math.dist(tool_3, (*leg.before_2, SOCKET[2])) < rest - 0.012:
            # the first time, the cable is kept to the side that it lies on until it is in the air
            away = ahead + 0.17 * np.array([-ahead[1], ahead[0]]) if leg is legs[0] else ahead
            return self.steer(**straight(away / np.hypot(*away), over))
        last = int(np.flatnonzero(crosses_L)[-1])
        aside, height = float(aside_L[last]), float(height_L[last])
        if abs(aside) < (GATE if height < POST_HEIGHT else 0.6 * GATE):
            return self.steer(
                **straight(ahead, 0.02 if leg is legs[-1] else hand_height(LAID_HEIGHT - 0.006)), speed=0.7
            )
        if height < POST_HEIGHT + 0.003:
            present = (tool_3[:2] - leg.before_2) / math.dist(tool_3[:2], leg.before_2)
            return self.steer(**straight(present, min(max(over, target_U[2] + 0.01), over + 0.06)))
        return self.steer(**straight(ahead, float(target_U[2])), speed=0.7)


@dataclass(frozen=True, slots=True)
class _Leg:
    """One leg of the cable's way: from the socket or a clip to the next clip.

    Attributes:
        before_2: where it begins.
        clip_2: the clip that it leads to.
        yaw: of that clip.
        used: how long the way is up to where it begins, in metres.
    """

    before_2: NDArray[np.float64]
    clip_2: NDArray[np.float64]
    yaw: float
    used: float

    def crossings(self, nodes_N3: NDArray[np.float64]) -> tuple[NDArray[Any], ...]:
        """Where the cable crosses the clip; see `_crossings`."""
        return _crossings(nodes_N3, self.clip_2, np.array([math.cos(self.yaw), math.sin(self.yaw)]))

    def is_laid(self, nodes_N3: NDArray[np.float64]) -> bool:
        """Whether the cable is between the clip's posts."""
        crosses_L, aside_L, height_L = self.crossings(nodes_N3)
        return bool((crosses_L & (np.abs(aside_L) < GATE) & (height_L < POST_HEIGHT - 0.003)).any())


def _legs(places: list[tuple[float, ...]]) -> list[_Leg]:
    legs, before_2, used = [], np.array(SOCKET[:2]), 0.0
    for x, y, yaw in places:
        legs.append(_Leg(before_2, np.array([x, y]), yaw, used))
        used += math.dist(before_2, (x, y))
        before_2 = legs[-1].clip_2
    return legs


def _crossings(
    nodes_XN3: NDArray[np.float64], clip_X2: NDArray[np.float64], across_X2: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]:
    """Where each link of the cable crosses the vertical plane through a clip's posts.

    Args:
        nodes_XN3: points along the cable.
        clip_X2: the clip's place.
        across_X2: the direction from post to post.

    Returns:
        Whether each link crosses it, how far from the clip's middle towards a post, and how high above the table.
    """
    x_XN = nodes_XN3[..., 0] - clip_X2[..., None, 0]
    y_XN = nodes_XN3[..., 1] - clip_X2[..., None, 1]
    c_X1, s_X1 = across_X2[..., None, 0], across_X2[..., None, 1]
    aside_XN, along_XN = x_XN * c_X1 + y_XN * s_X1, y_XN * c_X1 - x_XN * s_X1
    first_XL, second_XL = along_XN[..., :-1], along_XN[..., 1:]
    crosses_XL = (first_XL < 0.0) != (second_XL < 0.0)
    share_XL = first_XL / np.where(crosses_XL, first_XL - second_XL, 1.0)

    def at_crossing(values_XN: NDArray[np.float64]) -> NDArray[np.float64]:
        return values_XN[..., :-1] + share_XL * (values_XN[..., 1:] - values_XN[..., :-1])

    return crosses_XL, at_crossing(aside_XN), at_crossing(nodes_XN3[..., 2])


def _remaining(nodes_XN3: NDArray[np.float64], clip_X3: NDArray[np.float64], across_X3: NDArray[np.float64]) -> Any:
    """How far the cable is from lying between a clip's posts, where it crosses their plane; 0 where it does."""
    crosses_XL, aside_XL, height_XL = _crossings(nodes_XN3, clip_X3, across_X3)
    too_far_XL = np.maximum(np.abs(aside_XL) - GATE, 0.0)
    too_high_XL = np.maximum(height_XL - LAID_HEIGHT, 0.0)
    return np.min(np.where(crosses_XL, np.minimum(too_far_XL + too_high_XL, _FAR), _FAR), axis=-1)


def _add_clip(spec: mujoco.MjSpec, name: str) -> None:
    clip = add_mocap(spec, name)
    cylinder(clip, "fixture", 0.034, 0.0015, (0, 0, 0.0015))
    for side in (-1, 1):
        x = side * (GATE + _POST)
        capsule(clip, "fixture", _POST, (x, 0, 0), (x, 0, POST_HEIGHT - _HEAD), friction=(0.3, 0.005, 0.0001), **FIXED)
        # a rounded head lets the cable in from above, and keeps it in where it leans against the post
        sphere(clip, "accent", _HEAD, (x, 0, POST_HEIGHT - _HEAD), friction=(0.3, 0.005, 0.0001), **FIXED)
        cylinder(clip, "fixture", 0.010, 0.004, (x, 0, 0.004))


def _add_socket(spec: mujoco.MjSpec) -> None:
    x, y, z = SOCKET
    box(spec.worldbody, "joint", (0.022, 0.018, 0.016), (x, y - 0.018, 0.016))
    cylinder(spec.worldbody, "accent", 0.010, 0.003, (x, y, z), quat=(0.70710678, 0.70710678, 0, 0))
