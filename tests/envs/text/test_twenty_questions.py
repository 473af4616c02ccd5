import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palaestra.envs.text.twenty_questions import TwentyQuestionsEnv, TwentyQuestionsTask
from palaestra.envs.text.twenty_questions_parser import Refusal
from palaestra.envs.text.twenty_questions_table import load_table

TABLE = load_table()
YES = {"yes", "yep", "that is right", "it is so"}
NO = {"no", "nope", "that is wrong", "it is not so"}


def task(answer, objects=16, questions=6, wording=0):
    return TwentyQuestionsTask(prompt="p", answer=answer, objects=objects, questions=questions, wording=wording)


def play(env, posed, actions):
    env.reset(options={"task": posed})
    return [env.step(action) for action in actions]


def play_expert(env, posed):
    """How many turns the expert takes, and whether it succeeds."""
    env.reset(options={"task": posed})
    over, turns, info = False, 0, {}
    while not over:
        _, _, over, _, info = env.step(env.oracle())
        turns += 1
    return turns, info["success"]


def test_the_prompt_says_how_many_objects_and_questions_there_are():
    assert TwentyQuestionsEnv().reset(seed=0)[0] == "I think of one of 16 things. You have 6 questions."
    env = TwentyQuestionsEnv(objects=3, questions=1)
    assert env.reset(seed=0)[0] == "I think of one of 3 things. You have 1 question."


def test_an_episode_that_is_won():
    steps = play(TwentyQuestionsEnv(), task("cat"), ["Is it alive?", "Can it fly?", "Is it a horse?", "Is it a cat?"])
    assert [observation in YES for observation, *_ in steps[:3]] == [True, False, False]
    assert [observation in NO for observation, *_ in steps[:3]] == [False, True, True]
    assert steps[-1] == ("correct", 1.0, True, False, {"success": True})
    assert [step[1:] for step in steps[:3]] == [(0.0, False, False, {})] * 3


def test_an_episode_that_is_lost_tells_the_object_at_the_end_only():
    steps = play(TwentyQuestionsEnv(), task("apple"), ["Is it alive?"] * 6)
    assert not any("apple" in observation for observation, *_ in steps[:-1])
    assert steps[-1] == ("lost, it was an apple", 0.0, True, False, {"success": False})


def test_the_last_question_may_be_the_right_guess():
    assert play(TwentyQuestionsEnv(), task("cat"), [*["nonsense"] * 5, "cat"])[-1][1] == 1.0


def test_what_is_not_understood_costs_a_question_and_is_told_why():
    steps = play(TwentyQuestionsEnv(), task("cat"), ["cats?", "cat or horse", "Is it not a horse?", "x" * 1000, "cat"])
    refusals = [Refusal.UNKNOWN, Refusal.SEVERAL, Refusal.NEGATION, Refusal.LONG]
    assert [step[0] for step in steps] == [*(refusal.value for refusal in refusals), "correct"]


def test_an_object_that_the_level_does_not_have_is_a_wrong_guess():
    env = TwentyQuestionsEnv()
    (step,) = play(env, task("cat"), ["Is it the moon?"])
    assert step[0] in NO
    assert env.oracle() is not None


def test_the_dense_reward_is_one_less_for_every_turn_until_the_hit():
    env = TwentyQuestionsEnv(dense_reward=True)
    assert [step[1] for step in play(env, task("cat"), ["Is it alive?", "nonsense", "cat"])] == [-1.0, -1.0, 0.0]
    assert [step[1] for step in play(env, task("cat"), ["dog"] * 6)] == [-1.0] * 6


def test_every_wording_occurs_and_the_task_fixes_it():
    env = TwentyQuestionsEnv(questions=20)
    said = Counter()
    for wording in range(0, 2**32, 2**26):
        posed = task("cat", questions=20, wording=wording)
        replies = [step[0] for step in play(env, posed, ["Is it alive?", "Can it fly?"] * 9)]
        assert replies == [step[0] for step in play(env, posed, ["Is it alive?", "Can it fly?"] * 9)]
        said.update(replies)
    assert set(said) == YES | NO
    assert max(said.values()) < 1.5 * min(said.values())


def test_wordings_differ_between_seeds_and_within_an_episode():
    env = TwentyQuestionsEnv()
    transcripts = set()
    for seed in range(10):
        env.reset(seed=seed)
        transcripts.add(tuple(env.step("Is it alive?")[0] for _ in range(5)))
    assert len(transcripts) == 10
    assert any(len(set(transcript)) > 1 for transcript in transcripts)


@pytest.mark.parametrize(("level", "most", "mean"), [(0, 5, 4.5), (1, 7, 5.6), (2, 8, 6.7), (3, 11, 8.1)])
def test_the_expert_finds_every_object_in_as_many_turns_as_the_docstring_says(level, most, mean):
    env = TwentyQuestionsEnv(level=level)
    config = env.levels[level]
    played = [play_expert(env, task(t.name, config.objects, config.questions)) for t in TABLE.things[: config.objects]]
    turns = [taken for taken, _ in played]
    assert all(success for _, success in played)
    assert (max(turns), round(sum(turns) / len(turns), 1)) == (most, mean)
    assert most < config.questions


@pytest.mark.parametrize("objects", [*range(2, 34), 47, 63, 65, 100, 159])
def test_the_expert_finds_every_object_of_any_number_of_objects(objects):
    env = TwentyQuestionsEnv(objects=objects)
    questions = env.reset(seed=0)[1]["task"].questions
    assert all(play_expert(env, task(thing.name, objects, questions))[1] for thing in TABLE.things[:objects])


def test_the_expert_asks_what_halves_the_objects_and_uses_replies_that_others_earned():
    env = TwentyQuestionsEnv()
    env.reset(options={"task": task("duck")})
    assert env.oracle() == "Is it man-made?"  # true of 8 of the 16
    for action in ("Is it an animal?", "nonsense", "Can it fly?", "Is it a bee?"):
        env.step(action)
    assert env.oracle() == "Is it a duck?"


def test_objects_are_uniform_over_the_first_of_the_table():
    env = TwentyQuestionsEnv(objects=4)
    env.reset(seed=0)
    answers = Counter(env.reset()[1]["task"].answer for _ in range(4000))
    assert set(answers) == {"cat", "horse", "duck", "bee"}
    assert all(900 < count < 1100 for count in answers.values())


def test_the_arguments_override_every_level():
    env = TwentyQuestionsEnv(objects=20, questions=3)
    for level in range(4):
        drawn = env.reset(seed=0, options={"level": level})[1]["task"]
        assert (drawn.objects, drawn.questions, drawn.level) == (20, 3, level)
    assert TwentyQuestionsEnv(objects=20).reset(seed=0)[1]["task"].questions == 8
    assert TwentyQuestionsEnv(questions=7).reset(seed=0)[1]["task"].objects == 16


@pytest.mark.parametrize(
    ("kwargs", "name"),
    [({"objects": 1}, "objects"), ({"objects": 161}, "objects"), ({"objects": 16.0}, "objects"),
     ({"objects": True}, "objects"), ({"questions": 0}, "questions"), ({"questions": "5"}, "questions"),
     ({"dense_reward": 1}, "dense_reward"), ({"level": 4}, "level")],
)  # fmt: skip
def test_bad_arguments_are_named(kwargs, name):
    with pytest.raises(ValueError, match=name):
        TwentyQuestionsEnv(**kwargs)


@pytest.mark.parametrize(
    "fields",
    [{"answer": "dog"}, {"answer": "a cat"}, {"answer": "dragon"}, {"answer": 3}, {"objects": 1}, {"objects": 161},
     {"objects": "16"}, {"questions": 0}, {"questions": True}, {"wording": -1}, {"wording": 2**32}, {"wording": 0.5},
     {"level": 9}],
)  # fmt: skip
def test_a_task_out_of_range_is_refused(fields):
    mapping = {"prompt": "p", "answer": "cat", "objects": 16, "questions": 6, "wording": 7} | fields
    with pytest.raises(ValueError, match="task"):
        TwentyQuestionsEnv().reset(options={"task": json.loads(json.dumps(mapping))})


@given(
    st.sampled_from(TABLE.things), st.lists(st.sampled_from(TABLE.attributes), max_size=8), st.integers(0, 2**32 - 1)
)
def test_replies_are_true_and_name_no_object(hidden, attributes, wording):
    env = TwentyQuestionsEnv()
    env.reset(options={"task": task(hidden.name, 160, 20, wording)})
    for attribute in attributes:
        reply, reward, over, *_ = env.step(attribute.question)
        assert (reply in YES) == bool(attribute.objects >> hidden.index & 1)
        assert (reply in NO) != (reply in YES)
        assert (reward, over) == (0.0, False)


OTHERS = [meaning.question for meaning in (*TABLE.attributes, *TABLE.things) if meaning.question != "Is it a cat?"]


@given(st.lists(st.sampled_from(OTHERS) | st.text(max_size=40), min_size=6, max_size=6))
def test_nothing_but_the_name_wins(actions):
    steps = play(TwentyQuestionsEnv(), task("cat"), actions)
    assert [step[1:3] for step in steps] == [(0.0, False)] * 5 + [(0.0, True)]
