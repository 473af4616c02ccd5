"""Gates to fly through."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .flight_env import FlightEnv, FlightLevel
from .floors import HallRanges, draw_hall
from .kernels.layout import Column
from .task import BREEZE, CALM, DRAUGHT


class GatesEnv(FlightEnv):
    """A quadrotor flies through gates in a hall, one after another, by what it sees.

    ## Task
    Pass every gate forwards through its opening, in order, without touching anything.

    ## Observation
    As in `flight/Corridor-v0`: `pixels`, `state` with the direction and distance to the next gate, or `both`.

    ## Action
    `control="velocity"` (the default): four numbers in [-1, 1], the velocity ahead (3 m/s), to the left (2 m/s) and up
    (1.5 m/s), and the turn to the left (2 rad/s). `direction` and `attitude`: see `FlightEnv`.

    ## Reward
    `progress`: metres by which the way along the gates that are left has become shorter. `gate`: 1 for each gate
    passed. `collision`: -2. `cost` in the info is 1 in the step of a collision.

    ## Episode end
    All gates passed: success. Touching anything: failure. 600 steps of 0.1 s: truncation.

    ## Levels
    0: three gates of 1.4 to 1.8 m, calm air. 1: five of 1 to 1.4 m, furniture, wind, latency up to 0.08 s. 2: six to
    eight of 0.8 to 1 m in sharper bends, more furniture, gusts, latency up to 0.14 s. Every texture, colour, light and
    camera is drawn anew for each episode.

    ## Source
    This suite's own, after the races of drones through gates (Foehn et al., AlphaPilot: Autonomous Drone Racing, 2020).
    """

    levels = (
        FlightLevel(draw=draw_hall, ranges=HallRanges(gates=(3, 3), opening=(1.4, 1.8)), air=CALM, max_steps=600),
        FlightLevel(
            draw=draw_hall,
            ranges=HallRanges(gates=(5, 5), opening=(1.0, 1.4), furniture=(1.0, 2.0)),
            air=BREEZE,
            max_steps=600,
        ),
        FlightLevel(
            draw=draw_hall,
            ranges=HallRanges(gates=(6, 8), opening=(0.8, 1.0), bend=1.0, skew=0.4, furniture=(2.0, 4.0)),
            air=DRAUGHT,
            max_steps=600,
        ),
    )

    def reward_terms(self, row_XS: NDArray[np.float64]) -> dict[str, Any]:
        """The weighted terms of the last step's reward; pure."""
        return {
            "progress": row_XS[..., Column.PROGRESS],
            "gate": row_XS[..., Column.PASSED],
            "collision": -2.0 * row_XS[..., Column.COLLIDED],
        }
