"""Strings of letters, what can be asked of a letter, and problems about one string."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from random import Random

from ..building import (
    at_least,
    at_most,
    both,
    character,
    code,
    count,
    either,
    function,
    integer,
    join,
    program,
    put,
    same,
    string,
    string_length,
)
from ..syntax import Expression, Statement, Variable
from .problem import Draft, Inputs

TEXT, INDEX = string("s"), integer("i")
"""The string that problems are about, and the index of a loop over it."""

LETTER = character(TEXT, INDEX)
"""The letter at that index."""

MADE, TOTAL = string("made"), integer("total")
"""A string and a number that a loop makes."""

ALPHABET = "abcdefghijklmnopqrstuvwxyz"

SIGNS = "-_.+*:/="
"""What marks something in a string."""

NOTE = "All letters are lower-case."


def draw_letters(random: Random, letters: str, *, shortest: int = 4, longest: int = 14) -> str:
    """A string of letters, some equal to their neighbours."""
    made: list[str] = []
    for _ in range(random.randint(shortest, longest)):
        made.append(made[-1] if made and random.random() < 0.2 else random.choice(letters))
    return "".join(made)


def draw_words(random: Random, letters: str) -> str:
    """A few words with one blank between."""
    return " ".join(draw_letters(random, letters, shortest=1, longest=6) for _ in range(random.randint(2, 6)))


@dataclass(frozen=True, slots=True)
class Letters:
    """Some of the letters.

    Attributes:
        words: what follows `letters that are`.
        members: the letters.
        typical: letters to draw strings from, of which these are about half.
    """

    words: str
    members: str
    typical: str

    @property
    def one(self) -> str:
        """What follows `a letter that is`."""
        return "a vowel (a, e, i, o, u)" if self.members == "aeiou" else self.words

    def include(self, letter: Expression) -> Expression:
        """The condition that a lower-case letter is one of them."""
        runs = _runs(self.members)
        if sum(len(run) > 2 for run in runs):
            return reduce(either, (_between(letter, run) for run in runs))
        return reduce(either, (same(letter, member) for member in self.members))


def _runs(members: str) -> list[str]:
    runs = [members[0]]
    for letter in members[1:]:
        if ord(letter) == ord(runs[-1][-1]) + 1:
            runs[-1] += letter
        else:
            runs.append(letter)
    return runs


def _between(letter: Expression, run: str) -> Expression:
    first, last = ord(run[0]), ord(run[-1])
    if len(run) == 1:
        return same(letter, run)
    if run[0] == "a":
        return at_most(code(letter), last)
    if run[-1] == "z":
        return at_least(code(letter), first)
    return both(at_least(code(letter), first), at_most(code(letter), last))


def any_letters(random: Random) -> Letters:
    """Vowels, an end of the alphabet, a stretch of it, or a few letters."""
    kind = random.random()
    if kind < 0.1:
        return Letters("vowels (a, e, i, o, u)", "aeiou", "abcdeiou")
    if kind < 0.35:
        last = random.choice("efghijklmnopqrstu")
        return Letters(f"not after {last} in the alphabet", ALPHABET[: ord(last) - 96], _around(last))
    if kind < 0.6:
        first = random.choice("fghijklmnopqrstuv")
        return Letters(f"{first} or later in the alphabet", ALPHABET[ord(first) - 97 :], _around(first))
    if kind < 0.75:
        first = random.choice("bcdefghijklm")
        last = chr(ord(first) + random.randint(2, 8))
        return Letters(f"from {first} to {last}", ALPHABET[ord(first) - 97 : ord(last) - 96], _around(first, last))
    chosen = "".join(sorted(random.sample(ALPHABET, random.randint(1, 4))))
    *others, last = chosen
    others_typical = random.sample(ALPHABET, 4)
    words = f"{', '.join(others)} or {last}" if others else last
    return Letters(words, chosen, "".join(sorted({*chosen, *others_typical})))


def _around(*letters: str) -> str:
    """A letter's neighbours and some at the ends of the alphabet."""
    codes = {min(max(ord(letter) + by, 97), 122) for letter in letters for by in (-2, -1, 0, 1, 2)}
    return "".join(map(chr, sorted(codes))) + "az"


def string_draft(
    title: str, demand: str, typical: str, *body: Statement, more: Sequence[Variable] = (), words: bool = False
) -> Draft:
    """A problem about strings.

    Args:
        title: a few words.
        demand: what to print.
        typical: the letters that strings are drawn from.
        body: of the program.
        more: further strings, beside s.
        words: whether s is words with a blank between.
    """

    def draw(random: Random) -> Inputs:
        first = draw_words(random, typical) if words else draw_letters(random, typical)
        return first, *(_relative(random, first, typical) for _ in more)

    edges = ["", typical[0], typical[:2], typical[-1] * 4, "ab" * 3, typical]
    if words:
        edges = ["", typical[0], "a b", f"{typical[:3]} {typical[:3]}", "xyz z", f"{typical} {typical[::-1]} a"]
    rest = [typical[:3] for _ in more]
    return Draft(
        title, demand, program(function("solve", [TEXT, *more], *body)), draw, [(edge, *rest) for edge in edges]
    )


def _relative(random: Random, other: str, letters: str) -> str:
    """A string that has something in common with another: a beginning, some places, letters in their order."""
    kind = random.random()
    changed = "".join(random.choice(letters) if random.random() < 0.3 else letter for letter in other)
    if kind < 0.4:
        return changed
    if kind < 0.6:
        return other[: random.randint(0, len(other))] + draw_letters(random, letters, shortest=0, longest=4)
    if kind < 0.8:
        return "".join(letter for letter in other if random.random() < 0.5)
    return draw_letters(random, letters, shortest=1, longest=8)


def each_letter(*body: Statement) -> Statement:
    """A loop over the letters of the string."""
    return count(INDEX, 0, string_length(TEXT), *body)


def join_on(value: Expression | str) -> Statement:
    """One more piece of the string that is made."""
    return put(MADE, join(MADE, value))
