"""Drawings of the states of processes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .process import CountedProcess

COLOURS = {
    " ": (255, 255, 255),
    ".": (229, 226, 218),
    "#": (70, 70, 78),
    "A": (38, 98, 171),
    "T": (24, 58, 104),
    "G": (72, 150, 84),
    "x": (190, 72, 62),
    "K": (222, 176, 60),
    "D": (146, 100, 62),
    "P": (150, 96, 168),
    "o": (96, 132, 120),
    "0": (200, 192, 174),
    "1": (200, 192, 174),
    "2": (200, 192, 174),
}
"""Blank, floor, wall, agent, agent with a passenger, goal, hazard, key, door, passenger, unit of a bar, and stops."""

SIZE = 240
"""Width and height of a picture, in pixels."""


def draw(counted: CountedProcess, state: int, steps: int, mode: str) -> str | NDArray[np.uint8]:
    """A state as text, or as a picture of shape (240, 240, 3).

    Args:
        counted: the process.
        state: the number of the state.
        steps: taken so far.
        mode: `ansi` for text, `rgb_array` for a picture.
    """
    shown, last = counted.states[state]
    rows = counted.process.picture(shown)
    if mode == "rgb_array":
        return paint(rows)
    did = "" if last is None else f", last did: {counted.process.actions[last]}"
    return "\n".join((*rows, f"step {steps} of {counted.mdp.horizon}{did}"))


def paint(rows: tuple[str, ...]) -> NDArray[np.uint8]:
    """A square picture of the rows, a coloured cell for each symbol, centred on white.

    Args:
        rows: of equal length.

    Returns:
        Shape (240, 240, 3).
    """
    colours = np.array([[COLOURS[symbol] for symbol in row] for row in rows], np.uint8)
    cell = max(1, SIZE // max(colours.shape[:2]))
    drawn = colours.repeat(cell, axis=0).repeat(cell, axis=1)
    if cell > 3:  # a line between cells
        drawn[cell - 1 :: cell] = drawn[:, cell - 1 :: cell] = 255
    picture = np.full((SIZE, SIZE, 3), 255, np.uint8)
    top, left = (SIZE - drawn.shape[0]) // 2, (SIZE - drawn.shape[1]) // 2
    picture[top : top + drawn.shape[0], left : left + drawn.shape[1]] = drawn
    return picture
