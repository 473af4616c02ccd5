"""A corridor to fly through."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .flight_env import FlightEnv, FlightLevel
from .floors import CorridorRanges, draw_corridor
from .kernels.layout import Column
from .task import BREEZE, CALM, DRAUGHT


class CorridorEnv(FlightEnv):
    """A quadrotor flies along a corridor to its end by what it sees.

    ## Task
    Fly from one end of a corridor to the other without touching anything.

    ## Observation
    `pixels`: what the camera sees, uint8 (64, 64, 3), or as many times 3 as there is `history`. `state`: the
    velocity ahead, to the left and up (m/s), pitch, roll, yaw rate (rad/s), height over 1.2 m, the direction to the
    goal ahead, left and up, its distance (5 m is 1), the last action. `both` (the default) is a dict of the two.

    ## Action
    `control="direction"` (the default): two numbers in [-1, 1], a place in the picture, across and up, that is flown
    to at cruising speed, as in CAD2RL. `velocity` and `attitude` have four numbers, see `FlightEnv`.

    ## Reward
    `progress`: metres by which the way to the end has become shorter; places far from 1.2 m of height or near to walls
    make it longer. `collision`: -2. `goal`: 2. `cost` in the info is 1 in the step of a collision.

    ## Episode end
    Within 0.75 m of the end: success. Touching anything: failure. 600 steps of 0.1 s: truncation.

    ## Levels
    0: 2 to 2.5 m wide, up to two turns, empty, calm air. 1: 1.5 to 2.5 m, two to four turns, a dead end, furniture,
    wind, latency up to 0.08 s. 2: 1.5 to 2 m, three to six turns, dead ends, doorways, stairs, more furniture, gusts,
    latency up to 0.14 s. Every texture, colour, light and camera is drawn anew for each episode.

    ## Source
    After CAD2RL (Sadeghi and Levine, CAD2RL: Real Single-Image Flight without a Single Real Image, 2017).
    """

    default_control = "direction"
    levels = (
        FlightLevel(
            draw=draw_corridor,
            ranges=CorridorRanges(width=(4, 5), stretch=(8, 14), turns=(0, 2)),
            air=CALM,
            max_steps=600,
        ),
        FlightLevel(
            draw=draw_corridor,
            ranges=CorridorRanges(width=(3, 5), stretch=(7, 14), turns=(2, 4), dead_ends=1, furniture=(1.0, 3.0)),
            air=BREEZE,
            max_steps=600,
        ),
        FlightLevel(
            draw=draw_corridor,
            ranges=CorridorRanges(
                width=(3, 4),
                stretch=(7, 14),
                turns=(3, 6),
                dead_ends=3,
                doorways=2,
                stairs=1,
                furniture=(2.0, 4.0),
            ),
            air=DRAUGHT,
            max_steps=600,
        ),
    )

    def reward_terms(self, row_XS: NDArray[np.float64]) -> dict[str, Any]:
        """The weighted terms of the last step's reward; pure."""
        return {
            "progress": row_XS[..., Column.PROGRESS],
            "collision": -2.0 * row_XS[..., Column.COLLIDED],
            "goal": 2.0 * row_XS[..., Column.REACHED] * (1.0 - row_XS[..., Column.COLLIDED]),
        }
