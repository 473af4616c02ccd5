from hypothesis import given
from hypothesis import strategies as st

from palaestra.agents.llm.shapes import bucket


def test_small_sizes_are_kept_and_larger_ones_rounded_up_to_four_an_octave():
    assert [bucket(size) for size in (1, 2, 7, 8, 9, 16, 17, 21, 31, 33, 100, 1000)] == [
        1, 2, 7, 8, 10, 16, 20, 24, 32, 40, 112, 1024,
    ]  # fmt: skip


@given(st.integers(1, 10**6))
def test_rounding_up_wastes_at_most_a_quarter(size):
    assert size <= bucket(size) <= 1.25 * size


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_order_is_kept_and_a_rounded_size_stays(size, other):
    assert bucket(bucket(size)) == bucket(size)
    assert (bucket(size) <= bucket(other)) or size > other


def test_more_steps_an_octave_waste_less():
    assert [bucket(size, steps=16) for size in (1, 31, 32, 33, 65, 2049, 2112)] == [1, 31, 32, 34, 68, 2176, 2176]
