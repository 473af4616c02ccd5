import json
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from palaestra.baselines.plain import to_plain


class Place(NamedTuple):
    row: int
    column: int


@dataclass(frozen=True)
class Found:
    place: Place
    values: Any


def test_nested_results_are_values_that_json_knows():
    found = (Found(Place(1, 2), np.array([[0.5, 1.0]])), Found(Place(3, 4), None))
    assert json.loads(json.dumps(to_plain(found))) == [
        {"place": {"row": 1, "column": 2}, "values": [[0.5, 1.0]]},
        {"place": {"row": 3, "column": 4}, "values": None},
    ]
