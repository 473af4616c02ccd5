"""Wrong programs for problems, and the cases that show that they are wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .programs.interpreter import Executable, Refusal, RunError
from .programs.mutations import Mutant, mutants
from .programs.problems import Problem
from .programs.syntax import Program, Value

_STEPS = 20_000  # a problem's own program needs fewer

Inputs = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Bug:
    """A program with one mistake.

    Attributes:
        program: the wrong program.
        shown: inputs on which it gives something wrong.
        given: what it gives there.
        failing: the problem's other inputs that it fails on.
        passing: those that it does not fail on.
    """

    program: Program
    shown: Inputs
    given: Value
    failing: tuple[Inputs, ...]
    passing: tuple[Inputs, ...]


def draw_bug(problem: Problem, rng: np.random.Generator, admits: Callable[[Mutant], bool]) -> Bug | None:
    """Make a mistake in a problem's program that shows in one of its cases as a wrong result.

    A mistake with which the program does not end is not made: whoever leaves it in would cost a time-out.

    Args:
        problem: the problem.
        rng: chooses among the mistakes.
        admits: which mistakes will do.

    Returns:
        None where no mistake will do.
    """
    found = mutants(problem.program)
    run = Executable(problem.program).run
    expected = [run(inputs, steps=_STEPS) for inputs in problem.inputs]
    for i in rng.permutation(len(found)).tolist():
        bug = _find_out(problem, expected, found[i].program) if admits(found[i]) else None
        if bug is not None:
            return bug
    return None


def _find_out(problem: Problem, expected: Sequence[Value], program: Program) -> Bug | None:
    """What a wrong program does with a problem's inputs; None where no result is wrong, or it does not end."""
    run = Executable(program).run
    shown: tuple[Inputs, Value] | None = None
    failing: list[Inputs] = []
    passing: list[Inputs] = []
    for inputs, right in zip(problem.inputs, expected, strict=True):
        try:
            given = run(inputs, steps=_STEPS)
        except RunError as error:
            if error.reason is Refusal.STEPS:
                return None
            failing.append(inputs)  # what comes of it depends on the language that it is written in: not to be shown
            continue
        if given == right:
            passing.append(inputs)
        elif shown is None:
            shown = inputs, given
        else:
            failing.append(inputs)
    return None if shown is None else Bug(program, *shown, tuple(failing), tuple(passing))
