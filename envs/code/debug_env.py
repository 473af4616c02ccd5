"""Explain and repair a wrong program."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np

from ..core import TextEnv, Verdict
from ..core.arguments import check_integer
from ..core.text_env import Step
from .bugs import Bug, draw_bug
from .explanation import (
    PARTS,
    SEPARATOR,
    Difference,
    agreement,
    difference,
    exchange,
    explain,
    read_repair,
    write_repair,
)
from .judge import CaseResult, Judgement, Language, check_share, feedback, find_language, judge
from .program_task import ProgramTask
from .programs.interpreter import Executable
from .programs.mutations import Mistake, Mutant
from .programs.printers import print_functions, print_program
from .programs.problems import Problem, sample_problem
from .programs.syntax import Program, Type, Value
from .programs.values import write_inputs, write_value
from .sandbox import ExitReason, get_sandbox

EXPLANATION, FIX = "explanation", "fix"
"""The terms of the reward."""

PROGRAM, FUNCTION = "program", "function"
"""The forms of programs: one that reads and prints, or functions of which one is called."""

_SECONDS = 2.0
_MAX_TURNS = 100


@dataclass(frozen=True, slots=True)
class DebugLevel:
    """One difficulty.

    Attributes:
        problem: the level of the problem that the program should solve.
        cases: how many cases there are, of which the first is shown.
        mistakes: which kinds of mistakes there are.
    """

    problem: int
    cases: int
    mistakes: tuple[Mistake, ...] = tuple(Mistake)


@dataclass(frozen=True, slots=True, kw_only=True)
class DebugTask(ProgramTask):
    """One wrong program, the right one (`solution`), and cases of which the first fails and is shown.

    Attributes:
        wrong: the wrong program; it differs from the right one in one line.
        passing: how many of the cases the wrong program passes.
    """

    wrong: str
    passing: int

    @classmethod
    def parse(cls, value: Any) -> Self:
        """As `ProgramTask.parse`; the programs must differ in one line, and some case fail.

        Raises:
            ValueError: the fields are not those of a task, or one is out of range.
        """
        task = super(DebugTask, cls).parse(value)  # slots=True makes a new class: a bare super() would miss it
        check_integer("options['task'].passing", task.passing, 0, len(task.inputs) - 1)
        if difference(task.wrong, task.solution) is None:
            raise ValueError("options['task'].wrong must differ from solution in exactly one line")
        return task


@dataclass(slots=True)
class DebugEpisode:
    """An episode.

    Attributes:
        task: its task.
        turns: how many turns are over.
        passed: how many cases the best program so far passes.
    """

    task: DebugTask
    turns: int
    passed: int


class DebugEnv(TextEnv[DebugTask, DebugEpisode]):
    """Explain and repair a wrong program.

    ## Task
    A program has one mistake in one line: another operator, a constant or a bound that is off by one, a wrong variable,
    swapped branches … What it should do is said, and one case that fails is shown. The agent says which line it is,
    what stands there and what should, and writes the program without the mistake. Where that still fails, it is told
    so and may try again.

    ## Observation
    Text: the statement, the program with numbered lines, the failing case, and how to answer. After a program that
    fails: its first failing case, where that is the one that is shown, or that a hidden one fails, and the turns left.

    ## Action
    Text: lines `line: 2`, `wrong: a - b` and `right: a + b`, each once, then a line `---` and the whole repaired
    program, which may stand between lines of three backticks; with these, `---` may be left out. `wrong` is a piece of
    the line that occurs in it once and holds all that is wrong, `right` what should stand in its place. Blanks do not
    count. At most 20,000 characters.

    ## Reward
    A sum of two terms in `info["reward_terms"]`; the return lies in [0, 1]. `explanation` pays `explanation_weight`
    times the share of the three parts that are exactly right, in the first turn and never again. `fix` pays the rest of
    1 for a program that passes all cases, and where none does at the end, `1 - all_pass_bonus` of that times the share
    of the cases won over the wrong program: its own cases are worth nothing. A success passes all cases.

    ## Episode end
    Terminates with a program that passes all cases, and after `turns` turns: their number is a rule of the game.

    ## Levels
    | level | programs                                   | cases |
    |-------|--------------------------------------------|-------|
    | 0     | one operation or two on an integer,        | 8     |
    |       | of which one is another                    |       |
    | 1     | a formula over one or two integers         | 8     |
    | 2     | one loop over a list of integers           | 8     |
    | 3     | strings                                    | 8     |
    | 4     | several functions over lists and strings   | 10    |
    | 5     | graphs and small dynamic programs          | 10    |

    ## Arguments
    - `level`: the difficulty.
    - `language`: of the programs; one that problems can be written in and whose toolchain is installed.
    - `form`: `program`, which reads standard input and prints, or `function`, which is called (in languages with a
      harness; all cases then run in one process, which is faster).
    - `parts`: what is asked for: `explanation`, `program` or both. With an explanation alone, the repaired program is
      the wrong one in whose `line` what is `wrong` is exchanged for what is `right`; answers are shorter so.
    - `turns`: how many programs may be tried.
    - `explanation_weight`: what the explanation is worth, where one is asked for.
    - `all_pass_bonus`: the share of `fix` that only a program gets that passes every case.
    - `compact`: whether observations are short, for tiny models: what to print, the program, and the failing case in
      one line; neither what to read, nor examples, nor how to answer.
    - `isolation`: how programs are kept in, see docs/sandbox.md.
    - `render_mode`: `ansi` for the transcript, or None.

    ## Source
    Jiang et al., Training LLMs to Better Self-Debug and Explain Code, 2024: an explanation, a refinement and a reward
    for each; there explanations are compared by their embeddings, here by stated parts.

    Raises:
        ValueError: an argument is out of range, or a command of the language is not installed; the message names it.
        SandboxUnavailable: a primitive of the sandbox is missing here; the message names it.
    """

    levels: ClassVar[Sequence[DebugLevel]] = (
        DebugLevel(0, 8, (Mistake.OPERATOR,)),
        DebugLevel(1, 8),
        DebugLevel(2, 8),
        DebugLevel(3, 8),
        DebugLevel(4, 10),
        DebugLevel(5, 10),
    )
    task_type = DebugTask

    def __init__(
        self,
        *,
        level: int = 0,
        language: str = "python",
        form: str = PROGRAM,
        parts: Sequence[str] = (EXPLANATION, PROGRAM),
        turns: int = 3,
        explanation_weight: float = 0.3,
        all_pass_bonus: float = 0.5,
        compact: bool = False,
        isolation: str = "full",
        render_mode: str | None = None,
    ) -> None:
        super().__init__(level=level, render_mode=render_mode, max_observation_length=8192)
        self.language = find_language(language)
        if form not in (PROGRAM, FUNCTION):
            raise ValueError(f"form must be {PROGRAM!r} or {FUNCTION!r}, got {form!r}")
        if form == FUNCTION and not self.language.harness:
            raise ValueError(f"form must be {PROGRAM!r} in {language!r}, which has no harness to call functions")
        self.form = form
        if isinstance(parts, str) or not parts or not set(parts) <= {EXPLANATION, PROGRAM}:
            raise ValueError(f"parts must be one or both of {EXPLANATION!r} and {PROGRAM!r}, got {parts!r}")
        self.parts = tuple(parts)
        self.turns = check_integer("turns", turns, 1, _MAX_TURNS)
        self.explanation_weight = check_share("explanation_weight", explanation_weight)
        self.all_pass_bonus = check_share("all_pass_bonus", all_pass_bonus)
        if not isinstance(compact, bool):
            raise ValueError(f"compact must be True or False, got {compact!r}")
        self.compact = compact
        self._isolation = isolation
        get_sandbox(isolation)  # what is missing is said now, and not by the first verdict

    def sample(self, rng: np.random.Generator, level: int) -> DebugTask:
        """Draw a problem and a mistake that stands in one line and shows in a case."""
        config = self.levels[level]
        while True:
            problem = sample_problem(rng, config.problem)
            right = self._write(problem.program)

            def admits(mutant: Mutant, right: str = right) -> bool:
                return mutant.kind in config.mistakes and difference(self._write(mutant.program), right) is not None

            bug = draw_bug(problem, rng, admits)
            if bug is not None:
                return self._pose(problem, bug, level)

    def start(self, task: DebugTask) -> DebugEpisode:
        """An episode whose best program so far is the wrong one.

        Raises:
            ValueError: the task's language is unknown or not installed, or has no calls of functions.
        """
        language = self._find(task.language)
        if task.function and not language.harness:
            raise ValueError(f"language must have a harness where cases call a function; {language.name!r} has none")
        return DebugEpisode(task, 0, task.passing)

    def respond(self, episode: DebugEpisode, action: str) -> Step:
        """Grade the explanation, in the first turn, and the program."""
        task, repair = episode.task, read_repair(action)
        terms: dict[str, float] = {}
        episode.turns += 1
        if EXPLANATION in self.parts:
            share = agreement(repair.explanation, _truth(task)) if episode.turns == 1 else 0.0
            terms[EXPLANATION] = share * self.explanation_weight
        program = repair.program if PROGRAM in self.parts else exchange(task.wrong, repair.explanation)
        try:
            return self._try(episode, program, terms)
        except Exception as error:  # a grader that breaks must not be mistaken for a wrong answer, nor stop a run
            return _end(Verdict.grader_error(f"{type(error).__name__}: {str(error)[:200]}"), terms)

    def _try(self, episode: DebugEpisode, program: str | None, terms: dict[str, float]) -> Step:
        """Run a program, where there is one."""
        task = episode.task
        if program is None:
            verdict = Verdict.unparseable(f"expected {self._form_of_answers()}")
            told = verdict.detail
        else:
            judgement = self._judge(task, program)
            episode.passed = max(episode.passed, judgement.passed)
            verdict, told = judgement.verdict(all_pass_bonus=1.0), self._tell(task, judgement)
        left = self.turns - episode.turns
        if left and not verdict.is_correct:
            terms[FIX] = 0.0
            info = {"reward_terms": terms}
            return f"{told}\n{left} {'turn' if left == 1 else 'turns'} left.", sum(terms.values()), False, False, info
        won = (episode.passed - task.passing) / (len(task.inputs) - task.passing)
        paid = 1.0 if verdict.is_correct else (1.0 - self.all_pass_bonus) * won
        terms[FIX] = paid * (1.0 - self.explanation_weight if EXPLANATION in self.parts else 1.0)
        return _end(replace(verdict, score=paid), terms)

    def _judge(self, task: DebugTask, program: str) -> Judgement:
        language = self._find(task.language)
        return judge(
            program,
            language,
            task.cases,
            sandbox=get_sandbox(self._isolation, readable=language.readable),
            comparison=task.read_comparison(),
            limits=task.limits,
            function=task.function or None,
        )

    def _find(self, name: str) -> Language:
        return self.language if name == self.language.name else find_language(name)

    def expert(self, episode: DebugEpisode) -> str:
        """The right program, and what the line says of it."""
        explanation = explain(_truth(episode.task)) if EXPLANATION in self.parts else None
        return write_repair(explanation, episode.task.solution if PROGRAM in self.parts else None)

    def _write(self, program: Program) -> str:
        write = print_program if self.form == PROGRAM else print_functions
        return write(program, self.language.name).strip()

    def _pose(self, problem: Problem, bug: Bug, level: int) -> DebugTask:
        count = self.levels[level].cases
        failing, passing = bug.failing, bug.passing
        chosen = [bug.shown, *failing[: count // 2], *passing, *failing[count // 2 :]][:count]
        run = Executable(problem.program).run
        texts = [self._texts(inputs, run(inputs)) for inputs in chosen]
        task = DebugTask(
            prompt="",
            level=level,
            language=self.language.name,
            inputs=tuple(given for given, _ in texts),
            outputs=tuple(expected for _, expected in texts),
            visible=1,
            function=problem.program.main.name if self.form == FUNCTION else "",
            # blanks part the words of a list, but belong to a string
            comparison="exact" if self.form == FUNCTION or problem.program.main.result is Type.STR else "tokens",
            seconds=_SECONDS,
            solution=self._write(problem.program),
            wrong=self._write(bug.program),
            passing=sum(inputs in passing for inputs in chosen),
        )
        return replace(task, prompt=self._prompt(problem, task, bug))

    def _texts(self, inputs: Sequence[Value], output: Value) -> tuple[str, str]:
        if self.form == FUNCTION:
            return json.dumps(inputs), json.dumps(output)
        return write_inputs(inputs), f"{write_value(output)}\n"

    def _prompt(self, problem: Problem, task: DebugTask, bug: Bug) -> str:
        listing = [f"{number} {line}".rstrip() for number, line in enumerate(task.wrong.split("\n"), 1)]
        given = self._texts(bug.shown, bug.given)[1]
        result = CaseResult(case=task.cases[0], passed=False, reason=ExitReason.OK, printed=given)
        told = self._tell(task, Judgement(results=(result,), cases=1))
        if self.compact:
            return "\n".join([problem.demand, *listing, told])
        how = f"One line is wrong. Answer with {self._form_of_answers()}."
        return "\n".join([problem.statement, *listing, told, how])

    def _tell(self, task: DebugTask, judgement: Judgement) -> str:
        told = feedback(judgement)
        if not self.compact:
            return told
        failure = judgement.first_visible_failure
        if failure is None:
            return told.partition("\n")[0]
        read = task.inputs[0].strip("[]\n").replace("\n", " ")
        given = failure.printed.strip() if failure.reason is ExitReason.OK else "an error"
        return f"{read} gives {given}, not {task.outputs[0].strip()}"

    def _form_of_answers(self) -> str:
        said = []
        if self.compact:
            said += [f"{part}:" for part in PARTS] if EXPLANATION in self.parts else []
            said += [SEPARATOR] if PROGRAM in self.parts else []
            return " ".join(said)
        if EXPLANATION in self.parts:
            said.append("line: NUMBER, wrong: A PIECE OF THAT LINE, right: WHAT SHOULD STAND IN ITS PLACE, a line each")
        if PROGRAM in self.parts:
            said.append(f"a line {SEPARATOR} and the whole program without the mistake")
        return ", then ".join(said)


def _truth(task: DebugTask) -> Difference:
    truth = difference(task.wrong, task.solution)
    if truth is None:
        raise ValueError("wrong must differ from solution in exactly one line")
    return truth


def _end(verdict: Verdict, terms: dict[str, float]) -> Step:
    said = f"{verdict.status}: {verdict.detail}" if verdict.detail else str(verdict.status)
    info = {"success": verdict.is_correct, "verdict": verdict, "reward_terms": terms}
    return said, sum(terms.values()), True, False, info
