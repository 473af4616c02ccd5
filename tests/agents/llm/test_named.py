from dataclasses import dataclass
from typing import ClassVar

import pytest
from pydantic import ConfigDict

from palaestra.agents.llm.named import NamedFunctions

TABLE = NamedFunctions("sum")


@dataclass
class Bounds:
    """Where a sum ends."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    upper: float = 0.0


@TABLE.register("scaled")
def scaled(a: float, b: float, *, scale: float = 2.0, shift: int = 0) -> float:
    return scale * (a + b) + shift


@TABLE.register("strict")
def strict(a: float, *, bound: float) -> float:
    return min(a, bound)


@TABLE.register("bounded")
def bounded(a: float, b: float, *, bounds: Bounds) -> float:
    return min(a + b, bounds.upper)


def test_a_bare_name_is_the_function_with_its_defaults():
    assert TABLE.bind("scaled")(1, 2) == 6


def test_settings_stand_beside_the_name_and_take_the_type_that_is_asked_for():
    assert TABLE.bind({"name": "scaled", "scale": "3.0", "shift": 1})(1, 2) == 10


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ("scalad", "unknown sum 'scalad'; did you mean scaled"),
        ({"name": "scaled", "shif": 1}, "sum scaled has no parameter 'shif'; did you mean shift"),
        ({"name": "scaled", "shift": "much"}, "sum scaled: shift: Input should be a valid integer.*got 'much'"),
        ("strict", "sum strict needs the parameter 'bound'"),
        ({"name": "bounded", "bounds": {"uper": 3}}, r"sum bounded: bounds\.uper: Unexpected keyword argument"),
        ({"scale": 3}, "needs the key 'name'"),
    ],
)
def test_what_does_not_fit_is_named(choice, message):
    with pytest.raises(ValueError, match=message):
        TABLE.bind(choice)
