import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palaestra.envs.code.judge import Exact, Floats, StdinCase, Tokens, read_comparison, values_agree
from palaestra.envs.code.sandbox import get_sandbox

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)


def agrees(comparison, printed, expected):
    return comparison.prepare(get_sandbox())(StdinCase("", expected), printed)


@pytest.mark.parametrize(("printed", "same"), [
    (b"1 2\n", True), (b"1 2", True), (b"1 2\n\n", False), (b"1  2\n", False), (b" 1 2\n", False), (b"", False),
    (b"1 2\r\n", False), (b"\xff", False),
])  # fmt: skip
def test_exact_admits_nothing_but_one_line_end_more_or_less(printed, same):
    assert agrees(Exact(), printed, "1 2\n") is same


@pytest.mark.parametrize(("printed", "same"), [
    (b"1 2\n", True), (b"\n1\n\t2  \n\n", True), (b"12", False), (b"1 2 3", False), (b"2 1", False), (b"", False),
    (b"1 2\0", False), (b"1 2.0", False),
])  # fmt: skip
def test_tokens_are_compared_word_for_word(printed, same):
    assert agrees(Tokens(), printed, "1 2") is same


@pytest.mark.parametrize(("printed", "expected", "same"), [
    (b"0.3333333", "0.333333333", True), (b"0.3334", "0.3333333", False), (b"1e3", "1000", True),
    (b"1000000.5", "1000000", True), (b"1000002", "1000000", False), (b"-0", "0", True),
    (b"x 1.0", "x 1", True), (b"y 1.0", "x 1", False), (b"1.0 ", "1 1", False),
    (b"nan", "nan", True), (b"NaN", "nan", True), (b"nan", "1", False), (b"1", "nan", False), (b"nan", "x", False),
    (b"inf", "inf", True), (b"-inf", "inf", False), (b"inf", "1", False), (b"1e999", "1", False),
    (b"1_000", "1000", False), (b"0x10", "16", False), ("١".encode(), "1", False), (b"", "0", False),
])  # fmt: skip
def test_floats_admit_numbers_within_the_tolerance(printed, expected, same):
    assert agrees(Floats(), printed, expected) is same


def test_tolerances_are_absolute_or_relative_whichever_is_larger():
    assert agrees(Floats(absolute=0.1, relative=0.0), b"5.05", "5")
    assert not agrees(Floats(absolute=0.0, relative=0.001), b"5.05", "5")
    assert agrees(Floats(absolute=0.0, relative=0.1), b"-105", "-100")


@pytest.mark.parametrize("comparison", [Exact(), Tokens(), Floats()])
def test_a_megabyte_is_compared_in_linear_time(comparison):
    began = time.perf_counter()
    for unit in (b"9", b"9 ", b"\n", b"1e", b"0." + b"0" * 99 + b" ", b"-", b"nan ", b"\xff"):
        agrees(comparison, unit * (1_000_000 // len(unit)), "1 2 3")
        agrees(comparison, b"1 " * 500_000, "1 " * 499_999 + "2")
    assert time.perf_counter() - began < 20.0


@given(JSON)
def test_a_value_agrees_with_itself(value):
    assert values_agree(value, value)


@given(JSON, JSON)
def test_agreement_of_values_is_symmetric(left, right):
    assert values_agree(left, right) == values_agree(right, left)


@pytest.mark.parametrize(("got", "expected", "same"), [
    (1, 1.0, True), (1.0, 1, True), (True, 1, False), (1, True, False), (0, False, False), (True, True, True),
    ("1", 1, False), (None, 0, False), (None, None, True), ([], None, False), ([], {}, False), ([1, 2], [2, 1], False),
    ([1, [2, {"a": None}]], [1, [2, {"a": None}]], True), ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
    ({"a": 1}, {"a": 1, "b": 2}, False), ({"a": True}, {"a": 1}, False), (0.1 + 0.2, 0.3, False),
    (2**53, float(2**53), True), (2**53 + 1, float(2**53), False), (10**400, 1.5, False),
])  # fmt: skip
def test_values_of_json_agree_by_value_and_a_bool_is_no_number(got, expected, same):
    assert values_agree(got, expected) is same


def test_numbers_of_values_may_differ_by_the_tolerance_but_not_two_integers():
    assert values_agree([0.1 + 0.2], [0.3], Floats())
    assert not values_agree(10**9 + 1, 10**9, Floats())
    assert not values_agree(10**400, 1e308, Floats())
    assert not values_agree(True, 1.0, Floats())


@pytest.mark.parametrize(("value", "comparison"), [
    ("exact", Exact()), ("tokens", Tokens()), ("floats", Floats()),
    ({"floats": {"absolute": 1e-9}}, Floats(absolute=1e-9)),
])  # fmt: skip
def test_a_comparison_is_read_from_its_name_and_settings(value, comparison):
    assert read_comparison(value) == comparison


@pytest.mark.parametrize(("value", "named"), [
    ("token", "tokens"), (3, "comparison"), ({}, "exact"), ({"floats": {"absolut": 1}}, "absolute"),
    ({"floats": {"absolute": -1}}, "absolute"), ({"floats": {"absolute": "1"}}, "absolute"),
    ({"checker": {}}, "source"), ({"checker": {"source": "", "language": "pyton"}}, "python"),
])  # fmt: skip
def test_a_bad_comparison_is_refused_by_name(value, named):
    with pytest.raises(ValueError, match=named):
        read_comparison(value)
