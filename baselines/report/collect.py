"""Reads runs and sorts them: a setting (environment, options, wrappers) holds recipes, a recipe holds runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..errors import RunError
from ..leaderboard.contenders import contenders_of
from ..store.record import Run
from ..store.sources import UnreadableRun, load_runs


@dataclass(frozen=True, slots=True)
class Group:
    """The runs of one recipe in one setting: the same thing done with different seeds.

    `label` is what the agent is called wherever it is compared; one label is one colour on the whole page.
    """

    name: str
    label: str
    algorithm: str
    runs: list[Run]

    @property
    def scored_runs(self) -> list[Run]:
        """The runs whose scores count: the finished ones, or all of them where none finished."""
        return [run for run in self.runs if run.is_finished] or self.runs


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment as it is evaluated in. Options or wrappers that differ make another setting."""

    env_id: str
    options: str
    groups: list[Group]

    @property
    def runs(self) -> list[Run]:
        """The runs of all its groups."""
        return [run for group in self.groups for run in group.runs]


@dataclass(frozen=True, slots=True)
class Collection:
    """All that a report is about: the runs by setting, and what could not be read."""

    settings: list[Setting]
    unreadable: list[UnreadableRun]

    @property
    def runs(self) -> list[Run]:
        """The runs of all settings."""
        return [run for setting in self.settings for run in setting.runs]

    @property
    def labels(self) -> list[str]:
        """What the agents are called, in the order in which they come."""
        return list(dict.fromkeys(group.label for setting in self.settings for group in setting.groups))


def collect(paths: Iterable[Path | str]) -> Collection:
    """Read runs and sort them into settings, in the order in which they are found.

    Args:
        paths: run folders, folders with runs somewhere below, or `.parquet` files of runs.

    Raises:
        UsageError: no path was given, or one of them holds no run.
        RunError: none of the runs can be read.
    """
    found = load_runs(paths)
    if not found.runs:
        others = f"; nor can the {len(found.unreadable) - 1} other runs" if len(found.unreadable) > 1 else ""
        raise RunError(f"{found.unreadable[0].reason}{others}")
    return arrange(found.runs, found.unreadable)


def arrange(runs: Iterable[Run], unreadable: Iterable[UnreadableRun] = ()) -> Collection:
    """Sort runs into settings, and there by recipe and seed."""
    runs = list(runs)
    # the leaderboard's names, so that an agent has one name on the whole page
    labels = {
        (_label(contender.runs[0]), contender.recipe): contender.label
        for contenders in contenders_of(runs).values()
        for contender in contenders
    }
    settings: dict[tuple[str, str], dict[tuple[str, str], list[Run]]] = {}
    for run in runs:
        groups = settings.setdefault((run.info.env_id, run.options), {})
        groups.setdefault((_label(run), run.info.recipe), []).append(run)
    arranged = [
        Setting(
            env_id,
            options,
            [
                Group(named[1], labels[named], group[0].info.algorithm, sorted(group, key=lambda run: run.info.seed))
                for named, group in groups.items()
            ],
        )
        for (env_id, options), groups in settings.items()
    ]
    return Collection(arranged, list(unreadable))


def _label(run: Run) -> str:
    return run.info.label or run.info.algorithm
