"""Where a run came from: package versions, commit and hardware."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

_PACKAGES = ("palaestra", "numpy", "gymnasium", "torch", "transformers", "stable-baselines3", "sb3-contrib", "mujoco")


@dataclass(frozen=True, slots=True)
class Hardware:
    """The machine a run was made on.

    Attributes:
        cpu: the processor's name.
        cores: the cores this process may use.
        memory_gb: main memory in gigabytes (10^9 bytes).
        gpu: the first GPU's name, or None.
    """

    cpu: str
    cores: int
    memory_gb: float
    gpu: str | None


def hardware() -> Hardware:
    """The machine this process runs on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return Hardware(_cpu_name(), len(os.sched_getaffinity(0)), round(memory, 1), _gpu_name())


def versions() -> dict[str, str]:
    """The versions of Python and of the installed packages that numbers depend on."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def commit() -> str | None:
    """The commit of the source tree, with `-dirty` where files have changed; None for an installed package."""
    root = Path(__file__).resolve().parents[1]
    # a package installed below somebody else's repository must not report that repository's commit
    if not (root / ".git").exists():
        return None
    try:
        head = _git(root, "rev-parse", "HEAD")
        return f"{head}-dirty" if _git(root, "status", "--porcelain", "--untracked-files=no") else head
    except (OSError, subprocess.SubprocessError):
        return None


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()


def _cpu_name() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _gpu_name() -> str | None:
    torch = sys.modules.get("torch")  # a run has loaded it; nobody else should pay for the import
    return torch.cuda.get_device_name(0) if torch is not None and torch.cuda.is_available() else None
