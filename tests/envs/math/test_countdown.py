import json
import math
import os
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palaestra.envs.core import Status
from palaestra.envs.math.countdown import CountdownEnv, CountdownTask

TASK = CountdownTask(prompt="p", answer=46, numbers=(3, 7, 25))
FOUR = CountdownTask(prompt="p", answer=24, numbers=(4, 6, 8, 1))
ENV = CountdownEnv()


def status(response, task=TASK):
    return ENV.grade(task, response).status


@pytest.mark.parametrize(
    ("level", "prompt", "solution"),
    [
        (0, "Make 18 from 7, 3, 1. Use each number once, with + - * / and parentheses.", "(7-1)*3"),
        (2, "Make 68 from 50, 50, 35, 33. Use each number once, with + - * / and parentheses.", "50+35+33-50"),
        (3, "Make 134 from 56, 54, 70, 9, 55. Use each number once, with + - * / and parentheses.", "70*(55+9)/56+54"),
    ],
)
def test_the_first_task_of_seed_0(level, prompt, solution):
    observation, info = CountdownEnv(level=level).reset(seed=0)
    assert (observation, info["task"].solution) == (prompt, solution)


@pytest.mark.parametrize(
    "response",
    ["3*7+25", "25+7*3", "(25+(3*7))", " 3 * 7 + 25 ", "3*7+25=46", "3*7+25 = 46\n", "3\u00d77+25", "7*3 + 25",
     "Three sevens are 21, so <answer>25 + 3*7</answer>", "<answer>3*7+25</answer>", "<answer>3*7+25 = 46</answer>"],
)  # fmt: skip
def test_an_expression_that_reaches_the_target_is_correct(response):
    assert status(response) is Status.CORRECT


@pytest.mark.parametrize(
    "response", ["3+7+25", "3*7-25", "(25-3)*7", "25/7*3", "<answer>3+7+25</answer>", "3+7+25 = 46"]
)
def test_an_expression_that_misses_the_target_is_wrong(response):
    assert status(response) is Status.WRONG


def test_any_expression_counts_and_fractions_may_stand_between():
    eights = CountdownTask(prompt="p", answer=24, numbers=(3, 3, 8, 8))
    assert status("8/(3-8/3)", eights) is Status.CORRECT
    assert status("1-(4-8)*6-1", FOUR) is Status.WRONG
    assert status("4*6*(8-7)", FOUR) is Status.WRONG
    assert status("6/(1-4/8)+8+4", FOUR) is Status.WRONG
    assert status("4+8+6*1", CountdownTask(prompt="p", answer=18, numbers=(4, 8, 6, 1))) is Status.CORRECT


@pytest.mark.parametrize(
    "response",
    [
        "6*4*1*1", "24", "4+8+6+6", "4*6", "46-22", "4*6*1*8/8", "4*6*1*(8-7)", "48/2*1", "4*6+8*0*1",
        "4*61/8", "6*4*18", "14+8+6", "4/0", "4/(6-6)+8+1", "(8-6)*4*(1+1)",
    ],
)  # fmt: skip
def test_numbers_that_were_not_given_or_not_once_are_wrong(response):
    assert status(response, FOUR) is Status.WRONG


@pytest.mark.parametrize(
    "response", ["3*7+25=45", "3*7+25=46=46", "3*7+25==46", "3*7+25=", "3*7+25=046", "3*7+25=3*7+25"]
)
def test_a_claim_that_is_not_the_target_is_wrong(response):
    assert status(response) is Status.WRONG


@pytest.mark.parametrize(
    "response",
    [
        "__import__('os').system('touch {path}')", "[__import__('os').system('touch {path}')]",
        "(__import__('os').system('touch {path}'),)", "{{'a': __import__('os').system('touch {path}')}}",
        "<answer>__import__('os').system('touch {path}')</answer>", "3*7+25+open('{path}','w').write('x')",
        "f'{{open(\"{path}\",\"w\")}}'", "exec(\"open('{path}','w')\")", "3*7+25;open('{path}','w')",
        "(lambda: open('{path}','w'))()", "3*7+25 if open('{path}','w') else 0", "(x:=open('{path}','w'))",
    ],
)  # fmt: skip
def test_code_in_an_answer_does_not_run(response, tmp_path):
    path = tmp_path / "touched"
    verdict = ENV.grade(TASK, response.format(path=path))
    assert verdict.status in (Status.UNPARSEABLE, Status.WRONG)
    assert not os.path.exists(path)


@pytest.mark.parametrize(
    "response",
    ["", " ", "None", "[[", "{}", "0", "46", "3", "3 7 25", "3, 7, 25", "yes", "p", "Make 46 from 3, 7, 25.", "true",
     "()", "<answer></answer>", "<answer>46</answer>", "= 46", "3=46"],
)  # fmt: skip
def test_constants_are_never_correct(response):
    assert status(response) in (Status.UNPARSEABLE, Status.WRONG)


@pytest.mark.parametrize(
    "response",
    ["-~-~-~(4+8+6)", "4+8+True", "4+8+6+True", "7//2", "2**3", "9**9**9", "9**9**9**9", "1<<10**10", "-(-4)*6*1-8+8",
     "+4*6*1", "4*6*1^8", "4*6%8*1", "4j*6*8*1", "4.0*6*8*1", "04*6*8*1", "4*6*8*1_", "0x4*6*8*1", "4*6*8*1 # ok",
     "4*6*8*1\n+0", "4(6)8(1)", "4 6 8 1", "٤*6*8*1", "４*6*8*1", "4*6*8*1!", "4*6*8*1;", "max(4,6,8,1)",
     "sum([4,6,8,1])", "\\boxed{4*6*8*1}", "4*6*8*1 or 1", "(10^9)!", "(" * 10_000 + ")" * 10_000, "-" * 10_000 + "4",
     "4+" * 10_000,
     "(" * 140 + "4*6*8*1", "9" * 5000, "9" * 10**6, "4*6*8*1" + "\x00", "\ud8004*6*8*1",
     "\\boxed{\\dfrac{5^{\\left(5^{\\left(5^{\\left(5^5\\right)}\\right)}-4\\right)}-5}{16}}"],
)  # fmt: skip
def test_what_is_no_plain_arithmetic_cannot_be_read(response):
    verdict = ENV.grade(FOUR, response)
    assert verdict.status is Status.UNPARSEABLE
    assert len(verdict.detail) < 140


@pytest.mark.parametrize(
    "response",
    ["<answer>3*7+25</answer> or not", "<answer>3*7+25</answer><answer>25+3*7</answer>", "<answer>3*7+25",
     "<answer>3*7+25</answer", "3*7+25 <answer>", "<answer><answer>3*7+25</answer>x</answer>"],
)  # fmt: skip
def test_two_answers_or_half_a_tag_are_no_answer(response):
    assert status(response) is Status.UNPARSEABLE


SEEDS = st.integers(0, 2**32)
LEVELS = st.integers(0, 4)


@settings(max_examples=150)
@given(SEEDS, LEVELS)
def test_every_instance_keeps_its_level_and_is_solved_by_its_solution(seed, level):
    config = CountdownEnv.levels[level]
    task = CountdownEnv(level=level).reset(seed=seed)[1]["task"]
    assert len(task.numbers) == config.count
    assert all(1 <= number <= config.largest for number in task.numbers)
    assert config.lowest_target <= task.answer <= config.highest_target
    assert ENV.grade(task, task.solution).is_correct
    assert ENV.grade(task, f"so <answer>({task.solution}) = {task.answer}</answer>").is_correct


@settings(max_examples=150)
@given(SEEDS, LEVELS, st.data())
def test_a_changed_solution_is_not_correct(seed, level, data):
    task = CountdownEnv(level=level).reset(seed=seed)[1]["task"]
    places = [match.span() for match in re.finditer(r"\d+", task.solution)]
    start, end = data.draw(st.sampled_from(places))
    other = data.draw(st.integers(0, 1000).filter(lambda number: number != int(task.solution[start:end])))
    assert not ENV.grade(task, f"{task.solution[:start]}{other}{task.solution[end:]}").is_correct
    assert not ENV.grade(task, f"{task.solution}+1-1").is_correct
    assert not ENV.grade(task, task.solution[:start]).is_correct


@given(SEEDS, LEVELS)
def test_the_solution_goes_through_positive_integers_only(seed, level):
    task = CountdownEnv(level=level).reset(seed=seed)[1]["task"]
    # integer division gives the same value only where every division comes out even
    whole = eval(task.solution.replace("/", "//"), {"__builtins__": {}})  # an expression of the generator
    assert whole == task.answer
    assert math.isfinite(whole)


@given(st.text())
def test_no_response_breaks_the_grader(response):
    assert status(response) in (Status.WRONG, Status.UNPARSEABLE)


@pytest.mark.parametrize(
    "fields",
    [{"numbers": 3}, {"numbers": []}, {"numbers": ["3"]}, {"numbers": [3.0]}, {"numbers": [-1]}, {"numbers": [True]},
     {"numbers": [1] * 11}, {"numbers": [10**7]}, {"answer": "46"}, {"answer": None}, {"answer": True}, {"solution": 7},
     {"solution": None}, {"level": 99}, {"level": 1.0}, {"prompt": 3}],
)  # fmt: skip
def test_a_task_of_another_form_is_refused(fields):
    mapping = {"prompt": "p", "answer": 46, "numbers": [3, 7, 25]} | fields
    with pytest.raises(ValueError, match="task"):
        ENV.reset(options={"task": json.loads(json.dumps(mapping))})


def test_a_task_of_ones_own_needs_no_solution():
    env = CountdownEnv()
    env.reset(options={"task": {"prompt": "Make 46 from 3, 7, 25.", "answer": 46, "numbers": [3, 7, 25]}})
    assert env.oracle() is None
    assert env.step("3*7+25")[1] == 1.0
