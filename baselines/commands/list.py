"""`palaestra list`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...envs.core import EnvEntry, entries
from ..errors import UsageError


@dataclass(frozen=True)
class List:
    """Show every environment: id, kind, turns, levels, tags."""

    kind: Literal["text", "body", "tabular"] | None = None
    """Only agents that speak (text), that move (body), or that choose among numbered actions (tabular)."""

    tag: str | None = None
    """Only environments with this tag."""

    def run(self) -> None:
        """Print the table."""
        from rich.console import Console
        from rich.table import Table

        rows = self._chosen()
        console = Console()
        table = Table(box=None, pad_edge=False)
        for name in ("id", "kind", "turns", "levels", "tags", "summary"):
            # a cut id cannot be copied; the summary may wrap
            table.add_column(name, no_wrap=name == "id", justify="right" if name == "levels" else "left")
        for entry in rows:
            levels, tags = str(entry.levels), ", ".join(entry.tags)
            table.add_row(entry.id, entry.kind, entry.turns, levels, tags, entry.summary)
        if console.is_terminal:
            console.print(table)
        else:
            # in a pipe a row is a line, whatever its width
            for entry in rows:
                fields = (entry.id, entry.kind, entry.turns, str(entry.levels), ",".join(entry.tags), entry.summary)
                print("\t".join(fields))

    def _chosen(self) -> list[EnvEntry]:
        tags = {tag for entry in entries() for tag in entry.tags}
        if self.tag is not None and self.tag not in tags:
            raise UsageError(f"no environment has the tag {self.tag!r}; tags are {', '.join(sorted(tags))}")
        return [
            entry
            for entry in entries()
            if self.kind in (None, entry.kind) and (self.tag is None or self.tag in entry.tags)
        ]
