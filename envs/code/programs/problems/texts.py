"""Problems about the parts of strings: stretches, words, numbers; and about two strings."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from ..building import (
    add,
    at_least,
    at_most,
    boolean,
    both,
    character,
    choose,
    code,
    count,
    decimal,
    either,
    equal,
    function,
    give,
    greater,
    integer,
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
from ..syntax import Expression, Statement
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
    each_letter,
    join_on,
    string_draft,
)
from .problem import Draft, Inputs

_T, _WORD = string("t"), string("word")


def run_lengths(random: Random) -> Draft:
    """Stretches of equal letters."""
    j = integer("j")
    single, before, least = random.random() < 0.5, random.random() < 0.5, random.randint(1, 4)
    sign = random.choice(["", *SIGNS])
    number, letter = decimal(subtract(j, INDEX)), character(TEXT, INDEX)
    written = join(join(number, sign) if sign else number, letter)
    if not before:
        written = join(join(letter, sign) if sign else letter, number)
    length = subtract(j, INDEX)
    if single:
        written = choose(greater(length, 1), written, letter)
    body: list[Statement] = [join_on(written)]
    between = f", then {sign}" if sign else ""
    rule = f"the stretch's length{between}, then the letter"
    if not before:
        rule = f"the letter{between}, then the stretch's length"
    if single:
        rule += " (the letter alone where the length is 1)"
    if least > 1:
        body = [when(at_least(length, least), *body)]
        rule += f"; leave out stretches shorter than {least}"
    return string_draft(
        "run lengths",
        f"For each stretch of equal letters of s, as long as possible, print {rule}, all on one line without blanks. "
        f"{NOTE}",
        "".join(random.sample(ALPHABET, 3)),
        let(MADE, ""),
        let(INDEX, 0),
        let(j, 0),
        loop(
            less(INDEX, string_length(TEXT)),
            loop(both(less(j, string_length(TEXT)), same(character(TEXT, j), letter)), put(j, add(j, 1))),
            *body,
            put(INDEX, j),
        ),
        give(MADE),
    )  # fmt: skip


def expanded(random: Random) -> Draft:
    """A string in which digits say how often letters come."""
    factor, extra, sign = random.randint(1, 3), random.randint(0, 4), random.choice(["", *SIGNS])
    times: Expression = subtract(code(LETTER), 48)
    words = "d"
    if factor > 1:
        times, words = multiply(times, factor), f"{factor} * d"
    if extra:
        times, words = add(times, extra), f"{words} + {extra}"
    n = integer("n")
    previous = character(TEXT, subtract(INDEX, 1))
    group = [count(n, 0, times, join_on(previous)), *([join_on(sign)] if sign else [])]
    solution = function(
        "solve",
        [TEXT],
        let(MADE, ""),
        each_letter(when(equal(modulo(INDEX, 2), 1), *group)),
        give(MADE),
    )

    def draw(random: Random) -> Inputs:
        return ("".join(f"{random.choice('abcxyz')}{random.randint(0, 5)}" for _ in range(random.randint(1, 6))),)

    return Draft(
        "expanded letters",
        f"In s letters and digits take turns, a letter first. For each letter and the digit d behind it, print the "
        f"letter {words} times{f', then {sign}' if sign else ''}, all on one line without blanks.",
        program(solution),
        lambda random: (
            "".join(f"{random.choice('abcxyz')}{random.randint(0, 5)}" for _ in range(random.randint(1, 6))),
        ),
        [("",), ("a0",), ("b1",), ("c9",), ("x0y0z2",), ("a1b1c1",)],
    )


def compared(random: Random) -> Draft:
    """Two strings beside each other."""
    chosen, c = any_letters(random), random.randint(2, 40)
    other = character(_T, INDEX)
    shorter = minimum(string_length(TEXT), string_length(_T))
    side = count(INDEX, 0, shorter, when(both(chosen.include(LETTER), same(LETTER, other)), put(TOTAL, add(TOTAL, 1))))
    kind = random.randrange(4)
    if kind == 0:
        words = f"at how many places s and t have the same letter and it is {chosen.one}"
        body = [let(TOTAL, 0), side, give(TOTAL)]
    elif kind == 1:
        words = f"in how many places s and t differ, places that only one of them has costing {c} each"
        apart = subtract(maximum(string_length(TEXT), string_length(_T)), shorter)
        body = [
            let(TOTAL, multiply(apart, c)),
            count(INDEX, 0, shorter, when(negation(same(LETTER, other)), put(TOTAL, add(TOTAL, 1)))),
            give(TOTAL),
        ]
    elif kind == 2:
        first, second = (LETTER, other) if random.random() < 0.5 else (other, LETTER)
        name = "s" if first is LETTER else "t"
        words = f"at each place that both have the letter of s if it is {chosen.one}, else that of t"
        pick = choose(chosen.include(LETTER), LETTER, other)
        if random.random() < 0.5:
            words, pick = (
                f"for each place that both have the letters of s and t there, {name} first, and nothing if both are "
                f"the same letter or that of s is {chosen.one}",
                choose(either(same(LETTER, other), chosen.include(LETTER)), "", join(first, second)),
            )
        body = [let(MADE, ""), count(INDEX, 0, shorter, join_on(pick)), give(MADE)]
    else:
        j = integer("j")
        words = (
            "how many letters of t, from its first on, are found in s in that order (not necessarily side by side) if "
            f"letters of s that are {chosen.words} do not count"
        )
        body = [
            let(j, 0),
            each_letter(
                when(
                    negation(chosen.include(LETTER)),
                    when(less(j, string_length(_T)), when(same(LETTER, character(_T, j)), put(j, add(j, 1)))),
                )
            ),
            give(j),
        ]
    return string_draft("two strings", f"Print {words}. {NOTE}", chosen.typical, *body, more=[_T])


def words_counted(random: Random) -> Draft:
    """Words that are such."""
    least, chosen = random.randint(1, 5), any_letters(random)
    size = integer("size")
    kind = random.randrange(3)
    change, what = [
        (add(TOTAL, 1), "how many words of s"),
        (add(TOTAL, size), "the number of letters in all words of s that"),
        (maximum(TOTAL, size), "the length of the longest of the words of s that"),
    ][kind]
    if random.random() < 0.5:
        words, asked = f"begin with a letter that is {chosen.one}", boolean("good")
        mark = when(equal(size, 0), put(asked, chosen.include(LETTER)))
    else:
        words, asked = f"hold a letter that is {chosen.one}", boolean("good")
        mark = when(chosen.include(LETTER), put(asked, True))
    enough = both(at_least(size, least), asked) if least > 1 else asked
    if least > 1:
        words += f" and have at least {least} letters"
    return string_draft(
        "words",
        f"In s words have one blank between. Print {what} {words}; 0 if there are none. {NOTE}",
        chosen.typical,
        let(TOTAL, 0),
        let(size, 0),
        let(asked, False),
        each_letter(
            when(
                same(LETTER, " "),
                when(enough, put(TOTAL, change)),
                put(size, 0),
                put(asked, False),
                otherwise=[mark, put(size, add(size, 1))],
            )
        ),
        when(enough, put(TOTAL, change)),
        give(TOTAL),
        words=True,
    )


def words_changed(random: Random) -> Draft:
    """Words turned round, marked or shortened."""
    most, sign, turned = random.randint(1, 5), random.choice(SIGNS), boolean("turned")
    kind = random.randrange(4)
    chosen = any_letters(random)
    grow: Sequence[Statement]
    if kind == 0:
        words = f"with every word turned round whose first letter is {chosen.one}, and {sign} in place of blanks"
        done = _WORD
        grow = [
            when(same(_WORD, ""), put(turned, chosen.include(LETTER))),
            put(_WORD, choose(turned, join(LETTER, _WORD), join(_WORD, LETTER))),
        ]
    elif kind == 1:
        words = f"with only the first {most} letters that are {chosen.words} of every word"
        wanted = both(less(string_length(_WORD), most), chosen.include(LETTER))
        grow, done = [when(wanted, put(_WORD, join(_WORD, LETTER)))], _WORD
    elif kind == 2:
        words = f"with {sign} before every word that begins with a letter that is {chosen.one}"
        mark = choose(both(same(_WORD, ""), chosen.include(LETTER)), join(sign, LETTER), join(_WORD, LETTER))
        grow, done = [put(_WORD, mark)], _WORD
    else:
        words = f"without its words shorter than {most + 1} letters, and with {sign} after each of the others"
        grow = [put(_WORD, join(_WORD, LETTER))]
        done = choose(greater(string_length(_WORD), most), join(_WORD, sign), "")
    blank = sign if kind == 0 else "" if kind == 3 else " "
    end = join(done, blank) if blank else done
    if kind == 3:
        words += ", all without blanks"
    return string_draft(
        "changed words",
        f"In s words have one blank between. Print s {words}. {NOTE}",
        chosen.typical,
        let(MADE, ""),
        let(_WORD, ""),
        *([let(turned, False)] if kind == 0 else []),
        each_letter(when(same(LETTER, " "), join_on(end), put(_WORD, ""), otherwise=grow)),
        give(join(MADE, done)),
        words=True,
    )  # fmt: skip


def digits(random: Random) -> Draft:
    """What the digits in a string say."""
    base, m = random.randint(1, 9), random.randint(2, 9)
    digit = subtract(code(LETTER), 48)
    kind = random.randrange(3)
    is_digit = at_most(code(LETTER), 57)
    if kind == 0:
        start = random.randint(1, 50)
        words = f"{start} plus {m} times the sum of the digits in s"
        body = [let(TOTAL, start), each_letter(when(is_digit, put(TOTAL, add(TOTAL, multiply(digit, m))))), give(TOTAL)]
    elif kind == 1:
        base = random.randint(11, 99)
        words = f"the number that the digits in s make in base ten, modulo {base}; 0 if there are none"
        step = modulo(add(multiply(TOTAL, 10), digit), base)
        body = [let(TOTAL, 0), each_letter(when(is_digit, put(TOTAL, step))), give(TOTAL)]
    else:
        words = f"s with every digit d replaced by the last digit of d * {m} + {base}"
        new = decimal(modulo(add(multiply(digit, m), base), 10))
        body = [let(MADE, ""), each_letter(join_on(choose(is_digit, new, LETTER))), give(MADE)]
    return string_draft("digits", f"Print {words}. s holds lower-case letters and digits.", "0123456789abxyz", *body)


FAMILIES = (run_lengths, expanded, compared, words_counted, words_changed, digits)
