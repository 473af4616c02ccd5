"""Reads run folders and sorts them: a setting (environment, options, wrappers) holds recipes, a recipe holds runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import RunError
from ..runs import MetricRow, RunFolder, RunInfo


@dataclass(frozen=True, slots=True)
class Run:
    """One run folder, read.

    Attributes:
        status: as `run.json` has it, but `interrupted` where it says `running` and no process writes the folder.
        config: the resolved recipe.
        options: what sets its use of the environment apart, in one line.
        episodes: the lines of episodes.jsonl.
    """

    path: Path
    info: RunInfo
    status: str
    config: dict[str, Any]
    options: str
    metrics: list[MetricRow]
    episodes: list[dict[str, Any]]

    @property
    def is_finished(self) -> bool:
        """Whether the run went through its whole budget."""
        return self.status == "finished"


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


def read_run(path: Path) -> Run:
    """Read one run folder.

    Raises:
        RunError: `path` is not a run folder, or a file in it cannot be read.
    """
    folder = RunFolder.open(path)
    info = folder.read_info()
    config = folder.read_config()
    try:
        options = options_line(config)
    except (AttributeError, KeyError, TypeError) as error:
        raise RunError(f"{folder.config_path} cannot be read as a run's: it is no recipe") from error
    gone = info.status == "running" and not folder.locked
    return Run(
        path=path,
        info=info,
        status="interrupted" if gone else info.status,
        config=config,
        options=options,
        metrics=folder.read_metrics(),
        episodes=folder.read_episodes(),
    )


def options_line(config: dict[str, Any]) -> str:
    """What sets a recipe's use of its environment apart, in one line: constructor arguments and wrappers."""
    parts = [f"{name} {value}" for name, value in (config.get("env", {}).get("kwargs") or {}).items()]
    for wrapper in config.get("wrappers") or []:
        arguments = ", ".join(f"{name}={value}" for name, value in (wrapper.get("args") or {}).items())
        parts.append(f"{wrapper['name']}({arguments})")
    return ", ".join(parts)
