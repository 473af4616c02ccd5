"""From source text to something that runs, once for all cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..sandbox import ExitReason, Job, Limits, Sandbox
from .languages import Language
from .messages import tidy_start

COMPILER_LIMITS = Limits(
    wall_seconds=60.0,
    cpu_seconds=30.0,
    memory_bytes=2 << 30,
    address_space=False,
    folder_bytes=256 << 20,
    processes=64,
    open_files=1024,
)
"""What a compiler may use: far more than what it makes, for it is trusted, but not what it reads."""


class DoesNotCompile(Exception):
    """A program that no compiler accepts; the message is what the compiler says."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program that can be run many times.

    Attributes:
        language: its language.
        files: what its folder must hold.
    """

    language: Language
    files: Mapping[str, bytes]

    def job(self, *, stdin: bytes = b"", files: Mapping[str, bytes] | None = None, limits: Limits) -> Job:
        """One run.

        Args:
            stdin: what it reads.
            files: what else lies in its folder.
            limits: what it may use; the language may need more to run at all.
        """
        return Job(
            argv=self.language.command(self.language.run),
            files={**(files or {}), **self.files},
            stdin=stdin,
            limits=self.language.widen(limits),
        )


def build(source: str, language: Language, sandbox: Sandbox) -> Program:
    """Compile a program, where its language is compiled.

    Args:
        source: its source text, which UTF-8 can encode.
        language: its language.
        sandbox: where the compiler runs.

    Raises:
        DoesNotCompile: the compiler refused it, or needed too much.
        SandboxBroken: the sandbox failed.
    """
    files = {language.file: source.encode()}
    if not language.compile:
        return Program(language, files)
    argv = language.command(language.compile)
    outcome = sandbox.run(Job(argv=argv, files=files, limits=COMPILER_LIMITS, keep=language.artifacts))
    if outcome.reason is not ExitReason.OK:
        raise DoesNotCompile(tidy_start(outcome.stderr or outcome.stdout) or outcome.detail)
    missing = [name for name in language.artifacts if name not in outcome.kept]
    if missing:
        raise DoesNotCompile(f"the compiler made no {missing[0]}")
    return Program(language, outcome.kept)
