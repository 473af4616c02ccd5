import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from palaestra.envs.tabular.chance import CHANCES, uniform


def test_the_numbers_are_those_of_splitmix64():
    # the first outputs with seed 1234567, as published with the generator
    outputs = [6457827717110365317, 3203168211198807973, 9817491932198370423]
    assert [uniform(1234567, draw) for draw in range(3)] == [(output >> 11) * 2.0**-53 for output in outputs]


@given(st.lists(st.tuples(st.integers(0, CHANCES - 1), st.integers(0, 10_000)), min_size=1, max_size=20))
def test_many_at_once_are_the_same_bit_for_bit(pairs):
    chance_N, draw_N = np.array(pairs, np.uint64).T
    assert uniform(chance_N, draw_N).tolist() == [uniform(*pair) for pair in pairs]


def test_the_numbers_are_even():
    drawn_N = uniform(np.arange(20_000, dtype=np.uint64), np.full(20_000, 3, np.uint64))
    counts, _ = np.histogram(drawn_N, bins=10, range=(0, 1))
    assert abs(counts - 2000).max() < 200
