import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palaestra.envs.core import Status
from palaestra.envs.math.arithmetic import ArithmeticEnv, ArithmeticTask, read_integer, work_out


def task(expression, answer, **kwargs):
    return ArithmeticTask(prompt="p", expression=expression, answer=answer, **kwargs)


def python_value(expression):
    return eval(expression, {"__builtins__": {}})  # an expression of this file or of the generator


def reverse(number):
    return f"-{str(-number)[::-1]}" if number < 0 else str(number)[::-1]


@pytest.mark.parametrize(
    ("level", "prompt"),
    [(0, "86+67="), (1, "86-67="), (2, "86+67+56="), (3, "865+673+560+342="), (4, "8655+6732+5600+3428*3770-1368=")],
)
def test_the_first_prompt_of_seed_0(level, prompt):
    assert ArithmeticEnv(level=level).reset(seed=0)[0] == prompt


def test_a_prompt_is_the_expression():
    prompts = [ArithmeticEnv(level=level).reset(seed=0)[0] for level in range(5)]
    for level, prompt in enumerate(prompts):
        config = ArithmeticEnv.levels[level]
        numbers = "".join(c if c.isdigit() else " " for c in prompt).split()
        assert [len(number) for number in numbers] == [config.digits] * config.terms
        assert prompt.endswith("=")
        assert set(prompt) <= set("0123456789=" + config.operators)


def test_a_prompt_with_a_chain_of_thought_states_the_format():
    prompt, info = ArithmeticEnv(chain_of_thought=True).reset(seed=0)
    assert prompt == f"Work out {info['task'].expression} step by step. End with <answer>number</answer>."


def test_reversed_digits_reverse_every_number_in_place():
    plain, info = ArithmeticEnv(level=3).reset(seed=5)
    mirrored, mirrored_info = ArithmeticEnv(level=3, reversed_digits=True).reset(seed=5)
    assert mirrored_info["task"].answer == info["task"].answer
    assert len(mirrored) == len(plain)
    assert mirrored != plain
    env = ArithmeticEnv(reversed_digits=True)
    env.reset(options={"task": task("47+58", 105, reversed_digits=True)})
    assert env.oracle() == "501"


def test_the_chain_of_thought_works_products_out_first():
    env = ArithmeticEnv(chain_of_thought=True)
    env.reset(options={"task": task("47+58*2-3", 160, chain_of_thought=True)})
    assert env.oracle() == "58*2=116. 47+116=163. 163-3=160. <answer>160</answer>"


def test_the_chain_of_thought_may_be_written_in_reversed_digits():
    given_task = task("47+58*2", 163, chain_of_thought=True, reversed_digits=True)
    assert ArithmeticEnv().solution(given_task) == "85*2=611. 74+611=361. <answer>361</answer>"


@pytest.mark.parametrize("response", ["105", " 105\n", "+105", "0105"])
def test_what_a_normalisation_leaves_equal_is_correct(response):
    assert ArithmeticEnv().grade(task("47+58", 105), response).status is Status.CORRECT


@pytest.mark.parametrize("response", ["104", "-105", "501", "1050", "0"])
def test_another_integer_is_wrong(response):
    verdict = ArithmeticEnv().grade(task("47+58", 105), response)
    assert (verdict.status, verdict.score) == (Status.WRONG, 0.0)


@pytest.mark.parametrize(
    "response",
    ["", "47+58", "=105", "105.0", "105.", "1_05", "1 05", "0x69", "1e2", "１０５", "١٠٥", "--105", "+-105", "the 105",
     "105 105", "105,", "10,5", "1,05", "[105]", "'105'", "True", "__import__('os').getpid()", "9" * 5000, "\x00105",
     "<answer>105</answer>"],
)  # fmt: skip
def test_what_is_no_integer_cannot_be_read(response):
    assert ArithmeticEnv().grade(task("47+58", 105), response).status is Status.UNPARSEABLE


def test_the_sign_counts():
    env = ArithmeticEnv()
    for minus in ("-5", "\u22125", " -5 ", "-05"):
        assert env.grade(task("10-15", -5), minus).is_correct
    for other in ("5", "+5", "- 5", "--5", "(5)", "–5"):
        assert not env.grade(task("10-15", -5), other).is_correct


def test_thousands_separators_are_read_in_groups_of_three():
    assert read_integer("1,234,567") == 1234567
    for text in ("12,34", "1,2345", ",123", "1,,234", "1.234"):
        assert read_integer(text) is None
    assert read_integer("1,234", reversed_digits=True) is None


@pytest.mark.parametrize(
    ("response", "status"),
    [("47+58=105. <answer>105</answer>", Status.CORRECT), ("<answer> 105 </answer>", Status.CORRECT),
     ("<answer>104</answer>", Status.WRONG), ("105", Status.UNPARSEABLE),
     ("<answer>104</answer> no, <answer>105</answer>", Status.UNPARSEABLE), ("<answer>105", Status.UNPARSEABLE),
     ("<answer>105</answer> or maybe not", Status.UNPARSEABLE), ("<answer>number</answer>", Status.UNPARSEABLE)],
)  # fmt: skip
def test_a_chain_of_thought_needs_one_committed_answer(response, status):
    assert ArithmeticEnv().grade(task("47+58", 105, chain_of_thought=True), response).status is status


def test_trailing_zeros_count_in_reversed_digits():
    env = ArithmeticEnv()
    given_task = task("52+58", 110, reversed_digits=True)
    assert env.grade(given_task, "011").is_correct
    assert not env.grade(given_task, "11").is_correct
    assert not env.grade(given_task, "110").is_correct


LEVELS = st.integers(0, 4)
SEEDS = st.integers(0, 2**32)


@settings(max_examples=60)
@given(SEEDS, LEVELS, st.booleans(), st.booleans())
def test_every_solution_is_correct_and_its_neighbours_are_not(seed, level, thought, mirrored):
    env = ArithmeticEnv(level=level, chain_of_thought=thought, reversed_digits=mirrored)
    drawn = env.reset(seed=seed)[1]["task"]
    assert drawn.answer == python_value(drawn.expression)
    assert env.grade(drawn, env.oracle()).is_correct
    for wrong in (drawn.answer + 1, drawn.answer - 1, -drawn.answer or 1, drawn.answer * 10 or 1):
        text = reverse(wrong) if mirrored else str(wrong)
        assert not env.grade(drawn, f"<answer>{text}</answer>" if thought else text).is_correct


@settings(max_examples=60)
@given(SEEDS, LEVELS)
def test_every_step_of_the_working_is_true(seed, level):
    drawn = ArithmeticEnv(level=level).reset(seed=seed)[1]["task"]
    steps = work_out(drawn.expression)
    assert len(steps) == ArithmeticEnv.levels[level].terms - 1
    for step in steps:
        left, right = step.split("=")
        assert python_value(left) == int(right)
    assert int(steps[-1].split("=")[1]) == drawn.answer


@given(st.integers(-(10**40), 10**40))
def test_an_integer_reads_as_itself(number):
    assert read_integer(str(number)) == number
    assert read_integer(f"{number:,}") == number
    assert read_integer(reverse(number), reversed_digits=True) == number


@given(st.text(), st.booleans(), st.booleans())
def test_no_response_breaks_the_grader(response, thought, mirrored):
    verdict = ArithmeticEnv().grade(task("1+1", 2, chain_of_thought=thought, reversed_digits=mirrored), response)
    assert verdict.status in (Status.CORRECT, Status.WRONG, Status.UNPARSEABLE)


def test_the_arguments_override_every_level():
    env = ArithmeticEnv(digits=1, terms=5, operators="*")
    for level in range(5):
        expression = env.reset(seed=level, options={"level": level})[1]["task"].expression
        assert len(expression) == 9
        assert expression[1::2] == "****"


@pytest.mark.parametrize(
    ("kwargs", "name"),
    [({"digits": 0}, "digits"), ({"digits": 10}, "digits"), ({"digits": True}, "digits"), ({"terms": 1}, "terms"),
     ({"terms": 2.0}, "terms"), ({"operators": ""}, "operators"), ({"operators": "/"}, "operators"),
     ({"operators": ["+"]}, "operators"), ({"chain_of_thought": 1}, "chain_of_thought"),
     ({"reversed_digits": None}, "reversed_digits")],
)  # fmt: skip
def test_bad_arguments_are_named(kwargs, name):
    with pytest.raises(ValueError, match=name):
        ArithmeticEnv(**kwargs)


@pytest.mark.parametrize(
    "fields",
    [{"expression": "__import__('os')"}, {"expression": "1+"}, {"expression": None}, {"answer": "105"},
     {"answer": True}, {"answer": 105.0}, {"chain_of_thought": "yes"}, {"reversed_digits": 1}, {"level": 99},
     {"level": 1.0}],
)  # fmt: skip
def test_a_task_of_another_form_is_refused(fields):
    mapping = {"prompt": "p", "answer": 105, "expression": "47+58"} | fields
    with pytest.raises(ValueError, match="task"):
        ArithmeticEnv().reset(options={"task": json.loads(json.dumps(mapping))})
