"""Reads the `monitor.csv` files of Stable-Baselines3: one line an episode with its return, length and time."""

from __future__ import annotations

import csv
import json
import math
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from ...errors import RunError
from ...runs import MetricRow
from .foreign_run import LAST_EPISODES, ForeignRun, Scoring, score_of_returns
from .identity import Identity, identity_of_path

_SUFFIX = "monitor.csv"


@dataclass(frozen=True, slots=True)
class _Episode:
    ended: float
    episode_return: float
    length: int
    success: bool | None


def find(source: Path) -> list[Path]:
    """The files or folders below that are a run each: the files in one folder are the environments of one run."""
    if source.is_file():
        return [source]
    return sorted({file.parent for file in source.rglob(f"*{_SUFFIX}")})


def read(source: Path, scoring: Scoring) -> ForeignRun:
    """Read one run; its score is the mean return of its last episodes, 100 where nothing else is asked for.

    Steps are counted over all its environments in the order in which episodes ended; an episode that did not end is
    written nowhere.

    Raises:
        RunError: a file is no monitor file, no episode ended, or none of the last ones has a finite return.
    """
    files = [source] if source.is_file() else sorted(source.glob(f"*{_SUFFIX}"))
    headers, episodes = [], []
    for file in files:
        header, ended = _read_file(file)
        headers.append(header)
        episodes += ended
    if not episodes:
        raise RunError(f"{source} has no episode that came to its end")
    episodes.sort(key=lambda episode: episode.ended)
    started = min(float(header["t_start"]) for header in headers)
    env_id = next((header["env_id"] for header in headers if header.get("env_id") not in (None, "None")), None)
    last = episodes[-(scoring.last or LAST_EPISODES) :]
    if not any(math.isfinite(episode.episode_return) for episode in last):
        raise RunError(f"{source} has no finite return among its last {len(last)} episodes")
    return ForeignRun(
        tool="monitor",
        source=source,
        identity=Identity(env_id=env_id).filled_from(identity_of_path(source)),
        metrics=_metrics(episodes, started),
        scores=score_of_returns(
            [episode.episode_return for episode in last],
            [episode.success for episode in last if episode.success is not None],
        ),
        started=started,
    )


def _read_file(file: Path) -> tuple[dict[str, str], list[_Episode]]:
    text = file.read_text(encoding="utf-8")
    # a last line without its end was cut off by a crash
    first, *lines = text[: text.rfind("\n") + 1].splitlines() or [""]
    try:
        header = json.loads(first.removeprefix("#"))
        started = float(header["t_start"])
    except (KeyError, TypeError, ValueError) as error:
        raise RunError(f'{file}:1: a monitor file begins with #{{"t_start": …}}, got {first[:60]!r}') from error
    episodes = []
    table = csv.DictReader(lines)
    try:
        for row in table:
            success = {"True": True, "False": False}.get(row.get("is_success") or "")
            episodes.append(_Episode(started + float(row["t"]), float(row["r"]), int(row["l"]), success))
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        # the header stands above the table, and a line that is no CSV is not counted as read
        number = table.line_num + isinstance(error, csv.Error)
        raise RunError(f"{file}:{number + 1}: expected r,l,t of an episode, got {lines[number - 1][:60]!r}") from error
    return header, episodes


def _metrics(episodes: list[_Episode], started: float) -> list[MetricRow]:
    """One row an episode; the running mean has the name that Stable-Baselines3 logs it by."""
    rows, step = [], 0
    latest: deque[float] = deque(maxlen=LAST_EPISODES)
    for number, episode in enumerate(episodes, start=1):
        step += episode.length
        latest.append(episode.episode_return)
        values = {
            "rollout/ep_rew_mean": sum(latest) / len(latest),
            "rollout/episode_return": episode.episode_return,
            "rollout/episode_length": float(episode.length),
        }
        rows.append(MetricRow(step, number, round(episode.ended - started, 3), values))
    return rows
