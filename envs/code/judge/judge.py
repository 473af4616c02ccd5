"""Whether a program does what cases ask of it, in any language, by what it does and nothing else."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from ..sandbox import ExitReason, Limits, Sandbox, get_sandbox
from .build import DoesNotCompile, Program, build
from .calls import judge_calls
from .cases import CallCase, StdinCase
from .comparison import Agreement, Comparison, Exact, Floats, Tokens
from .judgement import CaseResult, Judgement
from .languages import Language
from .messages import ending, shorten_output, tidy_end

DEADLINE_SECONDS = 60.0
"""How long all cases of a program together may take by default."""

_WORKERS = min(8, os.cpu_count() or 1)


def judge(
    source: str,
    language: Language,
    cases: Sequence[StdinCase] | Sequence[CallCase],
    *,
    sandbox: Sandbox | None = None,
    comparison: Comparison | None = None,
    limits: Limits | None = None,
    deadline_seconds: float = DEADLINE_SECONDS,
    function: str | None = None,
) -> Judgement:
    """Run a program on every case.

    It is compiled once, and cases run a few at a time, each in a box of its own; calls of a function run one after
    another in one box. Every case counts, so that a program gets credit for those it passes, up to the first that does
    not end in time: those behind it are not run, and fail.

    Args:
        source: the program's source text, which UTF-8 can encode.
        language: its language.
        cases: one or more, all of one kind.
        sandbox: where it runs; None for the one that all share.
        comparison: how outputs are compared: by words, where none is given. The values of calls are compared exactly or
            with the tolerance of `Floats`.
        limits: what each case may use, all calls together.
        deadline_seconds: how long all cases together may take; what has not ended then has not ended in time.
        function: the function that cases call.

    Returns:
        What came of it. The same program gives the same.

    Raises:
        ValueError: there are no cases, or the language or the comparison cannot judge them.
        CheckerBroken: a checker program gave no verdict.
        SandboxBroken: the sandbox failed. In both cases nothing is known of the program.
    """
    if not cases:
        raise ValueError("cases must be one or more, got none")
    sandbox = sandbox or get_sandbox(readable=language.readable)
    limits = limits or Limits()
    calls = [case for case in cases if isinstance(case, CallCase)]
    stdin_cases = [case for case in cases if isinstance(case, StdinCase)]
    if calls and stdin_cases:
        raise ValueError("cases must be all StdinCase or all CallCase, got both")
    if calls:
        _check_calls(language, function, comparison)
    agrees = (comparison or Tokens()).prepare(sandbox)
    try:
        program = build(source, language, sandbox)
    except DoesNotCompile as error:
        return Judgement(results=(), cases=len(cases), compile_error=str(error))
    if calls:
        bounded = replace(limits, wall_seconds=min(limits.wall_seconds, deadline_seconds))
        tolerance = comparison if isinstance(comparison, Floats) else None
        results = judge_calls(program, function or "", calls, sandbox=sandbox, tolerance=tolerance, limits=bounded)
    else:
        results = _judge_stdin(program, stdin_cases, sandbox, agrees, limits, time.monotonic() + deadline_seconds)
    return Judgement(results=results, cases=len(cases))


def _check_calls(language: Language, function: str | None, comparison: Comparison | None) -> None:
    if not language.harness:
        raise ValueError(f"cases must be of standard input and output: language {language.name!r} has no harness")
    if function is None or not function.isidentifier():
        raise ValueError(f"function must be the name of the function that cases call, got {function!r}")
    if comparison is not None and not isinstance(comparison, Exact | Floats):
        raise ValueError(f"comparison must be Exact or Floats where cases call a function, got {comparison!r}")


def _judge_stdin(
    program: Program,
    cases: Sequence[StdinCase],
    sandbox: Sandbox,
    agrees: Agreement,
    limits: Limits,
    deadline: float,
) -> tuple[CaseResult, ...]:
    results: list[CaseResult] = []
    with ThreadPoolExecutor(min(_WORKERS, len(cases))) as pool:
        # in waves, so that a program that does not end costs one wave of time-outs
        for start in range(0, len(cases), _WORKERS):
            wave = cases[start : start + _WORKERS]
            results += pool.map(lambda case: _judge_case(program, case, sandbox, agrees, limits, deadline), wave)
            if any(result.reason is ExitReason.TIMEOUT for result in results):
                break
    # what ran beside or behind the first time-out does not count: it must not matter how many run at a time
    ran = next((i + 1 for i, result in enumerate(results) if result.reason is ExitReason.TIMEOUT), len(results))
    not_run = [CaseResult(case=case, passed=False, reason=None, ending="was not run") for case in cases[ran:]]
    return (*results[:ran], *not_run)


def _judge_case(
    program: Program, case: StdinCase, sandbox: Sandbox, agrees: Agreement, limits: Limits, deadline: float
) -> CaseResult:
    left = deadline - time.monotonic()
    if left <= 0:
        return CaseResult(case=case, passed=False, reason=ExitReason.TIMEOUT, ending="did not end in time")
    bounded = replace(limits, wall_seconds=min(limits.wall_seconds, left))
    outcome = sandbox.run(program.job(stdin=case.stdin.encode(), limits=bounded))
    return CaseResult(
        case=case,
        passed=outcome.reason is ExitReason.OK and agrees(case, outcome.stdout),
        reason=outcome.reason,
        ending=ending(outcome),
        printed=shorten_output(outcome.stdout),
        error=tidy_end(outcome.stderr),
    )
