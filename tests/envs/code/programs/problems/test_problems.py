from random import Random

import numpy as np
import pytest

from palaestra.envs.code.programs.check import check
from palaestra.envs.code.programs.interpreter import Executable
from palaestra.envs.code.programs.mutations import killing_inputs, mutants
from palaestra.envs.code.programs.problems import LEVELS, sample_problem
from palaestra.envs.code.programs.problems.problem import read_sentence
from palaestra.envs.code.programs.skin import parse, write
from palaestra.envs.code.programs.syntax import Parameter, Type
from palaestra.envs.code.programs.values import write_inputs, write_value

ALL = range(len(LEVELS))


def problem(seed, level):
    return sample_problem(np.random.default_rng(seed), level)


@pytest.mark.parametrize("level", ALL)
def test_the_same_generator_state_gives_the_same_problem(level):
    rng = np.random.default_rng(4)
    first = [sample_problem(rng, level) for _ in range(3)]
    rng = np.random.default_rng(4)
    assert [sample_problem(rng, level) for _ in range(3)] == first
    assert len({one.statement for one in first}) == 3


def test_a_level_that_is_none_is_refused():
    for level in (-1, len(LEVELS), True, "0"):
        with pytest.raises(ValueError, match="level"):
            problem(0, level)


@pytest.mark.parametrize("level", ALL)
def test_programs_keep_the_rules_and_run_on_every_case_far_within_bounds(level):
    for seed in range(40):
        posed = problem(seed, level)
        check(posed.program)
        assert parse(write(posed.program)) == posed.program
        assert len(posed.inputs) == len(set(posed.inputs)) == 14
        assert 1 <= posed.examples <= 2
        results = [Executable(posed.program).run(inputs, steps=20_000) for inputs in posed.inputs]
        # no constant is right in most cases
        assert max(results.count(result) for result in results) <= 9


@pytest.mark.parametrize("level", ALL)
def test_statements_show_the_examples_and_no_other_case_and_fit(level):
    for seed in range(30):
        posed = problem(seed, level)
        run = Executable(posed.program).run
        assert posed.statement.isascii()
        assert len(posed.statement) <= (140 if level < 2 else 1000)
        for inputs in posed.inputs[: posed.examples]:
            result = write_value(run(inputs))
            if level < 2:
                assert posed.statement.endswith(f"Example: {', '.join(map(write_value, inputs))} -> {result}")
            else:
                assert f"Input:\n{write_inputs(inputs)}Output:\n{result}" in posed.statement
        assert posed.statement.count("Output:") == (0 if level < 2 else posed.examples)


def test_statements_for_models_that_read_little_are_short():
    for level, longest in ((0, 70), (1, 95)):
        lengths = sorted(len(problem(seed, level).statement) for seed in range(100))
        assert lengths[50] <= longest


@pytest.mark.parametrize(("level", "least"), [(0, 600), (1, 1000), (2, 1000), (3, 1000), (4, 1000), (5, 1000)])
def test_programs_of_1200_draws_differ(level, least):
    # drafts, whose cases are not chosen: that makes a problem slow
    seeds = [Random(seed) for seed in range(1200)]
    seen = {write(random.choice(LEVELS[level].families)(random).program) for random in seeds}
    assert len(seen) >= least


@pytest.mark.parametrize(("level", "share", "seeds"), [(0, 0.97, 60), (1, 0.8, 60), (2, 0.8, 30), (3, 0.85, 12)])
def test_the_hidden_cases_tell_most_mistakes_from_the_right_program(level, share, seeds):
    killed = total = 0
    for seed in range(seeds):
        posed = problem(seed, level)
        for mutant in mutants(posed.program):
            killed += bool(killing_inputs(posed.program, mutant.program, posed.inputs[posed.examples :], steps=20_000))
            total += 1
    assert killed / total >= share


@pytest.mark.parametrize(
    ("level", "seed", "statement", "program"),
    [
        (0, 0, "Read an integer n. Print n times 13. Example: -10 -> -130", "n# f# { n 13 Bi . }"),
        (
            1,
            3,
            "Read integers a and b, one a line. Print true if a > b, else false. Example: -5, -7 -> true",
            "a# b# f? { a b Fu . }",
        ),
    ],
)
def test_short_problems_read_like_this(level, seed, statement, program):
    posed = problem(seed, level)
    assert (posed.statement, write(posed.program)) == (statement, program)


@pytest.mark.parametrize(
    ("types", "sentence"),
    [
        ({"n": Type.INT}, "Read an integer n."),
        ({"s": Type.STR}, "Read a string s."),
        ({"a": Type.INT, "b": Type.INT}, "Read integers a and b, one a line."),
        ({"s": Type.STR, "t": Type.STR, "u": Type.STR}, "Read strings s, t and u, one a line."),
        ({"xs": Type.INTS}, "Read a list of integers xs with blanks between (an empty line if there are none)."),
        ({"n": Type.INT, "s": Type.STR}, "Read, one a line: n, an integer; s, a string."),
    ],
)
def test_what_is_to_be_read_is_said_in_words(types, sentence):
    assert read_sentence([Parameter(name, type) for name, type in types.items()]) == sentence
