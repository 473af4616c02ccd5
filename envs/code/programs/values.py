"""Values of the small language, written as its programs read and print them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .syntax import Type, Value, type_of

LIMIT = 1 << 31
"""Every integer lies strictly between -LIMIT and LIMIT."""

MAX_LENGTH = 10_000
"""The longest list and the longest string."""

_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,9}")
_PRINTABLE = re.compile(r"[ -~]*")


def write_value(value: Value) -> str:
    """A value on a line of its own, without the line end.

    Raises:
        TypeError: it is none of the language's.
    """
    match type_of(value):
        case Type.BOOL:
            return "true" if value else "false"
        case Type.INTS:
            return " ".join(map(str, value))  # pyright: ignore[reportArgumentType]  (a tuple)
        case _:
            return str(value)


def read_value(text: str, type: Type) -> Value:
    """What `write_value` wrote, exactly: no blanks more, no leading zeros, no other digits.

    Raises:
        ValueError: the text is no value of that type.
    """
    if type is Type.STR:
        if not _PRINTABLE.fullmatch(text):
            raise ValueError("text must be printable ASCII to be a string")
        return text
    if type is Type.BOOL:
        if text not in ("true", "false"):
            raise ValueError(f"text must be true or false, got {text[:40]!r}")
        return text == "true"
    if type is Type.INT:
        return _read_integer(text)
    return tuple(map(_read_integer, text.split(" "))) if text else ()


def write_inputs(values: Sequence[Value]) -> str:
    """What a program reads: one value a line, the last line ended too."""
    return "".join(f"{write_value(value)}\n" for value in values)


def read_inputs(text: str, types: Sequence[Type]) -> tuple[Value, ...]:
    """The values that `write_inputs` wrote.

    Raises:
        ValueError: there are not as many lines as types, or a line is no value of its type.
    """
    lines = text.split("\n")
    if len(lines) != len(types) + 1 or lines[-1]:
        raise ValueError(f"text must have {len(types)} lines, each with its end, got {text[:80]!r}")
    return tuple(read_value(line, type) for line, type in zip(lines, types, strict=False))


def check_value(value: Value, type: Type) -> None:
    """Whether a value is one of the type, and within the language's bounds.

    Raises:
        ValueError: it is not.
    """
    try:
        found = type_of(value)
    except TypeError as error:
        raise ValueError(str(error)) from None
    if found is not type:
        raise ValueError(f"a value of type {type} was expected, got one of type {found}")
    if isinstance(value, str | tuple) and len(value) > MAX_LENGTH:
        raise ValueError(f"strings and lists must not be longer than {MAX_LENGTH}")
    if isinstance(value, str):
        if not _PRINTABLE.fullmatch(value):
            raise ValueError("strings must be printable ASCII")
        return
    for number in value if isinstance(value, tuple) else (value,):
        if not isinstance(number, int) or (isinstance(value, tuple) and isinstance(number, bool)):
            raise ValueError("lists must hold integers")
        if not -LIMIT < number < LIMIT:
            raise ValueError("integers must lie strictly between -2^31 and 2^31")


def _read_integer(text: str) -> int:
    if not _INTEGER.fullmatch(text) or not -LIMIT < int(text) < LIMIT:
        raise ValueError(f"text must be an integer between -2^31 and 2^31, got {text[:40]!r}")
    return int(text)
