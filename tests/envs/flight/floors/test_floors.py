"""Generated floors: nothing overlaps that must not, and a seed fixes them."""

import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import label

sys.path.append(str(Path(__file__).parents[1]))

from ranges import CORRIDOR, DRAWN, HALL, ROOMS

from palaestra.envs.flight.floors import CorridorRanges, draw_corridor, draw_hall, draw_rooms
from palaestra.envs.flight.floors.furniture import doorway
from palaestra.envs.flight.floors.plan import CELL, MOST_BLOCKS


def cell(place):
    return int(place[1] / CELL), int(place[0] / CELL)


@pytest.mark.parametrize(("draw", "ranges"), DRAWN)
def test_a_seed_fixes_a_floor(draw, ranges):
    first, again, other = (draw(np.random.default_rng(seed), ranges) for seed in (1, 1, 2))
    assert np.array_equal(first.kind_Y_X, again.kind_Y_X)
    assert (first.blocks, first.start, first.yaw, first.goal) == (again.blocks, again.start, again.yaw, again.goal)
    assert first.blocks != other.blocks


@pytest.mark.parametrize(("draw", "ranges"), DRAWN)
def test_walls_close_every_floor_and_what_is_open_hangs_together(draw, ranges):
    for seed in range(20):
        plan = draw(np.random.default_rng(seed), ranges)
        kind_Y_X = plan.kind_Y_X
        assert kind_Y_X[[0, -1]].all()
        assert kind_Y_X[:, [0, -1]].all()
        parts_Y_X, count = label(kind_Y_X == 0)
        assert count == 1
        assert parts_Y_X[cell(plan.start)] == parts_Y_X[cell(plan.goal)] == 1
        assert len(plan.blocks) <= MOST_BLOCKS


@pytest.mark.parametrize(("draw", "ranges"), DRAWN)
def test_nothing_stands_where_a_flight_begins(draw, ranges):
    for seed in range(20):
        plan = draw(np.random.default_rng(seed), ranges)
        things = [block for block in plan.blocks if block.material == "furniture"]
        assert all(np.hypot(b.centre[0] - plan.start[0], b.centre[1] - plan.start[1]) > 0.9 for b in things)


def test_a_straight_corridor_is_as_long_and_wide_as_asked():
    straight = CorridorRanges(width=(4, 4), stretch=(20, 20), turns=(0, 0))
    plan = draw_corridor(np.random.default_rng(0), straight)
    rows, columns = np.nonzero(plan.kind_Y_X == 0)
    assert sorted((np.ptp(rows) + 1, np.ptp(columns) + 1)) == [4, 24]
    assert np.hypot(plan.goal[0] - plan.start[0], plan.goal[1] - plan.start[1]) == pytest.approx(10.0, abs=0.3)


def test_rooms_have_doors_with_lintels_over_open_cells():
    plan = draw_rooms(np.random.default_rng(3), ROOMS)
    lintels = [block for block in plan.blocks if block.material == "door" and block.size[2] < 1.5]
    assert lintels
    for block in lintels:
        assert plan.kind_Y_X[cell(block.centre)] == 0
        assert block.centre[2] + block.size[2] / 2 == pytest.approx(plan.ceiling)


def test_a_door_leaf_hangs_beside_its_opening():
    _, leaf = doorway(5.0, 5.0, 0.0, width=1.0, ceiling=3.0, ajar=np.pi / 2)
    assert leaf.centre[0] < 5.0 - CELL / 2
    assert abs(leaf.centre[1] - 5.0) == pytest.approx(0.5)


def test_stairs_rise_and_fall_across_a_corridor():
    plan = next(
        plan
        for plan in (draw_corridor(np.random.default_rng(seed), CORRIDOR) for seed in range(10))
        if any(block.material == "stair" for block in plan.blocks)
    )
    tops = [block.size[2] for block in plan.blocks if block.material == "stair"]
    assert len(set(np.round(tops, 3))) == len(tops) // 2 + 1


def test_gates_follow_each_other_through_posts_and_beams():
    plan = draw_hall(np.random.default_rng(5), HALL)
    assert HALL.gates[0] <= len(plan.gates) <= HALL.gates[1]
    assert sum(block.material == "gate" for block in plan.blocks) == 4 * len(plan.gates)
    for gate in plan.gates:
        assert HALL.opening[0] <= gate.width <= HALL.opening[1]
        assert gate.centre[2] > gate.height / 2
