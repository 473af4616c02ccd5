"""How an agent calls a tool.

    <tool name="python">print(6 * 7)</tool>

This is the one form there is: the name in double quotes, the argument up to the first `</tool>`, anything before it. Of
several calls the first counts, and what follows it is not read: its result was not there when the rest was written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

EXAMPLE = '<tool name="NAME">ARGUMENT</tool>'

_BEGIN = re.compile(r"<tool(?=[\s>])")
_OPENING = re.compile(r'<tool name="([A-Za-z0-9_-]{1,40})">')
_CLOSING = "</tool>"


class CallError(ValueError):
    """An action begins a call that cannot be read; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it was written.

    Attributes:
        name: of the tool.
        argument: without line ends around it.
    """

    name: str
    argument: str


def find_call(action: str) -> Call | None:
    """The first call in an action, or None where no call begins.

    Args:
        action: any string.

    Raises:
        CallError: a call begins, but its opening is malformed or it is not closed.
    """
    begin = _BEGIN.search(action)
    if begin is None:
        return None
    opening = _OPENING.match(action, begin.start())
    if opening is None:
        raise CallError(f"a call looks like {EXAMPLE}")
    end = action.find(_CLOSING, opening.end())
    if end < 0:
        raise CallError(f"the call is not closed: it must end with {_CLOSING}")
    return Call(opening[1], action[opening.end() : end].strip("\r\n"))
