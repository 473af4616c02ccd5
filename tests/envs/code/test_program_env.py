import dataclasses
import json

import pytest

from palaestra.envs.code import program_env
from palaestra.envs.code.judge import load_languages
from palaestra.envs.code.program_env import ProgramEnv
from palaestra.envs.code.program_task import ProgramTask
from palaestra.envs.code.programs.printers import LANGUAGES
from palaestra.envs.code.sandbox import SandboxBroken
from palaestra.envs.core import Status

SUCCESSOR = ProgramTask(
    prompt="p", language="python", inputs=("3\n", "7\n", "-1\n"), outputs=("4\n", "8\n", "0\n"), visible=1
)
RIGHT = "print(int(input()) + 1)"
# right for two of the three
PARTLY = "x = int(input())\nprint(x + 1 if x > 0 else 'no')"


def grade(response, task=SUCCESSOR, **settings):
    return ProgramEnv(**settings).grade(task, response)


def test_the_first_tasks_of_seed_0():
    observation, info = ProgramEnv().reset(seed=0)
    assert observation == "Write Python. Read an integer n. Print n times 13. Example: -10 -> -130"
    assert info["task"].solution == "n = int(input())\nprint(n * 13)\n"
    assert (info["task"].inputs[0], info["task"].outputs[0], info["task"].visible) == ("-10\n", "-130\n", 1)


@pytest.mark.parametrize(("response", "status", "score"), [
    (RIGHT, Status.CORRECT, 1.0),
    (f"Let me think.\n```python\n{RIGHT}\n```\nDone.", Status.CORRECT, 1.0),
    (f"```\nprint(0)\n```\nNo:\n```\n{RIGHT}\n```", Status.CORRECT, 1.0),
    (f"```\n{RIGHT}\n```\n```\nprint(0)\n```", Status.WRONG, 1 / 3),
    (PARTLY, Status.WRONG, 2 / 3),
    ("print(4)", Status.WRONG, 1 / 3),
    ("print('x')", Status.WRONG, 0.0),
    ("def f(", Status.WRONG, 0.0),
    ("", Status.WRONG, 0.0),
    (f"Sure! {RIGHT}", Status.WRONG, 0.0),
    ("x\0", Status.UNPARSEABLE, 0.0),
    ("\ud800", Status.UNPARSEABLE, 0.0),
    (RIGHT + " " * 20_000, Status.UNPARSEABLE, 0.0),
])  # fmt: skip
def test_a_program_is_judged_by_what_it_does(response, status, score):
    verdict = grade(response)
    assert (verdict.status, verdict.score) == (status, pytest.approx(score))


def test_rewards_are_shaped_by_the_arguments():
    assert grade(PARTLY, all_pass_bonus=0.5).score == pytest.approx(1 / 3)
    assert grade(PARTLY, all_pass_bonus=1.0).score == 0.0
    assert grade(PARTLY, all_pass_bonus=1.0, runs_credit=0.2).score == 0.2
    assert grade("1/0", all_pass_bonus=1.0, runs_credit=0.2).score == 0.0
    assert grade(RIGHT, all_pass_bonus=1.0).score == 1.0


def test_a_program_that_does_not_end_timed_out():
    endless = dataclasses.replace(SUCCESSOR, seconds=1.0)
    assert grade("while True: pass", endless).status is Status.TIMEOUT


def test_the_last_observation_shows_the_first_failing_example_and_no_hidden_case():
    env = ProgramEnv()
    env.reset(options={"task": SUCCESSOR})
    assert env.step("print(5)")[0] == "wrong: 0 of 3 cases passed; given 3, expected 4: 5"
    env.reset(options={"task": SUCCESSOR})
    assert env.step("print(4)")[0] == "wrong: 1 of 3 cases passed"


def test_a_sandbox_that_fails_is_a_grader_error(monkeypatch):
    def broken(*_, **__):
        raise SandboxBroken("no box")

    env = ProgramEnv()
    monkeypatch.setattr(program_env, "judge", broken)
    assert env.grade(SUCCESSOR, "print('never judged')") == env.grade(SUCCESSOR, "print('never judged')")
    assert env.grade(SUCCESSOR, "print('never judged')").status is Status.GRADER_ERROR


def test_a_checker_that_fails_is_a_grader_error():
    task = dataclasses.replace(SUCCESSOR, comparison=json.dumps({"checker": {"source": "1/0"}}))
    assert grade(RIGHT, task).status is Status.GRADER_ERROR


def test_the_same_program_is_run_once(monkeypatch):
    runs = []
    judge = program_env.judge
    monkeypatch.setattr(program_env, "judge", lambda *args, **kwargs: runs.append(1) or judge(*args, **kwargs))
    verdicts = [grade("print(int(input()) + 1)  # once") for _ in range(3)]
    assert verdicts[0].is_correct
    assert verdicts == verdicts[:1] * 3
    assert len(runs) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_oracle_solves_every_level_in_every_language(language):
    if command := load_languages()[language].missing_command():
        pytest.skip(f"{command} is not installed")
    env = ProgramEnv(language=language, cases=3)
    for level in range(len(env.levels)):
        _, info = env.reset(seed=level, options={"level": level})
        assert info["task"].language == language
        assert env.step(env.oracle())[4]["success"], (level, info["task"].solution)


def test_problems_may_be_posed_as_functions():
    env = ProgramEnv(form="function", level=1)
    observation, info = env.reset(seed=1)
    assert observation == "Write Python, a function f(a, b). Return max(b, a) div 5. Example: f(-2, -9) -> -1"
    assert info["task"].solution == "def f(a, b):\n    return max(b, a) // 5\n"
    assert (info["task"].inputs[0], info["task"].outputs[0], info["task"].function) == ("[-2, -9]", "-1", "f")
    for level in range(len(env.levels)):
        env.reset(seed=level, options={"level": level})
        assert env.step(env.oracle())[4]["success"]
    with pytest.raises(ValueError, match=r"form.*harness"):
        ProgramEnv(form="function", language="perl")


def test_compact_observations_say_what_is_given_and_what_is_wanted():
    assert ProgramEnv(level=1, compact=True).reset(seed=1)[0] == "a, b: Print max(b, a) div 5."
    function = ProgramEnv(level=1, compact=True, form="function")
    assert function.reset(seed=1)[0] == "f(a, b): Return max(b, a) div 5."


def test_fewer_cases_are_the_examples_and_some_of_the_others():
    few, all_ = ProgramEnv(cases=4), ProgramEnv(cases=14)
    task, whole = few.reset(seed=3)[1]["task"], all_.reset(seed=3)[1]["task"]
    assert len(task.inputs) == 4
    assert task.inputs[0] == whole.inputs[0]
    assert set(task.inputs) < set(whole.inputs)
    assert task.prompt == whole.prompt


@pytest.mark.parametrize(("arguments", "named"), [
    ({"language": "pyton"}, "pyton.*python"), ({"language": 3}, "language"), ({"cases": 1}, "cases"),
    ({"cases": 15}, "cases"), ({"cases": "4"}, "cases"), ({"all_pass_bonus": 2}, "all_pass_bonus"),
    ({"runs_credit": -1}, "runs_credit"), ({"form": "essay"}, "form"), ({"compact": 1}, "compact"),
    ({"isolation": "hopeful"}, "isolation"),
    ({"problems": "none.jsonl"}, "problems"),
    ({"languages": {"x": {}}}, "'x'"),
])  # fmt: skip
def test_bad_arguments_are_refused_by_name(arguments, named):
    with pytest.raises(ValueError, match=named):
        ProgramEnv(**arguments)


@pytest.mark.parametrize(("changes", "named"), [
    ({"inputs": ()}, "inputs"), ({"outputs": ("1",)}, "inputs and outputs"), ({"visible": 4}, "visible"),
    ({"language": "klingon"}, "language"), ({"seconds": 0.0}, "seconds"), ({"seconds": 1e9}, "seconds"),
    ({"memory_mb": 0}, "memory_mb"), ({"comparison": "fuzzy"}, "comparison"), ({"comparison": "{"}, "comparison"),
    ({"function": "f"}, "inputs"), ({"function": "f()"}, "function"), ({"outputs": ("\n", "", " ")}, "blank"),
    ({"outputs": ("\ud800",) * 3}, "cases"),
])  # fmt: skip
def test_a_task_that_no_program_can_be_judged_by_is_refused(changes, named):
    task = dataclasses.asdict(SUCCESSOR) | changes
    with pytest.raises(ValueError, match=named):
        ProgramEnv().reset(options={"task": task})


class TestProblemsOfOnesOwn:
    LINES = (
        {
            "statement": "Print twice the number that you read.",
            "cases": [{"stdin": "2\n", "stdout": "4\n"}, {"stdin": "9\n", "stdout": "18\n", "hidden": True}],
            "solution": "print(2 * int(input()))",
        },
        {"statement": "Double x.", "function": "double", "calls": [{"arguments": [2], "returns": 4}]},
    )

    @pytest.fixture
    def problems(self, tmp_path):
        (tmp_path / "problems.jsonl").write_text("\n".join(map(json.dumps, self.LINES)))
        return tmp_path / "problems.jsonl"

    def test_they_take_the_place_of_those_that_are_made(self, problems):
        env = ProgramEnv(problems=problems)
        prompts = {env.reset(seed=seed, options={"level": seed % 3})[0] for seed in range(20)}
        assert prompts == {
            "Write Python. Print twice the number that you read.",
            "Write Python, a function double. Double x.",
        }

    def test_a_given_solution_is_the_oracles_and_without_one_there_is_none(self, problems):
        env = ProgramEnv(problems=problems)
        for seed in range(10):
            _, info = env.reset(seed=seed)
            if info["task"].function:
                assert env.oracle() is None
                assert env.step("def double(x): return x + x")[4]["success"]
            else:
                assert env.step(env.oracle())[4]["success"]

    def test_calls_need_a_language_with_a_harness(self, problems):
        with pytest.raises(ValueError, match="harness"):
            ProgramEnv(problems=problems, language="perl")
        task = dataclasses.replace(SUCCESSOR, language="perl", function="f", inputs=("[1]",) * 3)
        with pytest.raises(ValueError, match="harness"):
            ProgramEnv().reset(options={"task": task})


def test_a_language_of_ones_own_is_one_entry():
    entry = {"title": "Shouting", "file": "main.x", "run": ["python", "main.x"], "version": ["sh", "-c", "echo 1"]}
    env = ProgramEnv(language="shout", languages={"shout": entry})
    observation, info = env.reset(seed=0)
    assert observation.startswith("Write Shouting. ")
    assert info["task"].language == "shout"
    assert env.oracle() is None
    assert env.step("print(int(input()) * 13)")[4]["success"]
