"""The task of mending a project, as plain values that survive JSON."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Self

from ..core import Task
from ..core.arguments import check_integer
from .edits import EditError, apply_edits, parse_edits

_MAX_FILES, _MAX_CASES = 50, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchTask(Task):
    """A project with a bug, the edits that mend it (`answer`), and the tests that tell.

    Attributes:
        answer: the edits, as a response states them.
        paths: of the project's files.
        contents: of the same files.
        inputs: what `main.py` reads in each test.
        outputs: what it must print.
        passing: how many of the tests the project passes as it is.
    """

    answer: str  # pyright: ignore[reportGeneralTypeIssues]  (by keyword only, so it needs no default)
    paths: tuple[str, ...]
    contents: tuple[str, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    passing: int

    @classmethod
    def parse(cls, value: Any) -> Self:
        """As `Task.parse`; the answer must be edits of the files, and some test fail.

        Raises:
            ValueError: the fields are not those of a task, or one is out of range.
        """
        task = super(PatchTask, cls).parse(value)  # slots=True makes a new class: a bare super() would miss it
        if not 1 <= len(task.paths) == len(task.contents) <= _MAX_FILES or len(set(task.paths)) < len(task.paths):
            raise ValueError(f"options['task'] must have paths, no two alike, and as many contents, up to {_MAX_FILES}")
        for path in map(PurePosixPath, task.paths):
            if path.is_absolute() or ".." in path.parts:
                raise ValueError(f"options['task'].paths must lie in the project's folder, got {str(path)!r}")
        if not 1 <= len(task.inputs) == len(task.outputs) <= _MAX_CASES:
            raise ValueError(f"options['task'] must have inputs and as many outputs, 1 to {_MAX_CASES}")
        check_integer("options['task'].passing", task.passing, 0, len(task.inputs) - 1)
        try:
            "".join((task.prompt, *task.contents, *task.inputs, *task.outputs)).encode()
            changed = task.mended != task.files
        except (EditError, UnicodeEncodeError) as error:
            raise ValueError(f"options['task'].answer must be edits of its files: {error}") from error
        if not changed:
            raise ValueError("options['task'].answer must change a file")
        return task

    @property
    def files(self) -> dict[str, str]:
        """Contents by path."""
        return dict(zip(self.paths, self.contents, strict=True))

    @property
    def mended(self) -> dict[str, str]:
        """The same after the right edits."""
        return apply_edits(self.files, parse_edits(self.answer))
