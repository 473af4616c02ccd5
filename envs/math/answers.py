"""How an answer is marked in a longer response."""

from __future__ import annotations

import re

# no "<" or ">" inside, and a bound: matching stays linear in the response, whatever it is made of
_TAGGED = re.compile(r"<answer>([^<>]{0,1000})</answer>")


def tagged_answer(response: str) -> str | None:
    """What a response commits itself to between `<answer>` and `</answer>`.

    Args:
        response: any string.

    Returns:
        The text between the last tags, stripped. None where there are no tags, where two tags hold different texts, or
        where more than blanks follow the last one.
    """
    committed: str | None = None
    end = 0
    for match in _TAGGED.finditer(response):
        answer = match[1].strip()
        if committed is not None and answer != committed:
            return None
        committed, end = answer, match.end()
    return None if response[end:].strip() else committed
