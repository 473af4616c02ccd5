"""Writes runs that come from elsewhere as run folders."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ....agents.durable import replace_folder
from ...errors import UsageError
from ...journal import write_atomically
from ...runs import RunFolder
from ..record import Run


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of runs.

    Attributes:
        written: those that are new.
        known: those that were there already.
    """

    written: list[Run]
    known: list[Run]


def write_run_folders(runs: Sequence[Run], out: Path) -> Imported:
    """Write runs to their paths, each as a whole or not at all; one that is there already is left as it is.

    Args:
        runs: the runs; their paths lie in `out`.
        out: the folder of all runs.

    Raises:
        UsageError: two of them have one path, or something else is there; nothing is written then.
        OSError: the disk is full, say; the runs before are there.
    """
    written, known = [], []
    places: dict[Path, Run] = {}
    for run in runs:
        if ".." in run.path.parts or not run.path.is_relative_to(out):
            raise UsageError(f"a run would lie outside of {out}, in {run.path}: its file is not to be trusted")
        if run.path in places:
            sources = " and ".join(str(one.config.get("imported", {}).get("source")) for one in (places[run.path], run))
            raise UsageError(f"{sources} would both be {run.path}: tell them apart with --seed, one for each")
        places[run.path] = run
        (known if _is_there(run) else written).append(run)
    for run in written:
        _write(run)
    return Imported(written, known)


def _is_there(run: Run) -> bool:
    folder = RunFolder(run.path)
    if folder.exists and folder.read_info().id == run.info.id:
        return True
    if run.path.exists():
        what = "another run" if folder.exists else "something that is no run"
        raise UsageError(f"{run.path} holds {what}: choose another folder with --out")
    return False


def _write(run: Run) -> None:
    with replace_folder(run.path) as path:
        folder = RunFolder(path)
        folder.write_config(run.config)
        for row in run.metrics:
            folder.append_metrics(row)
        for episode in run.episodes:
            folder.append_episode(episode)
        # last: whatever a kill leaves is no run without it; and not by `write_info`, which puts today's time into it
        write_atomically(folder.info_path, json.dumps(asdict(run.info), indent=1, ensure_ascii=False) + "\n")
