"""An indoor course between walls."""

from __future__ import annotations

from .closed_line import LoopShape
from .drive_env import DriveEnv, DriveLevel

CIRCUITS = (
    DriveLevel(
        kind="indoor",
        lane=2.4,
        shape=LoopShape(radius=4.0, knots=6, wobble=0.12, tightest=1.7, apart=3.0),
        variety=0.1,
        courses=4,
        max_steps=300,
    ),
    DriveLevel(
        kind="indoor",
        lane=2.0,
        shape=LoopShape(radius=5.5, knots=8, wobble=0.25, tightest=1.4, apart=2.6),
        variety=0.5,
        max_steps=400,
    ),
    DriveLevel(
        kind="indoor",
        lane=1.6,
        shape=LoopShape(radius=7.0, knots=10, wobble=0.32, tightest=1.2, apart=2.2),
        variety=1.0,
        max_steps=600,
    ),
)
"""From a short wide loop to a long narrow one with turns to both sides."""


class CircuitEnv(DriveEnv):
    """A small car drives a lap of an indoor course by what it sees.

    ## Task
    Drive once round, from checkpoint to checkpoint, between walls on both sides.

    ## Observation
    `pixels`: what the car's camera sees, uint8 (64, 64, 3), or as many times 3 as there is `history`. `state`: nine
    numbers: speed ahead (4 m/s is 1), to the left (m/s), yaw rate (3.3 rad/s is 1), the last steering and throttle,
    cosine and sine of the direction to the next checkpoint, its distance (5 m is 1), whether a recovery acts. `both`
    (the default) is a dict of the two.

    ## Action
    Two numbers in [-1, 1], for a tenth of a second: steering, to the left positive, which the wheels follow at 4 rad/s
    up to 0.42 rad; and throttle, which below 0 brakes and, once the car stands, drives back. The motor follows with a
    lag of 0.12 s, the brakes of 0.06 s.

    ## Reward
    `progress`: metres that the car has come nearer to the next checkpoint. `collision`: -0.5 for each m/s of a contact
    of 0.4 m/s or more. `lap`: 5 for a lap. `cost` in the info is 1 in a step with a collision.

    ## Episode end
    A lap is done: success. The car has stood for 2 s: failure, `is_stuck`. 300, 400 or 600 steps: truncation. A
    collision ends nothing.

    ## Levels
    0: one of 4 courses 2.4 m wide, some 25 m long; looks and the car hardly vary. 1: one of 8, 2 m wide, curves of
    1.4 m. 2: one of 8, 1.6 m wide, curves of 1.2 m, to both sides; all that can be varied is. Courses are driven either
    way round.

    ## Source
    After FastRLAP (Stachowicz et al., FastRLAP: A System for Learning High-Speed Driving via Deep RL and Autonomous
    Practicing, 2023): checkpoints from a slow lap, progress towards the next one. Tyres: Pacejka, Tire and Vehicle
    Dynamics (2012).
    """

    levels = CIRCUITS
