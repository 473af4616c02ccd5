"""Problems about the letters of a string."""

from __future__ import annotations

from random import Random

from ..building import (
    absolute,
    add,
    append,
    at_least,
    at_most,
    both,
    character,
    character_of,
    choose,
    code,
    count,
    decimal,
    equal,
    function,
    give,
    greater,
    integer,
    integers,
    join,
    less,
    let,
    loop,
    maximum,
    minimum,
    modulo,
    multiply,
    negation,
    program,
    put,
    same,
    string,
    string_length,
    subtract,
    when,
)
from .letters import (
    ALPHABET,
    INDEX,
    LETTER,
    MADE,
    NOTE,
    SIGNS,
    TEXT,
    TOTAL,
    any_letters,
    draw_letters,
    each_letter,
    join_on,
    string_draft,
)
from .problem import Draft, Inputs

_BEST, _STREAK = integer("best"), integer("streak")
_PLACES = integers("places")


def counted(random: Random) -> Draft:
    """How many letters are such, or where."""
    chosen = any_letters(random)
    asked = chosen.include(LETTER)
    kind = random.randrange(3)
    if kind == 0:
        k = random.randint(2, 9)
        return string_draft(
            "counted letters",
            f"Print {k} times the number of its letters that are {chosen.words}, minus its length. {NOTE}",
            chosen.typical,
            let(TOTAL, 0),
            each_letter(when(asked, put(TOTAL, add(TOTAL, 1)))),
            give(subtract(multiply(TOTAL, k), string_length(TEXT))),
        )
    start = random.choice([0, 1])
    place = add(INDEX, 1) if start else INDEX
    if kind == 1:
        return string_draft(
            "places of letters",
            f"Print the list of the indices, counted from {start}, of its letters that are {chosen.words}. {NOTE}",
            chosen.typical,
            let(_PLACES, ()),
            each_letter(when(asked, append(_PLACES, place))),
            give(_PLACES),
        )
    return string_draft(
        "places of letters",
        f"Print the sum of the indices, counted from {start}, of its letters that are {chosen.words}. {NOTE}",
        chosen.typical,
        let(TOTAL, 0),
        each_letter(when(asked, put(TOTAL, add(TOTAL, place)))),
        give(TOTAL),
    )


def kept(random: Random) -> Draft:
    """The letters that are such, forwards or backwards."""
    chosen, backwards, dropped = any_letters(random), random.random() < 0.5, random.random() < 0.5
    asked = negation(chosen.include(LETTER)) if dropped else chosen.include(LETTER)
    grown = join(LETTER, MADE) if backwards else join(MADE, LETTER)
    return string_draft(
        "kept letters",
        f"Print s {'without its' if dropped else 'with only those of its'} letters that are {chosen.words}"
        f"{', backwards' if backwards else ''}. {NOTE}",
        chosen.typical,
        let(MADE, ""),
        each_letter(when(asked, put(MADE, grown))),
        give(MADE),
    )


def shifted(random: Random) -> Draft:
    """Letters moved along the alphabet, all or some."""
    by, chosen = random.randint(1, 25), any_letters(random)
    moved = character_of(add(97, modulo(add(subtract(code(LETTER), 97), by), 26)))
    everywhere = random.random() < 0.3
    grown = moved if everywhere else choose(chosen.include(LETTER), moved, LETTER)
    backwards = random.random() < 0.3
    which = "every letter" if everywhere else f"every letter that is {chosen.one}"
    return string_draft(
        "shifted letters",
        f"Print s{' backwards,' if backwards else ''} with {which} replaced by the one {by} places after it in the "
        f"alphabet, where a follows z. {NOTE}",
        ALPHABET if everywhere else chosen.typical,
        let(MADE, ""),
        each_letter(put(MADE, join(grown, MADE) if backwards else join(MADE, grown))),
        give(MADE),
    )


def changed(random: Random) -> Draft:
    """Some letters replaced by others, doubled or marked."""
    chosen = any_letters(random)
    sign = random.choice(SIGNS)
    which = f"every letter that is {chosen.one}"
    words, new = random.choice(
        [
            (f"{which} replaced by {sign}", sign),
            (f"{which} doubled", join(LETTER, LETTER)),
            (f"{which} followed by {sign}", join(LETTER, sign)),
            (f"{sign} before {which}", join(sign, LETTER)),
            (f"{which} replaced by its place in the alphabet (a is 1)", decimal(subtract(code(LETTER), 96))),
            (f"{which} replaced by its mirror image (a by z, b by y, ...)", character_of(subtract(219, code(LETTER)))),
            (f"{which} turned into a capital", character_of(subtract(code(LETTER), 32))),
        ]
    )  # fmt: skip
    return string_draft(
        "changed letters",
        f"Print s with {words}. {NOTE}",
        chosen.typical,
        let(MADE, ""),
        each_letter(join_on(choose(chosen.include(LETTER), new, LETTER))),
        give(MADE),
    )


def palindrome(random: Random) -> Draft:
    """Whether, or how well, a string reads the same backwards."""
    chosen, step = any_letters(random), random.randint(0, 15)
    mirror = character(TEXT, subtract(subtract(string_length(TEXT), 1), INDEX))
    asked = chosen.include(LETTER)
    start = random.randint(0, 30)
    if random.random() < 0.5:
        words = f"letters of s that are {chosen.words} differ from the letter at the same place counted from the end"
        change = when(both(asked, negation(same(LETTER, mirror))), put(TOTAL, subtract(TOTAL, 1)))
    else:
        words = (
            f"letters of s are more than {step} places of the alphabet away from the letter at the same place counted "
            "from the end"
        )
        apart = absolute(subtract(code(LETTER), code(mirror)))
        change = when(greater(apart, step), put(TOTAL, subtract(TOTAL, 1)))
    return string_draft(
        "mirrored letters",
        f"Print {start} minus how many {words}. {NOTE}",
        chosen.typical,
        let(TOTAL, start),
        each_letter(change),
        give(TOTAL),
    )


def palindrome_test(random: Random) -> Draft:
    """Whether some of the letters read the same backwards."""
    chosen, back = any_letters(random), string("back")

    def draw(random: Random) -> Inputs:
        half = draw_letters(random, chosen.typical, shortest=2, longest=6)
        whole = half + half[::-1][random.randint(0, 1) :]
        if random.random() < 0.5:
            at = random.randrange(len(whole))
            whole = whole[:at] + random.choice(chosen.typical) + whole[at + 1 :]
        return (whole,)

    solution = function(
        "solve",
        [TEXT],
        let(MADE, ""),
        let(back, ""),
        each_letter(when(chosen.include(LETTER), join_on(LETTER), put(back, join(LETTER, back)))),
        give(same(MADE, back)),
    )
    return Draft(
        "a palindrome",
        f"Leave out all letters of s but those that are {chosen.words}. Print true if what is left reads the same "
        f"backwards (as nothing does), else false. {NOTE}",
        program(solution),
        draw,
        [("",), (chosen.typical[:1],), (chosen.typical,), (chosen.members[:1] * 3,), (chosen.typical + "x",)],
    )


def valued(random: Random) -> Draft:
    """A number made of the letters."""
    start, a, m = random.randint(0, 9), random.randint(2, 30), random.randint(50, 997)
    chosen = any_letters(random)
    place = subtract(code(LETTER), 96)
    if random.random() < 0.5:
        return string_draft(
            "a checksum",
            f"Start with h = {start}. For each letter of s in order, let h become (h * {a} + p) modulo {m}, where p is "
            f"its place in the alphabet (a is 1). Print the last h. {NOTE}",
            ALPHABET,
            let(TOTAL, start),
            each_letter(put(TOTAL, modulo(add(multiply(TOTAL, a), place), m))),
            give(TOTAL),
        )
    gain, loss = random.randint(1, 9), random.randint(1, 9)
    value, words = random.choice([(place, "its place in the alphabet (a is 1)"), (None, str(gain))])
    return string_draft(
        "a score",
        f"A letter that is {chosen.one} scores {words}, any other letter costs {loss}. Print the score of s. {NOTE}",
        chosen.typical,
        let(TOTAL, 0),
        each_letter(put(TOTAL, choose(chosen.include(LETTER), add(TOTAL, value or gain), subtract(TOTAL, loss)))),
        give(TOTAL),
    )


def streak(random: Random) -> Draft:
    """The longest stretch of letters that are such, or that rise or stay close."""
    chosen, gap = any_letters(random), random.randint(0, 9)
    before = code(character(TEXT, subtract(INDEX, 1)))
    kind = random.randrange(4)
    if kind == 0:
        words = f"letters of which each is at least {gap} places of the alphabet after the one before it"
        asked = at_least(code(LETTER), add(before, gap))
    elif kind == 1:
        words = f"letters of which each is at most {gap} places of the alphabet away from the one before it"
        asked = at_most(absolute(subtract(code(LETTER), before)), gap)
    else:
        words, asked = f"letters that are {chosen.words}", chosen.include(LETTER)
    if kind < 2:
        start = [let(_STREAK, 1), let(_BEST, minimum(string_length(TEXT), 1))]
        first, alone = 1, 1
    else:
        start = [let(_STREAK, 0), let(_BEST, 0)]
        first, alone = 0, 0
    return string_draft(
        "a stretch of letters",
        f"Print the length of the longest stretch of neighbouring {words}. {NOTE}",
        chosen.typical,
        *start,
        count(
            INDEX,
            first,
            string_length(TEXT),
            put(_STREAK, choose(asked, add(_STREAK, 1), alone)),
            put(_BEST, maximum(_BEST, _STREAK)),
        ),
        give(_BEST),
    )


def picked(random: Random) -> Draft:
    """Letters at some places, rearranged."""
    step, sign = random.randint(2, 6), random.choice(["", *SIGNS])
    first = random.randrange(step)
    kind = random.randrange(4)
    if kind == 0:
        words = f"first the letters of s at indices (from 0) congruent to {first} modulo {step}, then the others"
        rest = string("rest")
        body = [
            let(MADE, ""),
            let(rest, ""),
            each_letter(
                when(equal(modulo(INDEX, step), first), join_on(LETTER), otherwise=[put(rest, join(rest, LETTER))])
            ),
            give(join(join(MADE, sign) if sign else MADE, rest)),
        ]
        words += f", with {sign} between the two parts" if sign else ""
    elif kind == 1:
        turn = random.randint(1, 12)
        words = (
            f"s rotated to the left by {turn} places (the letter at index {turn}, from 0, comes first; where s is too "
            "short, count on from its beginning)"
        )
        body = [
            let(MADE, ""),
            each_letter(join_on(character(TEXT, modulo(add(INDEX, turn), string_length(TEXT))))),
            give(MADE),
        ]
    elif kind == 2:
        sign = sign or "!"
        words = f"s with {sign} after every {step} letters, but not at its end"
        body = [
            let(MADE, ""),
            each_letter(
                when(both(greater(INDEX, 0), equal(modulo(INDEX, step), 0)), join_on(sign)),
                join_on(LETTER),
            ),
            give(MADE),
        ]
    else:
        j = integer("j")
        words = f"s with every group of {step} letters, from the left, turned round (the last group may be shorter)"
        words += f", and {sign} after each group" if sign else ""
        end = minimum(add(INDEX, step), string_length(TEXT))
        body = [
            let(MADE, ""),
            let(INDEX, 0),
            loop(
                less(INDEX, string_length(TEXT)),
                count(j, 0, subtract(end, INDEX), join_on(character(TEXT, subtract(subtract(end, 1), j)))),
                *([join_on(sign)] if sign else []),
                put(INDEX, end),
            ),
            give(MADE),
        ]
    return string_draft("rearranged letters", f"Print {words}. {NOTE}", ALPHABET, *body)


FAMILIES = (counted, kept, shifted, changed, palindrome, palindrome_test, valued, streak, picked)
