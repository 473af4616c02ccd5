"""A cheap way to see that runs have changed: the sizes and times of their files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from ..runs import RunFolder


def fingerprint(sources: Iterable[Path], running: Iterable[Path] = ()) -> str:
    """A short text that changes when runs do; no file is read.

    Args:
        sources: run folders and files of runs.
        running: the run folders that a process was writing; that it is gone is a change no file shows.
    """
    digest = hashlib.sha256()
    for source in sources:
        folder = RunFolder(source)
        files = (folder.info_path, folder.config_path, folder.metrics_path, folder.episodes_path)
        for path in files if source.is_dir() else (source,):
            digest.update(f"{path}\0{_stamp(path)}\n".encode(errors="surrogateescape"))
    for path in running:
        if not RunFolder(path).locked:
            digest.update(f"{path}\0gone\n".encode(errors="surrogateescape"))
    return digest.hexdigest()[:16]


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
