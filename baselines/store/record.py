"""One run, read from its folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from ..errors import RunError
from ..runs import MetricRow, RunFolder, RunInfo


@dataclass(frozen=True, slots=True)
class Run:
    """One run, read.

    Attributes:
        path: the run's folder, or its place below the Parquet file it came from.
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


def read_run(path: Path, *, series: bool = True) -> Run:
    """Read one run folder.

    Args:
        path: the folder.
        series: whether metrics and episodes are read as well.

    Raises:
        RunError: `path` is not a run folder, or a file in it cannot be read.
    """
    folder = RunFolder.open(path)
    info = folder.read_info()
    config = folder.read_config()
    try:
        check_types(info)
    except TypeError as error:
        raise RunError(f"{folder.info_path} cannot be read as a run's: {error}") from error
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
        metrics=folder.read_metrics() if series else [],
        episodes=folder.read_episodes() if series else [],
    )


def check_types(info: RunInfo) -> None:
    """Make sure that the fields of a run that was read, and of its scores, are the words and numbers they should be.

    One edited file must not stop the comparison of all others.

    Raises:
        TypeError: one is something else.
    """
    for part in (info, *info.scores.values()):
        for name, types in _plain_types(type(part)).items():
            value = getattr(part, name)
            if not isinstance(value, types) or isinstance(value, bool):
                raise TypeError(f"{name} must be {' or '.join(one.__name__ for one in types)}, got {value!r}")


@cache
def _plain_types(dataclass_: type) -> dict[str, tuple[type, ...]]:
    """The fields that are text, numbers or nothing, with their types; a float may be written as a whole number."""
    found = {}
    for name, hint in get_type_hints(dataclass_).items():
        alternatives = (hint,) if get_origin(hint) is None else get_args(hint)
        if {*alternatives} <= {str, int, float, NoneType} and get_origin(hint) is not dict:
            found[name] = (*alternatives, int) if float in alternatives else alternatives
    return found


def options_line(config: dict[str, Any]) -> str:
    """What sets a recipe's use of its environment apart, in one line: constructor arguments and wrappers.

    It is that of evaluations: where they have an argument of their own it takes the place of the training's, and
    wrappers that are for training alone are left out, so agents that learned otherwise are compared with one another.
    """
    from ...wrappers.catalogue import is_for_training_alone

    kwargs = (config.get("env", {}).get("kwargs") or {}) | (config.get("evaluation", {}).get("kwargs") or {})
    parts = [f"{name} {value}" for name, value in kwargs.items()]
    for wrapper in config.get("wrappers") or []:
        if is_for_training_alone(wrapper["name"]):
            continue
        arguments = ", ".join(f"{name}={value}" for name, value in (wrapper.get("args") or {}).items())
        parts.append(f"{wrapper['name']}({arguments})")
    return ", ".join(parts)


def with_metrics(run: Run, patterns: Sequence[str]) -> Run:
    """The run with only those of its metrics whose names match one of the patterns, which know `*`, `?` and `[…]`."""
    rows = []
    for row in run.metrics:
        values = {name: value for name, value in row.values.items() if any(fnmatchcase(name, p) for p in patterns)}
        if values:
            rows.append(replace(row, values=values))
    return replace(run, metrics=rows)
