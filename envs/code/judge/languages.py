"""Languages, each one entry of a YAML file: how a source text is compiled and run."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from ...core.arguments import read_fields
from ...core.names import unknown_name
from ..sandbox import PYTHON, Limits

_COMMAND_SECONDS = 20.0
_HARNESSES = ("call.py", "call.js")


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Limits below which no program of a language runs.

    Attributes:
        memory_mb: megabytes of memory.
        cpu_seconds: of processor time, for the start of its runtime.
        address_space: whether the address space may be bounded; false where the runtime reserves far more than it uses.
    """

    memory_mb: int = 0
    cpu_seconds: float = 0.0
    address_space: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """How programs of a language are compiled and run; commands run in the program's folder.

    Attributes:
        name: the entry's key.
        title: as people write it.
        file: what the source text is called.
        run: the command that runs it; `python` first is the sandbox's warm interpreter.
        version: the command that prints the toolchain's version.
        compile: the command that makes `artifacts` of it; empty where nothing is compiled.
        artifacts: the files that compiling makes and running needs.
        harness: the file beside this table that calls functions of the program, in its language; empty where there is
            none, and then it is judged by what it prints alone.
        needs: limits below which no program runs.
        home: the command that prints the folder of a toolchain that may lie anywhere; programs may read that folder,
            and commands in its `bin` come first. Empty where the system's folders hold all.
    """

    name: str
    title: str
    file: str
    run: tuple[str, ...]
    version: tuple[str, ...]
    compile: tuple[str, ...] = ()
    artifacts: tuple[str, ...] = ()
    harness: str = ""
    needs: Needs = field(default_factory=Needs)
    home: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for key in ("run", "version"):
            if not getattr(self, key):
                raise ValueError(f"languages[{self.name!r}].{key} must be a command with its arguments, got none")
        if bool(self.compile) != bool(self.artifacts):
            raise ValueError(f"languages[{self.name!r}] must have both compile and artifacts, or neither")
        for name in (self.file, *self.artifacts):
            if PurePosixPath(name).name != name or name in ("", ".", ".."):
                raise ValueError(f"languages[{self.name!r}] must name files without folders, got {name!r}")
        if self.harness and not (self.harness in _HARNESSES and self.file in self.run):
            raise ValueError(
                f"languages[{self.name!r}].harness must be one of {', '.join(_HARNESSES)}, and its run must name "
                f"{self.file!r}, got {self.harness!r}"
            )

    def widen(self, limits: Limits) -> Limits:
        """Limits that are no narrower than the language needs."""
        return replace(
            limits,
            memory_bytes=max(limits.memory_bytes, self.needs.memory_mb << 20),
            cpu_seconds=max(limits.cpu_seconds, self.needs.cpu_seconds),
            address_space=limits.address_space and self.needs.address_space,
        )

    @property
    def readable(self) -> tuple[str, ...]:
        """Folders that the sandbox must show, beside the system's."""
        home = _printed(self.home)
        if home is None or f"{home}/".startswith("/usr/") or not (home.startswith("/") and Path(home).is_dir()):
            return ()
        return (home,)

    def command(self, argv: tuple[str, ...]) -> tuple[str, ...]:
        """A command as the sandbox must run it: from the toolchain's own folder, where that holds it."""
        for home in self.readable:
            inside = Path(home) / "bin" / argv[0]
            if inside.exists():
                # there is no /proc in the sandbox, by which a program finds its libraries beside itself
                return ("env", f"LD_LIBRARY_PATH={home}/lib", str(inside), *argv[1:])
        return argv

    def missing_command(self) -> str | None:
        """A command that is not installed here, or None where all are."""
        for argv in (self.version, self.home, self.compile, self.run):
            # the warm interpreter is the sandbox's own, and what lies in the folder is made there
            if argv and argv[0] != PYTHON and "/" not in argv[0] and shutil.which(argv[0]) is None:
                return argv[0]
        return None

    def installed_version(self) -> str | None:
        """The first line of what the toolchain says of its version, or None where it is not installed."""
        return None if self.missing_command() is not None else _printed(self.version)


def load_languages(source: str | Path | Mapping[str, Any] | None = None) -> Mapping[str, Language]:
    """A table of languages.

    Args:
        source: a YAML file, or the mapping that one holds; added to the languages that ship, in place of those of the
            same names. None for those that ship.

    Raises:
        ValueError: the file cannot be read, or an entry has a key that is unknown, missing or of the wrong type; the
            message names both.
    """
    shipped = _shipped()
    if source is None:
        return shipped
    if isinstance(source, Mapping):
        return {**shipped, **_read(source, "languages")}
    try:
        text = Path(source).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"languages must be a YAML file or a mapping, got {str(source)!r}: {error}") from error
    return {**shipped, **_parse(text, str(source))}


def find_language(name: str, languages: str | Path | Mapping[str, Any] | None = None) -> Language:
    """A language whose toolchain is here.

    Args:
        name: its key in the table.
        languages: see `load_languages`.

    Raises:
        ValueError: there is no such language, or a command that it needs is not installed; the message names it.
    """
    table = load_languages(languages)
    if not isinstance(name, str) or name not in table:
        raise unknown_name(f"language must be one of the table, got {name!r}", str(name).lower(), table)
    command = table[name].missing_command()
    if command is not None:
        raise ValueError(f"language {name!r} needs the command {command!r}, which is not installed here")
    return table[name]


@cache
def _printed(argv: tuple[str, ...]) -> str | None:
    """The first line that a command of the table's author prints, or None where it prints none."""
    if not argv:
        return None
    said = subprocess.run(
        argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_COMMAND_SECONDS, check=False
    )
    lines = [line.strip() for line in (said.stdout + said.stderr).splitlines() if line.strip()]
    return lines[0] if lines else None


@cache
def _shipped() -> Mapping[str, Language]:
    return _parse((resources.files("palaestra.assets") / "code" / "languages.yaml").read_text(), "languages")


def _parse(text: str, where: str) -> dict[str, Language]:
    try:
        entries = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(f"{where} must be YAML: {error}") from error
    return _read(entries, where)


def _read(entries: Any, where: str) -> dict[str, Language]:
    if not isinstance(entries, Mapping):
        raise ValueError(f"{where} must be a mapping of names to languages, got {type(entries).__name__}")
    return {str(name): _read_entry(str(name), entry) for name, entry in entries.items()}


def _read_entry(name: str, entry: Any) -> Language:
    where = f"languages[{name!r}]"
    if isinstance(entry, Language):
        return entry
    if not isinstance(entry, Mapping):
        raise ValueError(f"{where} must be a mapping, got {entry!r}")
    values = {**entry, "name": entry.get("name", name)}
    if "needs" in entry:
        values["needs"] = read_fields(Needs, entry["needs"], name=f"{where}.needs")
    return read_fields(Language, values, name=where)
