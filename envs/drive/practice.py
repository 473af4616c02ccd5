"""Driving on and on without anybody who puts the car back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..core.arguments import check_integer
from ..vision.first_person.env import ObservationKind
from .circuit import CIRCUITS
from .drive_env import DriveEnv, DriveEvaluation, measured
from .kernels import layout as column
from .offroad import OFFROADS

ENOUGH_LAPS = 2.0
"""From how many laps on practice counts as a success."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeEvaluation(DriveEvaluation):
    """As `DriveEvaluation`; nothing that happens ends an episode."""

    @property
    def is_end(self) -> Any:
        """Whether the episode ends here."""
        return np.zeros(np.shape(self.success), np.bool_)


class PracticeEnv(DriveEnv):
    """A small car practises lap after lap, and gets itself out of where it has driven.

    ## Task
    Drive as many laps as the time allows. After a collision, or where the car has stood for 1.5 s, a recovery takes
    over: it drives back with the wheels turned, then on towards the middle, until the car faces along the course; then
    the agent goes on. All that is lost is the time that it takes. A car that it does not free within 20 s is put back
    as by a hand, which `rescues` in the info's `evaluation` counts.

    ## Observation
    As in `drive/Circuit-v0`; the last number of `state` is 1 after a step in which the recovery drove.

    ## Action
    As in `drive/Circuit-v0`. While the recovery drives, actions count for nothing; `intervention` in the info tells so.

    ## Reward
    As in `drive/Circuit-v0`: `progress`, `collision`, `lap`. Way that the recovery drives back is lost and has to be
    made up for.

    ## Episode end
    Never by itself: `episode_steps` steps are a truncation. `success` is two laps or more.

    ## Levels
    0 and 1: the courses of `drive/Circuit-v0`. 2: those of level 0 of `drive/Offroad-v0`.

    ## Source
    After FastRLAP (Stachowicz et al., 2023), whose car practises so.

    Args:
        level: difficulty.
        observation: `both`, `pixels` or `state`.
        pixels: width and height of a picture.
        history: how many pictures are observed, the last ones.
        track, track_scale, course, expert_speed, variety: see `DriveEnv`.
        episode_steps: after how many steps an episode is cut off.
        render_mode: `rgb_array` to have `render()` return a picture, or None.

    Raises:
        OSError: the track cannot be read.
        ValueError: an argument is out of range, or the track is no line that a car can drive along.
    """

    levels = (*CIRCUITS[:2], OFFROADS[0])
    practises = True

    def __init__(
        self,
        *,
        level: int = 0,
        observation: ObservationKind = "both",
        pixels: int = 64,
        history: int = 1,
        track: str | Path | None = None,
        track_scale: float = 1.0,
        course: int | None = None,
        expert_speed: float | None = None,
        variety: float | None = None,
        episode_steps: int = 600,
        render_mode: str | None = None,
    ) -> None:
        self._episode_steps = check_integer("episode_steps", episode_steps, 1)
        super().__init__(
            level=level,
            observation=observation,
            pixels=pixels,
            history=history,
            track=track,
            track_scale=track_scale,
            course=course,
            expert_speed=expert_speed,
            variety=variety,
            render_mode=render_mode,
        )

    @property
    def max_steps(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """After which an episode is cut off."""
        return self._episode_steps

    def evaluate(self, row_XS: NDArray[np.float64]) -> PracticeEvaluation:
        """Judge the last step."""
        return PracticeEvaluation(
            success=row_XS[..., column.LAPS] >= ENOUGH_LAPS,
            is_stuck=row_XS[..., column.RECOVERY] > 0.0,
            **measured(row_XS),
        )
