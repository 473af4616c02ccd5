"""What a tool printed, as the agent reads it: in a frame that nothing in it can close, and without live marks."""

from __future__ import annotations

import re

_OPEN, _CLOSE = "<result>\n", "\n</result>"
_MARKS = re.compile(r"<(?=/?\s*(?:tool|result|answer)\b|\|)", re.IGNORECASE)
_OMITTED = "\n… ({} more characters)"

FRAME_LENGTH = len(_OPEN) + len(_CLOSE) + len(_OMITTED) + 20
"""The most characters that a frame adds."""


def frame(text: str, *, max_length: int) -> str:
    """Text in a frame.

    The `<` of every tag that means something to a parser or a chat template (`<tool`, `<result`, `<answer`, their ends,
    `<|`) is written `&lt;`. So what a tool or a document prints is no call, no answer and no turn of anybody, even
    where somebody reads the whole transcript.

    Args:
        text: any string.
        max_length: the most characters of it that are kept, those at the beginning.
    """
    marked = _MARKS.sub("&lt;", text)
    if len(marked) > max_length:
        marked = marked[:max_length] + _OMITTED.format(len(marked) - max_length)
    return f"{_OPEN}{marked}{_CLOSE}"
