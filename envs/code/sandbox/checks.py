"""What can be said of a job before it runs."""

from __future__ import annotations

from pathlib import PurePosixPath

from .types import PYTHON, Job

_MIB = 1 << 20


def check_job(job: Job) -> None:
    """Nothing, where a job can be meant.

    Raises:
        ValueError: it cannot; the message names the field.
    """
    if not job.argv or not all(isinstance(part, str) and part and "\0" not in part for part in job.argv[:1]):
        raise ValueError(f"argv must begin with the name of a program, got {job.argv!r}")
    if any("\0" in part for part in job.argv):
        raise ValueError("argv must hold no null characters")
    if job.argv[0] == PYTHON and (len(job.argv) < 2 or job.argv[1].startswith("-")):
        raise ValueError(f"argv must name a file after {PYTHON!r}, got {job.argv!r}")
    for name in job.files:
        _check_name("files", name)
    for name in job.keep:
        _check_name("keep", name)
    limits = job.limits
    for name in ("wall_seconds", "cpu_seconds", "memory_bytes", "folder_bytes", "processes"):
        if getattr(limits, name) <= 0:
            raise ValueError(f"limits.{name} must be over 0, got {getattr(limits, name)!r}")
    for name in ("stdout_bytes", "stderr_bytes"):
        if getattr(limits, name) < 0:
            raise ValueError(f"limits.{name} must be 0 or more, got {getattr(limits, name)!r}")
    if limits.open_files < 8:
        raise ValueError(f"limits.open_files must be 8 or more, got {limits.open_files!r}")
    size = sum(len(content) for content in job.files.values())
    if size > limits.folder_bytes - 4096 * (2 * len(job.files) + 1):
        raise ValueError(
            f"files hold {size} bytes, too many for limits.folder_bytes of {limits.folder_bytes}; leave some room"
        )


def _check_name(field: str, name: str) -> None:
    parts = PurePosixPath(name).parts
    if not parts or parts[0] == "/" or ".." in parts or "\0" in name or name.endswith("/") or len(name) > 1000:
        raise ValueError(f"{field} must be named by relative paths that stay in the folder, got {name!r}")
