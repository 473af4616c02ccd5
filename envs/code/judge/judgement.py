"""What a judge finds."""

from __future__ import annotations

import json
from dataclasses import dataclass

from ...core import Verdict
from ...core.arguments import check_number
from ..sandbox import ExitReason
from .cases import CallCase, StdinCase

_FEW = 24  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What came of one case.

    Attributes:
        case: the case.
        passed: whether the program did what the case asks.
        reason: how the program ended; None where it was not run, because an earlier case had timed out.
        ending: the same in words that follow `The program`.
        printed: what it printed, or for a call the value that came back, as JSON; shortened.
        error: what it said on standard error, or the exception that the function raised; shortened and tidied.
    """

    case: StdinCase | CallCase
    passed: bool
    reason: ExitReason | None
    ending: str = ""
    printed: str = ""
    error: str = ""

    def one_line(self) -> str:
        """What was given, what was expected and what came, each cut to a few words."""
        if isinstance(self.case, StdinCase):
            given, expected = self.case.stdin, self.case.expected
        else:
            given, expected = json.dumps(self.case.arguments), json.dumps(self.case.expected)
        came = _few(self.printed) if self.reason is ExitReason.OK else f"the program {self.ending}"
        return f"given {_few(given)}, expected {_few(expected)}: {came}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a judge finds about a program.

    Attributes:
        results: one for each case; none where the program does not compile.
        cases: how many cases there are.
        compile_error: what the compiler says of a program that it refuses, else None.
    """

    results: tuple[CaseResult, ...]
    cases: int
    compile_error: str | None = None

    @property
    def passed(self) -> int:
        """How many cases passed."""
        return sum(result.passed for result in self.results)

    @property
    def all_passed(self) -> bool:
        """Whether every case passed."""
        return self.passed == self.cases

    @property
    def fraction(self) -> float:
        """The share of the cases that passed; 0 for a program that prints nothing at all, though a case may ask so."""
        if not self.all_passed and not any(result.printed.strip() for result in self.results):
            return 0.0
        return self.passed / self.cases

    @property
    def runs(self) -> bool:
        """Whether the program compiles, and ends by itself without an error in every case."""
        return bool(self.results) and all(result.reason is ExitReason.OK for result in self.results)

    @property
    def first_visible_failure(self) -> CaseResult | None:
        """The first case that may be shown and did not pass, or None where there is none."""
        return next((result for result in self.results if result.case.visible and not result.passed), None)

    def score(self, *, all_pass_bonus: float = 0.0, runs_credit: float = 0.0) -> float:
        """1 where all cases passed, else (1 - all_pass_bonus) * fraction, and no less than `runs_credit` where it runs.

        Args:
            all_pass_bonus: the share of the score that only a program gets that passes every case; with 1 there is no
                partial credit.
            runs_credit: what a program gets that runs and prints something else; Agnostics has 0.2.

        Raises:
            ValueError: one of them does not lie in [0, 1].
        """
        check_share("all_pass_bonus", all_pass_bonus)
        check_share("runs_credit", runs_credit)
        if self.all_passed:
            return 1.0
        return max((1.0 - all_pass_bonus) * self.fraction, runs_credit if self.runs else 0.0)

    def verdict(self, *, all_pass_bonus: float = 0.0, runs_credit: float = 0.0) -> Verdict:
        """The same as a verdict, with one line about the first failing case that may be shown; see `score`.

        A program that does not compile is wrong, and one that did not end in time in its first case timed out.
        """
        if self.all_passed:
            return Verdict.correct()
        if self.compile_error is not None:
            return Verdict.wrong("the program does not compile")
        if self.results[0].reason is ExitReason.TIMEOUT:
            return Verdict.timeout("the program did not end in time")
        detail = f"{self.passed} of {self.cases} cases passed"
        if self.first_visible_failure is not None:
            detail += f"; {self.first_visible_failure.one_line()}"
        return Verdict.wrong(detail, self.score(all_pass_bonus=all_pass_bonus, runs_credit=runs_credit))


def _few(text: str) -> str:
    words = " ".join(text[: 4 * _FEW].split())
    return words if len(words) <= _FEW else f"{words[: _FEW - 1]}…"


def check_share(name: str, value: float) -> float:
    """`value`, where it is a number from 0 to 1.

    Raises:
        ValueError: it is not; the message names the argument as `name`.
    """
    if not 0.0 <= check_number(name, value) <= 1.0:
        raise ValueError(f"{name} must lie in [0, 1], got {value!r}")
    return value
