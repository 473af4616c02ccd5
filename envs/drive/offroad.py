"""An outdoor course over hills, among trees."""

from __future__ import annotations

from .closed_line import LoopShape
from .drive_env import DriveEnv, DriveLevel

OFFROADS = (
    DriveLevel(
        kind="outdoor",
        lane=4.0,
        shape=LoopShape(radius=9.0, knots=7, wobble=0.15, tightest=3.0, apart=6.0),
        variety=0.1,
        trees=24,
        hills=0.25,
        max_steps=500,
    ),
    DriveLevel(
        kind="outdoor",
        lane=3.2,
        shape=LoopShape(radius=12.0, knots=9, wobble=0.25, tightest=2.5, apart=5.5),
        variety=0.5,
        trees=40,
        hills=0.5,
        max_steps=600,
    ),
    DriveLevel(
        kind="outdoor",
        lane=2.6,
        shape=LoopShape(radius=15.0, knots=11, wobble=0.3, tightest=2.2, apart=5.0),
        variety=1.0,
        trees=56,
        hills=0.7,
        max_steps=900,
    ),
)
"""From a wide gravel loop on nearly level ground to a long narrow one through hills."""


class OffroadEnv(DriveEnv):
    """A small car drives a lap of a gravel track among grass, trees and hills by what it sees.

    ## Task
    Drive once round, from checkpoint to checkpoint. Nothing but its own slowness keeps a car from leaving the track.

    ## Observation
    As in `drive/Circuit-v0`; the camera tilts with the ground.

    ## Action
    As in `drive/Circuit-v0`: steering and throttle. Gravel holds 0.65 of what a floor does, dirt 0.75, grass 0.5, and
    grass slows a car down by 1.3 m/s². Hills pull.

    ## Reward
    As in `drive/Circuit-v0`: `progress`, `collision` (with trees and the edge of the world), `lap`.

    ## Episode end
    A lap is done: success. The car has stood for 2 s: failure, `is_stuck`. 500, 600 or 900 steps: truncation.

    ## Levels
    0: a track 4 m wide, some 60 m long, hills of 0.25 m (standard deviation). 1: 3.2 m wide, hills of 0.5 m. 2: 2.6 m
    wide, hills of 0.7 m; all that can be varied is. Eight courses each, driven either way round.

    ## Source
    After FastRLAP (Stachowicz et al., 2023), which drove such courses.
    """

    levels = OFFROADS
