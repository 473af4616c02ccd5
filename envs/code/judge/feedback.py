"""What an agent is told of a judgement: never anything of a hidden case."""

from __future__ import annotations

import json

from ..sandbox import ExitReason
from .cases import CallCase, StdinCase
from .judgement import Judgement
from .messages import shorten

_PASSED = "All cases passed."
_HIDDEN = "A hidden case did not pass."


def feedback(judgement: Judgement) -> str:
    """The compiler's message, or the first failing case that may be shown; the same text for the same program."""
    if judgement.compile_error is not None:
        return f"The program does not compile.\n{judgement.compile_error}".strip()
    if judgement.all_passed:
        return _PASSED
    failure = judgement.first_visible_failure
    if failure is None:
        return _HIDDEN
    parts = [_given(failure.case)]
    if failure.reason is ExitReason.OK:
        parts.append(f"{'Returned' if isinstance(failure.case, CallCase) else 'Output'}:\n{failure.printed.rstrip()}")
    else:
        parts.append(f"The program {failure.ending}.\n{failure.error}".rstrip())
    return "\n".join(parts)


def _given(case: StdinCase | CallCase) -> str:
    if isinstance(case, CallCase):
        return f"Arguments:\n{_json(list(case.arguments))}\nExpected:\n{_json(case.expected)}"
    return f"Input:\n{shorten(case.stdin.rstrip())}\nExpected output:\n{shorten(case.expected.rstrip())}"


def _json(value: object) -> str:
    return shorten(json.dumps(value))
