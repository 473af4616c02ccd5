import base64
import datetime
import gzip
import json
import math
from dataclasses import dataclass

import numpy as np

from palaestra.baselines.report.payload import Arrays, pack_values, plain


def unpacked(block):
    """The header and the floats of a packed block."""
    content = gzip.decompress(base64.b64decode(block))
    length = int.from_bytes(content[:4], "little")
    return json.loads(content[4 : 4 + length]), np.frombuffer(content[4 + length :], dtype="<f4")


@dataclass
class Point:
    name: str
    at: tuple[float, float]


def test_values_become_plain_json():
    assert plain([Point("a", (1.0, math.nan)), {"b": None, 3: True}]) == [
        {"name": "a", "at": [1.0, None]},
        {"b": None, "3": True},
    ]


def test_text_that_no_page_can_hold_is_made_visible():
    assert plain({"\x00": "\ud800\x1b"}) == {"␀": "\ufffd␛"}


def test_a_seed_of_64_bits_keeps_all_its_digits():
    assert plain([2**53, 2**53 + 1]) == [2**53, "9007199254740993"]


def test_what_yaml_knows_and_json_does_not_becomes_text():
    assert plain({"since": datetime.date(2026, 1, 31)}) == {"since": "2026-01-31"}


def test_a_block_holds_its_header_and_its_arrays():
    arrays = Arrays()
    places = [arrays.add(np.array([1.0, 2.0])), arrays.add(np.array([3.0]))]
    header, floats = unpacked(arrays.pack({"ä": places}))
    assert header == {"ä": [[0, 2], [2, 1]]}
    assert floats.tolist() == [1, 2, 3]


def test_an_array_that_comes_twice_is_stored_once():
    arrays = Arrays()
    assert arrays.add(np.arange(5.0)) == arrays.add(np.arange(5.0))
    assert len(unpacked(arrays.pack({}))[1]) == 5


def test_a_value_beyond_32_bits_stays_finite():
    arrays = Arrays()
    arrays.add(np.array([1e300, -1e300]))
    assert np.isfinite(unpacked(arrays.pack({}))[1]).all()


def test_the_same_values_make_the_same_block():
    assert pack_values({"a": 1}) == pack_values({"a": 1})
