"""What a grader says of an answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How grading ended. Only `GRADER_ERROR` says nothing about the answer: training leaves such a sample out."""

    CORRECT = "correct"
    WRONG = "wrong"
    UNPARSEABLE = "unparseable"
    TIMEOUT = "timeout"
    GRADER_ERROR = "grader_error"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A grader's finding.

    Attributes:
        status: how grading ended.
        score: in [0, 1]; partial credit is allowed for a wrong answer, a correct one scores 1.
        detail: one line for a person: what was wrong, or what was expected.

    Raises:
        ValueError: the score lies outside [0, 1], or a correct verdict does not score 1.
    """

    status: Status
    score: float
    detail: str = ""

    def __post_init__(self) -> None:
        if not 0.0 <= self.score <= 1.0:
            raise ValueError(f"score must lie in [0, 1], got {self.score}")
        if self.status is Status.CORRECT and self.score != 1.0:
            raise ValueError(f"a correct verdict scores 1, got {self.score}")

    @property
    def is_correct(self) -> bool:
        """Whether the answer was right."""
        return self.status is Status.CORRECT

    @classmethod
    def correct(cls, detail: str = "") -> Verdict:
        """The answer is right; its score is 1."""
        return cls(Status.CORRECT, 1.0, detail)

    @classmethod
    def wrong(cls, detail: str = "", score: float = 0.0) -> Verdict:
        """The answer was understood and is not right; `score` is its partial credit."""
        return cls(Status.WRONG, score, detail)

    @classmethod
    def unparseable(cls, detail: str = "") -> Verdict:
        """The answer could not be read; `detail` says what was expected."""
        return cls(Status.UNPARSEABLE, 0.0, detail)

    @classmethod
    def timeout(cls, detail: str = "") -> Verdict:
        """The answer could not be checked before the deadline."""
        return cls(Status.TIMEOUT, 0.0, detail)

    @classmethod
    def grader_error(cls, detail: str = "") -> Verdict:
        """The grader broke; nothing is known of the answer."""
        return cls(Status.GRADER_ERROR, 0.0, detail)
