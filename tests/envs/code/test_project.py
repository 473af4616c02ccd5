import numpy as np
import pytest

from palaestra.envs.code.programs.building import add, call, function, give, integer, program
from palaestra.envs.code.programs.check import check
from palaestra.envs.code.programs.interpreter import run
from palaestra.envs.code.programs.problems import LEVELS, sample_problem
from palaestra.envs.code.programs.values import write_value
from palaestra.envs.code.project import COMMANDS, MAIN, module, print_project, rename_functions, write_request
from palaestra.envs.code.sandbox import PYTHON, ExitReason, Job, get_sandbox

A = integer("a")
TWICE = function("twice", [A], give(add(A, A)))
FOUR_TIMES = program(TWICE, function("four", [A], give(call(TWICE, call(TWICE, A)))))
NEXT = program(function("next_one", [A], give(add(A, 1))))


def test_a_project_has_a_module_for_each_command_and_one_for_their_helpers():
    files = print_project([FOUR_TIMES, NEXT], ["Print 4a.", "Print a + 1."])
    assert list(files) == ["README.md", MAIN, "tools/four.py", "tools/next_one.py", "tools/helpers.py"]
    assert files["tools/four.py"].startswith("from tools.helpers import twice\n\n\ndef four(a):\n")
    assert files["tools/next_one.py"].startswith("def next_one(a):\n")
    assert "## four\n\nPrint 4a.\n" in files["README.md"]
    assert module(NEXT) == "tools/next_one.py"


def test_two_functions_of_one_name_are_refused():
    with pytest.raises(ValueError, match="different names"):
        print_project([NEXT, NEXT], ["", ""])


def test_functions_get_other_names_wherever_they_are_called():
    renamed = rename_functions(FOUR_TIMES, {"twice": "doubled", "four": "amber"})
    assert [each.name for each in renamed.functions] == ["doubled", "amber"]
    assert run(renamed, (3,)) == 12
    assert rename_functions(FOUR_TIMES, {}) == FOUR_TIMES


def test_projects_of_every_kind_of_problem_do_what_the_programs_do():
    rng = np.random.default_rng(0)
    problems = [sample_problem(rng, level) for level in range(len(LEVELS))]
    programs = []
    for name, problem in zip(COMMANDS, problems, strict=False):
        *helpers, main = [each.name for each in problem.program.functions]
        names = {main: name} | {helper: f"{name}_{helper}" for helper in helpers}
        programs.append(rename_functions(problem.program, names))
        check(programs[-1])
    files = {path: text.encode() for path, text in print_project(programs, ["."] * len(programs)).items()}
    for command, problem in zip(programs, problems, strict=True):
        for inputs in problem.inputs[:3]:
            stdin = write_request(command, inputs).encode()
            outcome = get_sandbox().run(Job(argv=(PYTHON, MAIN), files=files, stdin=stdin))
            assert outcome.reason is ExitReason.OK, outcome.stderr
            assert outcome.stdout.decode() == f"{write_value(run(problem.program, inputs))}\n"
