import dataclasses
from itertools import islice

import numpy as np
import pytest

from palaestra.envs.code.corpus import corpus
from palaestra.envs.code.programs.skin import GRAMMAR, parse, write
from palaestra.envs.code.skin_env import SkinEnv, SkinTask
from palaestra.envs.core import Status

SUCCESSOR = SkinTask(prompt="p", inputs=("3\n", "7\n", "-1\n"), outputs=("4\n", "8\n", "0\n"), visible=1)
RIGHT = "n# solve# { n 1 Ba . }"
PARTLY = "n# solve# { n 0 Fu n 1 Ba 9 Sa . }"  # right for two of the three


def grade(response, task=SUCCESSOR, **settings):
    return SkinEnv(**settings).grade(task, response)


def test_the_first_task_of_seed_0():
    observation, info = SkinEnv().reset(seed=0)
    assert observation == "Write skin. Read an integer n. Print n times 13. Example: -10 -> -130"
    assert " ".join(info["task"].solution.split()) == "n# f# { n 13 Bi . }"
    assert (info["task"].inputs[0], info["task"].outputs[0], info["task"].visible) == ("-10\n", "-130\n", 1)


@pytest.mark.parametrize(("response", "status", "score"), [
    (RIGHT, Status.CORRECT, 1.0),
    (f"Let me think.\n```skin\n{RIGHT}\n```\nDone.", Status.CORRECT, 1.0),
    (PARTLY, Status.WRONG, 2 / 3),
    ("n# solve# { 4 . }", Status.WRONG, 1 / 3),
    ("n# solve? { Yo . }", Status.WRONG, 0.0),
    ("n# solve# { n 0 n Be Bu . }", Status.WRONG, 1 / 3),
    ("a# b# solve# { a b Ba . }", Status.WRONG, 0.0),
    ("n$ solve$ { n . }", Status.WRONG, 0.0),
    ("4", Status.UNPARSEABLE, 0.0),
    ("", Status.UNPARSEABLE, 0.0),
    (f"Sure! {RIGHT}", Status.UNPARSEABLE, 0.0),
    (RIGHT + "\0", Status.UNPARSEABLE, 0.0),
    (RIGHT + " " * 20_000, Status.UNPARSEABLE, 0.0),
])  # fmt: skip
def test_a_program_is_judged_by_what_it_returns(response, status, score):
    verdict = grade(response)
    assert (verdict.status, verdict.score) == (status, pytest.approx(score))


def test_what_is_no_program_is_told_where_and_what_was_expected():
    assert grade("n# solve# {\nn n ? . }").detail.startswith("line 2, word 3: ")


def test_a_run_that_goes_on_for_ever_is_stopped():
    endless = grade("n# solve# { 0 x: [ Yo ; 0 x= ] n . }")
    assert (endless.status, endless.score) == (Status.TIMEOUT, 0.0)


def test_only_cases_of_the_statement_are_told():
    hidden = dataclasses.replace(SUCCESSOR, visible=0)
    assert "given 3, expected 4" in grade("n# solve# { n . }").detail
    assert grade("n# solve# { n . }", hidden).detail == "0 of 3 cases passed"


def test_partial_credit_can_be_kept_for_programs_that_pass_every_case():
    assert grade(PARTLY, all_pass_bonus=0.5).score == pytest.approx(1 / 3)
    assert grade(PARTLY, all_pass_bonus=1.0).score == 0.0
    assert grade(RIGHT, all_pass_bonus=1.0).score == 1.0


def test_the_grammar_can_stand_before_the_statement():
    prompt = SkinEnv(grammar=True).reset(seed=0)[0]
    assert prompt == f"{GRAMMAR}\n{SkinEnv().reset(seed=0)[0]}"


@pytest.mark.parametrize("settings", [{"grammar": "yes"}, {"all_pass_bonus": 2.0}])
def test_arguments_out_of_range_are_refused_by_name(settings):
    with pytest.raises(ValueError, match=next(iter(settings))):
        SkinEnv(**settings)


@pytest.mark.parametrize("outputs", [(), ("4\n",)])
def test_a_task_needs_an_output_for_each_input(outputs):
    task = dataclasses.asdict(SUCCESSOR) | {"outputs": outputs}
    with pytest.raises(ValueError, match="inputs and outputs"):
        SkinEnv().reset(options={"task": task})


@pytest.mark.parametrize("level", range(6))
def test_the_corpus_is_programs_of_a_level_and_the_same_each_time(level):
    texts = list(islice(corpus(3, level), 5))
    assert texts == list(islice(corpus(3, level), 5))
    assert len(set(texts)) > 1
    assert all(write(parse(text)) == text for text in texts)


def test_the_corpus_of_another_level_is_refused():
    with pytest.raises(ValueError, match="level"):
        next(corpus(0, 6))


def test_solutions_are_right_at_every_level():
    env = SkinEnv()
    for level in range(6):
        task = env.sample(np.random.default_rng(level), level)
        assert env.grade(task, env.solution(task)).is_correct
