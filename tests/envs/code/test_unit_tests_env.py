import pytest

from palaestra.envs.code import unit_tests_env
from palaestra.envs.code.programs.building import add, function, give, integer, maximum, multiply, program, subtract
from palaestra.envs.code.programs.skin import write
from palaestra.envs.code.sandbox import SandboxBroken
from palaestra.envs.code.unit_tests_env import WEIGHTS, UnitTestsEnv, UnitTestsTask, cover
from palaestra.envs.core import Status

A, B = integer("a"), integer("b")


def version(value):
    return write(program(function("add", [A, B], give(value))))


TASK = UnitTestsTask(
    prompt="test add",
    answer="assert add(1, 2) == 3",
    program=version(add(A, B)),
    mutants=tuple(map(version, (subtract(A, B), multiply(A, B), maximum(A, B), add(A, A)))),
)


def answer(response, **kwargs):
    env = UnitTestsEnv(**kwargs)
    env.reset(options={"task": TASK})
    _, reward, terminated, _, info = env.step(response)
    assert terminated
    return reward, info


class TestRewards:
    def test_tests_that_kill_every_mutant_earn_everything(self):
        reward, info = answer("```python\nassert add(1, 2) == 3\n```")
        assert (reward, info["success"]) == (1.0, True)
        assert info["reward_terms"] == dict(WEIGHTS)

    def test_the_mutation_score_is_the_share_of_the_killed(self):
        reward, info = answer("assert add(2, 2) == 4")  # neither 2 * 2 nor 2 + 2 nor 2 + 2
        assert info["reward_terms"]["mutation"] == pytest.approx(0.8 * 2 / 4)
        assert reward == pytest.approx(0.4 + 0.2)
        assert not info["success"]
        assert info["verdict"].detail == "2 of 4 mutants killed"
        assert answer("assert add(2, 2) == 4", threshold=0.5)[1]["success"]

    def test_tests_that_fail_on_the_function_earn_their_form_alone(self):
        reward, info = answer("assert add(1, 2) == 4")
        assert (reward, info["success"]) == (pytest.approx(0.2), False)
        assert info["verdict"].detail == "the tests fail on the function itself"

    @pytest.mark.parametrize(
        ("response", "smell"),
        [
            ("assert add(1, 2) == 3\nassert add(1, 2) == 3", "no_duplicate_assertions"),
            ("if True:\n    assert add(1, 2) == 3", "no_conditionals"),
            ("print(add(1, 2))\nassert add(1, 2) == 3", "no_prints"),
            ("def test_nothing():\n    pass\nassert add(1, 2) == 3", "not_empty"),
        ],
    )
    def test_a_smell_costs_its_own_term(self, response, smell):
        reward, info = answer(response)
        assert [term for term, value in info["reward_terms"].items() if value == 0] == [smell]
        assert (reward, info["success"]) == (pytest.approx(0.95), True)

    @pytest.mark.parametrize(
        "response",
        ["", "nonsense", "x = 1", "assert True", "add(1, 2)", "assert add", "def add(a, b):\n    return 3"],
    )
    def test_what_is_no_test_of_the_function_earns_nothing_and_is_not_run(self, response, monkeypatch):
        monkeypatch.setattr(unit_tests_env, "count_kills", None)
        reward, info = answer(response)
        assert (reward, info["success"]) == (0.0, False)
        assert info["verdict"].status in (Status.WRONG, Status.UNPARSEABLE)

    def test_a_channel_may_be_all_that_pays(self):
        weights = {"syntax": 0.5, "assertion": 0.5}
        assert answer("assert True", weights=weights)[0] == 1.0
        assert answer("x = 1", weights=weights)[0] == 0.5
        assert answer("x =", weights=weights)[0] == 0.0

    @pytest.mark.parametrize(
        "response",
        [
            "assert add(1, 2) == 3\nimport sys\nsys.exit(0)",
            "import os\nassert add(1, 2) == 3\nos._exit(0)",
            "def add(a, b):\n    return a + b\nassert add(1, 2) == 3",
        ],
    )
    def test_leaving_early_and_testing_oneself_kill_nothing(self, response):
        reward, info = answer(response)
        assert (info["reward_terms"]["mutation"], info["success"]) == (0.0, False)
        assert reward == pytest.approx(0.2)

    def test_a_sandbox_that_breaks_is_no_wrong_answer(self, monkeypatch):
        def broken(*_):
            raise SandboxBroken("it broke")

        monkeypatch.setattr(unit_tests_env, "count_kills", broken)
        reward, info = answer("assert add(1, 2) == 3")
        assert (reward, info["verdict"].status) == (0.0, Status.GRADER_ERROR)


@pytest.mark.parametrize("level", range(len(UnitTestsEnv.levels)))
def test_mutants_are_shown_nowhere_and_the_expert_kills_them_all(level):
    env = UnitTestsEnv(level=level, threshold=1.0)
    for seed in range(4):
        prompt, info = env.reset(seed=seed)
        task = info["task"]
        assert 1 <= len(task.mutants) <= env.levels[level].mutants
        assert len({task.program, *task.mutants}) == len(task.mutants) + 1
        assert "def " in prompt
        assert env.step(env.oracle())[4]["success"]


def test_a_cover_takes_few_elements_and_meets_every_set():
    assert cover([[1], [2]]) == [1, 2]
    assert cover([[1, 3], [2, 3], [3]]) == [3]
    assert cover([[1, 3], [2, 3], [4]]) == [3, 4]
    assert cover([]) == []


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"weights": {"mutations": 1.0}}, "did you mean mutation"),
        ({"weights": {"mutation": 0.5}}, "weights must add up to 1"),
        ({"weights": {"mutation": 1.5, "syntax": -0.5}}, "weights"),
        ({"weights": {"mutation": "1"}}, "weights"),
        ({"weights": 1.0}, "weights"),
        ({"threshold": 0.0}, "threshold"),
        ({"threshold": 1.1}, "threshold"),
        ({"isolation": "none at all"}, "isolation"),
    ],
)
def test_arguments_out_of_range_are_refused_by_name(arguments, name):
    with pytest.raises(ValueError, match=name):
        UnitTestsEnv(**arguments)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"mutants": []}, "mutants"),
        ({"mutants": ["nonsense"]}, "programs of the small language"),
        ({"program": ""}, "programs of the small language"),
        ({"program": "a# neg# { a Da . }"}, "mutants must have the main function"),
    ],
)
def test_tasks_that_cannot_be_meant_are_refused_by_name(changes, name):
    fields = {"prompt": "p", "answer": "a", "program": TASK.program, "mutants": list(TASK.mutants)}
    with pytest.raises(ValueError, match=name):
        UnitTestsEnv().reset(options={"task": fields | changes})
