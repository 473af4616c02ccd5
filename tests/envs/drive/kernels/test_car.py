"""A car on open ground: what its tyres, its motor and a wall do to it."""

import math

import numpy as np
import pytest

from palaestra.envs.drive.course import ordinary_car
from palaestra.envs.drive.kernels import layout as column
from palaestra.envs.drive.kernels.car import STEERING_LIMIT, TOP_SPEED
from palaestra.envs.drive.kernels.driving import drive
from palaestra.envs.drive.kernels.layout import GRASS, GRAVEL, HARD, MAP, new_courses


def ground(*, surface=HARD, wall_at=np.inf, slope=0.0):
    """A square of 40 m; a wall stands in the east, and the ground rises towards it."""
    courses = new_courses(1)
    courses.side_P[0] = 40.0
    courses.surface_P_Y_X[0] = surface
    x = np.broadcast_to((np.arange(MAP) + 0.5) * 40.0 / MAP, (MAP, MAP))
    courses.clearance_P_Y_X[0] = np.minimum(wall_at - x, 100.0)
    courses.height_P_Y_X[0] = slope * x
    return courses


def drive_for(seconds, steering, throttle, courses, **changes):
    """The car's rows after each step, from rest in the middle."""
    rows_1_S = ordinary_car(20.0, 20.0, 0.0)[None]
    for name, value in changes.items():
        rows_1_S[0, getattr(column, name)] = value
    seen = []
    for _ in range(round(10 * seconds)):
        action = np.array([[steering, throttle]])
        drive(action, np.ones(1, bool), rows_1_S, np.zeros(1, np.int64), courses, False, False)
        seen.append(rows_1_S[0].copy())
    return np.array(seen)


def test_at_full_throttle_speed_comes_near_the_motors_limit_and_stays_below():
    speeds = drive_for(6, 0.0, 1.0, ground(), X=2.0)[:, column.SPEED]
    assert (np.diff(speeds) > 0).all()
    assert 0.75 * TOP_SPEED < speeds[-1] < TOP_SPEED


def test_a_slow_car_rolls_along_the_circle_that_its_wheels_point_to():
    rows = drive_for(12, 1.0, 0.12, ground())
    radius = rows[-1, column.SPEED] / rows[-1, column.YAW_RATE]
    assert rows[-1, column.SPEED] < 1.0
    assert radius == pytest.approx(0.33 / math.tan(STEERING_LIMIT), rel=0.1)


@pytest.mark.parametrize("surface", [HARD, GRAVEL, GRASS])
def test_a_fast_curve_takes_no_more_than_the_grip_there_is(surface):
    rows = drive_for(1.0, 1.0, 0.0, ground(surface=surface), SPEED=5.0)
    sideways = np.abs(rows[:, column.SPEED] * rows[:, column.YAW_RATE])
    assert sideways[2:].min() < 1.05 * 9.81 * column.SURFACE_GRIP[surface]
    wide = rows[3, column.SPEED] / abs(rows[3, column.YAW_RATE])
    assert wide > 0.33 / math.tan(STEERING_LIMIT), "at this speed the tyres slip"


def test_less_grip_leads_wider():
    sides = [drive_for(1.0, 0.5, 0.0, ground(surface=s), SPEED=4.0)[-1, column.Y] for s in (HARD, GRAVEL, GRASS)]
    assert sides[0] > sides[1] > sides[2] > 20.0


def test_brakes_bring_a_car_to_a_stop_before_they_drive_it_back():
    speeds = drive_for(3, 0.0, -1.0, ground(), SPEED=4.0)[:, column.SPEED]
    assert 0.0 < speeds[3] < 4.0
    assert speeds[-1] < -0.5


def test_wheels_and_motor_take_their_time():
    rows = drive_for(0.5, 1.0, 1.0, ground())
    assert 0 < rows[0, column.STEERING] <= 0.4 + 1e-9
    assert rows[-1, column.STEERING] == pytest.approx(STEERING_LIMIT)
    assert 0.4 < rows[0, column.THROTTLE] < 0.7
    slow = drive_for(0.1, 1.0, 1.0, ground(), LAG=3.0)
    assert slow[0, column.THROTTLE] < rows[0, column.THROTTLE]


def test_a_slope_pulls():
    assert drive_for(1, 0.0, 0.0, ground(slope=0.2))[-1, column.SPEED] < -0.8
    level = drive_for(1, 0.0, 0.5, ground())[-1]
    assert drive_for(1, 0.0, 0.5, ground(slope=0.1))[-1, column.SPEED] < level[column.SPEED]


@pytest.mark.parametrize("yaw", [0.0, 0.4, 0.8])
def test_a_wall_stops_a_car_and_is_told(yaw):
    rows = drive_for(3, 0.0, 1.0, ground(wall_at=24.0), YAW=yaw)
    noses = rows[:, column.X] + 0.15 * np.abs(np.cos(rows[:, column.YAW])) + 0.17
    assert noses.max() < 24.0 + 0.1
    assert rows[:, column.HAS_COLLIDED].any()
    assert rows[-1, column.COLLISIONS] == rows[:, column.HAS_COLLIDED].sum()
    hit = int(rows[:, column.HAS_COLLIDED].argmax())
    assert rows[hit, column.IMPACT] > 0.4


def test_cars_that_meet_head_on_stop_each_other():
    courses = ground()
    rows_2_S = np.array([ordinary_car(18.0, 20.0, 0.0), ordinary_car(22.0, 20.02, math.pi)])
    impacts = []
    for _ in range(20):
        drive(np.array([[0.0, 1.0]] * 2), np.ones(2, bool), rows_2_S, np.zeros(2, np.int64), courses, False, True)
        impacts.append(rows_2_S[:, column.IMPACT].min())
    assert max(impacts) > 0.4
    assert rows_2_S[0, column.X] < rows_2_S[1, column.X], "they cannot drive through each other"


def test_whatever_is_done_numbers_stay_finite():
    rng, courses = np.random.default_rng(0), ground(wall_at=22.0, slope=0.3)
    rows_B_S = np.repeat(ordinary_car(20.0, 20.0, 0.0)[None], 16, axis=0)
    rows_B_S[:, column.SPEED] = rng.uniform(-30, 30, 16)
    rows_B_S[:, column.YAW_RATE] = rng.uniform(-50, 50, 16)
    for _ in range(50):
        actions = rng.choice([-1.0, 1.0], (16, 2))
        drive(actions, np.ones(16, bool), rows_B_S, np.zeros(16, np.int64), courses, True, False)
    assert np.isfinite(rows_B_S).all()
