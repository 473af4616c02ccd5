"""What kernels read and write: courses in arrays, and the row of numbers that is all of a car."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MAP = 192
"""Samples along each side of a course's maps; a sample stands in the middle of its cell."""
LINE = 256
"""Points of a centre line, evenly spaced."""
CHECKPOINTS = 24
"""Checkpoints of a lap."""

# surfaces
HARD, GRAVEL, DIRT, GRASS = range(4)
SURFACE_GRIP = np.array([1.0, 0.65, 0.75, 0.5])
"""The friction of tyres on each surface."""
SURFACE_DRAG = np.array([0.15, 0.5, 0.35, 1.3])
"""What rolling costs, in m/s²."""

# columns of the line
LINE_X, LINE_Y, LINE_COSINE, LINE_SINE, LINE_SPEED = range(5)

# columns of a car's row
(
    X,  # metres
    Y,
    YAW,
    SPEED,  # ahead, m/s
    SIDE_SPEED,  # to the left
    YAW_RATE,
    STEERING,  # the wheels' angle, which follows the action
    THROTTLE,  # what the motor does, which follows the action
    LAST_STEERING,  # the last action, as it came
    LAST_THROTTLE,
    GROUND,  # height, metres
    PITCH,
    ROLL,
    PLACE,  # the nearest point of the centre line
    CHECKPOINT,  # the next one
    PASSED,  # since the episode began
    GOAL_DISTANCE,  # to the next checkpoint
    GOAL_ANGLE,  # to its left is positive
    TIME,  # seconds since the episode began
    LAP_BEGAN,  # seconds
    LAP_TIME,  # of the last lap, 0 before the first is done
    LAPS,
    PROGRESS,  # of the last step, metres
    IMPACT,  # the hardest of the last step, m/s
    HAS_COLLIDED,  # with the last step
    COLLISIONS,
    SLOW_TIME,  # seconds that the car has stood
    HAS_LAPPED,  # with the last step
    RECOVERY,  # what the recovery does: see `recovery`
    RECOVERY_TIME,  # seconds that it has done it
    RECOVERY_TOTAL,  # seconds since it began
    INTERVENED,  # whether it did so in the last step
    INTERVENTIONS,
    RESCUES,
    GRIP,  # what the car is like, 1 is the ordinary one
    POWER,
    STEERING_RANGE,
    LAG,
    CAMERA_HEIGHT,
    FIELD_OF_VIEW,
) = range(40)
COLUMNS = 40


class Courses(NamedTuple):
    """P courses.

    Attributes:
        side_P: of the square that a course lies in, metres.
        surface_P_Y_X: what the ground is.
        clearance_P_Y_X: the way to the nearest wall or tree, metres; below 0 inside of one.
        height_P_Y_X: of the ground, metres.
        line_P_L_5: the middle of the course: x, y, cosine and sine of its direction, and how fast it can be driven.
        length_P: of a lap, metres.
        lane_P: how wide the course is, metres.
        checkpoint_P_K_2: x and y.
    """

    side_P: NDArray[np.float64]
    surface_P_Y_X: NDArray[np.uint8]
    clearance_P_Y_X: NDArray[np.float32]
    height_P_Y_X: NDArray[np.float32]
    line_P_L_5: NDArray[np.float64]
    length_P: NDArray[np.float64]
    lane_P: NDArray[np.float64]
    checkpoint_P_K_2: NDArray[np.float64]


def new_courses(count: int) -> Courses:
    """Memory for so many courses."""
    return Courses(
        side_P=np.ones(count),
        surface_P_Y_X=np.zeros((count, MAP, MAP), np.uint8),
        clearance_P_Y_X=np.zeros((count, MAP, MAP), np.float32),
        height_P_Y_X=np.zeros((count, MAP, MAP), np.float32),
        line_P_L_5=np.zeros((count, LINE, 5)),
        length_P=np.ones(count),
        lane_P=np.ones(count),
        checkpoint_P_K_2=np.zeros((count, CHECKPOINTS, 2)),
    )
