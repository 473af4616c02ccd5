"""The program in a response."""

from __future__ import annotations

MAX_RESPONSE_LENGTH = 20_000
"""A longer response is not read, in characters."""

_FENCE = "```"


class NoProgram(ValueError):
    """A response holds no program; the message says what was expected."""


def extract_program(response: str) -> str:
    """The program in a response: the last block between lines of three backticks, else all of it.

    A block that is not closed goes to the end. What follows the opening backticks, a language's name, is not part of
    the program.

    Args:
        response: any string.

    Raises:
        NoProgram: the response is too long, or holds what no source text does (a NUL, half of a surrogate pair).
    """
    if len(response) > MAX_RESPONSE_LENGTH:
        raise NoProgram(f"a response has at most {MAX_RESPONSE_LENGTH} characters")
    program = _last_block(response)
    if "\0" in program:
        raise NoProgram("a program has no NUL characters")
    try:
        program.encode()
    except UnicodeEncodeError:
        raise NoProgram("a program is text that UTF-8 can encode") from None
    return program


def _last_block(response: str) -> str:
    if _FENCE not in response:
        return response
    lines = response.split("\n")
    program = response
    opened: int | None = None
    for i, line in enumerate(lines):
        if not line.lstrip().startswith(_FENCE):
            continue
        if opened is not None and line.strip() == _FENCE:
            program = "\n".join(lines[opened + 1 : i])
            opened = None
        else:
            opened = i
    if opened is not None and any(line.strip() for line in lines[opened + 1 :]):
        program = "\n".join(lines[opened + 1 :])
    return program
