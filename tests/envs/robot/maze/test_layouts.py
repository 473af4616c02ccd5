import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palaestra.envs.robot.maze.layouts import (
    LAYOUTS,
    free_cells,
    is_grid,
    neighbours,
    next_cell,
    random_layout,
    route,
    steps_to,
    wall_distances,
)
from palaestra.envs.robot.maze.model import cell_at, centre
from palaestra.envs.robot.maze.stitching import pairs, regions

seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=50, deadline=None)
@given(seed=seeds)
def test_every_cell_of_a_random_maze_can_be_reached(seed):
    layout = random_layout(np.random.default_rng(seed))
    assert is_grid(layout)
    assert set(steps_to(layout, (1, 1))) == set(free_cells(layout))


@settings(max_examples=20, deadline=None)
@given(seed=seeds)
def test_steps_are_those_of_a_shortest_way(seed):
    layout = random_layout(np.random.default_rng(seed))
    goal = free_cells(layout)[seed % len(free_cells(layout))]
    steps = steps_to(layout, goal)
    for cell in free_cells(layout):
        beside = [steps[other] for other in neighbours(layout, cell)]
        assert steps[cell] == (0 if cell == goal else 1 + min(beside))
        assert len(route(layout, cell, goal)) == 1 + steps[cell]
        assert steps[next_cell(layout, cell, goal)] == max(0, steps[cell] - 1)


def test_walls_are_counted_off_in_four_directions():
    assert wall_distances(LAYOUTS["umaze"], (1, 2)) == (1, 0, 1, 0)
    assert wall_distances(LAYOUTS["umaze"], (3, 3)) == (0, 2, 2, 0)


@pytest.mark.parametrize("layout", [LAYOUTS["umaze"], (), ("#########",) * 9, tuple(["#.......#"] * 9)])
def test_what_is_no_grid_of_rooms_is_told(layout):
    assert not is_grid(layout)


def test_rooms_out_of_reach_are_told():
    closed = ("#########", *["#.#.#.#.#", "#########"] * 4)
    assert not is_grid(closed)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_points_and_cells_agree(layout):
    for cell in free_cells(layout):
        x, y = centre(layout, cell)
        for right, up in ((0, 0), (0.45, 0.45), (-0.45, 0.45), (-0.45, -0.45)):
            assert cell_at(layout, x + right, y + up) == cell


class TestStitching:
    by_maze = pytest.mark.parametrize("name", LAYOUTS)

    @by_maze
    def test_the_regions_cover_the_maze(self, name):
        assert set().union(*regions(name)) == set(free_cells(LAYOUTS[name]))

    @by_maze
    def test_no_way_of_a_training_pair_leads_through_both_cells_of_a_test_pair(self, name):
        layout = LAYOUTS[name]
        seen = set()
        for start, goal in pairs(layout, "train", 3):
            cells = route(layout, start, goal)
            seen |= {(a, b) for i, a in enumerate(cells) for b in cells[i + 1 :]}
        assert not seen & set(pairs(layout, "test", 3))

    @by_maze
    def test_every_cell_is_trained_on_as_a_start_and_as_a_goal(self, name):
        layout = LAYOUTS[name]
        assert {pair[0] for pair in pairs(layout, "train", 3)} == set(free_cells(layout))
        assert {pair[1] for pair in pairs(layout, "train", 3)} == set(free_cells(layout))

    @by_maze
    def test_ways_of_test_pairs_can_be_put_together_from_training_pairs(self, name):
        layout = LAYOUTS[name]
        known = set(pairs(layout, "train", 3))
        for start, goal in pairs(layout, "test", 3):
            assert known.issuperset(itertools.pairwise(route(layout, start, goal)))

    def test_the_pairs_of_the_paper_are_tested(self):
        # four of those of utils/env.py of the paper's code
        assert ((3, 1), (1, 1)) in pairs(LAYOUTS["umaze"], "test", 3)
        assert ((6, 6), (6, 1)) in pairs(LAYOUTS["medium"], "test", 4)
        assert ((1, 1), (6, 5)) in pairs(LAYOUTS["medium"], "test", 4)
        assert ((7, 1), (1, 10)) in pairs(LAYOUTS["large"], "test", 6)

    def test_a_random_maze_cannot_be_split(self):
        layout = random_layout(np.random.default_rng(0))
        with pytest.raises(ValueError, match="regions"):
            pairs(layout, "test", 3)
