"""What the page says first: its title, what was run in a few plain sentences, and how far running runs are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ..store.record import Run
from .collect import Collection, Setting
from .configs import flattened
from .formats import count, duration, hardware, listing

_TOLD_ONE_BY_ONE = 5
"""How many recipes in settings a sentence can name; of more it names the algorithms."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a running run is. `left_s` is a guess from the time so far; None at the very start."""

    run: Run
    timesteps: int
    budget: int
    left_s: float | None

    @property
    def share(self) -> float:
        """The part of the budget that is spent, in [0, 1]."""
        return min(1.0, self.timesteps / self.budget)


def progress_of(collection: Collection) -> list[Progress]:
    """The running runs with a budget of timesteps."""
    found = []
    for run in collection.runs:
        if run.status != "running":
            continue
        budget = dict(flattened(run.config)).get("budget.timesteps")
        if not isinstance(budget, int) or budget < 1:
            continue
        timesteps, spent_s = run.info.timesteps, run.info.wall_time_s
        if run.metrics:
            timesteps, spent_s = max(timesteps, run.metrics[-1].step), max(spent_s, run.metrics[-1].wall_time)
        left_s = spent_s * (budget - timesteps) / timesteps if 0 < timesteps <= budget else None
        found.append(Progress(run, timesteps, budget, left_s))
    return found


def names_of(collection: Collection) -> list[str]:
    """What the page calls itself: its environments, or how many there are."""
    names = list(dict.fromkeys(setting.env_id for setting in collection.settings))
    return names if len(names) <= 2 else [f"{len(names)} environments"]


def summary_of(collection: Collection) -> str:
    """What was run, in a few plain sentences."""
    settings, runs = collection.settings, collection.runs
    groups = [(setting, group) for setting in settings for group in setting.groups]
    if len(groups) <= _TOLD_ONE_BY_ONE:
        trained = [f"{group.algorithm} on {setting.env_id} ({_seeds(group.runs)})" for setting, group in groups]
        parts = [f"Trained with {listing(trained)}."]
    else:
        algorithms = list(dict.fromkeys(group.algorithm for _, group in groups))
        parts = [f"Trained with {listing(algorithms)} in {_environments(settings)}."]
    machines = list(dict.fromkeys(hardware(run.info.hardware) for run in runs if run.info.hardware))
    number = "The run" if len(runs) == 1 else f"The {count(len(runs))} runs"
    where = f" on {listing(machines)}" if machines else ""
    spent_s = sum(run.info.wall_time_s for run in runs)
    if spent_s > 0:
        parts.append(f"{number} took {duration(spent_s)}{where}.")
    states = Counter(run.status for run in runs)
    if set(states) != {"finished"}:
        parts.append(f"Of the {len(runs)}, {listing([f'{count} {status}' for status, count in states.most_common()])}.")
    if collection.unreadable:
        number = len(collection.unreadable)
        parts.append(f"{number} more {'run' if number == 1 else 'runs'} could not be read.")
    return " ".join(parts)


def _environments(settings: list[Setting]) -> str:
    """How many environments there are, and how many settings where that is another number."""
    environments = len({setting.env_id for setting in settings})
    others = f" ({len(settings)} settings)" if len(settings) != environments else ""
    return f"{environments} environment{'s' if environments != 1 else ''}{others}"


def _seeds(runs: list[Run]) -> str:
    return f"{len(runs)} seeds" if len(runs) != 1 else f"seed {runs[0].info.seed}"
