"""Results as values that JSON knows."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np


def to_plain(value: Any) -> Any:
    """Dataclasses and named tuples as mappings, arrays and other tuples as lists, all the way down."""
    if dataclasses.is_dataclass(value):
        return {field.name: to_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, tuple | list):
        names = getattr(value, "_fields", None)  # of a named tuple
        items = [to_plain(item) for item in value]
        return items if names is None else dict(zip(names, items, strict=True))
    return value
