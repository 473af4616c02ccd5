from collections import Counter
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palaestra.envs.text.wordle_words import LENGTHS, load_words, mark, most_informative_guess, patterns

PLACE_VALUE = {"-": 0, "y": 1, "g": 2}


def number(marks):
    return sum(3**place * PLACE_VALUE[sign] for place, sign in enumerate(marks))


def words_of(letters, alphabet="abc"):
    return st.text(alphabet=alphabet, min_size=letters, max_size=letters)


@pytest.mark.parametrize(("letters", "count"), [(3, 100), (4, 320), (5, 600)])
def test_the_lists_are_of_different_plain_words_of_one_length(letters, count):
    words = load_words(letters)
    assert len(words) == len(set(words)) == count
    assert all(len(word) == letters and word.isascii() and word.isalpha() and word.islower() for word in words)


@pytest.mark.parametrize(
    ("guess", "answer", "marks"),
    [("cat", "cat", "ggg"), ("dog", "cat", "---"), ("act", "cat", "yyg"), ("tac", "cat", "ygy"),
     # one e is in its place, the other one further left
     ("geese", "eagle", "yy--g"), ("eerie", "eagle", "g---g"), ("eagle", "geese", "y-y-g"),
     # the answer's only letter goes to the place where it is right, not to the leftmost
     ("eel", "the", "y--"), ("see", "the", "--g"), ("allot", "label", "yyy--"), ("lolly", "label", "g-y--")],
)  # fmt: skip
def test_letters_are_marked_as_in_the_game(guess, answer, marks):
    assert mark(guess, answer) == marks


@given(words_of(5), words_of(5))
def test_marks_account_for_every_letter_once(guess, answer):
    marks = mark(guess, answer)
    for letter in set(guess):
        signs = [sign for sign, said in zip(marks, guess, strict=True) if said == letter]
        assert len(signs) - signs.count("-") == min(guess.count(letter), answer.count(letter))
        misplaced = [sign for sign in signs if sign != "g"]
        assert misplaced == sorted(misplaced, reverse=True), "a y stands right of a -"
    assert [sign == "g" for sign in marks] == [a == b for a, b in zip(guess, answer, strict=True)]


@given(
    st.sampled_from(LENGTHS).flatmap(lambda n: st.tuples(*[st.lists(words_of(n, "abcd"), min_size=1, max_size=6)] * 2))
)
def test_the_marks_of_many_words_at_once_are_the_marks_of_each(words):
    guesses, answers = map(tuple, words)
    expected = [[number(mark(guess, answer)) for answer in answers] for guess in guesses]
    np.testing.assert_array_equal(patterns(guesses, answers), expected)


def entropy(guess, candidates):
    counts = Counter(mark(guess, answer) for answer in candidates)
    return -sum(n / len(candidates) * log(n / len(candidates)) for n in counts.values())


@pytest.mark.parametrize("history", [(), (("tea", "---"),), (("tea", "-y-"), ("sun", "---")), (("xyz", "---"),)])
def test_the_best_guess_has_the_largest_entropy(history):
    words = load_words(3)[:64]
    candidates = [word for word in words if all(mark(guess, word) == marks for guess, marks in history)]
    best = most_informative_guess(3, 64, history)
    assert best in words
    assert entropy(best, candidates) == pytest.approx(max(entropy(word, candidates) for word in words))
    equals = [word for word in words if entropy(word, candidates) == pytest.approx(entropy(best, candidates))]
    assert best == next((word for word in equals if word in candidates), equals[0])


def test_the_only_word_left_is_said():
    history = (("tea", mark("tea", "cat")), ("map", mark("map", "cat")), ("car", mark("car", "cat")))
    assert most_informative_guess(3, 64, history) == "cat"
