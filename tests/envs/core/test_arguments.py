from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palaestra.envs.core.arguments import check_integer, check_number, read_fields


@dataclass
class Many:
    count: int
    share: float = 0.5
    on: bool = True
    name: str | None = None
    pair: tuple[int, str] = (1, "a")
    row: tuple[float, ...] = ()
    anything: Any = None
    table: dict[str, int] = field(default_factory=dict)


@given(st.integers(), st.floats(allow_nan=False, allow_infinity=False) | st.integers(-9, 9), st.none() | st.text())
def test_fields_of_the_right_types_are_kept(count, share, name):
    values = {"count": count, "share": share, "name": name, "pair": [3, "b"], "row": [1, 2.5], "anything": object()}
    read = read_fields(Many, values, name="many")
    assert (read.count, read.share, read.name, read.pair, read.row) == (count, share, name, (3, "b"), (1, 2.5))
    assert read_fields(Many, read, name="many") is read


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"count": True}, "many.count must be an integer, got True"),
        ({"count": 1.0}, "many.count must be an integer, got 1.0"),
        ({"share": "1"}, "many.share must be a finite number, got '1'"),
        ({"share": float("inf")}, "many.share must be a finite number"),
        ({"share": 10**400}, "many.share must be a finite number"),
        ({"on": 1}, "many.on must be True or False, got 1"),
        ({"name": 1}, "many.name must be a string or None, got 1"),
        ({"pair": [1]}, "many.pair must be a sequence of an integer, a string"),
        ({"pair": "1a"}, "many.pair must be a sequence"),
        ({"row": [1, None]}, "many.row must be a sequence, each of it a finite number"),
        ({"cuont": 1}, "many has no field 'cuont'; did you mean count"),
        ({1: 1}, "many has no field 1"),
    ],
)
def test_a_wrong_field_is_refused_by_name(fields, message):
    with pytest.raises(ValueError, match=message):
        read_fields(Many, {"count": 1} | fields, name="many")


def test_a_missing_field_is_refused():
    with pytest.raises(ValueError, match=r"many must have the fields count, share, .*; got on"):
        read_fields(Many, {"on": True}, name="many")


@pytest.mark.parametrize("value", [None, 3, "count", ["count"]])
def test_what_has_no_fields_is_refused(value):
    with pytest.raises(ValueError, match="many must be a Many or a mapping with count"):
        read_fields(Many, value, name="many")


@pytest.mark.parametrize("value", [0, 4, "2", 2.0, True, None, [2]])
def test_an_integer_has_its_type_and_range(value):
    assert check_integer("n", 3, 1, 3) == 3
    with pytest.raises(ValueError, match="n must be an integer from 1 to 3, got"):
        check_integer("n", value, 1, 3)
    with pytest.raises(ValueError, match="n must be an integer of 5 or more, got 4"):
        check_integer("n", 4, 5)


@pytest.mark.parametrize("value", [float("nan"), float("-inf"), "2", True, None, 1j])
def test_a_number_is_finite(value):
    assert check_number("x", np.float64(2.5)) == 2.5
    with pytest.raises(ValueError, match="x must be a finite number, got"):
        check_number("x", value)
