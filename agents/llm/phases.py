"""What a recipe says of how training changes while it goes on."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Literal

Part = Literal["reference", "optimizer", "policy"]
"""A part of a learner that can begin anew."""


@dataclass(frozen=True, slots=True)
class Stall:
    """Training that gets no better.

    Attributes:
        updates: how many updates in a row without an improvement.
        by: how much the success rate must rise above the best so far to be one.
    """

    updates: int = 50
    by: float = 0.01

    def __post_init__(self) -> None:
        if self.updates < 1:
            raise ValueError(f"stalled.updates must be 1 or more, got {self.updates}")
        if not self.by >= 0:
            raise ValueError(f"stalled.by must be 0 or more, got {self.by}")


@dataclass(frozen=True, slots=True)
class When:
    """A moment in training; exactly one attribute is given.

    Attributes:
        done: once this share of the budget is used up.
        updates: after so many updates.
        success: once training episodes succeed this often.
        stalled: once they succeed no more often than before.
    """

    done: float | None = None
    updates: int | None = None
    success: float | None = None
    stalled: Stall | None = None

    def __post_init__(self) -> None:
        given = [each.name for each in fields(self) if getattr(self, each.name) is not None]
        if len(given) != 1:
            raise ValueError(
                f"when must have exactly one of done, updates, success and stalled, got {', '.join(given) or 'none'}"
            )
        for name in ("done", "success"):
            share = getattr(self, name)
            if share is not None and not 0 <= share <= 1:
                raise ValueError(f"when.{name} must lie in [0, 1], got {share}")
        if self.updates is not None and self.updates < 1:
            raise ValueError(f"when.updates must be 1 or more, got {self.updates}")


@dataclass(frozen=True, slots=True)
class Phase:
    """What changes at a moment in training.

    Attributes:
        when: the moment.
        set: hyper-parameters that have other values from then on, by their names.
        reset: parts of the learner that begin anew: the `reference` becomes what the policy is now, the `optimizer`
            forgets its moments, the `policy` returns to the reference.
        repeat: whether it happens again and again; such a phase only resets.
    """

    when: When
    set: dict[str, Any] = field(default_factory=dict)
    reset: tuple[Part, ...] = ()
    repeat: bool = False

    def __post_init__(self) -> None:
        if not self.set and not self.reset:
            raise ValueError("a phase of the schedule must set or reset something")
        if self.repeat and self.set:
            raise ValueError(f"a phase that repeats only resets: it cannot set {', '.join(self.set)}")
        if self.repeat and self.when.updates is None and self.when.stalled is None:
            raise ValueError("a phase can only repeat after some updates, or when stalled")
