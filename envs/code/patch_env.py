"""Mend a project of several files after an issue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from ..core import Verdict
from .assessed import AssessedEnv, Assessment
from .bugs import Bug, draw_bug
from .edits import EditError, apply_edits, edit_between, parse_edits, write_edits
from .judge import check_share
from .patch_similarity import patch_similarity
from .patch_task import PatchTask
from .programs.interpreter import Executable
from .programs.problems import Problem, sample_problem
from .programs.syntax import Program
from .programs.values import write_value
from .project import COMMANDS, MAIN, print_project, rename_functions, write_request
from .sandbox import PYTHON, ExitReason, Job, Limits, get_sandbox

TESTS, SIMILARITY = "tests", "similarity"
"""How patches are scored; the names of the reward's terms, too."""

LIMITS = Limits(wall_seconds=5.0, cpu_seconds=1.0)
"""What the project may use in a test."""

_FAILING, _PASSING = 4, 2  # tests of a command, beside the one in the issue
_REPORTS = (
    "I ran `python main.py`, entered\n\n{request}\nand got `{given}`. I expected `{expected}`.",
    "`{name}` is wrong, or I am. For the input\n\n{request}\nit prints `{given}`, and it should be `{expected}`.",
    "Is this a bug? With\n\n{request}\non standard input, main.py says `{given}`; by the README I get `{expected}`.",
)
_HOW_TO_ANSWER = """Answer with one or more edits, each in this form, with whole lines that occur once in the file:
### path/of/file.py
<<<<<<< SEARCH
lines as they stand
=======
lines in their place
>>>>>>> REPLACE"""


@dataclass(frozen=True, slots=True)
class PatchLevel:
    """One difficulty.

    Attributes:
        problems: the levels of the problems, one for each command of the project.
        bugs: how many of the commands are wrong.
    """

    problems: tuple[int, ...]
    bugs: int


class PatchEnv(AssessedEnv[PatchTask]):
    """Mend a project of several files after an issue.

    ## Task
    A Python project has a `main.py`, which reads the name of a command and its inputs, a module for each command, and
    one for the functions that these call; a README says what they do. One or two of the functions have a mistake. An
    issue says in a user's words what went wrong: an input, what came and what was expected. Which file and which line
    it is, it does not say.

    ## Observation
    Text: the issue, all files, and the form of the answer.

    ## Action
    Text with search/replace edits, and whatever else around them: a line `### path`, a line `<<<<<<< SEARCH`, whole
    lines of the file, a line `=======`, the lines in their place (none to take them out) and a line
    `>>>>>>> REPLACE`. Several edits, also of one file, are made one after the other. Nothing is changed where an edit
    has no such form, names a file that is not there, searches nothing or what occurs not once, or replaces lines by
    themselves; the verdict then says which it is. At most 20,000 characters.

    ## Reward
    With `scoring="tests"` hidden tests are run: the commands that are wrong on what they fail and on what they do not,
    the others so that they stay right. 1 where all pass, else `1 - all_pass_bonus` times the share of the failing tests
    that were won; a project as it was earns nothing. The reward lies in [0, 1].

    With `scoring="similarity"` nothing is run, as in the paper: -1 where the edits cannot be made, else the mean over
    the files that are changed of how like the unified diff is to that of the right patch (`difflib.SequenceMatcher`).
    The reward lies in [-1, 1], and a success has the effect of the right patch, character by character.

    ## Episode end
    Terminates after the one answer.

    ## Levels
    | level | commands | they are about                                                   | bugs |
    |-------|----------|------------------------------------------------------------------|------|
    | 0     | 1        | one operation or two on an integer                               | 1    |
    | 1     | 2        | formulas over integers                                           | 1    |
    | 2     | 3        | a formula, a loop over a list, a string                          | 1    |
    | 3     | 4        | a loop over a list, a string, and twice several functions        | 2    |

    ## Arguments
    - `level`: the difficulty.
    - `scoring`: `tests` or `similarity`.
    - `all_pass_bonus`: the share of the reward that only a patch gets that passes every test; 1 for no partial credit.
    - `isolation`: how the project is kept in while it is tested, see docs/sandbox.md.
    - `render_mode`: `ansi` for the transcript, or None.

    ## Source
    Wei et al., SWE-RL: Advancing LLM Reasoning via Reinforcement Learning on Open Software Evolution, 2025
    (facebookresearch/swe-rl, src/swerl/core/reward.py); the projects are this project's own.

    Raises:
        ValueError: an argument is out of range; the message names it.
        SandboxUnavailable: a primitive of the sandbox is missing here; the message names it.
    """

    levels: ClassVar[Sequence[PatchLevel]] = (
        PatchLevel((0,), 1),
        PatchLevel((1, 1), 1),
        PatchLevel((1, 2, 3), 1),
        PatchLevel((2, 3, 4, 4), 2),
    )
    task_type = PatchTask

    def __init__(
        self,
        *,
        level: int = 0,
        scoring: str = TESTS,
        all_pass_bonus: float = 0.5,
        isolation: str = "full",
        render_mode: str | None = None,
    ) -> None:
        super().__init__(level=level, render_mode=render_mode, max_observation_length=16_384)
        if scoring not in (TESTS, SIMILARITY):
            raise ValueError(f"scoring must be {TESTS!r} or {SIMILARITY!r}, got {scoring!r}")
        self.scoring = scoring
        self.all_pass_bonus = check_share("all_pass_bonus", all_pass_bonus)
        self._isolation = isolation
        if scoring == TESTS:
            get_sandbox(isolation)  # what is missing is said now, and not by the first verdict

    def sample(self, rng: np.random.Generator, level: int) -> PatchTask:
        """Draw commands, and make some of them wrong."""
        config = self.levels[level]
        names = rng.permutation(len(COMMANDS)).tolist()
        while True:
            commands = [
                _command(sample_problem(rng, problem), COMMANDS[name])
                for name, problem in zip(names, config.problems, strict=False)
            ]
            bugs: dict[int, Bug] = {}
            for i in rng.permutation(len(commands)).tolist():
                bug = draw_bug(commands[i], rng, lambda _: True) if len(bugs) < config.bugs else None
                if bug is not None:
                    bugs[i] = bug
            if len(bugs) == config.bugs:
                return self._pose(commands, bugs, rng, level)

    def assess(self, task: PatchTask, response: str) -> Assessment:
        """Make the edits, then score what came of them."""
        try:
            files = apply_edits(task.files, parse_edits(response))
        except EditError as error:
            return Assessment(Verdict.unparseable(str(error)), {self.scoring: 0.0 if self.scoring == TESTS else -1.0})
        if self.scoring == SIMILARITY:
            similarity = patch_similarity(task.files, files, task.mended)
            if files == task.mended:
                return Assessment(Verdict.correct(), {SIMILARITY: 1.0})
            detail = f"the patch is like the right one by {similarity:.2f}"
            return Assessment(Verdict.wrong(detail, similarity), {SIMILARITY: similarity})
        passed, total = self._run_tests(task, files), len(task.inputs)
        if passed == total:
            return Assessment(Verdict.correct(), {TESTS: 1.0})
        won = max(0.0, (passed - task.passing) / (total - task.passing))
        score = (1.0 - self.all_pass_bonus) * won
        return Assessment(Verdict.wrong(f"{passed} of {total} tests passed", score), {TESTS: score})

    def solution(self, task: PatchTask) -> str | None:
        """The edits that undo the mistakes."""
        return task.answer

    def _run_tests(self, task: PatchTask, files: Mapping[str, str]) -> int:
        sandbox = get_sandbox(self._isolation)
        sources = {path: content.encode() for path, content in files.items()}
        passed = 0
        for given, expected in zip(task.inputs, task.outputs, strict=True):
            outcome = sandbox.run(Job(argv=(PYTHON, MAIN), files=sources, stdin=given.encode(), limits=LIMITS))
            if outcome.reason is ExitReason.TIMEOUT:
                break  # one time-out is waited for, the tests behind it count as failed
            passed += outcome.reason is ExitReason.OK and outcome.stdout == expected.encode()
        return passed

    def _pose(
        self, commands: Sequence[Problem], bugs: Mapping[int, Bug], rng: np.random.Generator, level: int
    ) -> PatchTask:
        programs = [bugs[i].program if i in bugs else command.program for i, command in enumerate(commands)]
        files = print_project(programs, [command.statement for command in commands])
        mended = print_project([command.program for command in commands], [command.statement for command in commands])
        tests: list[tuple[str, str]] = []
        passing = 0
        for i, command in enumerate(commands):
            bug = bugs.get(i)
            if bug is None:
                inputs = command.inputs[:_PASSING]
            else:
                inputs = (bug.shown, *bug.failing[:_FAILING], *bug.passing[:_PASSING])
            run = Executable(command.program).run
            tests += [(write_request(command.program, case), f"{write_value(run(case))}\n") for case in inputs]
            passing += len(inputs) if bug is None else len(bug.passing[:_PASSING])
        reports = [_report(commands[i], bug, rng) for i, bug in bugs.items()]
        listing = "\n".join(f"### {path}\n{content}" for path, content in files.items())
        changed = [path for path in files if files[path] != mended[path]]
        return PatchTask(
            prompt="\n\n".join(["An issue of this project:", *reports, f"Its files:\n\n{listing}", _HOW_TO_ANSWER]),
            answer=write_edits(tuple(edit_between(path, files[path], mended[path]) for path in changed)),
            level=level,
            paths=tuple(files),
            contents=tuple(files.values()),
            inputs=tuple(given for given, _ in tests),
            outputs=tuple(expected for _, expected in tests),
            passing=passing,
        )


def _command(problem: Problem, name: str) -> Problem:
    """A problem whose functions have names that no other command's have."""
    *helpers, main = [function.name for function in problem.program.functions]
    names = {main: name} | {helper: f"{name}_{helper}" for helper in helpers}
    return replace(problem, program=rename_functions(problem.program, names))


def _report(command: Problem, bug: Bug, rng: np.random.Generator) -> str:
    right: Program = command.program
    request = "".join(f"    {line}\n" for line in write_request(right, bug.shown).rstrip("\n").split("\n"))
    expected = Executable(right).run(bug.shown)
    template = _REPORTS[int(rng.integers(len(_REPORTS)))]
    return template.format(
        name=right.main.name, request=request, given=write_value(bug.given), expected=write_value(expected)
    )
