"""The run folder: everything one training left behind, safe against crashes and readable while it is written."""

from __future__ import annotations

import errno
import fcntl
import json
import math
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import yaml

from ..agents.durable import recover_folder
from . import provenance
from .errors import RunError
from .journal import append_line, keep_lines, read_lines, write_atomically

if TYPE_CHECKING:
    from .statistics import Interval

SCHEMA = 1
_RESERVE_BYTES = 64 * 1024
_LOCK_PATIENCE_S = 0.2  # whoever looks whether a folder is locked holds it for a moment

RunStatus = Literal["running", "finished", "failed", "interrupted"]
EpisodeSource = Literal["agent", "best", "random", "oracle", "warm_start", "training"]


@dataclass(frozen=True, slots=True)
class Scores:
    """What an agent scored on the test seeds, with 95 % intervals.

    Attributes:
        success_rate: the share of successes with the bounds of its Wilson interval; None without a notion of success.
        success_low: its lower bound.
        success_high: its upper bound.
        return_mean: the mean return with the bounds of its bootstrap interval.
        return_low: its lower bound.
        return_high: its upper bound.
        episodes: how many graded episodes were played.
    """

    success_rate: float | None
    success_low: float | None
    success_high: float | None
    return_mean: float
    return_low: float
    return_high: float
    episodes: int

    @classmethod
    def from_intervals(cls, success: Interval | None, episode_return: Interval, episodes: int) -> Scores:
        """The scores of estimates with their intervals; `success` is None without a notion of it."""
        return cls(
            success_rate=success and success.estimate,
            success_low=success and success.low,
            success_high=success and success.high,
            return_mean=episode_return.estimate,
            return_low=episode_return.low,
            return_high=episode_return.high,
            episodes=episodes,
        )


@dataclass(slots=True)
class RunInfo:
    """What `run.json` says of a run; see the fields' names."""

    id: str
    recipe: str
    env_id: str
    agent_kind: str
    algorithm: str
    seed: int
    label: str = ""
    status: RunStatus = "running"
    error: str | None = None
    created: str = ""
    updated: str = ""
    wall_time_s: float = 0.0
    timesteps: int = 0
    versions: dict[str, str] = field(default_factory=dict)
    hardware: dict[str, Any] = field(default_factory=dict)
    commit: str | None = None
    scores: dict[str, Scores] = field(default_factory=dict)
    schema: int = SCHEMA

    @classmethod
    def begin(cls, *, recipe: str, env_id: str, agent_kind: str, algorithm: str, label: str, seed: int) -> RunInfo:
        """The info of a run that starts now, on this machine."""
        now = _now()
        return cls(
            id=secrets.token_hex(6),
            recipe=recipe,
            env_id=env_id,
            agent_kind=agent_kind,
            algorithm=algorithm,
            label=label,
            seed=seed,
            created=now,
            updated=now,
            versions=provenance.versions(),
            hardware=asdict(provenance.hardware()),
            commit=provenance.commit(),
        )

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> RunInfo:
        """The info from the content of `run.json`; keys of a later schema are passed over."""
        known = {f.name for f in fields(cls)}
        arguments = {key: item for key, item in value.items() if key in known}
        # a run folder from before there were labels
        arguments["label"] = value.get("label") or value["algorithm"]
        arguments["scores"] = {name: Scores(**scores) for name, scores in value.get("scores", {}).items()}
        return cls(**arguments)


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One line of `metrics.jsonl`.

    Attributes:
        step: environment steps so far.
        episodes: training episodes so far, where they are counted.
        wall_time: seconds of training so far.
        values: the metrics by name; a value that was not finite reads as NaN.
    """

    step: int
    episodes: int | None
    wall_time: float
    values: Mapping[str, float]


class RunFolder:
    """One run's folder.

    Args:
        path: where it is, or will be.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self.config_path = self.path / "config.yaml"
        self.info_path = self.path / "run.json"
        self.metrics_path = self.path / "metrics.jsonl"
        self.episodes_path = self.path / "episodes.jsonl"
        self.animations = self.path / "animations"
        self.tensorboard = self.path / "tensorboard"
        self.start_checkpoint = self.path / "checkpoints" / "start"
        self.last_checkpoint = self.path / "checkpoints" / "last"
        self.best_checkpoint = self.path / "checkpoints" / "best"
        self._reserve = self.path / ".reserve"

    @property
    def exists(self) -> bool:
        """Whether there is a run in the folder."""
        return self.info_path.exists()

    @classmethod
    def open(cls, path: Path) -> RunFolder:
        """The run in a folder.

        Raises:
            RunError: there is none.
        """
        folder = cls(path)
        if not folder.exists:
            raise RunError(f"{path} is not a run folder: it has no run.json")
        return folder

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Be the only process that writes the folder; the lock of a process that died is gone with it.

        Raises:
            RunError: another process holds it.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / ".lock").open("w") as file:
            patient_until = time.monotonic() + _LOCK_PATIENCE_S
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError as error:
                    if time.monotonic() >= patient_until:
                        reason = "is being written by another process: wait for it, or stop it"
                        raise RunError(f"{self.path} {reason}") from error
                    time.sleep(0.01)
            yield

    @property
    def locked(self) -> bool:
        """Whether a living process writes the folder."""
        try:
            with (self.path / ".lock").open("r") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: two who look see no writer in each other
                except BlockingIOError:
                    return True
        except FileNotFoundError:
            pass
        return False

    def create(self, info: RunInfo, config: Mapping[str, Any]) -> None:
        """Write a new run's config and info, over whatever an earlier start left; call it under the lock."""
        self.path.mkdir(parents=True, exist_ok=True)
        for path in (self.metrics_path, self.episodes_path):
            path.unlink(missing_ok=True)
        self._reserve.write_bytes(b"\0" * _RESERVE_BYTES)
        self.write_config(config)
        self.write_info(info)

    def write_config(self, config: Mapping[str, Any]) -> None:
        """Replace `config.yaml`."""
        write_atomically(self.config_path, yaml.safe_dump(dict(config), sort_keys=False, allow_unicode=True))

    def read_config(self) -> dict[str, Any]:
        """The resolved recipe.

        Raises:
            RunError: it cannot be read.
        """
        with _explained(self.config_path):
            config = yaml.safe_load(self.config_path.read_text(encoding="utf-8"))
            if not isinstance(config, dict):
                raise TypeError(f"expected a mapping, got {type(config).__name__}")
        return config

    def read_info(self) -> RunInfo:
        """What `run.json` says.

        Raises:
            RunError: it cannot be read, or is not a run's.
        """
        with _explained(self.info_path):
            # as it was written: an error may quote half a surrogate pair that a model said
            text = self.info_path.read_text(encoding="utf-8", errors="surrogatepass")
            return RunInfo.from_json(json.loads(text))

    def write_info(self, info: RunInfo) -> None:
        """Replace `run.json`."""
        info.updated = _now()
        write_atomically(self.info_path, json.dumps(asdict(info), indent=1, ensure_ascii=False) + "\n")

    def write_failure(self, info: RunInfo) -> None:
        """Replace `run.json` even on a full disk: a file kept for this gives its room back."""
        self._reserve.unlink(missing_ok=True)
        try:
            self.write_info(info)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise

    def append_metrics(self, row: MetricRow) -> None:
        """Append a line of metrics."""
        finite = {name: value if math.isfinite(value) else None for name, value in row.values.items()}
        append_line(
            self.metrics_path,
            {"step": row.step, "episodes": row.episodes, "wall_time": round(row.wall_time, 3), "values": finite},
        )

    def read_metrics(self) -> list[MetricRow]:
        """Every whole line of the metrics.

        Raises:
            RunError: a line before the last is damaged.
        """
        with _explained(self.metrics_path):
            return [
                MetricRow(
                    step=int(line["step"]),
                    episodes=line.get("episodes"),
                    wall_time=float(line["wall_time"]),
                    values={
                        name: math.nan if value is None else float(value) for name, value in line["values"].items()
                    },
                )
                for line in read_lines(self.metrics_path)
            ]

    def append_episode(self, episode: Mapping[str, Any]) -> None:
        """Append a line to the sample episodes."""
        append_line(self.episodes_path, episode)

    def read_episodes(self) -> list[dict[str, Any]]:
        """Every whole line of the sample episodes.

        Raises:
            RunError: a line before the last is damaged.
        """
        with _explained(self.episodes_path):
            return list(read_lines(self.episodes_path))

    def recover(self) -> None:
        """Put checkpoints that a crash caught in the middle of a replacement back."""
        for checkpoint in (self.start_checkpoint, self.last_checkpoint, self.best_checkpoint):
            recover_folder(checkpoint)
        if not self._reserve.exists():
            self._reserve.write_bytes(b"\0" * _RESERVE_BYTES)

    def cut_after(self, step: int) -> None:
        """Drop the metrics and episodes of later steps, which a continued run will write again.

        Raises:
            RunError: a line before the last is damaged.
        """
        for path in (self.metrics_path, self.episodes_path):
            with _explained(path):
                keep_lines(path, lambda line: int(line["step"]) <= step)

    def remove(self) -> None:
        """Delete the folder with all that is in it, and the folders of its recipe and environment if they are empty."""
        shutil.rmtree(self.path)
        for parent in list(self.path.parents)[:2]:
            with suppress(OSError):
                parent.rmdir()

    def release_reserve(self) -> None:
        """Give back the room kept for a full disk; for a run that is finished."""
        self._reserve.unlink(missing_ok=True)


def run_path(out: Path, env_id: str, recipe: str, seed: int) -> Path:
    """Where a run of a recipe lies: `out/<environment>/<recipe>/seed-<n>`."""
    return out / env_id.replace("/", "-") / recipe / f"seed-{seed}"


def find_runs(path: Path) -> list[RunFolder]:
    """The runs in a folder or anywhere below it, by path; runs that were put aside (`NAME.old-N`) are left out."""
    found = sorted(info.parent for info in Path(path).rglob("run.json"))
    return [RunFolder(folder) for folder in found if ".old-" not in folder.name]


def put_aside(path: Path) -> Path:
    """Rename a run's folder to `NAME.old-N`, and return the new name."""
    number = 1
    while (aside := path.with_name(f"{path.name}.old-{number}")).exists():
        number += 1
    path.rename(aside)
    return aside


def _metric_row(line: Mapping[str, Any]) -> MetricRow:
    return MetricRow(
        step=int(line["step"]),
        episodes=line.get("episodes"),
        wall_time=float(line["wall_time"]),
        values={name: math.nan if value is None else float(value) for name, value in line["values"].items()},
    )


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what a missing, torn or edited file of a run raises into one line that names it."""
    try:
        yield
    except (OSError, AttributeError, KeyError, OverflowError, TypeError, ValueError, yaml.YAMLError) as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise  # it is the disk that needs a hand, not the file
        reason = " ".join(str(error).replace(f"{path}:", "line ").split())
        raise RunError(f"{path} cannot be read as a run's ({type(error).__name__}: {reason})") from error


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
