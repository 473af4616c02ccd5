"""What can be said of a job before it runs."""

from __future__ import annotations

from pathlib import PurePosixPath

from .types import PYTHON, Job

_DAY = 86_400
_LEAST = {
    "memory_bytes": 1,
    "stdout_bytes": 0,
    "stderr_bytes": 0,
    "folder_bytes": 4096,
    "processes": 1,
    "open_files": 8,
}
_MOST = 1 << 40


def check_job(job: Job) -> None:
    """Nothing, where a job can be meant.

    Raises:
        ValueError: it cannot; the message names the field.
    """
    if not job.argv or not job.argv[0]:
        raise ValueError(f"argv must begin with the name of a program, got {job.argv!r}")
    if any("\0" in part for part in job.argv):
        raise ValueError(f"argv must hold no null characters, got {job.argv!r}")
    if job.argv[0] == PYTHON and (len(job.argv) < 2 or job.argv[1].startswith("-")):
        raise ValueError(f"argv must name a file after {PYTHON!r}, got {job.argv!r}")
    for name in job.files:
        _check_name("files", name)
    for name in job.keep:
        _check_name("keep", name)
    limits = job.limits
    for name in ("wall_seconds", "cpu_seconds"):
        if not 0 < getattr(limits, name) <= _DAY:
            raise ValueError(f"limits.{name} must be over 0 and at most {_DAY}, got {getattr(limits, name)!r}")
    for name, least in _LEAST.items():
        value = getattr(limits, name)
        if not isinstance(value, int) or not least <= value <= _MOST:
            raise ValueError(f"limits.{name} must be an integer from {least} to {_MOST}, got {value!r}")
    size = sum(len(content) for content in job.files.values())
    if size > limits.folder_bytes - 4096 * (2 * len(job.files) + 1):
        raise ValueError(
            f"files hold {size} bytes, too many for limits.folder_bytes of {limits.folder_bytes}; leave some room"
        )


def _check_name(field: str, name: str) -> None:
    parts = PurePosixPath(name).parts
    if not parts or parts[0] == "/" or ".." in parts or "\0" in name or name.endswith("/") or len(name) > 1000:
        raise ValueError(f"{field} must be named by relative paths that stay in the folder, got {name!r}")
