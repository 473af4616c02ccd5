"""What an attack is: a program, how it may end, and what it may print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from palaestra.envs.code.sandbox import ExitReason, Limits

Language = Literal["python", "c", "bash", "node", "perl"]

PATIENT = Limits(wall_seconds=10.0, memory_bytes=256 << 20)
"""For programs that end by themselves, however busy the machine is."""

SHORT = Limits(wall_seconds=0.6, cpu_seconds=1.0, memory_bytes=256 << 20)
"""For programs that would stay."""

NODE = Limits(wall_seconds=10.0, memory_bytes=512 << 20, address_space=False)
"""For a runtime that reserves far more memory than it uses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """A program that means harm.

    Attributes:
        name: what it does.
        language: what it is written in.
        source: the program. A name of `Outside.targets` in it (`TARGET_TCP_PORT`) stands for its value, as a literal.
        ends: how it may end.
        prints: a regular expression for all that it prints. The programs print `REACHED …` where something worked
            that must not, and `tried` at their end.
        limits: what it may use.
        stdin: what it reads.
        keep: the files that the sandbox is asked to bring back, none of which it may.
        harmless: whether it may be run without a box, where it must reach something: an attack that could not succeed
            would prove nothing.
    """

    name: str
    language: Language = "python"
    source: str
    ends: tuple[ExitReason, ...] = (ExitReason.OK,)
    prints: str = r"tried\n"
    limits: Limits = PATIENT
    stdin: bytes = b""
    keep: tuple[str, ...] = ()
    harmless: bool = False
