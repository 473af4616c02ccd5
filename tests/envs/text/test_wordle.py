import json
import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palaestra.envs.text.wordle import MAX_ANSWER_LENGTH, WordleEnv, WordleTask, read_guess
from palaestra.envs.text.wordle_words import load_words, mark


def task(answer, words=64, guesses=6):
    return WordleTask(prompt="p", answer=answer, words=words, guesses=guesses)


def play(env, answer, actions, **fields):
    env.reset(options={"task": task(answer, **fields)})
    return [env.step(action) for action in actions]


def play_expert(env, posed):
    """How many turns the expert takes, and whether it succeeds."""
    env.reset(options={"task": posed})
    over, turns, info = False, 0, {}
    while not over:
        _, _, over, _, info = env.step(env.oracle())
        turns += 1
    return turns, info["success"]


def test_the_prompt_says_how_many_letters_and_guesses_there_are():
    assert WordleEnv().reset(seed=0)[0] == "Guess my word of 3 letters. You have 6 guesses."
    assert WordleEnv(letters=5, guesses=1).reset(seed=0)[0] == "Guess my word of 5 letters. You have 1 guess."


def test_an_episode_that_is_won():
    steps = play(WordleEnv(), "cat", ["dog", "act", "cat"])
    assert steps == [
        ("---", 0.0, False, False, {}),
        ("yyg", 0.0, False, False, {}),
        ("correct", 1.0, True, False, {"success": True}),
    ]


def test_an_episode_that_is_lost_tells_the_word_at_the_end_only():
    steps = play(WordleEnv(), "cat", ["dog"] * 6)
    assert [step[0] for step in steps] == ["---"] * 5 + ["lost, it was cat"]
    assert steps[-1][1:] == (0.0, True, False, {"success": False})


def test_the_last_guess_may_win():
    assert play(WordleEnv(), "cat", ["dog"] * 5 + ["cat"])[-1][1] == 1.0


def test_any_letters_may_be_guessed_and_nonsense_spends_a_guess():
    steps = play(WordleEnv(), "cat", ["xyt", "cats", "", "c4t", "çat"])
    assert [step[0] for step in steps] == ["--g", *["say a word of 3 letters"] * 4]
    assert play(WordleEnv(), "cat", [""] * 6)[-1][0] == "lost, it was cat"


def test_longer_words_are_marked_letter_by_letter():
    assert play(WordleEnv(level=3), "eagle", ["geese", "cat"], words=600)[0][0] == "yy--g"


@pytest.mark.parametrize(("level", "most", "mean"), [(0, 5, 3.3), (1, 4, 3.1), (2, 4, 2.8), (3, 4, 3.0)])
def test_the_expert_finds_every_word_in_as_many_turns_as_the_docstring_says(level, most, mean):
    env = WordleEnv(level=level)
    config = env.levels[level]
    words = load_words(config.letters)[: config.words]
    played = [play_expert(env, task(word, config.words, config.guesses)) for word in words]
    turns = [taken for taken, _ in played]
    assert all(success for _, success in played)
    assert (max(turns), round(sum(turns) / len(turns), 1)) == (most, mean)


@pytest.mark.parametrize(("letters", "words"), [(3, 1), (3, 2), (3, 17), (3, 80), (3, 100), (4, 50), (4, 320), (5, 90)])
def test_the_expert_finds_every_word_of_any_number_of_words(letters, words):
    env = WordleEnv(letters=letters, words=words)
    assert all(play_expert(env, task(word, words))[1] for word in load_words(letters)[:words])


def test_the_expert_uses_marks_that_others_earned():
    env = WordleEnv()
    play(env, "cat", ["qat", "nonsense", "zzc"])
    assert env.oracle() == "cat"


def test_the_expert_need_not_have_been_asked_for_a_long_time():
    env = WordleEnv()
    play(env, "cat", ["dog"] * 3000, guesses=5000)
    assert env.oracle() in load_words(3)


def test_the_expert_is_fast_where_it_has_not_been_before():
    env = WordleEnv(level=3)
    env.reset(options={"task": task("eagle", 600)})
    env.oracle()
    env.step("qwert")
    began = time.perf_counter()
    env.oracle()
    assert time.perf_counter() - began < 0.2


def test_words_are_uniform_over_the_first_of_the_list():
    env = WordleEnv(words=4)
    env.reset(seed=0)
    answers = Counter(env.reset()[1]["task"].answer for _ in range(4000))
    assert set(answers) == set(load_words(3)[:4])
    assert all(900 < count < 1100 for count in answers.values())


def test_the_arguments_override_every_level():
    env = WordleEnv(letters=4, words=50, guesses=3)
    for level in range(4):
        drawn = env.reset(seed=0, options={"level": level})[1]["task"]
        assert (len(drawn.answer), drawn.words, drawn.guesses, drawn.level) == (4, 50, 3, level)
    short = WordleEnv(letters=3)
    assert [short.reset(options={"level": level})[1]["task"].words for level in range(4)] == [64, 100, 100, 100]


@pytest.mark.parametrize(
    ("kwargs", "name"),
    [({"letters": 2}, "letters"), ({"letters": 6}, "letters"), ({"letters": 3.0}, "letters"),
     ({"words": 0}, "words"), ({"words": 101}, "words"), ({"words": True}, "words"),
     ({"words": 601, "letters": 5}, "words"), ({"guesses": 0}, "guesses"), ({"guesses": "5"}, "guesses")],
)  # fmt: skip
def test_bad_arguments_are_named(kwargs, name):
    with pytest.raises(ValueError, match=name):
        WordleEnv(**kwargs)


@pytest.mark.parametrize(
    "fields",
    [{"answer": "cats"}, {"answer": "qqq"}, {"answer": ""}, {"answer": "CAT"}, {"answer": 3}, {"words": 0},
     {"words": 101}, {"words": "64"}, {"answer": "old", "words": 20}, {"guesses": 0}, {"guesses": True}, {"level": 9}],
)  # fmt: skip
def test_a_task_out_of_range_is_refused(fields):
    mapping = {"prompt": "p", "answer": "cat", "words": 64, "guesses": 6} | fields
    with pytest.raises(ValueError, match="task"):
        WordleEnv().reset(options={"task": json.loads(json.dumps(mapping))})


@pytest.mark.parametrize(
    "text",
    ["cat", "CAT", " cat\n", "cat.", "I guess cat.", "My guess is: cat", "dog, no: cat!", "<answer>cat</answer>",
     "“cat”", "(cat)", "c-a-t is cat", "<b>cat</b> 🦊"],
)  # fmt: skip
def test_the_last_word_is_the_guess(text):
    assert read_guess(text, 3) == "cat"


@pytest.mark.parametrize(
    "text",
    ["", " ", "cats", "ca", "cat is my guess", "c a t", "çat", "ｃａｔ", "cаt", "c4t", "cat5", "cat_", "\ud800", "\x00",
     "c\u0301t", "ﬁt", "²²²", "123", "x" * 10**6, "cat " * 10**5],
)  # fmt: skip
def test_anything_else_is_no_guess(text):
    assert read_guess(text, 3) is None


@given(st.text())
def test_reading_never_raises(text):
    guess = read_guess(text, 3)
    assert guess is None or (len(guess) == 3 and guess.isascii() and guess.islower())


@pytest.mark.parametrize("unit", ["a", "a ", " ", "<", "</a", "<a>", "_", "a-", "\ud800"])
def test_hostile_texts_are_read_in_linear_time(unit):
    text = (unit * MAX_ANSWER_LENGTH)[:MAX_ANSWER_LENGTH]
    began = time.perf_counter()
    read_guess(text, 3)
    assert time.perf_counter() - began < 0.1


@given(st.lists(st.text("abcdegost", min_size=3, max_size=3), min_size=6, max_size=6), st.sampled_from(load_words(3)))
def test_the_bare_word_reads_like_a_sentence_and_only_the_hit_is_rewarded(guesses, answer):
    bare, chatty = WordleEnv(words=100), WordleEnv(words=100)
    bare.reset(options={"task": task(answer, 100)})
    chatty.reset(options={"task": task(answer, 100)})
    for turn, guess in enumerate(guesses):
        observation, reward, over, *_ = result = bare.step(guess)
        assert chatty.step(f"Perhaps {guess.upper()}?") == result
        assert reward == (guess == answer)
        if over:
            assert observation == ("correct" if guess == answer else f"lost, it was {answer}")
            assert guess == answer or turn == 5
            break
        assert observation == mark(guess, answer)
