import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palaestra.envs.text.guess_number import GuessNumberEnv, GuessNumberTask, read_guess


def task(answer, upper=31, guesses=5):
    return GuessNumberTask(prompt="p", answer=answer, upper=upper, guesses=guesses)


def play(env, answer, guesses):
    env.reset(options={"task": task(answer)})
    return [env.step(guess) for guess in guesses]


def test_the_prompt_says_the_range_and_the_guesses():
    assert GuessNumberEnv().reset(seed=0)[0] == "Guess my number from 1 to 31. You have 5 guesses."
    assert GuessNumberEnv(upper=1).reset(seed=0)[0] == "Guess my number from 1 to 1. You have 1 guess."


def test_an_episode_that_is_won():
    steps = play(GuessNumberEnv(), 17, ["16", "24", "17"])
    assert [step[0] for step in steps] == ["higher", "lower", "correct"]
    assert [step[1] for step in steps] == [0.0, 0.0, 1.0]
    assert [step[2] for step in steps] == [False, False, True]
    assert steps[-1][4] == {"success": True}


def test_an_episode_that_is_lost_tells_the_number_at_the_end_only():
    steps = play(GuessNumberEnv(), 17, ["1", "2", "3", "4", "5"])
    assert [step[0] for step in steps] == ["higher"] * 4 + ["lost, it was 17"]
    assert steps[-1][1:] == (0.0, True, False, {"success": False})


def test_the_last_guess_may_win():
    assert play(GuessNumberEnv(), 17, ["1", "2", "3", "4", "17"])[-1][0] == "correct"


def test_nonsense_spends_a_guess_and_is_told_what_was_expected():
    steps = play(GuessNumberEnv(), 17, ["seventeen", "16 or 17", "", "99", "17"])
    assert [step[0] for step in steps] == [*["say one number from 1 to 31"] * 3, "lower", "correct"]
    assert play(GuessNumberEnv(), 17, [""] * 5)[-1][0] == "lost, it was 17"


@pytest.mark.parametrize("level", range(4))
def test_bisection_finds_every_number_and_one_guess_less_would_not_do(level):
    env = GuessNumberEnv(level=level)
    config = env.levels[level]
    longest = 0
    for answer in {1, 2, config.upper, config.upper // 2, *range(1, config.upper + 1, 1 + config.upper // 100)}:
        env.reset(options={"task": task(answer, config.upper, config.guesses)})
        over, turns = False, 0
        while not over:
            _, _, over, _, info = env.step(env.oracle())
            turns += 1
        assert info["success"]
        longest = max(longest, turns)
    assert longest == config.guesses
    assert config.guesses == config.upper.bit_length()


def test_the_oracle_uses_feedback_that_others_earned():
    env = GuessNumberEnv()
    env.reset(options={"task": task(17)})
    for action in ("20", "10", "25", "nonsense"):
        env.step(action)
    assert env.oracle() == "15"


def test_numbers_are_uniform_over_the_range():
    env = GuessNumberEnv(upper=4)
    env.reset(seed=0)
    answers = [env.reset()[1]["task"].answer for _ in range(4000)]
    assert set(answers) == {1, 2, 3, 4}
    assert all(900 < answers.count(answer) < 1100 for answer in range(1, 5))


def test_the_arguments_override_every_level():
    env = GuessNumberEnv(upper=1000, guesses=3)
    for level in range(4):
        drawn = env.reset(seed=0, options={"level": level})[1]["task"]
        assert (drawn.upper, drawn.guesses, drawn.level) == (1000, 3, level)
    assert GuessNumberEnv(upper=1000).reset(seed=0)[1]["task"].guesses == 10


@pytest.mark.parametrize(
    ("kwargs", "name"),
    [({"upper": 0}, "upper"), ({"upper": 1.5}, "upper"), ({"upper": True}, "upper"), ({"upper": 10**16}, "upper"),
     ({"guesses": 0}, "guesses"), ({"guesses": "5"}, "guesses")],
)  # fmt: skip
def test_bad_arguments_are_named(kwargs, name):
    with pytest.raises(ValueError, match=name):
        GuessNumberEnv(**kwargs)


@pytest.mark.parametrize(
    "fields",
    [{"answer": 0}, {"answer": 32}, {"answer": "3"}, {"answer": True}, {"answer": 3.0}, {"upper": "31"},
     {"upper": 31.0}, {"guesses": 0}, {"guesses": None}, {"guesses": True}, {"level": 99},
     {"level": -1}, {"level": True}],
)  # fmt: skip
def test_a_task_out_of_range_is_refused(fields):
    mapping = {"prompt": "p", "answer": 3, "upper": 31, "guesses": 5} | fields
    with pytest.raises(ValueError, match="task"):
        GuessNumberEnv().reset(options={"task": json.loads(json.dumps(mapping))})


@pytest.mark.parametrize(
    ("answer", "guess"),
    [("17", 17), (" 17\n", 17), ("I guess 17.", 17), ("17, yes 17!", 17), ("n=17", 17), ("<answer>17</answer>", 17),
     ("+17", 17), ("-5", -5), ("007", 7), ("(17)", 17), ("is it 17...", 17)],
)  # fmt: skip
def test_one_committed_integer_is_read(answer, guess):
    assert read_guess(answer) == guess


@pytest.mark.parametrize(
    "answer",
    ["", "seventeen", "16 or 17", "1-31", "1.5", "17.0", "1,000", "x17", "17th", "1_7", "0x11", "1e1", "²", "17²", "١٧",
     "17 ١٨", "１７", "9" * 19, "9" * 5000, "9" * 10**6, "17 " * 10**5, "\ud800"],
)  # fmt: skip
def test_anything_else_is_no_guess(answer):
    assert read_guess(answer) is None


@given(st.text())
def test_reading_never_raises(answer):
    guess = read_guess(answer)
    assert guess is None or abs(guess) < 10**18


@given(st.integers(-(10**17), 10**17), st.text(alphabet="abc !?()<>=\n", max_size=20))
def test_words_around_a_number_do_not_matter(number, words):
    assert read_guess(f"{words} {number} {words}") == number


@given(st.lists(st.integers(0, 40), min_size=5, max_size=5), st.integers(1, 31))
def test_feedback_is_true_and_the_bare_number_reads_like_a_sentence(guesses, answer):
    bare, chatty = GuessNumberEnv(), GuessNumberEnv()
    bare.reset(options={"task": task(answer)})
    chatty.reset(options={"task": task(answer)})
    for left, guess in zip(range(4, -1, -1), guesses, strict=True):
        observation, _, over, *_ = result = bare.step(str(guess))
        assert chatty.step(f"Perhaps {guess}?") == result
        if over:
            assert observation == ("correct" if guess == answer else f"lost, it was {answer}")
            assert left == 0 or guess == answer
            break
        assert observation == ("higher" if guess < answer else "lower")
