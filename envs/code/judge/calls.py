"""Judging by calls of a function: a harness runs beside the program, and answers come back as JSON.

The harness is given arguments and nothing else; what must come back stays outside, and the comparison is made outside
on plain values. So a program that takes over the harness wins nothing: whatever it prints in place of it are its
answers, and an answer that is missing is a failed case.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from importlib import resources
from typing import Any

from ..sandbox import ExitReason, Limits, Outcome, Sandbox
from .build import Program
from .cases import CallCase
from .comparison import Floats, values_agree
from .judgement import CaseResult
from .messages import ending, shorten, tidy_end

_HARNESS = "harness"


def judge_calls(
    program: Program,
    function: str,
    cases: Sequence[CallCase],
    *,
    sandbox: Sandbox,
    tolerance: Floats | None,
    limits: Limits,
) -> tuple[CaseResult, ...]:
    """Call a function of a program once for each case, all in one process.

    Args:
        program: a program whose language has a harness.
        function: the function's name.
        cases: what it is called with, and what must come back.
        sandbox: where it runs.
        tolerance: how far numbers may differ, see `values_agree`.
        limits: what all calls together may use.

    Raises:
        SandboxBroken: the sandbox failed.
    """
    request = {"function": function, "calls": [case.arguments for case in cases]}
    harness = (resources.files("palaestra.assets") / "code" / program.language.harness).read_bytes()
    run = tuple(_HARNESS if word == program.language.file else word for word in program.language.run)
    job = program.job(stdin=json.dumps(request).encode(), files={_HARNESS: harness}, limits=limits)
    outcome = sandbox.run(replace(job, argv=run))
    lines = outcome.stdout.split(b"\n")[:-1]  # a line without its end was cut off
    return tuple(
        _result(case, lines[i] if i < len(lines) else None, outcome, tolerance) for i, case in enumerate(cases)
    )


def _result(case: CallCase, line: bytes | None, outcome: Outcome, tolerance: Floats | None) -> CaseResult:
    answer = None if line is None else _read(line)
    if answer is None:
        reason = ExitReason.NON_ZERO if outcome.reason is ExitReason.OK else outcome.reason
        said = ending(outcome) if outcome.reason is not ExitReason.OK else "ended before it answered"
        return CaseResult(case=case, passed=False, reason=reason, ending=said, error=tidy_end(outcome.stderr))
    if "value" not in answer:
        error = tidy_end(str(answer.get("error", "")).encode(errors="replace"))
        return CaseResult(case=case, passed=False, reason=ExitReason.NON_ZERO, ending="raised an error", error=error)
    value = answer["value"]
    return CaseResult(
        case=case,
        passed=values_agree(value, case.expected, tolerance),
        reason=ExitReason.OK,
        ending="returned",
        printed=shorten(json.dumps(value)),
    )


def _read(line: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None
