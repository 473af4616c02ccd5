"""Reads run folders and sorts them: a setting (environment, options, wrappers) holds recipes, a recipe holds runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ..errors import RunError
from ..runs import MetricRow, RunFolder, RunInfo


@dataclass(frozen=True, slots=True)
class Run:
    """One run folder, read.

    Attributes:
        status: as `run.json` has it, but `interrupted` where it says `running` and no process writes the folder.
        config: the resolved recipe.
        episodes: the lines of episodes.jsonl.
    """

    path: Path
    info: RunInfo
    status: str
    config: dict[str, Any]
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


def collect(run_folders: list[Path]) -> list[Setting]:
    """Read `run_folders` and sort them into settings, in the order in which they were given.

    Raises:
        ValueError: no folder was given, or one of them is not a run folder.
    """
    if not run_folders:
        raise ValueError("run_folders is empty: give at least one run folder (a folder that holds a run.json)")
    settings: dict[tuple[str, str], dict[str, list[Run]]] = {}
    for path in dict.fromkeys(Path(path) for path in run_folders):
        run = read_run(path)
        settings.setdefault((run.info.env_id, options_line(run.config)), {}).setdefault(run.info.recipe, []).append(run)
    return [
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


def read_run(path: Path) -> Run:
    """Read one run folder.

    Raises:
        ValueError: `path` is not a run folder, or a file in it cannot be read.
    """
    try:
        folder = RunFolder.open(path)
        info = folder.read_info()
        gone = info.status == "running" and not folder.locked
        return Run(
            path=path,
            info=info,
            status="interrupted" if gone else info.status,
            config=folder.read_config() or {},
            metrics=folder.read_metrics(),
            episodes=folder.read_episodes(),
        )
    except RunError as error:
        raise ValueError(str(error)) from None
    except (OSError, AttributeError, KeyError, TypeError, ValueError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"{path} cannot be read as a run folder ({type(error).__name__}: {reason})") from error


def options_line(config: dict[str, Any]) -> str:
    """What sets a recipe's use of its environment apart, in one line: constructor arguments and wrappers."""
    parts = [f"{name} {value}" for name, value in (config.get("env", {}).get("kwargs") or {}).items()]
    for wrapper in config.get("wrappers") or []:
        arguments = ", ".join(f"{name}={value}" for name, value in (wrapper.get("args") or {}).items())
        parts.append(f"{wrapper['name']}({arguments})")
    return ", ".join(parts)
