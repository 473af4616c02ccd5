"""What programs and compilers say, made fit to be shown: short, and the same for the same program."""

from __future__ import annotations

import re

from ..sandbox import ExitReason, Outcome

SHOWN = 1_000
"""The longest text that is shown, in characters."""

_FOLDERS = re.compile(r"/(?:[\w.+-]+/)+")  # of the box and of the machine
_ADDRESS = re.compile(r"0x[0-9a-fA-F]+")
_THREAD = re.compile(r"(?<=thread 'main' )\([0-9]+\) ")  # rustc prints the thread's id

_ENDINGS = {
    ExitReason.TIMEOUT: "did not end in time",
    ExitReason.MEMORY: "needed too much memory",
    ExitReason.OUTPUT: "printed too much",
    ExitReason.REFUSED: "did what a program may not do",
}


def ending(outcome: Outcome) -> str:
    """How a program ended, in words that follow `The program`."""
    if outcome.reason is ExitReason.NON_ZERO:
        return f"ended with exit status {outcome.code}"
    if outcome.reason is ExitReason.SIGNAL:
        return f"was ended by signal {outcome.code}"
    return _ENDINGS.get(outcome.reason, "ended")


def shorten(text: str) -> str:
    """The beginning of a text."""
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def shorten_output(printed: bytes) -> str:
    """The beginning of what a program printed, as text."""
    return shorten(printed[: 4 * SHOWN].decode(errors="replace"))


def tidy_start(printed: bytes) -> str:
    """The beginning of a compiler's messages, where the first error is; see `tidy_end`."""
    return shorten(_tidy(printed[: 4 * SHOWN]))


def tidy_end(printed: bytes) -> str:
    """The end of an error text, without the folders, addresses and threads' ids that differ from run to run."""
    text = _tidy(printed[-4 * SHOWN :])
    return text if len(text) <= SHOWN else "…" + text[1 - SHOWN :]


def _tidy(printed: bytes) -> str:
    text = printed.decode(errors="replace")
    return _THREAD.sub("", _ADDRESS.sub("0x…", _FOLDERS.sub("", text))).strip()
