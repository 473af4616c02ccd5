"""Whether two queries gave the same rows."""

from __future__ import annotations

import math
from collections.abc import Sequence

Row = tuple[int | float | str | None, ...]
"""What a query returns for one row. Columns have an order, and no names."""

RELATIVE_TOLERANCE = 1e-6
ABSOLUTE_TOLERANCE = 1e-9


def same_rows(expected: Sequence[Row], got: Sequence[Row], *, ordered: bool) -> bool:
    """Compare the results of two queries.

    Numbers are equal within a relative 1e-6, whichever of them are integers; truth values count as 0 and 1; NULL equals
    NULL and nothing else; text is compared character by character, and never equals a number.

    Args:
        expected: the right rows.
        got: the rows to compare with them.
        ordered: whether their order matters. How often a row comes always does.
    """
    if len(expected) != len(got) or any(len(row) != len(other) for row, other in zip(expected, got, strict=True)):
        return False
    if ordered:
        return all(_same_row(row, other) for row, other in zip(expected, got, strict=True))
    left = list(got)
    for row in expected:
        index = next((index for index, other in enumerate(left) if _same_row(row, other)), None)
        if index is None:
            return False
        left[index] = left[-1]
        left.pop()
    return True


def _same_row(row: Row, other: Row) -> bool:
    return all(map(_same_value, row, other))


def _same_value(value: object, other: object) -> bool:
    if isinstance(value, int | float) and isinstance(other, int | float):
        if isinstance(value, int) and isinstance(other, int):
            return value == other
        try:
            return value == other or math.isclose(value, other, rel_tol=RELATIVE_TOLERANCE, abs_tol=ABSOLUTE_TOLERANCE)
        except OverflowError:  # an integer beyond every float
            return False
    return type(value) is type(other) and value == other
