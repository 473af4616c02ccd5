"""Checks of the arguments and fields that people write by hand."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import MISSING, fields
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from .names import did_you_mean

T = TypeVar("T")


def check_integer(name: str, value: Any, low: int, high: int | None = None) -> int:
    """`value`, where it is an integer from `low` to `high` (None: without end). A bool is none.

    Raises:
        ValueError: it is not; the message names the argument as `name`.
    """
    if not _is_a(int, value) or value < low or (high is not None and value > high):
        bounds = f"of {low} or more" if high is None else f"from {low} to {high}"
        raise ValueError(f"{name} must be an integer {bounds}, got {value!r}")
    return value


def check_number(name: str, value: Any) -> float:
    """`value`, where it is a finite number. A bool is none.

    Raises:
        ValueError: it is not; the message names the argument as `name`.
    """
    if not _is_a(float, value):
        raise ValueError(f"{name} must be a finite number, got {value!r}")
    return value


def read_fields(cls: type[T], value: Any, *, name: str) -> T:
    """A dataclass from itself or from a mapping of its fields (of YAML or JSON, say; lists become tuples).

    Fields are checked where their annotation is made of `int` (a bool is none), `float` (any finite number), `bool`,
    `str`, `None`, unions and tuples of these; any value will do for another annotation. Annotations must be names that
    are there at run time.

    Args:
        cls: a dataclass.
        value: one of `cls`, or a mapping.
        name: of the argument, for messages.

    Raises:
        ValueError: `value` is neither, or a field is unknown, missing or of the wrong type; the message names it.
    """
    described = fields(cls)  # pyright: ignore[reportArgumentType]  (a dataclass)
    names = ", ".join(field.name for field in described)
    if isinstance(value, cls):
        _check_types(cls, {field.name: getattr(value, field.name) for field in described}, name)
        return value
    if not isinstance(value, Mapping):
        raise ValueError(f"{name} must be a {cls.__name__} or a mapping with {names}; got {type(value).__name__}")
    for key in value:
        if key not in names.split(", "):
            raise ValueError(f"{name} has no field {key!r}{did_you_mean(str(key), names.split(', '))} (known: {names})")
    for field in described:
        if field.default is MISSING and field.default_factory is MISSING and field.name not in value:
            raise ValueError(f"{name} must have the fields {names}; got {', '.join(value) or 'none'}")
    arguments = {key: tuple(v) if isinstance(v, list) else v for key, v in value.items()}
    _check_types(cls, arguments, name)
    return cls(**arguments)


def _check_types(cls: type, values: Mapping[str, Any], name: str) -> None:
    annotations = _annotations(cls)
    for key, value in values.items():
        if not _is_a(annotations[key], value):
            raise ValueError(f"{name}.{key} must be {_in_words(annotations[key])}, got {value!r}")


@cache
def _annotations(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def _is_a(annotation: Any, value: Any) -> bool:
    if annotation is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if annotation is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max
    if annotation in (bool, str, NoneType):
        return isinstance(value, annotation)
    inner = get_args(annotation)
    if get_origin(annotation) in (Union, UnionType):
        return any(_is_a(choice, value) for choice in inner)
    if get_origin(annotation) is tuple:
        if not isinstance(value, tuple):
            return False
        if inner[1:] == (...,):
            return all(_is_a(inner[0], item) for item in value)
        return len(value) == len(inner) and all(_is_a(*pair) for pair in zip(inner, value, strict=True))
    return True


def _in_words(annotation: Any) -> str:
    words = {int: "an integer", float: "a finite number", bool: "True or False", str: "a string", NoneType: "None"}
    if annotation in words:
        return words[annotation]
    inner = get_args(annotation)
    if get_origin(annotation) in (Union, UnionType):
        return " or ".join(_in_words(choice) for choice in inner)
    if inner[1:] == (...,):
        return f"a sequence, each of it {_in_words(inner[0])}"
    return f"a sequence of {', '.join(_in_words(item) for item in inner)}"
