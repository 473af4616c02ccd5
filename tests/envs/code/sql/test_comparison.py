import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palaestra.envs.code.sql.comparison import same_rows

ROWS = st.lists(
    st.tuples(st.none() | st.integers() | st.text(max_size=3), st.floats(-1e6, 1e6) | st.booleans()), max_size=8
)


@given(ROWS, st.randoms())
def test_any_order_is_the_same_where_none_is_demanded(rows, rng: random.Random):
    shuffled = list(rows)
    rng.shuffle(shuffled)
    assert same_rows(rows, shuffled, ordered=False)
    assert same_rows(rows, shuffled, ordered=True) == all(
        same_rows([row], [other], ordered=True) for row, other in zip(rows, shuffled, strict=True)
    )


@given(ROWS)
def test_a_row_too_few_or_too_many_is_never_the_same(rows):
    assert not same_rows(rows, [*rows, (1, 2.0)], ordered=False)
    assert not same_rows([*rows, (1, 2.0)], rows, ordered=False)


@pytest.mark.parametrize(
    ("value", "other", "same"),
    [
        (1, 1.0, True), (1, True, True), (0.1 + 0.2, 0.3, True), (1e6, 1e6 + 0.5, True), (1e6, 1e6 + 2, False),
        (0.0, 1e-12, True), (0.0, 1e-6, False), (None, None, True), (None, 0, False), (None, "", False),
        ("1", 1, False), ("a", "A", False), ("a", "a ", False), (10**400, 1.0, False), (10**400, 10**400, True),
        (float("inf"), float("inf"), True), (float("nan"), float("nan"), False), (2**53, 2**53 + 1, False),
    ],
)  # fmt: skip
def test_values_are_equal_as_the_docstring_says(value, other, same):
    assert same_rows([(value,)], [(other,)], ordered=False) is same
    assert same_rows([(other,)], [(value,)], ordered=True) is same


def test_how_often_a_row_comes_counts():
    assert same_rows([(1,), (1,), (2,)], [(1,), (2,), (1,)], ordered=False)
    assert not same_rows([(1,), (1,), (2,)], [(1,), (2,), (2,)], ordered=False)


def test_columns_have_an_order():
    assert not same_rows([(1, 2)], [(2, 1)], ordered=False)
    assert not same_rows([(1, 2)], [(1,)], ordered=False)


def test_rows_that_are_nearly_alike_are_told_apart_by_their_other_columns():
    expected = [(1.0, "a"), (1.0, "b")]
    assert same_rows(expected, [(1.0 + 1e-12, "b"), (1.0, "a")], ordered=False)
    assert not same_rows(expected, [(1.0 + 1e-12, "a"), (1.0, "a")], ordered=False)
