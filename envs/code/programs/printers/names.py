"""Other names for what a program calls as a language calls something of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from ..syntax import ForRange, Let, Literal, Program
from ..walking import walk


def renamed(program: Program, taken: Collection[str], *, functions_only: bool = False) -> Program:
    """A program none of whose functions and variables has one of the taken names: an underscore tells it apart.

    Args:
        program: the program.
        taken: the names.
        functions_only: whether variables may have them.
    """
    names = set(_names(program))
    new: dict[str, str] = {}
    named = {function.name for function in program.functions} if functions_only else names
    for name in sorted(named.intersection(taken)):
        other = f"{name}_"
        while other in names or other in taken:
            other += "_"
        new[name] = other
        names.add(other)
    return _rename(program, new) if new else program


def local_names(node: Any) -> Iterator[str]:
    """The names of local variables and loops' variables."""
    return (part.name for _, part in walk(node) if isinstance(part, Let | ForRange))


def _names(program: Program) -> Iterator[str]:
    for function in program.functions:
        yield function.name
        yield from (parameter.name for parameter in function.parameters)
        yield from local_names(function.body)


def _rename(node: Any, new: Mapping[str, str]) -> Any:
    if isinstance(node, tuple):
        return tuple(_rename(part, new) for part in node)
    if not is_dataclass(node) or isinstance(node, Literal):
        return node
    changed = {}
    for field in fields(node):
        value = getattr(node, field.name)
        is_name = field.name == "name" or (field.name == "function" and isinstance(value, str))
        changed[field.name] = new.get(value, value) if is_name else _rename(value, new)
    return replace(node, **changed)  # pyright: ignore[reportArgumentType]  (an instance)
