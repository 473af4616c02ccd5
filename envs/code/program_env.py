"""Write a program from a statement."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from ..core import SingleTurnEnv, Verdict
from ..core.arguments import check_integer
from ..core.text_env import SingleTurnEpisode
from .judge import (
    CheckerBroken,
    Judgement,
    Language,
    NoProgram,
    check_share,
    extract_program,
    find_language,
    judge,
    load_languages,
)
from .problem_file import read_problems
from .program_task import ProgramTask
from .programs.interpreter import Executable
from .programs.printers import LANGUAGES, print_functions, print_program
from .programs.problems import LEVELS, Problem, sample_problem
from .programs.problems.problem import CASES
from .programs.syntax import Type, Value
from .programs.values import write_inputs, write_value
from .sandbox import SandboxBroken, get_sandbox

PROGRAM, FUNCTION = "program", "function"
"""The forms of programs: one that reads and prints, or functions of which one is called."""

_PRINT = re.compile(r"\bPrint\b")
_SECONDS = 2.0
_FEW_CASES = 8  # of a program without a loop


@dataclass(frozen=True, slots=True)
class ProgramLevel:
    """One difficulty.

    Attributes:
        about: what its problems are about.
        cases: how many cases tell whether a program is right.
    """

    about: str
    cases: int


class ProgramEnv(SingleTurnEnv[ProgramTask]):
    """Write a program from a statement; it is compiled and run, and judged by what it prints.

    ## Task
    A statement says what to read from standard input and what to print, in words, with an example or two. Problems are
    made at random, each with a program that solves it and cases that tell programs apart; or they come from a
    file. Any program that passes every case is right, whatever it looks like.

    ## Observation
    Text: `Write Python. Read an integer n. Print n times 13. Example: -10 -> -130`. After the answer the verdict, and
    of the cases that the statement shows the first that failed.

    ## Action
    Text with a program: its last block between lines of three backticks, else all of it. A response of more than 20,000
    characters, or a program with a NUL or half of a surrogate pair, is not read.

    ## Reward
    The verdict's score: 1 where every case passes, else (1 - `all_pass_bonus`) times the share of the cases that pass,
    and no less than `runs_credit` where the program runs without an error in every case. A program that does not
    compile, or prints nothing at all, earns nothing, and cases behind the first that does not end in time count as
    failed. Where the sandbox fails the verdict is `grader_error`.

    ## Episode end
    Terminates after the one answer.

    ## Levels
    | level | problems are about                       | cases |
    |-------|------------------------------------------|-------|
    | 0     | a phrase about one integer               | 8     |
    | 1     | a formula over one or two integers       | 8     |
    | 2     | one loop over a list of integers         | 14    |
    | 3     | strings                                  | 14    |
    | 4     | several functions over lists and strings | 14    |
    | 5     | graphs and small dynamic programs        | 14    |

    A file's problems have no levels: each is as likely at every level.

    ## Arguments
    - `level`: the difficulty.
    - `language`: the key of a language: `bash`, `c`, `cpp`, `fortran`, `go`, `javascript`, `lua`, `ocaml`, `perl`,
      `python`, `r`, `rust` or one of `languages`. Its toolchain must be installed; Python needs none.
    - `form`: of made problems: `program`, which reads standard input and prints, or `function`, which is called (in
      languages with a harness; all cases then run in one process, which is faster).
    - `problems`: a JSONL file of problems in place of those made at random, see docs/code.md.
    - `cases`: how many cases a made problem is judged by, in place of the level's; from 2 to 14.
    - `all_pass_bonus`: the share of the reward that only passing every case earns; 1 for no partial credit.
    - `runs_credit`: what a program gets that runs and prints something else.
    - `compact`: whether observations of made problems are short, for tiny models: what is given and what is to come of
      it, such as `f(a, b): Return max(b, a) div 5.`, and neither the language nor examples.
    - `isolation`: how programs are kept in, see docs/sandbox.md.
    - `languages`: a YAML file or a mapping with languages of your own, see docs/code.md.
    - `render_mode`: `ansi` for the transcript, or None.

    ## Source
    Judging by standard output, in languages that a few lines describe: Boruch-Gruszecki et al., Agnostics, 2025
    (nuprl/agnostics-framework), whose reward is `all_pass_bonus=1`, `runs_credit=0.2`. The problems are this project's
    own.

    Raises:
        ValueError: an argument is out of range, a command of the language is not installed, or a line of the file is no
            problem; the message names it.
        SandboxUnavailable: a primitive of the sandbox is missing here; the message names it.
    """

    levels: ClassVar[Sequence[ProgramLevel]] = tuple(
        ProgramLevel(level.about, _FEW_CASES if i < 2 else CASES) for i, level in enumerate(LEVELS)
    )
    task_type = ProgramTask

    def __init__(
        self,
        *,
        level: int = 0,
        language: str = "python",
        form: str = PROGRAM,
        problems: str | Path | None = None,
        cases: int | None = None,
        all_pass_bonus: float = 0.0,
        runs_credit: float = 0.0,
        compact: bool = False,
        isolation: str = "full",
        languages: str | Path | Mapping[str, Any] | None = None,
        render_mode: str | None = None,
    ) -> None:
        self._languages = load_languages(languages)
        self._language = find_language(language, self._languages)
        written = () if problems is None else read_problems(problems, language)
        for task in written:
            _check_harness(task, self._language)
        self._problems = tuple(replace(task, prompt=self._prompt(task.prompt, task.function)) for task in written)
        longest = max((len(task.prompt) for task in self._problems), default=0)
        super().__init__(level=level, render_mode=render_mode, max_observation_length=max(4096, longest))
        if form not in (PROGRAM, FUNCTION):
            raise ValueError(f"form must be {PROGRAM!r} or {FUNCTION!r}, got {form!r}")
        if form == FUNCTION and not self._language.harness:
            raise ValueError(f"form must be {PROGRAM!r} in {language!r}, which has no harness to call functions")
        self._form = form
        self._cases = cases if cases is None else check_integer("cases", cases, 2, CASES)
        self._all_pass_bonus = check_share("all_pass_bonus", all_pass_bonus)
        self._runs_credit = check_share("runs_credit", runs_credit)
        if not isinstance(compact, bool):
            raise ValueError(f"compact must be True or False, got {compact!r}")
        self._compact = compact
        self._isolation = isolation
        get_sandbox(isolation)  # what is missing is said now, and not by the first verdict

    def sample(self, rng: np.random.Generator, level: int) -> ProgramTask:
        """Draw a problem, or take one of the file's."""
        if self._problems:
            task = self._problems[int(rng.integers(len(self._problems)))]
            return replace(task, level=level)
        problem = sample_problem(rng, level)
        inputs = _chosen(problem, self._cases or self.levels[level].cases)
        run = Executable(problem.program).run
        outputs = tuple(map(run, inputs))
        name = self._language.name
        task = ProgramTask(
            prompt="",
            level=level,
            language=name,
            inputs=tuple(map(write_inputs, inputs)),
            outputs=tuple(f"{write_value(output)}\n" for output in outputs),
            visible=problem.examples,
            # blanks part the words of a list, but belong to a string
            comparison="exact" if problem.program.main.result is Type.STR else "",
            seconds=_SECONDS,
        )
        if self._form == PROGRAM:
            solution = print_program(problem.program, name) if name in LANGUAGES else ""
            names = ", ".join(parameter.name for parameter in problem.program.main.parameters)
            prompt = f"{names}: {problem.demand}" if self._compact else self._prompt(problem.statement)
            return replace(task, prompt=prompt, solution=solution)
        task = replace(
            task,
            inputs=tuple(map(json.dumps, inputs)),
            outputs=tuple(map(json.dumps, outputs)),
            function=problem.program.main.name,
            comparison="",
            solution=print_functions(problem.program, name) if name in LANGUAGES else "",
        )
        demand, signature = _PRINT.sub("Return", problem.demand), _signature(problem)
        if self._compact:
            return replace(task, prompt=f"{signature}: {demand}")
        return replace(task, prompt=self._prompt(f"{demand} {_examples(problem, task)}", signature))

    def start(self, task: ProgramTask) -> SingleTurnEpisode[ProgramTask]:
        """An episode that waits for its one program.

        Raises:
            ValueError: the task's language is unknown or not installed, or has no calls of functions.
        """
        _check_harness(task, self._find(task.language))
        return super().start(task)

    def grade(self, task: ProgramTask, response: str) -> Verdict:
        """Run the program in the response on every case."""
        try:
            source = extract_program(response)
        except NoProgram as error:
            return Verdict.unparseable(str(error))
        language = self._find(task.language)
        try:
            judgement = _judge(source, task, language, self._isolation)
        except (CheckerBroken, SandboxBroken) as error:
            return Verdict.grader_error(str(error)[:100])
        return judgement.verdict(all_pass_bonus=self._all_pass_bonus, runs_credit=self._runs_credit)

    def solution(self, task: ProgramTask) -> str | None:
        """The program that the problem was made with, or the file's."""
        return task.solution or None

    def _find(self, name: str) -> Language:
        return self._language if name == self._language.name else find_language(name, self._languages)

    def _prompt(self, statement: str, function: str = "") -> str:
        title = self._language.title
        return f"Write {title}, a function {function}. {statement}" if function else f"Write {title}. {statement}"


def _check_harness(task: ProgramTask, language: Language) -> None:
    if task.function and not language.harness:
        raise ValueError(f"language must have a harness where cases call a function; {language.name!r} has none")


@lru_cache(maxsize=1024)
def _judge(source: str, task: ProgramTask, language: Language, isolation: str) -> Judgement:
    # remembered, since the samples of a group often agree on a program
    return judge(
        source,
        language,
        task.cases,
        sandbox=get_sandbox(isolation, readable=language.readable),
        comparison=task.read_comparison(),
        limits=task.limits,
        function=task.function or None,
    )


def _signature(problem: Problem) -> str:
    main = problem.program.main
    return f"{main.name}({', '.join(parameter.name for parameter in main.parameters)})"


def _examples(problem: Problem, task: ProgramTask) -> str:
    shown = [
        f"{task.function}({given[1:-1]}) -> {expected}"
        for given, expected in zip(task.inputs, task.outputs, strict=True)
    ][: problem.examples]
    return f"Example{'s' if len(shown) > 1 else ''}: {', '.join(shown)}"


def _chosen(problem: Problem, count: int) -> Sequence[tuple[Value, ...]]:
    """So many of the cases: the examples, and of the others some at even distances."""
    hidden = problem.inputs[problem.examples :]
    wanted = max(1, count - problem.examples)
    return (*problem.inputs[: problem.examples], *(hidden[i * len(hidden) // wanted] for i in range(wanted)))
