"""Explanations of a bug in stated parts: the line, what stands there, and what should.

    line: 2
    wrong: return a - b
    right: return a + b
    ---
    def add(a, b):
        return a + b

The repaired program follows a line `---`, or stands between lines of three backticks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .judge.extract import MAX_RESPONSE_LENGTH, NoProgram, extract_program

SEPARATOR = "---"
PARTS = ("line", "wrong", "right")
_PART = re.compile(r"[ \t]*(line|wrong|right):(.*)")
_LINE_NUMBER = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is said of a bug.

    Attributes:
        line: the number of the line, from 1; None where it is not said, or in more than one way.
        wrong: the line as it stands, likewise; its blanks do not count.
        right: the line as it should be, likewise.
    """

    line: int | None = None
    wrong: str | None = None
    right: str | None = None


@dataclass(frozen=True, slots=True)
class Repair:
    """What a response says.

    Attributes:
        explanation: of the bug.
        program: the source text in place of the wrong one, or None where there is none.
    """

    explanation: Explanation
    program: str | None


def read_repair(response: str) -> Repair:
    """The explanation and the program of a response.

    Args:
        response: any string.
    """
    if len(response) > MAX_RESPONSE_LENGTH:
        return Repair(Explanation(), None)
    lines = response.replace("\r\n", "\n").split("\n")
    starts = (i for i, line in enumerate(lines) if line.rstrip() == SEPARATOR or line.lstrip().startswith("```"))
    start = next(starts, None)
    if start is None:
        return Repair(_read_explanation(lines), None)
    rest = "\n".join(lines[start + (lines[start].rstrip() == SEPARATOR) :])
    try:
        program = extract_program(rest)
    except NoProgram:
        program = None
    return Repair(_read_explanation(lines[:start]), program if program and program.strip() else None)


def write_repair(explanation: Explanation | None, program: str | None) -> str:
    """A response in the form that `read_repair` reads; what is None is left out."""
    parts = []
    if explanation is not None:
        parts += [f"{name}: {getattr(explanation, name)}" for name in PARTS]
    if program is not None:
        parts += [SEPARATOR, program]
    return "\n".join(parts)


def explain(wrong: str, right: str) -> Explanation | None:
    """The explanation of a wrong program by the right one, or None where they do not differ in exactly one line.

    Args:
        wrong: its source text.
        right: likewise.
    """
    wrong_lines, right_lines = wrong.split("\n"), right.split("\n")
    if len(wrong_lines) != len(right_lines):
        return None
    different = [i for i, pair in enumerate(zip(wrong_lines, right_lines, strict=True)) if pair[0] != pair[1]]
    if len(different) != 1:
        return None
    at = different[0]
    return Explanation(at + 1, normalise(wrong_lines[at]), normalise(right_lines[at]))


def exchange(source: str, explanation: Explanation) -> str | None:
    """A program with the line that is said to be wrong as it is said to be right, indented as it was.

    Returns:
        None where the line or what it should be is not said, or there is no such line.
    """
    lines = source.split("\n")
    if explanation.line is None or explanation.right is None or not 1 <= explanation.line <= len(lines):
        return None
    old = lines[explanation.line - 1]
    lines[explanation.line - 1] = old[: len(old) - len(old.lstrip())] + explanation.right
    return "\n".join(lines)


def agreement(said: Explanation, truth: Explanation) -> float:
    """The share of an explanation's parts that are exactly right."""
    return sum(getattr(said, name) == getattr(truth, name) for name in PARTS) / len(PARTS)


def normalise(line: str) -> str:
    """A line without the blanks around it, and with one where there are several."""
    return " ".join(line.split())


def _read_explanation(lines: list[str]) -> Explanation:
    said: dict[str, list[str]] = {name: [] for name in PARTS}
    for line in lines:
        if match := _PART.fullmatch(line):
            said[match[1]].append(normalise(match[2]))
    once = {name: values[0] for name, values in said.items() if len(values) == 1 and values[0]}
    number = once.get("line", "")
    return Explanation(int(number) if _LINE_NUMBER.fullmatch(number) else None, once.get("wrong"), once.get("right"))
