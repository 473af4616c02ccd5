"""Comparisons that hold to the bit."""

from typing import Any

import numpy as np


def assert_same(found: Any, expected: Any, where: str = "") -> None:
    """Two values are equal to the bit, types of arrays and keys of dicts included."""
    if isinstance(expected, dict):
        assert set(found) == set(expected), where
        for key in expected:
            assert_same(found[key], expected[key], f"{where}/{key}")
    elif isinstance(expected, np.ndarray) and expected.dtype != object:
        assert (found.dtype, found.shape) == (expected.dtype, expected.shape), where
        np.testing.assert_array_equal(found, expected, err_msg=where)
    elif isinstance(expected, list | tuple | np.ndarray):
        assert len(found) == len(expected), where
        for one, other in zip(found, expected, strict=True):
            assert_same(one, other, where)
    else:
        assert found == expected, where
