"""Reads a recipe's YAML file, and those it extends."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from .errors import UsageError
from .yaml_source import KeyPath, parse_yaml_with_lines

_NOT_INHERITED = ("search_space",)


def shipped_recipes() -> dict[str, Path]:
    """The recipes that come with the package, by name, sorted."""
    folder = Path(str(resources.files("palaestra.baselines") / "recipes"))
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def read_recipe_file(path: Path) -> tuple[dict[str, Any], dict[KeyPath, int]]:
    """The keys and values of a recipe's file.

    A file with `extends` begins with what another recipe says, shipped by that name or in a file beside this one, and
    changes it: mappings are merged key by key, everything else takes the place of what was there. A search space is not
    taken over.

    Args:
        path: of the file.

    Returns:
        The merged values, without `extends`, and the line in this file of each key that stands in it.

    Raises:
        UsageError: a file cannot be read, is not a mapping in YAML, or extends one that is missing or extends itself.
    """
    return _read(path, ())


def _read(path: Path, children: tuple[Path, ...]) -> tuple[dict[str, Any], dict[KeyPath, int]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"recipe {path} cannot be read: {error}") from error
    try:
        value, lines = parse_yaml_with_lines(text)
    except yaml.YAMLError as error:
        raise UsageError(f"recipe {path} is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(value, dict):
        raise UsageError(f"recipe {path} must be a mapping with name, env, agent …, got {type(value).__name__}")
    if "extends" not in value:
        return value, lines
    where = f"{path}:{lines['extends',]}"
    base = _base(value.pop("extends"), path, where)
    if base in (path, *children):
        raise UsageError(f"{where}: extends: {base.name} extends this recipe itself")
    inherited, _ = _read(base, (path, *children))
    for key in _NOT_INHERITED:
        inherited.pop(key, None)
    return merged(inherited, value), lines


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Nested mappings with some of their keys changed: mappings are merged, everything else is replaced."""
    result = dict(base)
    for key, value in changes.items():
        before = result.get(key)
        both = isinstance(before, Mapping) and isinstance(value, Mapping)
        result[key] = merged(before, value) if both else value  # pyright: ignore[reportArgumentType]  (both are)
    return result


def _base(name: Any, path: Path, where: str) -> Path:
    if isinstance(name, str):
        beside = path.parent / name
        found = beside if beside.is_file() else shipped_recipes().get(name)
        if found is not None:
            return found
    shipped = ", ".join(shipped_recipes())
    raise UsageError(
        f"{where}: extends: there is no recipe {name!r}: give a file beside this one, or the name of a shipped one "
        f"({shipped})"
    )
