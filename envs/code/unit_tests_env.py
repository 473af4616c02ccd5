"""Write unit tests for a function."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from ..core import Task, Verdict
from ..core.arguments import check_number
from ..core.names import unknown_name
from .assessed import AssessedEnv, Assessment
from .judge.extract import NoProgram, extract_program
from .mutation_testing import STEPS, MutationReport, Result, count_kills
from .programs.interpreter import run
from .programs.mutations import killing_inputs, mutants
from .programs.printers import print_functions
from .programs.problems import sample_problem
from .programs.skin import parse, write
from .programs.syntax import Program, Value
from .sandbox import get_sandbox
from .unit_test_quality import CHANNELS, REQUIRED, UnitTestQuality, assess_quality

MUTATION = "mutation"
"""The term of the reward for killed mutants."""

WEIGHTS: Mapping[str, float] = {
    MUTATION: 0.8,
    "no_duplicate_assertions": 0.05,
    "no_conditionals": 0.05,
    "no_prints": 0.05,
    "not_empty": 0.05,
}
"""The weights of the reward's terms, unless said otherwise."""

_MAX_MUTANTS = 32
_FAULTS = {
    Result.FAILED: "the tests fail on the function itself",
    Result.LEFT: "the tests did not run to their end",
}


@dataclass(frozen=True, slots=True)
class UnitTestsLevel:
    """One difficulty.

    Attributes:
        problem: the level of the problem that the function solves.
        mutants: how many wrong versions there are at most.
    """

    problem: int
    mutants: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitTestsTask(Task):
    """One function to test.

    Attributes:
        answer: tests that kill every mutant.
        program: the program whose main function is under test, in the small language's own surface.
        mutants: wrong versions of it, likewise.
    """

    answer: str  # pyright: ignore[reportGeneralTypeIssues]  (by keyword only, so it needs no default)
    program: str
    mutants: tuple[str, ...]

    @classmethod
    def parse(cls, value: Any) -> Self:
        """As `Task.parse`; the programs must be programs, with the same parameters.

        Raises:
            ValueError: the fields are not those of a task, or a program is none.
        """
        task = super(UnitTestsTask, cls).parse(value)  # slots=True makes a new class: a bare super() would miss it
        if not 1 <= len(task.mutants) <= _MAX_MUTANTS:
            raise ValueError(f"options['task'].mutants must be 1 to {_MAX_MUTANTS}, got {len(task.mutants)}")
        try:
            headers = {_header(parse(text)) for text in (task.program, *task.mutants)}
        except ValueError as error:
            raise ValueError(f"options['task'] must have programs of the small language: {error}") from error
        if len(headers) > 1:
            raise ValueError("options['task'].mutants must have the main function that options['task'].program has")
        return task


class UnitTestsEnv(AssessedEnv[UnitTestsTask]):
    """Write unit tests for a function.

    ## Task
    A Python function is shown, which is right. Tests are to be written that pass on it and fail on wrong versions of
    it: mutants, each with one mistake (another operator, a constant or a bound that is off by one, a wrong variable …).
    They are not shown; those that do on all cases what the function does are left out.

    ## Observation
    Text: what the function does, in words and by examples, and its source.

    ## Action
    Text: Python code, of which the last block between lines of three backticks is read, or all of it where there is
    none. Its statements are run, then its functions named `test_*` without parameters; they call the function by its
    name, at most 200 times. At most 6,000 characters of code, in 20,000 of response.

    The tests run in the sandbox, once for each version, and each version in a box of its own. The function is not
    there: calls go out to an interpreter, so that nothing but its values tells versions apart. A mutant is killed where
    it gave another value than the function does and the tests then failed; tests that exit, hang or are killed have
    neither passed nor failed.

    ## Reward
    A sum of `weights` in [0, 1], in `info["reward_terms"]`. `mutation` pays the share of mutants that are killed, where
    the tests pass on the function. The channels are found by reading the tests alone: `syntax`, `assertion` (there is
    one) and `focal_call` (the function is called) are required, and without them there is nothing else;
    `no_duplicate_assertions`, `no_conditionals`, `no_prints` and `not_empty` are smells that a good test has not.
    A success has the required channels, passes on the function and kills a share of at least `threshold`.

    ## Episode end
    Terminates after the one answer.

    ## Levels
    | level | the function is about                      | mutants |
    |-------|--------------------------------------------|---------|
    | 0     | one operation or two on an integer         | 4       |
    | 1     | a formula over one or two integers         | 6       |
    | 2     | one loop over a list of integers           | 8       |
    | 3     | strings                                    | 8       |
    | 4     | several functions over lists and strings   | 10      |
    | 5     | graphs and small dynamic programs          | 10      |

    ## Arguments
    - `level`: the difficulty.
    - `weights`: the terms' weights, which add up to 1: by default `mutation` 0.8 and 0.05 for each smell's absence.
    - `threshold`: the mutation score of a success.
    - `isolation`: how tests are kept in, see docs/sandbox.md.
    - `render_mode`: `ansi` for the transcript, or None.

    ## Source
    The channels: Steenhoek et al., Reinforcement Learning from Automatic Feedback for High-Quality Unit Test
    Generation, 2023. The mutation score: DeMillo, Lipton and Sayward, Hints on Test Data Selection, 1978.

    Raises:
        ValueError: an argument is out of range; the message names it.
        SandboxUnavailable: a primitive of the sandbox is missing here; the message names it.
    """

    levels: ClassVar[Sequence[UnitTestsLevel]] = (
        UnitTestsLevel(0, 4),
        UnitTestsLevel(1, 6),
        UnitTestsLevel(2, 8),
        UnitTestsLevel(3, 8),
        UnitTestsLevel(4, 10),
        UnitTestsLevel(5, 10),
    )
    task_type = UnitTestsTask

    def __init__(
        self,
        *,
        level: int = 0,
        weights: Mapping[str, float] | None = None,
        threshold: float = 0.8,
        isolation: str = "full",
        render_mode: str | None = None,
    ) -> None:
        super().__init__(level=level, render_mode=render_mode, max_observation_length=8192)
        self.weights = _check_weights(WEIGHTS if weights is None else weights)
        if not 0.0 < check_number("threshold", threshold) <= 1.0:
            raise ValueError(f"threshold must be over 0 and at most 1, got {threshold!r}")
        self.threshold = threshold
        self._isolation = isolation
        get_sandbox(isolation)  # what is missing is said now, and not by the first verdict

    def sample(self, rng: np.random.Generator, level: int) -> UnitTestsTask:
        """Draw a problem, and mutants that its cases tell from it."""
        config = self.levels[level]
        while True:
            problem = sample_problem(rng, config.problem)
            found = mutants(problem.program)
            order = rng.permutation(len(found)).tolist()
            chosen: dict[Program, tuple[int, ...]] = {}
            for i in order:
                kills = killing_inputs(problem.program, found[i].program, problem.inputs, steps=STEPS)
                if kills:
                    chosen[found[i].program] = kills
                if len(chosen) == config.mutants:
                    break
            if chosen:
                break
        name, source = problem.program.main.name, print_functions(problem.program, "python").strip()
        prompt = (
            f"Write unit tests in Python for the function {name}. What is read are its arguments, what is printed is "
            f"its result:\n{problem.statement.strip()}\n```python\n{source}\n```\n"
            f"Use assert statements, alone or in functions named test_*. Call {name} by its name: it is there already."
        )
        covering = [problem.inputs[i] for i in cover(list(chosen.values()))]
        return UnitTestsTask(
            prompt=prompt,
            answer="\n".join(_assertion(problem.program, inputs) for inputs in covering),
            level=level,
            program=write(problem.program),
            mutants=tuple(map(write, chosen)),
        )

    def assess(self, task: UnitTestsTask, response: str) -> Assessment:
        """Read the tests, then run them."""
        right = parse(task.program)
        name = right.main.name
        try:
            source = extract_program(response)
        except NoProgram as error:
            return Assessment(Verdict.unparseable(str(error)), self._terms(UnitTestQuality(), 0.0))
        quality = assess_quality(source, name)
        if not quality.syntax:
            verdict = Verdict.unparseable(f"expected Python with assert statements that call {name}")
            return Assessment(verdict, self._terms(quality, 0.0))
        if not quality.is_test:
            terms = self._terms(quality, 0.0)
            return Assessment(Verdict.wrong(f"there is no assert, or no call of {name}", _score(terms)), terms)
        report = count_kills(get_sandbox(self._isolation), source, right, [parse(mutant) for mutant in task.mutants])
        terms = self._terms(quality, report.score)
        if report.right is Result.PASSED and report.score >= self.threshold:
            return Assessment(Verdict.correct(_killed(report)), terms)
        return Assessment(Verdict.wrong(_FAULTS.get(report.right) or _killed(report), _score(terms)), terms)

    def solution(self, task: UnitTestsTask) -> str | None:
        """Assertions about cases that kill every mutant, chosen greedily."""
        return task.answer

    def _terms(self, quality: UnitTestQuality, mutation: float) -> dict[str, float]:
        holds = {MUTATION: mutation}
        for channel in CHANNELS:
            holds[channel] = float(getattr(quality, channel) and (channel in REQUIRED or quality.is_test))
        return {term: weight * holds[term] for term, weight in self.weights.items()}


def cover(sets: Sequence[Sequence[int]]) -> list[int]:
    """Few elements of which every set holds one: always the one that is in most of the sets that are left.

    Args:
        sets: none of them empty.
    """
    left = [set(each) for each in sets]
    chosen = []
    while left:
        elements = sorted(set().union(*left))
        best = max(elements, key=lambda element: sum(element in each for each in left))
        chosen.append(best)
        left = [each for each in left if best not in each]
    return chosen


def _assertion(program: Program, inputs: Sequence[Value]) -> str:
    arguments = ", ".join(map(_literal, inputs))
    return f"assert {program.main.name}({arguments}) == {_literal(run(program, inputs))}"


def _literal(value: Value) -> str:
    return repr(list(value) if isinstance(value, tuple) else value)


def _killed(report: MutationReport) -> str:
    return f"{report.killed} of {report.mutants} mutants killed"


def _header(program: Program) -> tuple[Any, ...]:
    return program.main.name, program.main.parameters, program.main.result


def _score(terms: Mapping[str, float]) -> float:
    return min(1.0, math.fsum(terms.values()))


def _check_weights(weights: Mapping[str, float]) -> dict[str, float]:
    known = (MUTATION, *CHANNELS)
    if not isinstance(weights, Mapping):
        raise ValueError(f"weights must be a mapping of terms to numbers, got {weights!r}")
    for term, weight in weights.items():
        if term not in known:
            raise unknown_name(f"weights has the unknown term {term!r}", str(term), known)
        if check_number(f"weights[{term!r}]", weight) < 0:
            raise ValueError(f"weights[{term!r}] must be 0 or more, got {weight!r}")
    if abs(sum(weights.values()) - 1.0) > 1e-9:
        raise ValueError(f"weights must add up to 1, got {sum(weights.values())!r}")
    return dict(weights)
