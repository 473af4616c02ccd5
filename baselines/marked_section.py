"""The part of a text file that a command writes: between `<!-- NAME:begin -->` and `<!-- NAME:end -->`."""

from __future__ import annotations

from pathlib import Path

from .errors import RunError, UsageError
from .journal import write_atomically


class MarkedSection:
    """One section of one file.

    Args:
        path: the file.
        name: the section's name.

    Raises:
        UsageError: there is no such file, or it has no such section, or more than one.
    """

    def __init__(self, path: Path, name: str) -> None:
        self.path = path
        self.name = name
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{path} cannot be read: {' '.join(str(error).split())}") from error
        begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
        for marker in (begin, end):
            if (count := text.count(marker)) != 1:
                found = "there is none" if count == 0 else f"there are {count}"
                raise UsageError(f"{path} must have one line {marker} where the section {name} goes; {found}")
        if text.index(end) < text.index(begin):
            raise UsageError(f"{path}: {end} stands before {begin}")
        before, _, rest = text.partition(begin)
        self.content, _, after = rest.partition(end)
        self._around = before + begin, end + after

    def write(self, content: str) -> None:
        """Put `content` between the markers.

        Raises:
            OSError: the file cannot be written; what it held stands.
        """
        write_atomically(self.path, _lines(content).join(self._around))

    def check(self, content: str, remedy: str) -> None:
        """Make sure that `content` is what stands between the markers.

        Args:
            content: what should.
            remedy: the command that writes it.

        Raises:
            RunError: something else does.
        """
        if self.content != _lines(content):
            raise RunError(f"{self.path}: the section {self.name} is out of date; {remedy} writes it anew")


def _lines(content: str) -> str:
    # Markdown needs an empty line around a table that stands beside a comment
    return f"\n\n{content.strip()}\n\n"
