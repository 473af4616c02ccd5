"""What a car's practice has come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

COUNTS = ("laps", "collisions", "interventions", "rescues")


@dataclass(slots=True)
class LapTimes:
    """Laps and mishaps since practice began, also where an episode begins anew in between.

    Attributes:
        counts: how many laps, collisions, interventions and rescues there were.
        first_lap_step: at which step the first lap was done; None before.
        first_clean_lap_step: at which step the first one was done in which the recovery had no part; None before.
        last: seconds of the last lap; None before the first.
        best: of the fastest one.
    """

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    first_lap_step: int | None = None
    first_clean_lap_step: int | None = None
    last: float | None = None
    best: float | None = None
    _of_episode: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    _is_clean: bool = True

    def note(self, evaluation: Mapping[str, Any], step: int, is_over: bool) -> None:
        """Take in a step.

        Args:
            evaluation: of its info.
            step: how many there were.
            is_over: whether the episode ended with it.
        """
        counted = {name: int(evaluation[name]) for name in COUNTS}
        new = {name: counted[name] - self._of_episode[name] for name in COUNTS}
        self.counts = {name: self.counts[name] + new[name] for name in COUNTS}
        self._of_episode = dict.fromkeys(COUNTS, 0) if is_over else counted
        self._is_clean = self._is_clean and not new["interventions"]
        if new["laps"]:
            self.last = float(evaluation["lap_time"])
            self.best = self.last if self.best is None else min(self.best, self.last)
            self.first_lap_step = step if self.first_lap_step is None else self.first_lap_step
            if self._is_clean and self.first_clean_lap_step is None:
                self.first_clean_lap_step = step
        if new["laps"] or is_over:
            self._is_clean = True

    def metrics(self) -> dict[str, float]:
        """What to log."""
        told = {
            "last_lap_time": self.last,
            "best_lap_time": self.best,
            "first_lap_step": self.first_lap_step,
            "first_clean_lap_step": self.first_clean_lap_step,
        }
        values = {name: float(value) for name, value in told.items() if value is not None}
        return {f"rollout/{name}": value for name, value in ({**self.counts, **values}).items()}
