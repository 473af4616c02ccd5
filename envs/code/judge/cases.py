"""Cases: what a program is given, and what must come of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class StdinCase:
    """A text on standard input, and the one that must come on standard output.

    Attributes:
        stdin: what the program reads.
        expected: what it must print; never enters the sandbox with the program.
        visible: whether an agent may see the case when it fails.
    """

    stdin: str
    expected: str
    visible: bool = False


@dataclass(frozen=True, slots=True)
class CallCase:
    """Arguments of a function, and the value that must come back; both of the types of JSON.

    Attributes:
        arguments: one value for each parameter.
        expected: what the function must return; never enters the sandbox with the program.
        visible: whether an agent may see the case when it fails.
    """

    arguments: tuple[Any, ...]
    expected: Any
    visible: bool = False
