"""The sum of a reward's terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def total(terms: Mapping[str, Any]) -> Any:
    """The sum of a reward's terms, rounded about once.

    The rounding error of each addition is found and added at the end (algorithm Sum2 of Ogita, Rump and Oishi,
    Accurate sum and dot product, 2005), so the sum hardly depends on the order of the terms.

    Args:
        terms: numbers or arrays of shape X, by name.
    """
    high: Any = 0.0
    low: Any = 0.0
    for term in terms.values():
        summed = high + term
        other = summed - high
        low = low + ((high - (summed - other)) + (term - other))
        high = summed
    return high + low
