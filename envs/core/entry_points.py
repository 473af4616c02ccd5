"""Tables of names for what is imported only when it is looked up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

from .names import unknown_name


class EntryPoints(Mapping[str, Any]):
    """Names to classes, functions or the like; one is imported when it is looked up, and not before.

    Args:
        table: names to `module:attribute`.
        unknown: how the message about a name that is not there begins; `{!r}` stands for the name.
    """

    def __init__(self, table: Mapping[str, str], *, unknown: str = "unknown name {!r}") -> None:
        self._table = dict(table)
        self._unknown = unknown

    def find(self, name: str) -> Any:
        """What a name stands for.

        Raises:
            ValueError: there is no such name; the message gives the nearest one.
        """
        if not isinstance(name, str) or name not in self._table:
            raise unknown_name(self._unknown.format(name), str(name).lower().replace("-", "_"), self._table)
        return self[name]

    def __getitem__(self, name: str) -> Any:
        return load(self._table[name])

    def __contains__(self, name: object) -> bool:
        return name in self._table  # Mapping's own would import

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)


def load(path: str) -> Any:
    """What stands at `module:attribute`.

    Raises:
        ImportError: there is no such module.
        AttributeError: the module has no such attribute.
    """
    module, _, attribute = path.partition(":")
    return getattr(import_module(module), attribute)
