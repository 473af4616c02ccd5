"""Write a program in a language that nobody has seen before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, Self

import numpy as np

from ..core import SingleTurnEnv, Task, Verdict
from .judge import CaseResult, Judgement, NoProgram, StdinCase, check_share, extract_program
from .programs.interpreter import Executable, Refusal, RunError
from .programs.problems import LEVELS, sample_problem
from .programs.skin import GRAMMAR, SkinError, parse, write
from .programs.syntax import Program
from .programs.values import read_inputs, write_inputs, write_value
from .sandbox import ExitReason


@dataclass(frozen=True, slots=True)
class SkinLevel:
    """One difficulty.

    Attributes:
        about: what its problems are about.
    """

    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SkinTask(Task):
    """A program to write in the skin, and the cases that it must pass.

    Attributes:
        inputs: what each case gives, one value a line.
        outputs: what must come of it.
        visible: so many of the cases, from the first, may be shown; the others are hidden.
        solution: a program that passes, empty where none is known.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    visible: int = 0
    solution: str = ""

    @classmethod
    def parse(cls, value: Any) -> Self:
        """As `Task.parse`; every case has an input and an output.

        Raises:
            ValueError: the fields are not those of a task, or there are not as many inputs as outputs, or none.
        """
        task = super(SkinTask, cls).parse(value)  # slots=True makes a new class: a bare super() would miss it
        if not 1 <= len(task.inputs) == len(task.outputs):
            raise ValueError(
                "options['task'] must have inputs and outputs, as many of the one as of the other, 1 or more; "
                f"got {len(task.inputs)} and {len(task.outputs)}"
            )
        return task


class SkinEnv(SingleTurnEnv[SkinTask]):
    """Write a program in a language that nobody has seen before.

    ## Task
    The problems of `code/Program-v0`, answered in the *skin*: the suite's small language in a surface that stands in no
    text outside of it. What a model writes in it, it has learned here, so the way from text to examples to rewards can
    be studied for a niche language. `palaestra.envs.code.corpus` makes the text.

    ## Observation
    Text: `Write skin. Read an integer n. Print n times 13. Example: -10 -> -130`. What is read are the parameters of
    the program's last function, in their order, and what it returns is printed. After the answer the verdict, and of
    the cases that the statement shows the first that failed.

    ## Action
    Text with a program such as `n# solve# { n 13 Bi . }`: its last block between lines of three backticks, else all of
    it. `palaestra.envs.code.programs.skin.GRAMMAR` says what a program is. A response of more than 20,000 characters is
    not read.

    ## Reward
    The verdict's score: 1 where every case passes, else (1 - `all_pass_bonus`) times the share of the cases that pass.
    A run may take 100,000 steps; cases behind the first that takes more count as failed.

    ## Episode end
    Terminates after the one answer.

    ## Levels
    | level | problems                                 |
    |-------|------------------------------------------|
    | 0     | a phrase about one integer               |
    | 1     | a formula over one or two integers       |
    | 2     | one loop over a list of integers         |
    | 3     | strings                                  |
    | 4     | several functions over lists and strings |
    | 5     | graphs and small dynamic programs        |

    ## Arguments
    - `level`: the difficulty.
    - `grammar`: whether the prompt begins with the grammar, some 1,900 characters, for models that learn from it.
    - `all_pass_bonus`: the share of the reward that only passing every case earns; 1 for no partial credit.
    - `render_mode`: `ansi` for the transcript, or None.

    ## Source
    Pre-training, imitation and reinforcement for a niche language, with a reward of tests passed and a bonus for all of
    them: Hogan et al., Technical report: full-stack fine-tuning for the Q programming language, 2025. The language is
    this project's own.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    levels: ClassVar[Sequence[SkinLevel]] = tuple(SkinLevel(level.about) for level in LEVELS)
    task_type = SkinTask

    def __init__(
        self,
        *,
        level: int = 0,
        grammar: bool = False,
        all_pass_bonus: float = 0.0,
        render_mode: str | None = None,
    ) -> None:
        super().__init__(level=level, render_mode=render_mode, max_observation_length=8192)
        if not isinstance(grammar, bool):
            raise ValueError(f"grammar must be True or False, got {grammar!r}")
        self._instructions = f"{GRAMMAR}\n" if grammar else ""
        self._all_pass_bonus = check_share("all_pass_bonus", all_pass_bonus)

    def sample(self, rng: np.random.Generator, level: int) -> SkinTask:
        """Draw a problem."""
        problem = sample_problem(rng, level)
        run = Executable(problem.program).run
        return SkinTask(
            prompt=f"{self._instructions}Write skin. {problem.statement}",
            level=level,
            inputs=tuple(map(write_inputs, problem.inputs)),
            outputs=tuple(f"{write_value(run(inputs))}\n" for inputs in problem.inputs),
            visible=problem.examples,
            solution=write(problem.program),
        )

    def grade(self, task: SkinTask, response: str) -> Verdict:
        """Run the program in the response on every case."""
        try:
            judgement = _judge(extract_program(response), task)
        except (NoProgram, SkinError) as error:
            return Verdict.unparseable(str(error)[:120])
        return judgement.verdict(all_pass_bonus=self._all_pass_bonus)

    def solution(self, task: SkinTask) -> str | None:
        """The program that the problem was made with."""
        return task.solution or None


@lru_cache(maxsize=1024)
def _judge(source: str, task: SkinTask) -> Judgement:
    # remembered, since the samples of a group often agree on a program
    program = parse(source)
    results: list[CaseResult] = []
    executable = Executable(program)
    for number, (given, expected) in enumerate(zip(task.inputs, task.outputs, strict=True)):
        result = _run(program, executable, StdinCase(given, expected, number < task.visible))
        results.append(result)
        if result.reason is ExitReason.TIMEOUT:
            break
    return Judgement(results=tuple(results), cases=len(task.inputs))


def _run(program: Program, executable: Executable, case: StdinCase) -> CaseResult:
    """What comes of one case; the interpreter's own budget takes the place of a deadline."""
    try:
        inputs = read_inputs(case.stdin, [parameter.type for parameter in program.main.parameters])
    except ValueError:
        return _failed(case, ExitReason.NON_ZERO, "takes other inputs than the task gives")
    try:
        printed = f"{write_value(executable.run(inputs))}\n"
    except RunError as error:
        if error.reason is Refusal.STEPS:
            return _failed(case, ExitReason.TIMEOUT, "did not end in time")
        return _failed(case, ExitReason.NON_ZERO, f"was stopped: {error}")
    return CaseResult(case=case, passed=printed == case.expected, reason=ExitReason.OK, printed=printed)


def _failed(case: StdinCase, reason: ExitReason, ending: str) -> CaseResult:
    return CaseResult(case=case, passed=False, reason=reason, ending=ending)
