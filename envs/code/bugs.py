"""Wrong programs for problems, and the cases that show that they are wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .programs.interpreter import Executable, RunError
from .programs.mutations import Mutant, killing_inputs, mutants
from .programs.problems import Problem
from .programs.syntax import Program, Value

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

    Args:
        problem: the problem.
        rng: chooses among the mistakes.
        admits: which mistakes will do.

    Returns:
        None where no mistake will do.
    """
    found = mutants(problem.program)
    for i in rng.permutation(len(found)).tolist():
        if not admits(found[i]):
            continue
        kills = killing_inputs(problem.program, found[i].program, problem.inputs)
        run = Executable(found[i].program).run
        for case in kills:
            try:
                given = run(problem.inputs[case])
            except RunError:  # what it does there depends on the language that it is written in
                continue
            return Bug(
                program=found[i].program,
                shown=problem.inputs[case],
                given=given,
                failing=tuple(problem.inputs[other] for other in kills if other != case),
                passing=tuple(inputs for other, inputs in enumerate(problem.inputs) if other not in kills),
            )
    return None
