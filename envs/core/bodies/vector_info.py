"""The infos of a vector of bodies in Gymnasium's form: an array for each key, and beside it a mask of who has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .evaluation import Evaluation, field_values

_PLAIN = {"b": np.bool_, "f": np.float64, "i": np.int64, "u": np.int64}


def vector_step_info(
    evaluation: Evaluation, terms: Mapping[str, Any], told_B: NDArray[np.bool_], stable_B: NDArray[np.bool_]
) -> dict[str, Any]:
    """What `step_info` and `unstable_info` tell of each body, put together as `gymnasium.vector` does.

    Args:
        evaluation: of all bodies.
        terms: the reward's terms, of all bodies.
        told_B: the bodies whose step is told.
        stable_B: the bodies whose simulation did not blow up.
    """
    if not told_B.any():
        return {}
    measured_B = told_B & stable_B
    infos: dict[str, Any] = {}
    for name in ("success", "cost", "is_stuck", "intervention"):
        infos |= _told(name, _where(measured_B, _plain(getattr(evaluation, name), len(told_B))), told_B)
    infos |= _told("reward_terms", _plain_told(terms, measured_B), told_B)
    infos |= _told("evaluation", _plain_told(field_values(evaluation), measured_B), told_B)
    unstable_B = told_B & ~stable_B
    if unstable_B.any():
        infos |= _told("unstable", unstable_B, unstable_B)
    return infos


def values_told(values: Mapping[str, NDArray[Any]], told_B: NDArray[np.bool_]) -> dict[str, Any]:
    """Values of bodies by name as `gymnasium.vector` tells them.

    Args:
        values: arrays with a leading axis B.
        told_B: the bodies that are told of; the others get zeros, and where there is none, nothing is told.
    """
    infos: dict[str, Any] = {}
    told = np.count_nonzero(told_B)
    if told:
        for name, value in values.items():
            infos[name] = value.copy() if told == len(told_B) else _where(told_B, value)
            infos[f"_{name}"] = told_B.copy()
    return infos


def _plain_told(values: Mapping[str, Any], told_B: NDArray[np.bool_]) -> dict[str, Any]:
    return values_told({name: _plain(value, len(told_B)) for name, value in values.items()}, told_B)


def _told(name: str, value: Any, told_B: NDArray[np.bool_]) -> dict[str, Any]:
    return {name: value, f"_{name}": told_B.copy()}


def _plain(value: Any, bodies: int) -> NDArray[Any]:
    """The values of all bodies, single numbers in the types that `step_info` tells them in."""
    array = np.asarray(value)
    if array.ndim == 0:
        array = np.full(bodies, array)
    return array if array.ndim > 1 else array.astype(_PLAIN.get(array.dtype.kind, array.dtype))


def _where(told_B: NDArray[np.bool_], array: NDArray[Any]) -> NDArray[Any]:
    """The values of the bodies that are told of, zero for the others; a new array."""
    mask_B = told_B.reshape(-1, *[1] * (array.ndim - 1))
    return np.where(mask_B, array, np.zeros((), array.dtype))
