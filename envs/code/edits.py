"""Search/replace edits of files, as a response states them.

A block names its file, the lines it searches and the lines that come in their place:

    ### shop/prices.py
    <<<<<<< SEARCH
    def total(a, b):
        return a - b
    =======
    def total(a, b):
        return a + b
    >>>>>>> REPLACE

A response may hold several blocks, for several files; they are carried out in their order. What stands between blocks
(reasoning, fences) is not read. The form is that of Wei et al., SWE-RL, 2025 (facebookresearch/swe-rl,
src/swerl/core/prompts.py); there the searched text is replaced wherever it occurs, here it must occur once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

MAX_RESPONSE_LENGTH = 20_000  # room for a long chain of thought; a longer response is not read
_OPEN, _MIDDLE, _CLOSE = "<<<<<<< SEARCH", "=======", ">>>>>>> REPLACE"
_MARKERS = (_OPEN, _MIDDLE, _CLOSE)
_PATH = re.compile(r"### (\S{1,200})")


class EditError(ValueError):
    """The response holds no edits that can be carried out; the message says why, and quotes nothing of it."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Lines of a file, and what comes in their place.

    Attributes:
        path: the file.
        search: whole lines, without the last line end; they occur once in the file.
        replace: likewise; empty to take the lines out.
    """

    path: str
    search: str
    replace: str


def parse_edits(response: str) -> tuple[Edit, ...]:
    """The edits of a response, in their order: at least one.

    Args:
        response: any string.

    Raises:
        EditError: there is no block, or one is not whole, searches nothing or changes nothing.
    """
    if len(response) > MAX_RESPONSE_LENGTH:
        raise EditError(f"a response has at most {MAX_RESPONSE_LENGTH} characters")
    edits: list[Edit] = []
    before = ""
    lines = iter(response.replace("\r\n", "\n").split("\n"))
    for line in lines:
        marker = line.rstrip()
        if marker == _OPEN:
            name = f"block {len(edits) + 1}"
            path = _PATH.fullmatch(before.strip())
            if path is None:
                raise EditError(f"{name}: the line before {_OPEN} must name the file: ### path")
            search = _lines_until(_MIDDLE, lines, name)
            replace = _lines_until(_CLOSE, lines, name)
            if not search.strip():
                raise EditError(f"{name}: it searches nothing")
            if search == replace:
                raise EditError(f"{name}: what it searches and what it replaces are the same")
            edits.append(Edit(path[1], search, replace))
        elif marker in _MARKERS:
            raise EditError(f"block {len(edits) + 1}: {marker} without {_OPEN}")
        before = line
    if not edits:
        raise EditError(f"expected blocks of ### path, {_OPEN}, lines, {_MIDDLE}, lines, {_CLOSE}")
    return tuple(edits)


def apply_edits(files: Mapping[str, str], edits: tuple[Edit, ...]) -> dict[str, str]:
    """Files after edits, each made in what the ones before it left.

    Args:
        files: contents by path.
        edits: what to change.

    Returns:
        All files, changed or not.

    Raises:
        EditError: there is no such file, or what is searched does not occur in it, or more than once.
    """
    edited = dict(files)
    for number, edit in enumerate(edits, 1):
        if edit.path not in edited:
            raise EditError(f"block {number}: there is no such file")
        places = _places(edited[edit.path], edit.search)
        if not places:
            raise EditError(f"block {number}: the file does not hold the searched lines")
        if len(places) > 1:
            raise EditError(f"block {number}: the file holds the searched lines more than once")
        content, end = f"{edited[edit.path]}\n", places[0] + len(edit.search) + 1
        replacement = f"{edit.replace}\n" if edit.replace else ""
        edited[edit.path] = (content[: places[0]] + replacement + content[end:])[:-1]
    return edited


def edit_between(path: str, old: str, new: str) -> Edit:
    """One edit that makes `new` of `old`: of the lines that differ, and as many around them as make them unique.

    Args:
        path: of the file.
        old: its contents; not blank.
        new: what it shall hold.

    Raises:
        ValueError: both are the same, or `old` is blank.
    """
    if old == new or not old.strip():
        raise ValueError(f"old must be text that differs from new, got {old[:40]!r}")
    before, after = old.split("\n"), new.split("\n")
    shorter = min(len(before), len(after))
    head = next((i for i in range(shorter) if before[i] != after[i]), shorter)
    tail = next((i for i in range(shorter - head) if before[-1 - i] != after[-1 - i]), shorter - head)
    grow_up = True
    while True:
        edit = Edit(path, *("\n".join(lines[head : len(lines) - tail]) for lines in (before, after)))
        is_one_empty_line = not edit.replace and len(after) - tail > head and (head or tail)  # reads as none
        if edit.search.strip() and len(_places(old, edit.search)) == 1 and not is_one_empty_line:
            return edit
        if head and (grow_up or not tail):
            head -= 1
        else:
            tail -= 1
        grow_up = not grow_up


def write_edits(edits: tuple[Edit, ...]) -> str:
    """Edits in the form that `parse_edits` reads."""
    blocks = (
        "\n".join((f"### {edit.path}", _OPEN, edit.search, _MIDDLE, *([edit.replace] if edit.replace else []), _CLOSE))
        for edit in edits
    )
    return "\n\n".join(blocks)


def _lines_until(marker: str, lines: Iterator[str], name: str) -> str:
    section: list[str] = []
    for line in lines:
        found = line.rstrip()
        if found == marker:
            return "\n".join(section)
        if found in _MARKERS:
            raise EditError(f"{name}: {marker} was expected, {found} came")
        section.append(line)
    raise EditError(f"{name}: {marker} is missing")


def _places(content: str, search: str) -> list[int]:
    """Where whole lines stand in a text: the first two places."""
    # a line end on either side, so that only whole lines are found
    content, search = f"\n{content}\n", f"\n{search}\n"
    first = content.find(search)
    second = content.find(search, first + 1)
    return [place for place in (first, second) if place >= 0]
