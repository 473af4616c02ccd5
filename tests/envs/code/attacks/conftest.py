"""The sandbox under attack, what lies outside it, and the attacks that must be compiled."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from palaestra.envs.code.sandbox import PYTHON, Job, Sandbox, get_sandbox

from .attack import Attack
from .outside import Outside, something_outside

INSIDE = Path(__file__).parent / "inside"
_RUN = {
    "python": (PYTHON, "main.py"),
    "c": ("./main",),
    "bash": ("bash", "main.sh"),
    "node": ("node", "main.js"),
    "perl": ("perl", "main.pl"),
}
_NEEDS = {"c": "gcc", "node": "node", "perl": "perl"}


@pytest.fixture(scope="session")
def outside() -> Iterator[Outside]:
    with something_outside() as outside:
        yield outside


@pytest.fixture(scope="session")
def sandbox(outside: Outside) -> Sandbox:
    """One that starts now, when there are secrets: nobody else asks for this folder, which is shown anyway."""
    return get_sandbox(readable=["/usr/share"])


@pytest.fixture(scope="session")
def job_of(outside: Outside, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Attack], Job]:
    """Makes an attack's job; programs in C are compiled out here, each once."""
    folder = tmp_path_factory.mktemp("attacks")

    def job_of(attack: Attack) -> Job:
        if attack.language in _NEEDS and not shutil.which(_NEEDS[attack.language]):
            pytest.skip(f"{_NEEDS[attack.language]} is not installed")
        source = outside.aim(attack.source.lstrip("\n"))
        argv = _RUN[attack.language]
        name = argv[-1].removeprefix("./")
        files = {name: source.encode("latin-1")}
        if attack.language == "c":
            (folder / "main.c").write_text(source)
            command = ["gcc", "-w", "-O0", "-pthread", f"-I{INSIDE}", "main.c", "-o", "main", "-lrt"]
            subprocess.run(command, cwd=folder, check=True)
            files = {name: (folder / "main").read_bytes()}
        if attack.language == "python":
            files["attempt.py"] = (INSIDE / "attempt.py").read_bytes()
        return Job(argv=argv, files=files, stdin=attack.stdin, limits=attack.limits, keep=attack.keep)

    return job_of
