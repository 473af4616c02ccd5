"""Checks of the arrays that scenes, cameras and pictures are made of."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def check_floats(name: str, value: Any, shape: tuple[int | str, ...]) -> NDArray[np.float32]:
    """`value` as a new array of finite 32-bit floats.

    Args:
        name: of the argument, for messages.
        value: numbers.
        shape: what it must have; a letter stands for any length.

    Raises:
        ValueError: it is not numbers, not of this shape or not finite.
    """
    array = _check(name, value, shape, np.float32, "numbers")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, got {array[~np.isfinite(array)][0]}")
    return array


def check_integers(
    name: str, value: Any, shape: tuple[int | str, ...], *, low: int, high: int | None = None
) -> NDArray[np.int32]:
    """`value` as a new array of 32-bit integers from `low` to `high` (None: without end).

    Args:
        name: of the argument, for messages.
        value: integers.
        shape: what it must have; a letter stands for any length.
        low, high: the least and the greatest.

    Raises:
        ValueError: it is not integers, not of this shape or out of bounds.
    """
    if not np.issubdtype(np.asarray(value).dtype, np.integer):
        raise ValueError(f"{name} must be integers, got {np.asarray(value).dtype}")
    array = _check(name, value, shape, np.int32, "integers")
    if array.size and (array.min() < low or (high is not None and array.max() > high)):
        bounds = f"{low} or more" if high is None else f"from {low} to {high}"
        raise ValueError(f"{name} must be {bounds}, got {array.min() if array.min() < low else array.max()}")
    return array


def check_output(name: str, array: Any, shape: tuple[int, ...], dtype: Any) -> None:
    """Refuse an array that pixels cannot be written to as they come.

    Raises:
        ValueError: it is not a writeable array of this shape and type, row by row in memory.
    """
    if not isinstance(array, np.ndarray) or array.shape != shape or array.dtype != dtype:
        got = f"{array.dtype} {array.shape}" if isinstance(array, np.ndarray) else type(array).__name__
        raise ValueError(f"{name} must be an array of {np.dtype(dtype)} {shape}, got {got}")
    if not (array.flags.c_contiguous and array.flags.writeable):
        raise ValueError(f"{name} must be writeable and contiguous in memory, so that pixels need no copy")


def _check(name: str, value: Any, shape: tuple[int | str, ...], dtype: Any, what: str) -> NDArray[Any]:
    try:
        array = np.array(value, dtype)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be {what} of shape {_written(shape)}, got {value!r}") from None
    fits = len(shape) == array.ndim and all(
        isinstance(wanted, str) or wanted == length for wanted, length in zip(shape, array.shape, strict=False)
    )
    if not fits:
        raise ValueError(f"{name} must have the shape {_written(shape)}, got {_written(array.shape)}")
    return array


def _written(shape: tuple[int | str, ...]) -> str:
    return f"({', '.join(str(length) for length in shape)}{',' if len(shape) == 1 else ''})"
