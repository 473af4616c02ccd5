"""What the page's scripts read: values as plain JSON, arrays as 32-bit floats, both compressed.

A packed block is base64 of gzip of: the length of the header (32 bits, little-endian), the header (JSON, padded with
spaces to a multiple of four bytes), the arrays one after the other. The header names an array by its offset and count.
"""

from __future__ import annotations

import base64
import dataclasses
import gzip
import json
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..statistics import Profile
from .curves import Curves, Line, Trace
from .formats import printable

_LARGEST_EXACT = 2**53
"""The page's numbers are 64-bit floats; a larger whole number, which a seed may be, goes as text."""


def plain(value: Any) -> Any:
    """A value as JSON and HTML can hold it: dataclasses as objects, no NaN, no text that no page can hold."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {printable(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or (isinstance(value, int) and abs(value) <= _LARGEST_EXACT):
        return value
    return printable(str(value))  # a date, say, which YAML knows and JSON does not


class Arrays:
    """Arrays one after the other; an array that is added twice is stored once."""

    def __init__(self) -> None:
        self._stored: list[NDArray[np.float32]] = []
        self._places: dict[bytes, list[int]] = {}
        self._length = 0

    def add(self, values_N: NDArray[np.float64]) -> list[int]:
        """Store an array; returns its offset and its count."""
        narrow_N = np.clip(values_N, -3e38, 3e38).astype("<f4")
        content = narrow_N.tobytes()
        if content not in self._places:
            self._places[content] = [self._length, len(narrow_N)]
            self._stored.append(narrow_N)
            self._length += len(narrow_N)
        return self._places[content]

    def pack(self, header: Any) -> str:
        """The packed block of a header and the arrays that it names."""
        text = json.dumps(header, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        content = b"".join([len(text).to_bytes(4, "little"), text, *(values.tobytes() for values in self._stored)])
        # no time stamp: the same runs make the same page
        return base64.b64encode(gzip.compress(content, 6, mtime=0)).decode("ascii")


def pack_values(value: Any) -> str:
    """The packed block of a value without arrays."""
    return Arrays().pack(plain(value))


def pack_curves(curves: Curves) -> str:
    """The packed block of a setting's learning curves."""
    arrays = Arrays()
    header = {
        "references": plain(curves.references),
        "lines": [_line(line, arrays) for line in curves.lines],
    }
    return arrays.pack(header)


def pack_profiles(profiles: dict[str, list[tuple[str, Profile]]]) -> str:
    """The packed block of performance profiles: by board, those of its agents by label."""
    arrays = Arrays()
    header = {
        anchor: [
            {
                "label": printable(label),
                "x": arrays.add(profile.thresholds_K),
                "y": arrays.add(profile.shares_K),
                "low": arrays.add(profile.low_K),
                "high": arrays.add(profile.high_K),
            }
            for label, profile in of_board
        ]
        for anchor, of_board in profiles.items()
    }
    return arrays.pack(header)


def _line(line: Line, arrays: Arrays) -> dict[str, Any]:
    head = {
        field.name: plain(getattr(line, field.name)) for field in dataclasses.fields(line) if field.name != "traces"
    }
    traces = {
        printable(key): {axis: _trace(trace, arrays) for axis, trace in by_axis.items()}
        for key, by_axis in line.traces.items()
    }
    return head | {"traces": traces}


def _trace(trace: Trace, arrays: Arrays) -> dict[str, Any]:
    named = {"x": trace.x_N, "y": trace.y_N, "low": trace.low_N, "high": trace.high_N}
    places = {name: arrays.add(values_N) for name, values_N in named.items() if values_N is not None}
    return {"recorded": trace.recorded, "places": places}
