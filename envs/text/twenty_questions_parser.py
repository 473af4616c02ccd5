"""What a question in free text asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache, lru_cache
from itertools import groupby

from .twenty_questions_table import Attribute, Table, Thing, load_table

MAX_QUESTION_LENGTH = 500  # a longer text is not read: nobody needs it to ask one question

_TAG = re.compile(r"</?\w{1,20}>")
_SENTENCE = re.compile(r"([^.!?;\n]+)(\??)")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")

# what may be said or left out, and what is said for something else: phrases are compared without the former, and with
# the latter in one form, whether that is good English or not
_FILLERS = frozenset(
    (
        *("a", "an", "the", "any", "some", "of", "from", "kind", "type", "sort"),
        *("please", "ok", "okay", "so", "well", "hmm", "now", "then", "also", "really", "actually", "maybe", "perhaps"),
        *("probably", "usually", "normally", "generally", "often", "mostly", "typically", "commonly", "sometimes"),
    )
)
_SYNONYMS = {
    word: common
    for common, words in {
        "it": ("this", "that", "these", "those", "they", "them", "object", "thing"),
        "you": ("i", "we", "one", "people", "someone", "somebody", "humans"),
        "your": ("my",),
        "is": ("are",),
        "does": ("do",),
        "can": ("could", "would", "might", "may"),
        "colour": ("color",),
        "coloured": ("colored",),
    }.items()
    for word in words
}
_NEGATIONS = frozenset(("not", "never", "cannot", "without", "neither", "nor", "isnt", "doesnt", "cant", "dont"))
_CONJUNCTIONS = frozenset(("and", "or"))

_GUESSES = (
    "{}", "is it {}", "it is {}", "can it be {}", "guess {}", "your guess is {}", "you guess {}", "you guess it is {}",
    "you think it is {}", "you think {}", "is you thinking {}", "does you mean {}", "is answer {}", "answer {}",
    "answer is {}", "your answer is {}", "final answer {}", "final answer is {}", "your final answer is {}",
)  # fmt: skip
_ASKED = {
    "is": ("is it {}", "it is {}", "{}", "can you say it is {}", "is it considered {}", "is it something is {}"),
    "can": ("can it {}", "does it {}", "it can {}", "is it able to {}", "is it something can {}"),
    "does": ("does it {}", "it does {}", "is it something does {}"),
    "has": ("does it have {}", "has it {}", "has it got {}", "does it got {}", "it has {}", "is it with {}"),
    "you": ("does you {}", "can you {}", "you {}", "you can {}"),
}


class Refusal(StrEnum):
    """Why a text is not answered with yes or no; the value is what the questioner is told."""

    UNKNOWN = "ask like this: Is it alive?"
    SEVERAL = "ask one question at a time"
    NEGATION = "ask without a negation"
    LONG = f"ask in at most {MAX_QUESTION_LENGTH} characters"


def read_question(text: str) -> Attribute | Thing | Refusal:
    """What a text asks for.

    Where a text has questions, the rest of it is not looked at; otherwise all of it must be one statement, such as
    `cat` or `My guess: a cat`. Case, punctuation, tags, articles, words such as `please` and what stands before a colon
    do not matter. The same question may be asked twice.

    Args:
        text: any string.

    Returns:
        The attribute that is asked for, the object that is guessed, or why there is neither.
    """
    return _read_short(text) if len(text) <= MAX_QUESTION_LENGTH else Refusal.LONG


@lru_cache(maxsize=4096)
def _read_short(text: str) -> Attribute | Thing | Refusal:
    found = _SENTENCE.findall(_TAG.sub(" ", text).replace("’", "'"))
    sentences = [sentence for sentence, mark in found if mark] or [sentence for sentence, _ in found]
    phrases = {phrase for sentence in sentences if (phrase := _normalise(sentence.rpartition(":")[2]))}
    if len(phrases) != 1:
        return Refusal.SEVERAL if phrases else Refusal.UNKNOWN
    (phrase,) = phrases
    words = set(phrase.split())
    if words & _CONJUNCTIONS:
        return Refusal.SEVERAL
    if words & _NEGATIONS or any(word.endswith("n't") for word in words):
        return Refusal.NEGATION
    return _meanings().get(phrase, Refusal.UNKNOWN)


def _normalise(sentence: str) -> str:
    """The words that matter, in one spelling, a blank between each two."""
    said: list[str] = _WORD.findall(sentence.casefold().replace("it's", "it is"))
    words = [_SYNONYMS.get(word, word) for word in said if word not in _FILLERS]
    return " ".join(word for word, _ in groupby(words))  # `this object` has become `it it`


@cache
def _meanings() -> dict[str, Attribute | Thing]:
    return phrases_of(load_table())


def phrases_of(table: Table) -> dict[str, Attribute | Thing]:
    """Every phrase that is understood, normalised, and what it asks for.

    Raises:
        ValueError: a phrase asks for two things.
    """
    meanings: dict[str, Attribute | Thing] = {}
    for meaning in (*table.attributes, *table.things):
        for phrase in map(_normalise, _phrases(meaning)):
            if meanings.setdefault(phrase, meaning) is not meaning:
                raise ValueError(f"{phrase!r} asks for {meaning.question!r} and {meanings[phrase].question!r}")
    return meanings


def _phrases(meaning: Attribute | Thing) -> Iterator[str]:
    if isinstance(meaning, Thing):
        for name in meaning.names:
            yield from (guess.format(name) for guess in _GUESSES)
        return
    for predicate in meaning.predicates:
        verb, _, rest = predicate.partition(" ")
        yield from (asked.format(rest) for asked in _ASKED[verb])
        if verb == "you":
            # `is it something you eat`
            yield f"is it something you {rest.removesuffix(' it')}"
            yield f"is it something you can {rest.removesuffix(' it')}"
