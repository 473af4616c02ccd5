"""The planner: what it knows of obstacles is what depth pictures show."""

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.append(str(Path(__file__).parents[1]))

from hall import hall, hall_plan, row_at
from ranges import DRAWN

from palaestra.envs.flight.depth_sensor import DepthSensor
from palaestra.envs.flight.floors import Block
from palaestra.envs.flight.kernels.depth_points import REACH, gather_points, room_around
from palaestra.envs.flight.kernels.layout import SPOT, Column, new_floors, put_plan
from palaestra.envs.flight.kernels.obstacles import clearance
from palaestra.envs.flight.kernels.planning import plan
from palaestra.envs.flight.kernels.quadrotor import DIRECTION, PERIOD, VELOCITY, fly
from palaestra.envs.flight.kernels.ways import find_ways
from palaestra.envs.flight.looks.dressing import Looks, dress
from palaestra.envs.flight.looks.textures import texture_pool

MOVING, FIRST_FLOOR = np.ones(1, np.bool_), np.zeros(1, np.int64)
LOOKS = Looks(surfaces=0, brightness=0.7, contrast=0.3, azimuth=0.0, warmth=0.0, lamps=0.5, spacing=3.0, haze=0.0)
CRATE = Block((6.0, 12.1, 2.0), (0.6, 1.4, 4.0))


def seen(floor_plan):
    """The scene of a plan."""
    return dress(floor_plan, LOOKS, "train", 4)


@pytest.fixture(scope="module")
def sensor():
    return DepthSensor(texture_pool("train"))


def action_at(row_S, scene, floors, sensor, control):
    action_A = np.zeros(2 if control == DIRECTION else 4)
    plan(row_S.copy(), sensor.measure(scene, row_S[:3]), floors, 0, control, action_A)
    return action_A


def flown(row_S, scene, floors, sensor, control, seconds):
    """The row after a flight by the planner, which ends at the goal or by a collision."""
    for _ in range(round(seconds / PERIOD)):
        action_N_A = action_at(row_S, scene, floors, sensor, control)[None]
        fly(0, 1, row_S[None], action_N_A, MOVING, FIRST_FLOOR, floors, control)
        if row_S[Column.REACHED] or row_S[Column.COLLIDED]:
            break
    return row_S


def test_each_picture_has_the_distance_to_what_is_on_its_side(sensor):
    depth_6_H_W = sensor.measure(seen(hall_plan()), np.array([20.0, 12.0, 1.2]))
    assert depth_6_H_W[:, 16, 16] == pytest.approx([3.5, 11.5, 19.5, 11.5, 2.8, 1.2], abs=1e-4)


@settings(max_examples=30, deadline=None)
@given(st.tuples(st.floats(4.0, 8.0), st.floats(10.5, 13.5), st.floats(0.3, 3.7)), st.tuples(*[st.floats(-1, 1)] * 3))
def test_the_room_among_points_is_that_to_what_is_seen(sensor, place, away):
    floor_plan = hall_plan([CRATE])
    floors = hall([CRATE])
    if clearance(floors, 0, *place, 1.0) < 0.15:
        return
    points = gather_points(sensor.measure(seen(floor_plan), np.array(place)), *place)
    assert room_around(points, *place, 1.0) == pytest.approx(clearance(floors, 0, *place, 1.0), abs=0.08)
    x, y, z = np.add(place, away)
    assert room_around(points, x, y, z, 0.6) >= clearance(floors, 0, x, y, z, 0.6) - 1e-3


def test_nothing_is_known_beyond_reach(sensor):
    points = gather_points(sensor.measure(seen(hall_plan()), np.array([12.0, 12.0, 2.0])), 12.0, 12.0, 2.0)
    assert np.abs(points.point_K_3 - [12.0, 12.0, 2.0]).max() <= REACH
    assert room_around(points, 12.0 + REACH + 1.0, 12.0, 2.0, 0.6) == 0.6


@pytest.mark.parametrize("control", [DIRECTION, VELOCITY])
def test_what_is_seen_is_flown_around_though_the_route_leads_through_it(control, sensor):
    floors, route = hall([CRATE]), hall(with_ways=True)
    floors.way_P_Y_X[:], floors.height_P_Y_X[:] = route.way_P_Y_X, route.height_P_Y_X
    row_S = flown(row_at(), seen(hall_plan([CRATE])), floors, sensor, control, 8)
    assert row_S[Column.COLLIDED] == 0
    assert row_S[Column.X] > 8.0


@pytest.mark.parametrize("control", [DIRECTION, VELOCITY])
def test_what_is_not_seen_is_not_known(control, sensor):
    scene, empty = seen(hall_plan()), hall(with_ways=True)
    floors = hall([CRATE])
    floors.way_P_Y_X[:], floors.height_P_Y_X[:] = empty.way_P_Y_X, empty.height_P_Y_X
    floors.solid_P_Y_X[:, 20:28, 20:] = 1
    floors.ceiling_P[:] = 1.5
    for x in (4.0, 5.0, 5.4):
        actions = [action_at(row_at(x), scene, known, sensor, control) for known in (empty, floors)]
        assert np.array_equal(*actions)
    assert flown(row_at(), scene, floors, sensor, control, 3)[Column.COLLIDED] == 1


def test_a_doorway_narrower_than_the_body_is_not_flown_through(sensor):
    def ways_of(width):
        leaf = (23.0 - width) / 2
        beside = [Block((8.0, y, 2.0), (0.3, leaf, 4.0)) for y in (0.5 + leaf / 2, 23.5 - leaf / 2)]
        floors, route = hall(beside), hall(with_ways=True)
        floors.way_P_Y_X[:], floors.height_P_Y_X[:] = route.way_P_Y_X, route.height_P_Y_X
        return flown(row_at(), seen(hall_plan(beside)), floors, sensor, VELOCITY, 10)

    narrow, wide = ways_of(0.26), ways_of(0.8)
    assert narrow[Column.COLLIDED] == wide[Column.COLLIDED] == 0
    assert narrow[Column.X] < 8.0 < wide[Column.X]


def test_a_climb_begins_before_it_is_needed(sensor):
    wall = Block((8.0, 12.0, 1.0), (0.5, 23.0, 2.0))
    floors = hall([wall], with_ways=True)
    row_S = flown(row_at(), seen(hall_plan([wall])), floors, sensor, DIRECTION, 8)
    assert row_S[Column.COLLIDED] == 0
    assert row_S[Column.X] > 9.0


def test_the_planner_flies_every_kind_of_floor_by_every_manner_of_control_that_suits_it(sensor):
    for (draw, ranges), control in zip(DRAWN, (DIRECTION, VELOCITY, VELOCITY), strict=True):
        floors = new_floors(1)
        rng = np.random.default_rng(100)
        while True:
            drawn = draw(rng, ranges)
            put_plan(floors, 0, drawn)
            find_ways(floors, 0, 0.32)
            if drawn.gates or floors.way_P_Y_X[0, int(drawn.start[1] / SPOT), int(drawn.start[0] / SPOT)] < 1e6:
                break
        row_S = flown(row_at(*drawn.start, yaw=drawn.yaw), seen(drawn), floors, sensor, control, 60)
        assert row_S[Column.REACHED] == 1, draw.__name__
