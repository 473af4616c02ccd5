"""Reads run folders and sorts them: a setting (environment, options, wrappers) holds recipes, a recipe holds runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..errors import RunError
from ..store.record import Run, read_run


@dataclass(frozen=True, slots=True)
class Group:
    """The runs of one recipe in one setting: the same thing done with different seeds."""

    name: str
    algorithm: str
    runs: list[Run]

    @property
    def scored_runs(self) -> list[Run]:
        """The runs whose scores count: the finished ones, or all of them where none finished."""
        return [run for run in self.runs if run.is_finished] or self.runs


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment as it was trained in. Options or wrappers that differ make another setting."""

    env_id: str
    options: str
    groups: list[Group]

    @property
    def runs(self) -> list[Run]:
        """The runs of all its groups."""
        return [run for group in self.groups for run in group.runs]


@dataclass(frozen=True, slots=True)
class UnreadableRun:
    """A folder that cannot be read as a run, and the reason in one line."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Collection:
    """All that a report is about: the runs by setting, and the folders that could not be read."""

    settings: list[Setting]
    unreadable: list[UnreadableRun]

    @property
    def runs(self) -> list[Run]:
        """The runs of all settings."""
        return [run for setting in self.settings for run in setting.runs]


def collect(run_folders: list[Path]) -> Collection:
    """Read `run_folders` and sort them into settings, in the order in which they were given.

    Raises:
        ValueError: no folder was given.
        RunError: none of them can be read.
    """
    if not run_folders:
        raise ValueError("run_folders is empty: give at least one run folder (a folder that holds a run.json)")
    settings: dict[tuple[str, str], dict[str, list[Run]]] = {}
    unreadable: list[UnreadableRun] = []
    for path in dict.fromkeys(Path(path) for path in run_folders):
        try:
            run = read_run(path)
        except RunError as error:
            unreadable.append(UnreadableRun(path, str(error)))
            continue
        settings.setdefault((run.info.env_id, run.options), {}).setdefault(run.info.recipe, []).append(run)
    if not settings:
        others = f"; nor can the {len(unreadable) - 1} other runs" if len(unreadable) > 1 else ""
        raise RunError(f"{unreadable[0].reason}{others}")
    found = [
        Setting(
            env_id,
            options,
            [
                Group(recipe, runs[0].info.algorithm, sorted(runs, key=lambda run: run.info.seed))
                for recipe, runs in recipes.items()
            ],
        )
        for (env_id, options), recipes in settings.items()
    ]
    return Collection(found, unreadable)
