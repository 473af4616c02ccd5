"""Obstacles, quadrotors, ways and labels, against what can be worked out by hand."""

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.append(str(Path(__file__).parents[1]))

from hall import hall, row_at

from palaestra.envs.flight.floors import Block, CorridorRanges, Gate, draw_corridor
from palaestra.envs.flight.kernels.labelling import free_distances
from palaestra.envs.flight.kernels.layout import SPOT, Column, new_floors, put_plan
from palaestra.envs.flight.kernels.obstacles import clearance, free_distance
from palaestra.envs.flight.kernels.quadrotor import (
    ATTITUDE,
    DIRECTION,
    GRAVITY,
    MOST_SPEED,
    VELOCITY,
    fly,
    look,
)
from palaestra.envs.flight.kernels.ways import find_ways

MOVING, FIRST_FLOOR = np.ones(1, np.bool_), np.zeros(1, np.int64)


def fly_on(row_S, floors, actions_A, steps, control=VELOCITY):
    actions_N_A = np.asarray(actions_A, np.float64)[None]
    for _ in range(steps):
        fly(0, 1, row_S[None], actions_N_A, MOVING, FIRST_FLOOR, floors, control)
    return row_S


@settings(max_examples=40, deadline=None)
@given(st.tuples(*[st.floats(0.6, high) for high in (23.4, 23.4, 3.9)]), st.floats(-3, 3))
def test_clearance_is_the_distance_to_the_nearest_point_of_anything(place, yaw):
    block = Block((12.0, 12.0, 1.0), (2.0, 1.0, 2.0), yaw)
    floors = hall([block])
    away_2 = np.array(place[:2]) - block.centre[:2]
    turn_2_2 = np.array([[np.cos(yaw), np.sin(yaw)], [-np.sin(yaw), np.cos(yaw)]])
    local_3 = np.array([*(turn_2_2 @ away_2), place[2] - 1.0])
    outside_3 = np.maximum(np.abs(local_3) - np.array(block.size) / 2, 0)
    x, y, z = place
    expected = min(np.linalg.norm(outside_3), x - 0.5, 23.5 - x, y - 0.5, 23.5 - y, z, 4.0 - z, 2.0)
    assert clearance(floors, 0, *place, 2.0) == pytest.approx(expected, abs=1e-9)


def test_a_ball_flies_as_far_as_its_radius_before_a_wall():
    floors = hall()
    assert free_distance(floors, 0, 20.0, 12.0, 1.2, 1.0, 0.0, 0.0, 0.2, 9.0) == pytest.approx(3.3, abs=0.006)
    assert free_distance(floors, 0, 20.0, 12.0, 1.2, -1.0, 0.0, 0.0, 0.2, 9.0) == 9.0


@pytest.mark.parametrize(("right", "up"), [(0, 0), (1, 0), (-1, 0), (0, 1), (0.5, -0.5)])
def test_a_place_of_the_picture_is_a_direction(right, up):
    row_S = row_at(yaw=0.4)
    most = np.tan(0.65)
    ahead_3 = np.array([1.0, -right * most, up * most])
    ahead_3 /= np.linalg.norm(ahead_3)
    turn_2_2 = np.array([[np.cos(0.4), -np.sin(0.4)], [np.sin(0.4), np.cos(0.4)]])
    assert look(row_S, right, up) == pytest.approx((*(turn_2_2 @ ahead_3[:2]), ahead_3[2]))


def test_pitch_lifts_the_view_and_roll_lowers_its_right_side():
    assert look(row_at(pitch=0.3), 0.0, 0.0)[2] == pytest.approx(np.sin(0.3))
    assert look(row_at(roll=0.3), 1.0, 0.0)[2] < 0 < look(row_at(roll=0.3), -1.0, 0.0)[2]


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_commanded_velocity_is_reached_but_for_the_drag(axis):
    action_A = np.zeros(4)
    action_A[axis] = 0.4
    row_S = fly_on(row_at(x=12.0, z=1.5), hall(), action_A, 15)
    wanted = 0.4 * MOST_SPEED[axis]
    assert row_S[Column.SPEED_X + axis] == pytest.approx(wanted / (1 + 0.3 * 0.25), rel=0.05)


def test_a_hovering_body_stays_and_a_turning_one_turns():
    row_S = fly_on(row_at(), hall(), [0, 0, 0, 0.5], 20)
    assert row_S[:3] == pytest.approx([4.0, 12.0, 1.2], abs=1e-6)
    assert row_S[Column.YAW_RATE] == pytest.approx(1.0, rel=1e-3)
    assert row_S[Column.YAW] == pytest.approx(1.9, abs=0.02)


def test_a_late_command_moves_nothing_before_its_time():
    early = fly_on(row_at(latency=5), hall(), [1, 0, 0, 0], 1)
    assert early[Column.X] == 4.0
    late = fly_on(early, hall(), [1, 0, 0, 0], 1)
    assert late[Column.X] > 4.0
    punctual = fly_on(row_at(), hall(), [1, 0, 0, 0], 1)
    assert late[Column.X] == punctual[Column.X]


def test_the_attitude_level_tilts_and_lifts():
    hovering = np.zeros(4)
    row_S = row_at(x=12.0)
    row_S[Column.COMMAND + 2] = GRAVITY
    assert fly_on(row_S.copy(), hall(), hovering, 10, ATTITUDE)[:3] == pytest.approx([12.0, 12.0, 1.2], abs=1e-6)
    assert fly_on(row_S.copy(), hall(), [0, -0.3, 0, 0], 8, ATTITUDE)[Column.SPEED_X] > 0.3
    assert fly_on(row_S.copy(), hall(), [0.3, 0, 0, 0], 8, ATTITUDE)[Column.SPEED_Y] < -0.3
    assert fly_on(row_S.copy(), hall(), [0, 0, 0.3, 0], 8, ATTITUDE)[Column.SPEED_Z] > 0.3


def test_a_direction_is_flown_at_cruising_speed_and_turned_to():
    row_S = fly_on(row_at(x=12.0), hall(), [0.5, 0.0], 12, DIRECTION)
    speed_3 = row_S[Column.SPEED_X : Column.SPEED_X + 3]
    assert np.linalg.norm(speed_3) == pytest.approx(1.25, rel=0.12)
    assert row_S[Column.YAW] < -0.5


def test_wind_carries_and_gusts_come_from_the_row_alone():
    row_S = fly_on(row_at(wind_y=1.0), hall(), np.zeros(4), 20)
    assert 0.02 < row_S[Column.SPEED_Y] < 0.3
    gusty = [fly_on(row_at(gusts=1.0, key=key), hall(), np.zeros(4), 10) for key in (7.0, 7.0, 8.0)]
    assert np.array_equal(gusty[0], gusty[1])
    assert not np.array_equal(gusty[0][:3], gusty[2][:3])


def test_gusts_are_as_strong_as_asked():
    row_S, floors, seen = row_at(gusts=0.5, key=3.0), hall(), []
    for _ in range(3000):
        row_S[:3] = 12.0, 12.0, 1.5
        fly_on(row_S, floors, np.zeros(4), 1)
        seen.append(row_S[Column.GUST_X : Column.GUST_X + 3].copy())
    assert np.std(seen) == pytest.approx(0.5, rel=0.15)


def test_a_collision_ends_the_flight_where_it_happens():
    row_S = fly_on(row_at(x=22.5), hall(), [1, 0, 0, 0], 10)
    assert row_S[Column.COLLIDED] == 1
    assert 23.3 < row_S[Column.X] < 23.5
    assert row_S[Column.CLEARANCE] <= 0
    assert row_S[Column.FLOWN] == pytest.approx(row_S[Column.X] - 22.5, abs=0.1)


def test_bodies_that_do_not_move_stay_and_the_others_do_not_notice():
    floors = hall()
    rows_N_S = np.stack([row_at(x=8.0), row_at(x=12.0)])
    alone_S = fly_on(row_at(x=12.0), floors, [0.5, 0, 0, 0], 1)
    actions_N_A = np.array([[np.nan] * 4, [0.5, 0, 0, 0]])
    fly(0, 2, rows_N_S, actions_N_A, np.array([False, True]), np.zeros(2, np.int64), floors, VELOCITY)
    assert np.array_equal(rows_N_S[0], row_at(x=8.0))
    assert np.array_equal(rows_N_S[1], alone_S)


def test_gates_count_only_forwards_through_their_opening():
    floors = hall(gates=[Gate((6.0, 12.0, 1.2), 0.0, 1.0, 1.0)])
    assert fly_on(row_at(x=5.5), floors, [1, 0, 0, 0], 10)[Column.GATES] == 1
    assert fly_on(row_at(x=5.5, y=13.0), floors, [1, 0, 0, 0], 10)[Column.GATES] == 0
    assert fly_on(row_at(x=6.5), floors, [-1, 0, 0, 0], 10)[Column.GATES] == 0


def test_the_way_through_an_empty_hall_is_straight():
    floors = hall(with_ways=True)
    y_Y_X, x_Y_X = (np.indices(floors.way_P_Y_X[0].shape) + 0.5) * SPOT
    straight_Y_X = np.hypot(x_Y_X - 20.0, y_Y_X - 12.0)
    inside_Y_X = np.minimum.reduce([x_Y_X, y_Y_X, 24 - x_Y_X, 24 - y_Y_X]) > 1.5
    inside_Y_X &= straight_Y_X > 2.0
    ratio = floors.way_P_Y_X[0][inside_Y_X] / straight_Y_X[inside_Y_X]
    assert 0.9 < ratio.min() <= ratio.max() < 1.2


def test_no_way_leads_through_walls():
    straight = CorridorRanges(width=(4, 4), stretch=(14, 14), turns=(1, 1))
    floors = new_floors(1)
    drawn = draw_corridor(np.random.default_rng(0), straight)
    put_plan(floors, 0, drawn)
    find_ways(floors, 0, 0.32)
    way = floors.way_P_Y_X[0, int(drawn.start[1] / SPOT), int(drawn.start[0] / SPOT)]
    assert way > 12.0
    assert (floors.height_P_Y_X[0][floors.way_P_Y_X[0] >= 1e6] < 0).all()


def test_free_distances_have_the_upper_left_first():
    free_G_G = np.empty((3, 3))
    free_distances(row_at(x=22.0, y=22.0, z=3.0), hall(), 0, 5.0, free_G_G)
    assert free_G_G[1, 1] == pytest.approx(1.35, abs=0.01)
    assert free_G_G[1, 0] == pytest.approx(1.35 / look(row_at(), 2 / 3, 0)[0], abs=0.01)
    near_ceiling_G_G = np.empty((3, 3))
    free_distances(row_at(x=12.0, z=3.5), hall(), 0, 5.0, near_ceiling_G_G)
    assert near_ceiling_G_G[0, 1] < 1.0 < near_ceiling_G_G[2, 1]
