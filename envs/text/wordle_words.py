"""The words of Wordle, how a guess is marked, and which guess tells most."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from ... import assets

LENGTHS = (3, 4, 5)
"""The lengths of words there are lists of."""

_ABSENT, _ELSEWHERE, _HIT = range(3)
_MARKS = "-yg"
_BLANK = 0  # no letter's code


@cache
def load_words(letters: int) -> tuple[str, ...]:
    """The list of words of a length, the commonest first; read once a process.

    Args:
        letters: one of `LENGTHS`.
    """
    return tuple((resources.files(assets) / "text" / f"wordle_{letters}.txt").read_text("utf-8").split())


def mark(guess: str, answer: str) -> str:
    """How a guess is marked.

    Each letter of the guess gets `g` where the answer has it in the same place, `y` where the answer has it elsewhere,
    else `-`. A letter of the answer accounts for one mark only, for a `g` before a `y`, and for a `y` further left
    before one further right: `geese` against `eagle` is `yy--g`.

    Args:
        guess: a word of L letters.
        answer: a word of L letters.

    Returns:
        L marks.
    """
    unmatched = [letter for letter, said in zip(answer, guess, strict=True) if letter != said]
    marks = []
    for letter, said in zip(answer, guess, strict=True):
        if letter == said:
            marks.append(_MARKS[_HIT])
        elif said in unmatched:
            unmatched.remove(said)
            marks.append(_MARKS[_ELSEWHERE])
        else:
            marks.append(_MARKS[_ABSENT])
    return "".join(marks)


def patterns(guesses: tuple[str, ...], answers: tuple[str, ...]) -> NDArray[np.uint8]:
    """How every guess is marked against every answer, as `mark` does it.

    Args:
        guesses: N words of L letters, 5 at most.
        answers: M words of L letters.

    Returns:
        The marks as numbers of shape (N, M): the sum over places i of 3**i times 0 for `-`, 1 for `y`, 2 for `g`.
    """
    guesses_N_1_L, answers_1_M_L = _codes(guesses)[:, None], _codes(answers)[None]
    hit_N_M_L = guesses_N_1_L == answers_1_M_L
    unmatched_N_M_L = np.where(hit_N_M_L, _BLANK, answers_1_M_L)
    pattern_N_M = np.zeros(hit_N_M_L.shape[:2], dtype=np.uint8)
    for place in range(hit_N_M_L.shape[2]):
        same_N_M_L = unmatched_N_M_L == guesses_N_1_L[..., place, None]
        same_N_M_L &= ~hit_N_M_L[..., place, None]
        first_N_M = same_N_M_L.argmax(axis=2)
        elsewhere_N_M = same_N_M_L.any(axis=2)
        n, m = np.nonzero(elsewhere_N_M)
        unmatched_N_M_L[n, m, first_N_M[n, m]] = _BLANK
        pattern_N_M += (3**place * (_HIT * hit_N_M_L[..., place] + _ELSEWHERE * elsewhere_N_M)).astype(np.uint8)
    return pattern_N_M


@lru_cache(maxsize=1 << 14)
def most_informative_guess(letters: int, words: int, history: tuple[tuple[str, str], ...]) -> str:
    """The word that tells most about the answer, on average over all that it still can be.

    That is the guess whose marks have the largest entropy. Of equals, one that can be the answer goes first, then the
    one further up the list.

    Args:
        letters: the length of the words.
        words: how many words of the list the answer is one of.
        history: the guesses so far and their marks.

    Returns:
        One of these words.
    """
    alive_W = np.ones(words, dtype=np.bool_)
    for guess, marks in history:
        alive_W &= _agreeing(letters, words, guess, marks)
    pattern_W_C = _pattern_matrix(letters, words)[:, alive_W]
    kinds = 3**letters
    offsets_W_1 = kinds * np.arange(words)[:, None]
    counts_W_P = np.bincount((pattern_W_C + offsets_W_1).ravel(), minlength=words * kinds).reshape(words, kinds)
    # with n of C answers behind a pattern, the entropy is log C - sum(n log n) / C
    uncertainty_W = (counts_W_P * np.log(np.maximum(counts_W_P, 1))).sum(axis=1)
    best_W = np.isclose(uncertainty_W, uncertainty_W.min(), rtol=0.0, atol=1e-9)
    possible_W = best_W & alive_W
    return load_words(letters)[int(np.argmax(possible_W if possible_W.any() else best_W))]


@lru_cache(maxsize=1 << 14)
def _agreeing(letters: int, words: int, guess: str, marks: str) -> NDArray[np.bool_]:
    """The answers against which a guess is marked so."""
    shown = sum(3**place * _MARKS.index(sign) for place, sign in enumerate(marks))
    return patterns((guess,), load_words(letters)[:words])[0] == shown


@cache
def _pattern_matrix(letters: int, words: int) -> NDArray[np.uint8]:
    listed = load_words(letters)[:words]
    return patterns(listed, listed)


def _codes(words: tuple[str, ...]) -> NDArray[np.uint8]:
    """Letters as numbers of shape (words, letters), none of them `_BLANK`."""
    return np.array([list(word.encode("ascii")) for word in words], dtype=np.uint8)
