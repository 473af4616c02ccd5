"""YAML with line numbers, and keys checked against the types they are for."""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections.abc import Iterable, Mapping
from typing import Any

import yaml
from pydantic import BaseModel

from ..envs.core.names import nearest

KeyPath = tuple[str | int, ...]


class UnknownKey(ValueError):
    """A key that the type has no field for.

    Attributes:
        path: where it stands.
    """

    def __init__(self, path: KeyPath, near: str | None, known: Iterable[str]) -> None:
        hint = f"did you mean {near}?" if near else f"known are {', '.join(known)}"
        super().__init__(f"unknown key {dotted(path)!r}; {hint}")
        self.path = path


class _Loader(yaml.SafeLoader):
    """YAML 1.1 reads 3e-4 as a string; everyone who writes a learning rate means the number."""


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?[eE][-+]?[0-9]+$"), list("-+0123456789")
)


def parse_yaml(text: str) -> Any:
    """The value of a YAML document.

    Raises:
        yaml.YAMLError: it is not YAML.
    """
    return yaml.load(text, Loader=_Loader)


def parse_yaml_with_lines(text: str) -> tuple[Any, dict[KeyPath, int]]:
    """The value of a YAML document, and the line (from 1) of every key and list item.

    Raises:
        yaml.YAMLError: it is not YAML, or a key stands twice in one mapping.
    """
    node = yaml.compose(text, Loader=_Loader)
    lines: dict[KeyPath, int] = {}
    if node is not None:
        _collect_lines(node, (), lines)
    return parse_yaml(text), lines


def _collect_lines(node: yaml.Node, path: KeyPath, lines: dict[KeyPath, int]) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*path, str(key.value))
            if inner in lines:
                raise yaml.YAMLError(f"line {key.start_mark.line + 1}: the key {dotted(inner)!r} stands here again")
            lines[inner] = key.start_mark.line + 1
            _collect_lines(value, inner, lines)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            lines[*path, index] = value.start_mark.line + 1
            _collect_lines(value, (*path, index), lines)


def dotted(path: KeyPath) -> str:
    """A path as one writes it: `seeds[2]`, `agent.params.learning_rate`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def refuse_unknown_keys(value: Any, annotation: Any, path: KeyPath = ()) -> None:
    """Check the keys of nested mappings against the fields of the pydantic models and dataclasses they are for.

    Args:
        value: what YAML gave.
        annotation: the type it is for.
        path: where the value stands.

    Raises:
        UnknownKey: a key has no field; the message names the nearest one.
    """
    known = _fields(annotation)
    if known is not None:
        if isinstance(value, Mapping):
            for key, item in value.items():
                if key not in known:
                    raise UnknownKey((*path, str(key)), _nearest(path, str(key), known), known)
                refuse_unknown_keys(item, known[key], (*path, str(key)))
        return
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        refuse_unknown_keys(value, arguments[0], path)
    elif origin in (typing.Union, types.UnionType):
        chosen = _alternative(value, arguments)
        if chosen is not None:
            refuse_unknown_keys(value, chosen, path)
    elif origin in (list, tuple) and isinstance(value, list):
        for index, item in enumerate(value):
            refuse_unknown_keys(item, arguments[0], (*path, index))
    elif origin is dict and isinstance(value, Mapping):
        for key, item in value.items():
            refuse_unknown_keys(item, arguments[1], (*path, str(key)))


def _alternative(value: Any, alternatives: tuple[Any, ...]) -> Any:
    """The alternative of a union whose fixed `kind` is the value's, or the only one that has fields."""
    with_fields = [alternative for alternative in alternatives if _fields(alternative) is not None]
    if len(with_fields) == 1:
        return with_fields[0]
    kind = value.get("kind") if isinstance(value, Mapping) else None
    for alternative in with_fields:
        if kind in typing.get_args((_fields(alternative) or {}).get("kind")):
            return alternative
    return None


def _fields(annotation: Any) -> dict[str, Any] | None:
    if not isinstance(annotation, type):
        return None
    if issubclass(annotation, BaseModel):
        return {name: field.annotation for name, field in annotation.model_fields.items()}
    if dataclasses.is_dataclass(annotation):
        hints = typing.get_type_hints(annotation)
        return {field.name: hints[field.name] for field in dataclasses.fields(annotation) if field.init}
    return None


def _nearest(path: KeyPath, key: str, known: Iterable[str]) -> str | None:
    near = nearest(key, known)
    return None if near is None else dotted((*path, near))
