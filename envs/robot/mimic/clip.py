"""Motion clips: key-frames in a text file, and the motion between them.

A clip is a text file. What follows a `#` is a remark. First come lines of `name: value`:

    body: planar            the body that the columns belong to: planar or humanoid
    cycle: mirrored         none, closed or mirrored
    strike: right_foot      optional: the part that hits a target, …
    strike_time: 0.72       … and when, in seconds

then a line with the names of the columns, and one line of numbers for each key-frame:

    time  x     z      pitch  left_shoulder  right_shoulder  left_hip  …
    0.00  0.00  0.831  2.0    -18.5          20.1            24.3      …

`time` is in seconds, begins with 0 and rises; lengths are in metres and angles in degrees. The root's columns are `x z
pitch` for the planar body and `x y z roll pitch yaw` for the humanoid (its orientation is yaw, then pitch, then roll,
each about the axis that the one before has turned); the others are the body's joints, each exactly once, in any order.

`cycle: none` plays once. `closed` repeats: the last key-frame is the first one again, but for `x`, `y` and whole turns
of `pitch`, which go on growing. `mirrored` repeats, and the file holds the first half of the cycle: the last key-frame
is the first one with left and right exchanged.

Between key-frames every column is a cubic Hermite spline whose slope at a key-frame is that of the parabola through it
and its two neighbours, so that free flight between evenly spaced key-frames is exact. Velocities are the splines'
derivatives, the root's included.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicHermiteSpline

from .... import assets
from ...core.names import did_you_mean
from .bodies import BODIES, END_EFFECTORS, Body

Cycle = Literal["none", "closed", "mirrored"]
CYCLES: tuple[Cycle, ...] = ("none", "closed", "mirrored")

ROOT_COLUMNS = {True: ("x", "z", "pitch"), False: ("x", "y", "z", "roll", "pitch", "yaw")}
"""The root's columns, for a planar body and for one in space."""

_LENGTHS = ("x", "y", "z")
_GROWING = ("x", "y")  # what may differ between the ends of a cycle
_CHANGES_SIGN = ("y", "roll", "yaw")  # when left and right are exchanged
_HEADERS = ("body", "cycle", "strike", "strike_time")
_CLOSED_WITHIN = 1e-6


@dataclass(frozen=True, slots=True)
class Clip:
    """A motion of a body.

    Attributes:
        name: for messages.
        body: whose motion it is.
        cycle: whether and how it repeats.
        times_K: of the key-frames of a whole cycle, in seconds.
        keys_KC: the columns at those times: the root's, then the joints' in the body's order; metres and radians.
        strike: the part that hits a target, or None.
        strike_time: when it does, in seconds.
    """

    name: str
    body: Body
    cycle: Cycle
    times_K: NDArray[np.float64]
    keys_KC: NDArray[np.float64]
    strike: str | None = None
    strike_time: float = 0.0

    @property
    def duration(self) -> float:
        """Of a whole cycle, in seconds."""
        return float(self.times_K[-1])

    @property
    def growth_C(self) -> NDArray[np.float64]:
        """By how much every column grows in a cycle; zeros for a clip that does not repeat."""
        return (self.keys_KC[-1] - self.keys_KC[0]) * (self.cycle != "none")

    def motion(self, times_T: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The columns and their derivatives at some times of the first cycle.

        Args:
            times_T: from 0 to the duration, in seconds.

        Returns:
            Two arrays of shape (T, C): metres and radians, and the same per second.
        """
        times_K, keys_KC = self.times_K, self.keys_KC
        if self.cycle != "none":  # with the neighbours across the ends
            times_K = np.concatenate([[times_K[-2] - self.duration], times_K, [times_K[1] + self.duration]])
            before, after = keys_KC[-2] - self.growth_C, keys_KC[1] + self.growth_C
            keys_KC = np.concatenate([[before], keys_KC, [after]])
        spline = CubicHermiteSpline(times_K, keys_KC, _slopes(times_K, keys_KC))
        return spline(times_T), spline.derivative()(times_T)


def shipped_clips(body: Body) -> tuple[str, ...]:
    """The names of the clips of a body that the package brings."""
    folder = resources.files(assets) / "robot" / "mimic" / body.name
    return tuple(sorted(path.name.removesuffix(".txt") for path in folder.iterdir() if path.name.endswith(".txt")))


def load_clip(clip: str, body: Body) -> Clip:
    """A clip by name, or from a file.

    Args:
        clip: the name of a shipped clip, or a path that ends in `.txt`.
        body: whose motion it must be.

    Raises:
        ValueError: there is no such clip, it is another body's, or the file breaks the format; the message says where.
    """
    if clip.endswith(".txt"):
        path = Path(clip)
        if not path.is_file():
            raise ValueError(f"clip must be a file that is there, got {clip!r}")
        return parse_clip(path.read_text(encoding="utf-8"), body, name=clip)
    names = shipped_clips(body)
    if clip not in names:
        hint = did_you_mean(clip, names)
        raise ValueError(f"clip must be one of {', '.join(names)} or a path to a .txt file, got {clip!r}{hint}")
    source = resources.files(assets) / "robot" / "mimic" / body.name / f"{clip}.txt"
    return parse_clip(source.read_text(encoding="utf-8"), body, name=clip)


def parse_clip(text: str, body: Body, *, name: str) -> Clip:
    """A clip from its text.

    Raises:
        ValueError: the text breaks the format; the message names the clip and the line or column.
    """
    lines = _lines(text)
    headers: dict[str, str] = {}
    columns: list[str] = []
    for number, line in lines:
        if ":" not in line:
            columns = line.split()
            break
        key, _, value = (part.strip() for part in line.partition(":"))
        if key not in _HEADERS:
            raise ValueError(f"clip {name}, line {number}: no such header {key!r}{did_you_mean(key, _HEADERS)}")
        headers[key] = value
    wanted = (*ROOT_COLUMNS[body.planar], *body.joints)
    _check_headers(name, headers, body)
    _check_columns(name, columns, ("time", *wanted))
    table_KC = _table(name, lines, columns)
    times_K = table_KC[:, 0]
    keys_KC = table_KC[:, [columns.index(column) for column in wanted]]
    keys_KC[:, [column not in _LENGTHS for column in wanted]] *= math.pi / 180
    cycle = cast("Cycle", headers["cycle"])
    if cycle == "mirrored":
        times_K, keys_KC = _whole_cycle(name, times_K, keys_KC, wanted)
    elif cycle == "closed":
        _check_closed(name, keys_KC[0], keys_KC[-1], wanted)
    strike = headers.get("strike")
    strike_time = _strike_time(name, headers, times_K[-1]) if strike else 0.0
    return Clip(name, body, cycle, times_K, keys_KC, strike, strike_time)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that hold something, with their numbers."""
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.partition("#")[0].strip()
        if content:
            yield number, content


def _check_headers(name: str, headers: dict[str, str], body: Body) -> None:
    if headers.get("body") not in BODIES:
        raise ValueError(f"clip {name}: body must be one of {', '.join(BODIES)}, got {headers.get('body')!r}")
    if headers["body"] != body.name:
        raise ValueError(f"clip {name} must be of the body {body.name}, it is of {headers['body']}")
    if headers.get("cycle") not in CYCLES:
        raise ValueError(f"clip {name}: cycle must be one of {', '.join(CYCLES)}, got {headers.get('cycle')!r}")
    if headers.get("strike", END_EFFECTORS[0]) not in END_EFFECTORS:
        raise ValueError(f"clip {name}: strike must be one of {', '.join(END_EFFECTORS)}, got {headers['strike']!r}")
    if ("strike" in headers) != ("strike_time" in headers):
        raise ValueError(f"clip {name}: strike and strike_time must come together")


def _strike_time(name: str, headers: dict[str, str], duration: float) -> float:
    try:
        time = float(headers["strike_time"])
    except ValueError:
        time = math.nan
    if not 0 < time < duration:
        raise ValueError(
            f"clip {name}: strike_time must lie between 0 and {duration:g}, got {headers['strike_time']!r}"
        )
    return time


def _check_columns(name: str, columns: list[str], wanted: tuple[str, ...]) -> None:
    for column in columns:
        if column not in wanted:
            raise ValueError(f"clip {name}: no such column {column!r}{did_you_mean(column, wanted)}")
    for column in wanted:
        if columns.count(column) != 1:
            raise ValueError(f"clip {name} must have the column {column!r} exactly once, got {columns.count(column)}")


def _table(name: str, lines: Iterator[tuple[int, str]], columns: list[str]) -> NDArray[np.float64]:
    rows: list[list[float]] = []
    for number, line in lines:
        try:
            row = [float(word) for word in line.split()]
        except ValueError as error:
            raise ValueError(f"clip {name}, line {number}: {error}") from error
        if len(row) != len(columns) or not all(map(math.isfinite, row)):
            raise ValueError(f"clip {name}, line {number}: {len(columns)} finite numbers are needed, got {line!r}")
        rows.append(row)
    if len(rows) < 3:
        raise ValueError(f"clip {name} must have 3 key-frames or more, got {len(rows)}")
    table = np.array(rows)
    times = table[:, columns.index("time")]
    if times[0] != 0 or (np.diff(times) <= 0).any():
        raise ValueError(f"clip {name}: time must begin with 0 and rise, got {times.tolist()}")
    order = [columns.index("time"), *(i for i, column in enumerate(columns) if column != "time")]
    columns[:] = [columns[i] for i in order]
    return table[:, order]


def _whole_cycle(
    name: str, times_K: NDArray[np.float64], keys_KC: NDArray[np.float64], columns: tuple[str, ...]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Both halves of a mirrored cycle."""
    exchanged = [
        columns.index(column.replace("left_", "right_") if "left_" in column else column.replace("right_", "left_"))
        for column in columns
    ]
    sign_C = np.array([-1.0 if column in _CHANGES_SIGN else 1.0 for column in columns])
    mirrored_KC = keys_KC[:, exchanged] * sign_C
    _check_closed(name, mirrored_KC[0], keys_KC[-1], columns, growing=("x",))
    growing_C = np.array([column == "x" for column in columns])
    second_KC = mirrored_KC[1:] + growing_C * (keys_KC[-1] - keys_KC[0])
    return np.concatenate([times_K, times_K[-1] + times_K[1:]]), np.concatenate([keys_KC, second_KC])


def _check_closed(
    name: str,
    first_C: NDArray[np.float64],
    last_C: NDArray[np.float64],
    columns: tuple[str, ...],
    growing: tuple[str, ...] = _GROWING,
) -> None:
    for column, first, last in zip(columns, first_C, last_C, strict=True):
        turns = round((last - first) / (2 * math.pi)) * 2 * math.pi if column == "pitch" else 0.0
        if column not in growing and abs(last - first - turns) > _CLOSED_WITHIN:
            raise ValueError(
                f"clip {name}: the last key-frame must close the cycle, but {column!r} is {last:.6g} where {first:.6g} "
                "is needed (metres and radians)"
            )


def _slopes(times_K: NDArray[np.float64], keys_KC: NDArray[np.float64]) -> NDArray[np.float64]:
    """The slope at each key of the parabola through it and its neighbours; at an end, of the end's parabola."""
    gaps = np.diff(times_K)[:, None]
    rises = np.diff(keys_KC, axis=0) / gaps
    inner = (rises[:-1] * gaps[1:] + rises[1:] * gaps[:-1]) / (gaps[:-1] + gaps[1:])
    first, last = 2 * rises[:1] - inner[:1], 2 * rises[-1:] - inner[-1:]
    return np.concatenate([first, inner, last])
