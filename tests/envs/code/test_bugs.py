import numpy as np
import pytest

from palaestra.envs.code.bugs import draw_bug
from palaestra.envs.code.programs.interpreter import RunError, run
from palaestra.envs.code.programs.mutations import Mistake
from palaestra.envs.code.programs.problems import LEVELS, sample_problem


def outcome(program, inputs):
    try:
        return run(program, inputs)
    except RunError:
        return None


@pytest.mark.parametrize("level", range(len(LEVELS)))
def test_a_bug_shows_in_the_cases_that_it_says(level):
    rng = np.random.default_rng(level)
    for _ in range(3):
        problem = sample_problem(rng, level)
        bug = draw_bug(problem, rng, lambda _: True)
        assert bug is not None
        assert outcome(bug.program, bug.shown) == bug.given != run(problem.program, bug.shown)
        assert {bug.shown, *bug.failing, *bug.passing} == set(problem.inputs)
        assert all(outcome(bug.program, inputs) != run(problem.program, inputs) for inputs in bug.failing)
        assert all(outcome(bug.program, inputs) == run(problem.program, inputs) for inputs in bug.passing)


def test_only_mistakes_that_are_admitted_are_made():
    rng = np.random.default_rng(0)
    problem = sample_problem(rng, 1)
    assert draw_bug(problem, rng, lambda _: False) is None
    seen = []
    assert draw_bug(problem, rng, lambda mutant: seen.append(mutant.kind) or mutant.kind is Mistake.OPERATOR)
    assert seen[-1] is Mistake.OPERATOR


def test_the_same_generator_makes_the_same_bug():
    problem = sample_problem(np.random.default_rng(3), 2)
    first, second, other = (draw_bug(problem, np.random.default_rng(seed), lambda _: True) for seed in (1, 1, 2))
    assert first == second != other
