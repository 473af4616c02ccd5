"""Comparisons as people write them in files and arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...core.arguments import read_fields
from ...core.names import unknown_name
from .checker import Checker
from .comparison import Comparison, Exact, Floats, Tokens

_NAMES: Mapping[str, type[Exact | Tokens | Floats | Checker]] = {
    "exact": Exact,
    "tokens": Tokens,
    "floats": Floats,
    "checker": Checker,
}


def read_comparison(value: Any, *, name: str = "comparison") -> Comparison:
    """A comparison from its name, or from a mapping of its name to its settings.

    Args:
        value: `"exact"`, `"tokens"`, `"floats"`, `{"floats": {"absolute": 1e-9}}` or
            `{"checker": {"source": "…", "language": "python"}}`.
        name: of the argument, for messages.

    Raises:
        ValueError: it is none of these, or a setting is unknown, missing or out of range.
    """
    if isinstance(value, str):
        value = {value: {}}
    if not isinstance(value, Mapping) or len(value) != 1:
        raise ValueError(
            f"{name} must be one of {', '.join(_NAMES)}, or a mapping of one to its settings; got {value!r}"
        )
    ((kind, settings),) = value.items()
    if kind not in _NAMES:
        raise unknown_name(f"{name} must be one of the comparisons, got {kind!r}", str(kind), _NAMES)
    return read_fields(_NAMES[kind], settings, name=f"{name}[{kind!r}]")
