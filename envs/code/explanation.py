"""Explanations of a bug in stated parts: the line, what is wrong there, and what should stand in its place.

    line: 2
    wrong: a - b
    right: a + b
    ---
    def add(a, b):
        return a + b

`wrong` is a piece of the line, as long or short as one likes, that occurs once in it. Texts are compared as sequences
of words, numbers and signs, so that blanks do not count. The repaired program follows a line `---`, or stands between
lines of three backticks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .judge.extract import MAX_RESPONSE_LENGTH, NoProgram, extract_program

SEPARATOR = "---"
PARTS = ("line", "wrong", "right")
_PART = re.compile(r"[ \t]*(line|wrong|right):(.*)")
_LINE_NUMBER = re.compile(r"[0-9]{1,6}")
_TOKEN = re.compile(r"\w+|[-+*/%<>=!&|^~:.]+|\S")


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is said of a bug.

    Attributes:
        line: the number of the line, from 1; None where it is not said, or in more than one way.
        wrong: a piece of the line, likewise.
        right: what should stand in its place, likewise.
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


@dataclass(frozen=True, slots=True)
class Difference:
    """The one line in which two programs differ.

    Attributes:
        line: its number, from 1.
        wrong: as it stands in the wrong program.
        right: as it stands in the right one.
    """

    line: int
    wrong: str
    right: str


def difference(wrong: str, right: str) -> Difference | None:
    """The line in which a wrong program differs from the right one, or None where it is not exactly one.

    Args:
        wrong: its source text.
        right: likewise.
    """
    wrong_lines, right_lines = wrong.split("\n"), right.split("\n")
    if len(wrong_lines) != len(right_lines):
        return None
    pairs = enumerate(zip(wrong_lines, right_lines, strict=True), 1)
    different = [Difference(number, *pair) for number, pair in pairs if pair[0] != pair[1]]
    if len(different) != 1 or _tokens(different[0].wrong) == _tokens(different[0].right):
        return None
    return different[0]


def explain(truth: Difference) -> Explanation:
    """The shortest explanation: what differs, and as much around it as makes it occur once, and neither piece empty."""
    wrong, right = _tokens(truth.wrong), _tokens(truth.right)
    head, tail = _common_ends(wrong, right)
    grow_left = True
    while True:
        pieces = [" ".join(_source(line, head, tail)) for line in (truth.wrong, truth.right)]
        if all(pieces) and len(_places(wrong, _tokens(pieces[0]))) == 1:
            return Explanation(truth.line, *pieces)
        if head and (grow_left or not tail):
            head -= 1
        else:
            tail -= 1
        grow_left = not grow_left


def exchange(source: str, explanation: Explanation) -> str | None:
    """A program in whose line what is said to be wrong is exchanged for what is said to be right.

    Returns:
        None where a part is not said, there is no such line, or the piece does not occur in it exactly once.
    """
    lines = source.split("\n")
    line, wrong, right = explanation.line, explanation.wrong, explanation.right
    if line is None or wrong is None or right is None or not 1 <= line <= len(lines):
        return None
    exchanged = _exchange(lines[line - 1], wrong, right)
    if exchanged is None:
        return None
    return "\n".join([*lines[: line - 1], exchanged, *lines[line:]])


def agreement(said: Explanation, truth: Difference) -> float:
    """The share of an explanation's three parts that are right.

    The line is right where its number is; `wrong` where it occurs once in that line and holds all that differs; `right`
    where in its place it makes the right line.
    """
    line = said.line == truth.line
    wrong = said.wrong is not None and _covers(truth, said.wrong)
    exchanged = None if said.wrong is None or said.right is None else _exchange(truth.wrong, said.wrong, said.right)
    right = exchanged is not None and _tokens(exchanged) == _tokens(truth.right)
    return (line + wrong + right) / len(PARTS)


def _covers(truth: Difference, piece: str) -> bool:
    wrong, tokens = _tokens(truth.wrong), _tokens(piece)
    head, tail = _common_ends(wrong, _tokens(truth.right))
    places = _places(wrong, tokens)
    return len(places) == 1 and places[0] <= head and places[0] + len(tokens) >= len(wrong) - tail


def _exchange(line: str, wrong: str, right: str) -> str | None:
    spans = [match.span() for match in _TOKEN.finditer(line)]
    tokens = _tokens(wrong)
    places = _places(_tokens(line), tokens)
    if len(places) != 1:
        return None
    start, end = spans[places[0]][0], spans[places[0] + len(tokens) - 1][1]
    return line[:start] + right + line[end:]


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text)


def _places(line: list[str], piece: list[str]) -> list[int]:
    """Where a piece occurs among the tokens of a line; nowhere, where it is empty."""
    if not piece:
        return []
    return [i for i in range(len(line) - len(piece) + 1) if line[i : i + len(piece)] == piece]


def _common_ends(wrong: list[str], right: list[str]) -> tuple[int, int]:
    """How many tokens are the same at the beginning, and of those behind at the end."""
    shorter = min(len(wrong), len(right))
    head = next((i for i in range(shorter) if wrong[i] != right[i]), shorter)
    tail = next((i for i in range(shorter - head) if wrong[-1 - i] != right[-1 - i]), shorter - head)
    return head, tail


def _source(line: str, head: int, tail: int) -> list[str]:
    """The text of a line but for so many tokens at either end, as one string; none where none are left."""
    spans = [match.span() for match in _TOKEN.finditer(line)]
    kept = spans[head : len(spans) - tail]
    return [line[kept[0][0] : kept[-1][1]]] if kept else []


def _read_explanation(lines: list[str]) -> Explanation:
    said: dict[str, list[str]] = {name: [] for name in PARTS}
    for line in lines:
        if match := _PART.fullmatch(line):
            said[match[1]].append(match[2].strip())
    once = {name: values[0] for name, values in said.items() if len(values) == 1 and values[0]}
    number = once.get("line", "")
    return Explanation(int(number) if _LINE_NUMBER.fullmatch(number) else None, once.get("wrong"), once.get("right"))
