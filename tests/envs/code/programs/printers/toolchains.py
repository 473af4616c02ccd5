"""Runs printed programs by the toolchains that are here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Toolchain:
    """How a language's programs are run.

    Attributes:
        file: what the source is called.
        run: the command that runs it.
        compile: the command that comes before it.
    """

    file: str
    run: tuple[str, ...]
    compile: tuple[str, ...] = ()

    def missing(self) -> str | None:
        """The command that is not installed here."""
        command = (self.compile or self.run)[0]
        return None if shutil.which(command) else command


TOOLCHAINS = {
    "python": Toolchain("main.py", (sys.executable, "-I", "-S", "main.py")),
    "c": Toolchain("main.c", ("./program",), ("gcc", "-std=c17", "-O0", "-o", "program", "main.c")),
    "javascript": Toolchain("main.js", ("node", "main.js")),
    "lua": Toolchain("main.lua", ("lua5.4", "main.lua")),
    "ocaml": Toolchain("main.ml", ("./program",), ("ocamlopt", "-w", "-a", "-o", "program", "main.ml")),
    "perl": Toolchain("main.pl", ("perl", "main.pl")),
    "bash": Toolchain("main.sh", ("bash", "main.sh")),
    "cpp": Toolchain("main.cpp", ("./program",), ("g++", "-std=c++17", "-O0", "-o", "program", "main.cpp")),
    "go": Toolchain("main.go", ("./program",), ("go", "build", "-o", "program", "main.go")),
    "r": Toolchain("main.R", ("Rscript", "--vanilla", "main.R")),
    "rust": Toolchain(
        "main.rs",
        ("./program",),
        ("rustc", "--edition=2021", "-A", "warnings", "-C", "opt-level=0", "-o", "program", "main.rs"),
    ),
    "fortran": Toolchain(
        "main.f90", ("./program",), ("gfortran", "-O0", "-ffree-line-length-none", "-o", "program", "main.f90")
    ),
}
"""Languages to toolchains, which are told to be quick rather than to make quick programs."""


def build(language: str, source: str, folder: Path) -> None:
    """Write a program into a new folder and compile it."""
    toolchain = TOOLCHAINS[language]
    folder.mkdir(parents=True)
    (folder / toolchain.file).write_text(source)
    if toolchain.compile:
        done = _run(toolchain.compile, folder)
        assert done.returncode == 0, f"{language}\n{source}\n{done.stdout}{done.stderr}"


def outputs(language: str, source: str, inputs: Sequence[str], folder: Path) -> list[str]:
    """What a program prints for each of several inputs."""
    build(language, source, folder)
    results = []
    for text in inputs:
        done = _run(TOOLCHAINS[language].run, folder, text)
        assert done.returncode == 0, f"{language}\n{source}\n{text!r}\n{done.stdout}{done.stderr}"
        results.append(done.stdout)
    return results


def _run(command: Sequence[str], folder: Path, text: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "GO111MODULE": "off"}
    return subprocess.run(
        command, cwd=folder, env=environment, input=text, capture_output=True, text=True, timeout=60, check=False
    )
