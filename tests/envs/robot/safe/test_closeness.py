import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palaestra.envs.robot.safe.closeness import DIRECTIONS, closeness

coordinates = st.floats(-3, 3)
things = st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=5)


def ring(*offsets):
    return closeness(np.array(offsets, np.float64), radius=0.2, reach=1.5)


def test_a_thing_ahead_is_seen_ahead_and_by_how_near_it_is():
    assert ring((0.2, 0.0))[0] == 1.0
    assert ring((0.95, 0.0))[0] == pytest.approx(0.5)
    assert ring((1.8, 0.0)).max() == 0.0


def test_a_thing_to_the_left_is_seen_a_quarter_round():
    assert ring((0.0, 0.95)).argmax() == DIRECTIONS // 4
    assert ring((0.0, 0.95))[3 * DIRECTIONS // 4] == 0.0


@settings(max_examples=50, deadline=None)
@given(things=things)
def test_neither_order_nor_number_of_things_matters_only_the_closest(things):
    together = ring(*things)
    np.testing.assert_array_equal(together, ring(*reversed(things)))
    np.testing.assert_array_equal(together, np.max([ring(thing) for thing in things], axis=0))


@settings(max_examples=50, deadline=None)
@given(angle=st.floats(-np.pi, np.pi))
def test_nothing_within_reach_goes_unseen(angle):
    assert ring((0.5 * np.cos(angle), 0.5 * np.sin(angle))).max() > 0.7


def test_many_bodies_are_seen_as_one_by_one():
    offsets_BN2 = np.random.default_rng(0).uniform(-2, 2, (7, 3, 2))
    together_BL = closeness(offsets_BN2, radius=0.2, reach=1.5)
    for offsets_N2, alone_L in zip(offsets_BN2, together_BL, strict=True):
        np.testing.assert_array_equal(closeness(offsets_N2, radius=0.2, reach=1.5), alone_L)
