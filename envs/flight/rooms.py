"""Rooms to find a way through."""

from __future__ import annotations

from .corridor import CorridorEnv
from .flight_env import FlightLevel
from .floors import RoomsRanges, draw_rooms
from .task import BREEZE, CALM, DRAUGHT


class RoomsEnv(CorridorEnv):
    """A quadrotor flies through rooms and doors to a goal by what it sees.

    ## Task
    Fly from one room to another, whose direction and distance are known, without touching anything.

    ## Observation
    As in `flight/Corridor-v0`: `pixels`, `state` with the direction and distance to the goal, or `both`.

    ## Action
    `control="velocity"` (the default): four numbers in [-1, 1], the velocity ahead (3 m/s), to the left (2 m/s) and up
    (1.5 m/s), and the turn to the left (2 rad/s). `direction` and `attitude`: see `FlightEnv`.

    ## Reward
    `progress`: metres by which the way to the goal, through doors, has become shorter; places far from 1.2 m of height
    or near to walls make it longer. `collision`: -2. `goal`: 2. `cost` in the info is 1 in the step of a collision.

    ## Episode end
    Within 0.75 m of the goal, seen from above: success. Touching anything: failure. 800 steps of 0.1 s: truncation.

    ## Levels
    0: a building of 8 to 10 m with up to four rooms, empty, calm air. 1: 12 to 16 m, furniture, wind, latency up to
    0.08 s. 2: 18 to 23 m, a dozen rooms, doors ajar, sometimes stairs, more furniture, gusts, latency up to 0.14 s.
    Every texture, colour, light and camera is drawn anew for each episode.

    ## Source
    After CAD2RL (Sadeghi and Levine, CAD2RL: Real Single-Image Flight without a Single Real Image, 2017).
    """

    default_control = "velocity"
    levels = (
        FlightLevel(draw=draw_rooms, ranges=RoomsRanges(building=(16, 20), room=7), air=CALM, max_steps=800),
        FlightLevel(
            draw=draw_rooms,
            ranges=RoomsRanges(building=(24, 32), room=7, furniture=(4.0, 8.0)),
            air=BREEZE,
            max_steps=800,
        ),
        FlightLevel(
            draw=draw_rooms,
            ranges=RoomsRanges(building=(36, 46), room=8, open_doors=0.4, furniture=(6.0, 12.0), stairs=0.6),
            air=DRAUGHT,
            max_steps=800,
        ),
    )
