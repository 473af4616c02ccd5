"""Comparison by a program of the task's author, for tasks with many right answers."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..sandbox import ExitReason, Limits, Sandbox
from .build import DoesNotCompile, build
from .cases import StdinCase
from .comparison import Agreement
from .languages import find_language

_VERDICTS = {b"accepted": True, b"wrong": False}


class CheckerBroken(RuntimeError):
    """A checker program gave no verdict, so nothing is known of the program. A grader answers `grader_error`."""


@dataclass(frozen=True, slots=True)
class Checker:
    """A program that says whether an output is right.

    It runs in the sandbox, in a folder of its own with the files `input.txt` (what the program read), `output.txt`
    (what it printed) and `expected.txt` (the case's expected text), prints `accepted` or `wrong` and exits with
    status 0. Anything else is no verdict.

    Attributes:
        source: its source text.
        language: its language's name, one of those that ship.
        limits: what it may use.

    Raises:
        ValueError: the language is unknown or not installed.
    """

    source: str
    language: str = "python"
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        find_language(self.language)

    def prepare(self, sandbox: Sandbox) -> Agreement:
        """Asks the program.

        Raises:
            CheckerBroken: it does not compile.
        """
        try:
            program = build(self.source, find_language(self.language), sandbox)
        except DoesNotCompile as error:
            raise CheckerBroken(f"the checker does not compile: {error}") from error

        def agrees(case: StdinCase, printed: bytes) -> bool:
            texts = {"input.txt": case.stdin.encode(), "output.txt": printed, "expected.txt": case.expected.encode()}
            outcome = sandbox.run(program.job(files=texts, limits=self.limits))
            verdict = _VERDICTS.get(outcome.stdout.strip())
            if outcome.reason is not ExitReason.OK or verdict is None:
                raise CheckerBroken("the checker did not print 'accepted' or 'wrong', and exit with status 0")
            return verdict

        return agrees
