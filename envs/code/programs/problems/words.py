"""Problems of several functions over the words of a string."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from ..building import (
    add,
    append,
    boolean,
    call,
    character,
    character_of,
    choose,
    code,
    count,
    either,
    equal,
    function,
    give,
    greater,
    integer,
    integers,
    join,
    less,
    let,
    maximum,
    modulo,
    multiply,
    program,
    put,
    same,
    string,
    string_length,
    subtract,
    when,
)
from ..interpreter import Executable
from ..syntax import Expression, Function, Statement
from .letters import INDEX, MADE, NOTE, SIGNS, TEXT, TOTAL, Letters, any_letters, draw_letters, draw_words
from .phrases import Property, any_property, is_balanced
from .problem import Draft, Inputs

_W, _J, _WORD, _BEST, _MOST = string("w"), integer("j"), string("word"), string("best"), integer("most")
_LETTER = character(_W, _J)


@dataclass(frozen=True, slots=True)
class _Named:
    """A function of a word, and what it gives: what follows `f(w) is`."""

    function: Function
    definition: str

    def of(self, word: Expression) -> Expression:
        return call(self.function, word)


def _each_letter(*body: Statement) -> Statement:
    return count(_J, 0, string_length(_W), *body)


def _any_value(random: Random, chosen: Letters) -> _Named:
    """A function from a word to an integer."""
    a, b, m = random.randint(2, 9), random.randint(1, 9), random.randint(11, 60)
    place = subtract(code(_LETTER), 96)
    grow, words = random.choice(
        [
            (add(TOTAL, choose(chosen.include(_LETTER), a, -b)),
             f"{a} for each of its letters that are {chosen.words}, minus {b} for each other letter"),
            (add(TOTAL, choose(chosen.include(_LETTER), place, b)),
             f"the sum of the places in the alphabet (a is 1) of its letters that are {chosen.words}, plus {b} for "
             "each other letter"),
            (modulo(add(multiply(TOTAL, a), place), m),
             f"what v = 0 becomes if each letter in turn makes it (v * {a} + its place in the alphabet) modulo {m}"),
            (maximum(TOTAL, modulo(multiply(place, a), m)),
             f"the largest p * {a} modulo {m} over the places p of its letters in the alphabet (a is 1), 0 for none"),
        ]
    )  # fmt: skip
    return _Named(function("worth", [_W], let(TOTAL, 0), _each_letter(put(TOTAL, grow)), give(TOTAL)), words)


def _any_change(random: Random, chosen: Letters, *, signs: bool = True) -> _Named:
    """A function from a word to a word, which holds but letters unless `signs` will do."""
    by, sign = random.randint(1, 25), random.choice(SIGNS)
    moved = character_of(add(97, modulo(add(subtract(code(_LETTER), 97), by), 26)))
    ways = [
        (join(_LETTER, MADE), "w backwards"),
        (join(MADE, choose(chosen.include(_LETTER), moved, _LETTER)),
         f"w with its letters that are {chosen.words} moved {by} places along the alphabet (a follows z)"),
        (join(MADE, choose(chosen.include(_LETTER), "", _LETTER)),
         f"w without its letters that are {chosen.words}"),
        (choose(chosen.include(_LETTER), join(_LETTER, MADE), join(MADE, _LETTER)),
         f"the letters of w that are {chosen.words}, from the last to the first, then the others in their order"),
    ]  # fmt: skip
    if signs:
        marked = join(MADE, choose(chosen.include(_LETTER), sign, _LETTER))
        ways.append((marked, f"w with {sign} in place of its letters that are {chosen.words}"))
    made, words = random.choice(ways)
    return _Named(function("turned", [_W], let(MADE, ""), _each_letter(put(MADE, made)), give(MADE)), words)


def _each_word(*body: Statement) -> tuple[Statement, ...]:
    """A loop over the words of the string, each in its turn named `word`."""
    over = either(equal(INDEX, string_length(TEXT)), same(character(TEXT, INDEX), " "))
    return (
        let(_WORD, ""),
        count(
            INDEX,
            0,
            add(string_length(TEXT), 1),
            when(over, *body, put(_WORD, ""), otherwise=[put(_WORD, join(_WORD, character(TEXT, INDEX)))]),
        ),
    )


def _words_draft(title: str, demand: str, chosen: Letters, helpers: list[Function], *body: Statement) -> Draft:
    def draw(random: Random) -> Inputs:
        return (draw_words(random, chosen.typical),)

    typical = chosen.typical
    pairs = f"{typical[:2]} {typical[:2]} {typical[1:3]}"
    edges = [typical[0], "a z", typical, pairs, f"{typical[::-1]} b {typical[-1] * 3}"]
    return Draft(
        title,
        f"s is one or more words with a blank between. {demand} {NOTE}",
        program(*helpers, function("solve", [TEXT], *body)),
        draw,
        [(edge,) for edge in edges],
    )


def _asked(random: Random, chosen: Letters, turned: _Named | None = None) -> tuple[_Named, Property]:
    """A function and a property that its value has for some words, not for others, perhaps after another function."""
    while True:
        worth, asked = _any_value(random, chosen), any_property(random)
        helpers = [worth.function] if turned is None else [turned.function, worth.function]
        value = worth.of(_W if turned is None else turned.of(_W))
        test = Executable(program(*helpers, function("test", [_W], give(asked.of(value)))))
        sample = [draw_letters(random, chosen.typical, shortest=1, longest=6) for _ in range(30)]
        if is_balanced([bool(test.run((word,))) for word in sample]):
            return worth, asked


def words_changed(random: Random) -> Draft:
    """Each word changed by a function if another function says so."""
    chosen = any_letters(random)
    (worth, p), turned = _asked(random, chosen), _any_change(random, chosen)
    sign = random.choice(SIGNS)
    only = random.random() < 0.5
    kept = choose(p.of(worth.of(_WORD)), turned.of(_WORD), "" if only else _WORD)
    what = "leave out the others" if only else "keep the others"
    return _words_draft(
        "changed words",
        f"Let f(w) be {worth.definition}. Let g(w) be {turned.definition}. Replace each word w for which f(w) is "
        f"{p.words} by g(w), {what}, and print them with {sign} after each{', also each left out' if only else ''}.",
        chosen,
        [worth.function, turned.function],
        let(MADE, ""),
        *_each_word(put(MADE, join(join(MADE, kept), sign))),
        give(MADE),
    )


def best_word(random: Random) -> Draft:
    """The word that a function makes most of, changed by another."""
    chosen = any_letters(random)
    worth, turned = _any_value(random, chosen), _any_change(random, chosen)
    least, fresh = random.random() < 0.5, boolean("fresh")
    better = less(worth.of(_WORD), _MOST) if least else greater(worth.of(_WORD), _MOST)
    return _words_draft(
        "the best word",
        f"Let f(w) be {worth.definition}. Let g(w) be {turned.definition}. Print g(w) for the word w with the "
        f"{'smallest' if least else 'largest'} f(w) (of several, the first).",
        chosen,
        [worth.function, turned.function],
        let(_BEST, ""),
        let(_MOST, 0),
        let(fresh, True),
        *_each_word(
            when(either(fresh, better), put(_BEST, _WORD), put(_MOST, worth.of(_WORD)), put(fresh, False))
        ),
        give(turned.of(_BEST)),
    )  # fmt: skip


def words_valued(random: Random) -> Draft:
    """What a function makes of words that another one has changed."""
    chosen, worths = any_letters(random), integers("worths")
    turned = _any_change(random, chosen, signs=False)
    worth, p = _asked(random, chosen, turned)
    kind = random.randrange(3)
    value = worth.of(turned.of(_WORD))
    if kind == 0:
        words, start, result = "the list of f(g(w)) for its words w", let(worths, ()), worths
        body = append(worths, value)
    elif kind == 1:
        words, start, result = f"how many of its words w have an f(g(w)) that is {p.words}", let(_MOST, 0), _MOST
        body = when(p.of(value), put(_MOST, add(_MOST, 1)))
    else:
        words, start, result = "how many of its words w have f(w) < f(g(w))", let(_MOST, 0), _MOST
        body = when(less(worth.of(_WORD), value), put(_MOST, add(_MOST, 1)))
    return _words_draft(
        "values of words",
        f"Let f(w) be {worth.definition}. Let g(w) be {turned.definition}. Print {words}.",
        chosen,
        [worth.function, turned.function],
        start,
        *_each_word(body),
        give(result),
    )


FAMILIES = (words_changed, best_word, words_valued)
