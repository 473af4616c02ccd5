"""The labelling of free space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from ..core.arguments import check_integer, check_number
from ..core.bodies.evaluation import Evaluation
from ..vision.first_person.env import ObservationKind
from ..vision.first_person.place import Place
from .corridor import CorridorEnv
from .flight_env import FlightEnv
from .kernels.labelling import free_distances, label, pose
from .kernels.layout import Column, Floors
from .looks.textures import TEXTURES, Style
from .rooms import RoomsEnv
from .task import FlightTask

PICTURES = 8
"""Pictures of an episode."""
ENOUGH = 0.9
"""The mean score of an episode from which on it is a success."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelEvaluation(Evaluation):
    """What labels came to.

    Attributes:
        score: of the last picture.
        mean_score: of all pictures so far.
    """

    score: Any
    mean_score: Any


class FreeSpaceEnv(FlightEnv):
    """Says of each part of a picture whether the space there is free.

    ## Task
    A camera stands anywhere in a floor, another place for each picture. Say for each of `grid` × `grid` parts of the
    picture whether a quadrotor could fly `distance` metres straight towards its middle without touching anything.
    CAD2RL learns this before it learns to fly.

    ## Observation
    `pixels`: what the camera sees, uint8 (64, 64, 3), or as many times 3 as there is `history`. `state`: height (m),
    pitch, roll and the field of view. `both` (the default) is a dict of the two.

    ## Action
    `grid` × `grid` numbers in [-1, 1], the upper left part first: over 0 means free.

    ## Reward
    `score`: the share of right labels, the mean of that of free and that of blocked parts where there are both; what
    never changes is worth a half there.

    ## Episode end
    After 8 pictures: success where their mean score is 0.9 or more, failure otherwise.

    ## Levels
    0: corridors without furniture. 1: rooms with furniture. 2: floors with doors ajar, stairs and more furniture. Every
    texture, colour, light and camera is drawn anew for each episode.

    ## Source
    After CAD2RL (Sadeghi and Levine, CAD2RL: Real Single-Image Flight without a Single Real Image, 2017).
    """

    metadata = FlightEnv.metadata | {"measures": ("mean_score",)}
    levels = (
        CorridorEnv.levels[0],
        RoomsEnv.levels[1],
        RoomsEnv.levels[2],
    )

    def __init__(
        self,
        *,
        level: int = 0,
        grid: int = 9,
        distance: float = 1.5,
        style: Style = "train",
        textures: int = TEXTURES,
        observation: ObservationKind = "both",
        pixels: int = 64,
        history: int = 1,
        render_mode: str | None = None,
    ) -> None:
        self.grid = check_integer("grid", grid, 1, 64)
        if not 0 < check_number("distance", distance) <= 10:
            raise ValueError(f"distance must be over 0 and up to 10, got {distance!r}")
        self.distance = float(distance)
        super().__init__(
            level=level,
            style=style,
            textures=textures,
            observation=observation,
            pixels=pixels,
            history=history,
            render_mode=render_mode,
        )
        self.max_steps = PICTURES

    def numbers_of_action(self) -> int:
        """One for each part of the picture."""
        return self.grid**2

    def start(self, task: FlightTask, place: Place) -> NDArray[np.float64]:
        """The row of a camera at its first place; pure."""
        row_S = super().start(task, place)
        pose(row_S, place.geometry, 0)
        return row_S

    def advance(
        self,
        action_N_A: NDArray[Any],
        moving_N: NDArray[np.bool_],
        state_N_S: NDArray[np.float64],
        place_N: NDArray[np.int64],
        geometry: Floors,
    ) -> None:
        """Score labels, and go to the next place."""
        label(action_N_A, moving_N, state_N_S, place_N, geometry, self.grid, self.distance)

    def evaluate(self, row_XS: NDArray[np.float64]) -> LabelEvaluation:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Judge the labels so far; pure."""
        pictures_X = row_XS[..., Column.PICTURES]
        mean_X = row_XS[..., Column.SCORES] / np.maximum(pictures_X, 1.0)
        is_last_X, is_enough_X = pictures_X >= PICTURES, mean_X >= ENOUGH
        return LabelEvaluation(
            success=is_last_X & is_enough_X,
            failure=is_last_X & np.logical_not(is_enough_X),
            score=row_XS[..., Column.SCORE],
            mean_score=mean_X,
        )

    def reward_terms(self, row_XS: NDArray[np.float64]) -> dict[str, Any]:
        """The last picture's score; pure."""
        return {"score": row_XS[..., Column.SCORE]}

    def observe(self, row_XS: NDArray[np.float64]) -> NDArray[np.float32]:
        """Where the camera stands and how it looks; pure."""
        columns = [Column.Z, Column.PITCH, Column.ROLL, Column.FIELD]
        return np.stack([row_XS[..., column] for column in columns], axis=-1).astype(np.float32)

    def state_space(self) -> spaces.Box:
        """The space of what `observe` returns for one body."""
        return spaces.Box(-10.0, 10.0, (4,), np.float32)

    def expert(self) -> NDArray[np.float32] | None:
        """The right labels."""
        free_G_G = np.empty((self.grid, self.grid))
        free_distances(self.row_S, self.place.geometry, 0, self.distance, free_G_G)
        return np.where(free_G_G >= self.distance, 1.0, -1.0).astype(np.float32).ravel()
