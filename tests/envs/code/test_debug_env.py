import json
import shutil

import pytest

from palaestra.envs.code import debug_env
from palaestra.envs.code.debug_env import EXPLANATION, FUNCTION, PROGRAM, DebugEnv, DebugTask
from palaestra.envs.code.explanation import Explanation, difference, write_repair
from palaestra.envs.code.sandbox import SandboxBroken
from palaestra.envs.core import Status

WRONG = "a = int(input())\nb = int(input())\nprint(a * b)"
RIGHT = "a = int(input())\nb = int(input())\nprint(a + b)"
TRUTH = Explanation(3, "a * b", "a + b")
TASK = DebugTask(
    prompt="add",
    language="python",
    inputs=("1\n2\n", "2\n2\n", "3\n1\n", "0\n5\n", "70\n7\n"),
    outputs=("3\n", "4\n", "4\n", "5\n", "77\n"),
    visible=1,
    solution=RIGHT,
    wrong=WRONG,
    passing=1,
)


def debug(task=TASK, **kwargs):
    env = DebugEnv(**kwargs)
    env.reset(options={"task": task})
    return env


def program(source):
    return write_repair(None, source)


class TestRewards:
    def test_the_expert_earns_everything_in_one_turn(self):
        env = debug()
        observation, reward, terminated, truncated, info = env.step(env.oracle())
        assert (observation, reward, terminated, truncated) == ("correct", 1.0, True, False)
        assert info["success"]
        assert info["reward_terms"] == {"explanation": pytest.approx(0.3), "fix": pytest.approx(0.7)}

    @pytest.mark.parametrize(
        ("said", "paid"),
        [
            (TRUTH, 0.3),
            (Explanation(3, "*", "+"), 0.3),
            (Explanation(3, "a * b", "b + a"), 0.2),
            (Explanation(line=3), 0.1),
            (Explanation(1, "a + b", "a * b"), 0.0),
        ],
    )
    def test_parts_of_the_explanation_are_paid_one_by_one(self, said, paid):
        _, reward, terminated, _, info = debug().step(write_repair(said, WRONG))
        assert reward == info["reward_terms"]["explanation"] == pytest.approx(paid)
        assert not terminated

    def test_an_explanation_is_paid_in_the_first_turn_alone(self):
        env = debug()
        assert env.step(write_repair(TRUTH, WRONG))[1] == pytest.approx(0.3)
        assert env.step(write_repair(TRUTH, WRONG))[1] == 0.0
        late = debug()
        late.step(program(WRONG))
        _, reward, _, _, info = late.step(write_repair(TRUTH, RIGHT))
        assert (reward, info["reward_terms"]["explanation"]) == (pytest.approx(0.7), 0.0)

    def test_a_fix_is_worth_the_same_in_every_turn(self):
        env = debug()
        env.step("nonsense")
        env.step(program(WRONG))
        _, reward, terminated, _, info = env.step(program(RIGHT))
        assert (reward, terminated, info["success"]) == (pytest.approx(0.7), True, True)

    def test_the_wrong_program_is_worth_nothing(self):
        env = debug()
        results = [env.step(program(WRONG)) for _ in range(3)]
        assert [result[1] for result in results] == [0.0, 0.0, 0.0]
        assert [result[2] for result in results] == [False, False, True]
        assert results[2][4]["verdict"].status is Status.WRONG

    def test_cases_won_are_worth_a_part_at_the_end_and_the_best_program_counts(self):
        env = debug(turns=2)
        some = "a = int(input())\nb = int(input())\nprint(a + b if a < 4 else 0)"  # all but the last
        assert env.step(program(some))[1] == 0.0
        _, reward, terminated, _, info = env.step("nonsense")
        assert terminated
        assert not info["success"]
        assert reward == pytest.approx(0.7 * 0.5 * 3 / 4)
        assert debug(turns=1, all_pass_bonus=1.0).step(program(some))[1] == 0.0

    def test_the_cases_that_are_shown_do_not_suffice(self):
        env = debug(turns=1)
        assert not env.step(program("print(3)"))[4]["success"]


class TestTurns:
    def test_the_failing_case_is_shown_again_with_what_came(self):
        observation = debug().step(program(WRONG))[0]
        assert observation == "Input:\n1\n2\nExpected output:\n3\nOutput:\n2\n2 turns left."

    def test_a_hidden_case_is_never_shown(self):
        env = debug()
        some = "a = int(input())\nb = int(input())\nprint(a + b if a < 4 else 123)"
        assert env.step(program(some))[0] == "A hidden case did not pass.\n2 turns left."
        env.step(program(some))
        last = env.step(program(some))
        assert "77" not in last[0] + last[4]["verdict"].detail

    def test_a_program_that_does_not_run_is_told_why(self):
        observation = debug().step(program("print(1"))[0]
        assert "SyntaxError" in observation

    def test_text_without_a_program_is_told_the_form(self):
        observation, reward, _, _, info = debug().step("I think the sign is wrong.")
        assert observation.startswith("expected line: NUMBER")
        assert reward == 0.0
        assert "verdict" not in info

    def test_there_are_as_many_turns_as_said(self):
        env = debug(turns=5)
        ends = [env.step("nonsense")[2] for _ in range(5)]
        assert ends == [False] * 4 + [True]

    def test_a_program_that_hangs_times_out(self):
        task = DebugTask.parse({**json.loads(json.dumps(_fields(TASK))), "seconds": 0.2})
        verdict = debug(task, turns=1).step(program("while True:\n    pass"))[4]["verdict"]
        assert verdict.status is Status.TIMEOUT

    def test_a_sandbox_that_breaks_is_no_wrong_answer(self, monkeypatch):
        def broken(*_, **__):
            raise SandboxBroken("it broke")

        monkeypatch.setattr(debug_env, "judge", broken)
        _, reward, terminated, _, info = debug().step(program(RIGHT))
        assert (reward, terminated, info["success"]) == (0.0, True, False)
        assert info["verdict"].status is Status.GRADER_ERROR


class TestParts:
    def test_an_explanation_alone_is_carried_out_on_the_wrong_program(self):
        env = debug(parts=[EXPLANATION])
        assert env.oracle() == "line: 3\nwrong: *\nright: +"
        assert env.step(env.oracle())[1] == pytest.approx(1.0)
        env = debug(parts=[EXPLANATION])
        _, reward, terminated, _, info = env.step("line: 3\nwrong: a * b\nright: b + a")
        assert (reward, terminated, info["success"]) == (pytest.approx(0.2 + 0.7), True, True)
        assert debug(parts=[EXPLANATION]).step(f"line: 3\n---\n{RIGHT}")[0].startswith("expected")

    def test_a_program_alone_is_worth_one(self):
        env = debug(parts=[PROGRAM])
        assert "line:" not in env.oracle()
        assert env.step(env.oracle())[1] == 1.0

    def test_the_form_of_answers_is_told(self):
        assert "Answer with line: NUMBER" in DebugEnv().reset(seed=0)[0]
        assert "line:" not in DebugEnv(parts=[PROGRAM]).reset(seed=0)[0]

    @pytest.mark.parametrize("form", [PROGRAM, FUNCTION])
    def test_compact_observations_have_a_line_for_the_failing_case(self, form):
        env = DebugEnv(compact=True, form=form, parts=[EXPLANATION])
        prompt, info = env.reset(seed=0)
        demand, *listing, failing = prompt.split("\n")
        assert demand == "Print n times 13."
        assert listing == [f"{i} {line}" for i, line in enumerate(info["task"].wrong.split("\n"), 1)]
        assert failing == "-10 gives 3, not -130"
        said = env.oracle().replace("*", "-")
        assert env.step(said)[0] == "-10 gives -23, not -130\n2 turns left."
        assert env.step(env.oracle().replace("*", "/ (0 * "))[0] == "-10 gives an error, not -130\n1 turn left."
        env.reset(seed=0)
        assert env.step("nonsense")[0] == "expected line: wrong: right:\n2 turns left."


class TestSampling:
    @pytest.mark.parametrize("form", [PROGRAM, FUNCTION])
    @pytest.mark.parametrize("level", range(len(DebugEnv.levels)))
    def test_the_wrong_program_fails_as_it_is_said_and_the_right_one_passes(self, level, form):
        env = DebugEnv(level=level, form=form, turns=1)
        for seed in range(4):
            prompt, info = env.reset(seed=seed)
            task = info["task"]
            assert difference(task.wrong, task.solution) is not None
            shown = env.step(program(task.wrong))
            assert shown[4]["verdict"].detail.startswith(f"{task.passing} of {len(task.inputs)} cases passed")
            again = DebugEnv(level=level, form=form)
            again.reset(options={"task": task})
            case, _ = again.step(program(task.wrong))[0].rsplit("\n", 1)
            assert case in prompt
            assert again.step(program(task.solution))[4]["success"]

    @pytest.mark.skipif(shutil.which("gcc") is None, reason="no C compiler")
    def test_programs_may_be_in_another_language(self):
        env = DebugEnv(language="c")
        _, info = env.reset(seed=1)
        assert "#include" in info["task"].wrong
        assert not env.step(program(info["task"].wrong))[2]
        assert env.step(env.oracle())[4]["success"]


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"language": "cobol"}, "language"),
        ({"form": "class"}, "form"),
        ({"form": FUNCTION, "language": "c"}, "form"),
        ({"parts": []}, "parts"),
        ({"parts": "program"}, "parts"),
        ({"parts": ["tests"]}, "parts"),
        ({"turns": 0}, "turns"),
        ({"explanation_weight": 1.5}, "explanation_weight"),
        ({"all_pass_bonus": -1}, "all_pass_bonus"),
        ({"compact": 1}, "compact"),
        ({"isolation": "none at all"}, "isolation"),
    ],
)
def test_arguments_out_of_range_are_refused_by_name(arguments, name):
    with pytest.raises(ValueError, match=name):
        DebugEnv(**arguments)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"wrong": RIGHT}, "wrong"),
        ({"wrong": "print(1)"}, "wrong"),
        ({"passing": 5}, "passing"),
        ({"inputs": ["1\n2\n"]}, "inputs"),
        ({"language": "cobol"}, "language"),
        ({"language": "c", "function": "f", "inputs": ["[1]"], "outputs": ["1"], "passing": 0}, "language"),
    ],
)
def test_tasks_that_cannot_be_meant_are_refused_by_name(changes, name):
    with pytest.raises(ValueError, match=name):
        DebugEnv().reset(options={"task": _fields(TASK) | changes})


def _fields(task):
    return {name: getattr(task, name) for name in (*DebugTask.__dataclass_fields__,)}
