"""Problems of one loop over a list of integers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from ..building import (
    absolute,
    add,
    append,
    at_least,
    at_most,
    boolean,
    both,
    choose,
    count,
    element,
    equal,
    function,
    give,
    greater,
    integer,
    integers,
    length,
    less,
    let,
    maximum,
    minimum,
    modulo,
    multiply,
    negation,
    program,
    put,
    subtract,
    when,
)
from ..syntax import Statement
from ..walking import constants
from .phrases import Image, Property, any_image, any_property, any_question
from .problem import Draft, Inputs

_XS, _I = integers("xs"), integer("i")
_TOTAL, _BEST, _FOUND = integer("total"), integer("best"), integer("found")
_RUN, _KEPT, _ALL = integer("streak"), integers("kept"), boolean("holds")
_X = element(_XS, _I)


def draw_list(random: Random, near: Sequence[int] = (), *, longest: int = 10, spread: int = 20) -> tuple[int, ...]:
    """A list of small integers, some equal to their neighbours.

    Args:
        random: the generator.
        near: numbers near which something changes; some elements are near them.
        longest: the most elements; the fewest are 3.
        spread: the largest absolute value, but for elements near `near`.
    """
    numbers: list[int] = []
    for _ in range(random.randint(3, longest)):
        kind = random.random()
        if kind < 0.15 and numbers:
            numbers.append(numbers[-1])
        elif kind < 0.4 and near:
            numbers.append(random.choice(near) + random.randint(-1, 1))
        else:
            numbers.append(random.randint(-spread, spread))
    return tuple(numbers)


LIST_EDGES: tuple[Inputs, ...] = (
    ((),),
    ((0,),),
    ((7,),),
    ((-6,),),
    ((5, 5, 5, 5),),
    ((-3, 8, -1, 2, 0, 1, 12, -12, 4, 9, 6, -7, 3),),
)


_NEAR = 30


def _draft(title: str, demand: str, *body: Statement) -> Draft:
    solution = function("solve", [_XS], *body)
    near = [number for number in constants(solution) if abs(number) <= _NEAR]
    return Draft(title, demand, program(solution), lambda random: (draw_list(random, near),), LIST_EDGES)


def _each(*body: Statement) -> Statement:
    return count(_I, 0, length(_XS), *body)


def _over(random: Random) -> tuple[str, Callable[..., Statement], Property | None]:
    """Which elements a loop is over: in words, a loop over them, and the property that they are known by."""
    kind = random.random()
    if kind < 0.75:
        p = any_property(random)
        return f"the elements x of xs that are {p.words}", lambda *body: _each(when(p.of(_X), *body)), p
    if kind < 0.9:
        k = random.randint(2, 4)
        r = random.randrange(k)
        words = f"the elements x of xs whose index, counted from 0, is congruent to {r} modulo {k}"
        if k == 2:
            words = f"the elements x of xs at {'odd' if r else 'even'} indices, counted from 0"
        return words, lambda *body: _each(when(equal(modulo(_I, k), r), *body)), None
    p = any_property(random)
    words = f"the elements x of xs whose left neighbour is {p.words} (the first element has none)"
    left = p.of(element(_XS, subtract(_I, 1)))
    return words, lambda *body: count(_I, 1, length(_XS), when(left, *body)), None


def _asked(random: Random, among: Property | None = None) -> tuple[Image, Property, str]:
    """Something made of elements, a property that it may have, and what it is called."""
    image, p = any_question(random, among)
    return image, p, "x" if image.words == "x" else f"the number {image.words}"


def total(random: Random) -> Draft:
    """A sum."""
    image, (words, over, _) = any_image(random), _over(random)
    return _draft(
        "a sum",
        f"Print the sum of {image.words} over {words}; an empty sum is 0.",
        let(_TOTAL, 0),
        over(put(_TOTAL, add(_TOTAL, image.of(_X)))),
        give(_TOTAL),
    )


def product(random: Random) -> Draft:
    """A product, modulo something."""
    image, (words, over, _), m = any_image(random), _over(random), random.randint(5, 97)
    return _draft(
        "a product",
        f"Print the product of {image.words} over {words}, modulo {m} (from 0 to {m - 1}); an empty product is 1.",
        let(_TOTAL, 1),
        over(put(_TOTAL, modulo(multiply(_TOTAL, image.of(_X)), m))),
        give(_TOTAL),
    )


def number(random: Random) -> Draft:
    """How many elements, or how many more than others."""
    if random.random() < 0.5:
        words, over, among = _over(random)
        image, q = any_question(random, among, plain=False)
        return _draft(
            "a count",
            f"Print for how many of {words} the number {image.words} is {q.words}.",
            let(_TOTAL, 0),
            over(when(q.of(image.of(_X)), put(_TOTAL, add(_TOTAL, 1)))),
            give(_TOTAL),
        )
    p, q = any_property(random), any_property(random)
    return _draft(
        "a count",
        f"Print how many elements of xs are {p.words}, minus how many are {q.words}.",
        let(_TOTAL, 0),
        _each(
            when(p.of(_X), put(_TOTAL, add(_TOTAL, 1))),
            when(q.of(_X), put(_TOTAL, subtract(_TOTAL, 1))),
        ),
        give(_TOTAL),
    )


def extreme(random: Random) -> Draft:
    """The largest or smallest value."""
    image, (words, over, _), none = any_image(random), _over(random), random.choice([0, -1, 100, -100])
    word, better = random.choice([("largest", greater), ("smallest", less)])
    none_yet = boolean("untouched")
    return _draft(
        "an extreme",
        f"Print the {word} value of {image.words} over {words}, or {none} if there are none.",
        let(_BEST, none),
        let(none_yet, True),
        over(
            when(
                choose(none_yet, True, better(image.of(_X), _BEST)),
                put(_BEST, image.of(_X)),
                put(none_yet, False),
            )
        ),
        give(_BEST),
    )


def images(random: Random) -> Draft:
    """A list of values."""
    image, (words, over, _) = any_image(random), _over(random)
    return _draft(
        "a list of values",
        f"Print the list of {image.words} for {words}, in their order.",
        let(_KEPT, ()),
        over(append(_KEPT, image.of(_X))),
        give(_KEPT),
    )


def replaced(random: Random) -> Draft:
    """The list with some elements replaced."""
    p, image, other = any_property(random), any_image(random, plain=False), any_image(random)
    unchanged = "other elements stay" if other.words == "x" else f"every other element x by {other.words}"
    return _draft(
        "replaced elements",
        f"Print xs with every element x that is {p.words} replaced by {image.words}, {unchanged}.",
        let(_KEPT, ()),
        _each(append(_KEPT, choose(p.of(_X), image.of(_X), other.of(_X)))),
        give(_KEPT),
    )


def position(random: Random) -> Draft:
    """Where something is found first or last."""
    image, p, of_x = _asked(random)
    start = random.choice([0, 1])
    found = add(_I, 1) if start else _I
    if random.random() < 0.5:
        body = [_each(when(p.of(image.of(_X)), give(found))), give(-1)]
        which = "first"
    else:
        body = [let(_FOUND, -1), _each(when(p.of(image.of(_X)), put(_FOUND, found))), give(_FOUND)]
        which = "last"
    return _draft(
        "a position",
        f"Print the index, counted from {start}, of the {which} element x of xs for which {of_x} is {p.words}; "
        "-1 if there is none.",
        *body,
    )


def positions(random: Random) -> Draft:
    """Where something is found."""
    (image, p, of_x), start = _asked(random), random.choice([0, 1])
    return _draft(
        "positions",
        f"Print the list of the indices, counted from {start}, of all elements x of xs for which {of_x} is {p.words}.",
        let(_KEPT, ()),
        _each(when(p.of(image.of(_X)), append(_KEPT, add(_I, 1) if start else _I))),
        give(_KEPT),
    )


def quantifier(random: Random) -> Draft:
    """Whether all or some elements are such."""
    words, over, among = _over(random)
    image, p, of_x = _asked(random, among)
    every = random.random() < 0.5
    asked = p.of(image.of(_X))
    return _draft(
        "a condition",
        f"Print true if {of_x} is {p.words} for {'every one' if every else 'at least one'} of {words}, else false.",
        let(_ALL, every),
        over(when(negation(asked) if every else asked, put(_ALL, not every))),
        give(_ALL),
    )


def pairs(random: Random) -> Draft:
    """How many neighbours, or elements some places apart, are related."""
    gap, c, k = random.randint(1, 3), random.randint(1, 9), random.randint(2, 6)
    x, y = _X, element(_XS, add(_I, gap))
    words, condition = random.choice(
        [
            ("x < y", less(x, y)),
            ("x > y", greater(x, y)),
            ("x = y", equal(x, y)),
            (f"x + {c} < y", less(add(x, c), y)),
            (f"|x - y| > {c}", greater(absolute(subtract(x, y)), c)),
            (f"|x - y| <= {c}", at_most(absolute(subtract(x, y)), c)),
            (f"x + y is divisible by {k}", equal(modulo(add(x, y), k), 0)),
            (f"x * y is at least {c}", at_least(multiply(x, y), c)),
            ("x < 0 and y >= 0", both(less(x, 0), at_least(y, 0))),
            (f"x is divisible by {k} and y is not", both(equal(modulo(x, k), 0), greater(modulo(y, k), 0))),
        ]
    )
    place = "is followed at once by y" if gap == 1 else f"stands {gap} places before y"
    image_words, change = random.choice(
        [
            ("how many times", add(_TOTAL, 1)),
            ("the sum of x + y over all places where", add(_TOTAL, add(x, y))),
            ("the sum of |x - y| over all places where", add(_TOTAL, absolute(subtract(x, y)))),
            ("the sum of the larger of x and y over all places where", add(_TOTAL, maximum(x, y))),
        ]
    )
    return _draft(
        "neighbours",
        f"Print {image_words} an element x of xs {place} and {words}.",
        let(_TOTAL, 0),
        count(_I, 0, subtract(length(_XS), gap), when(condition, put(_TOTAL, change))),
        give(_TOTAL),
    )


def running(random: Random) -> Draft:
    """What has been summed up, or was the best, so far."""
    image, p = any_image(random), any_property(random)
    kind = random.randrange(3)
    if kind == 0:
        words, start, change = f"the sum of {image.words} over the elements", 0, add(_TOTAL, image.of(_X))
    elif kind == 1:
        start = random.randint(-5, 5)
        words = f"the largest of {start} and {image.words} for the elements"
        change = maximum(_TOTAL, image.of(_X))
    else:
        start = random.randint(-5, 5)
        words = f"the smallest of {start} and {image.words} for the elements"
        change = minimum(_TOTAL, image.of(_X))
    return _draft(
        "running values",
        f"Print a list as long as xs: at each place {words} x of xs up to and including it that are {p.words} "
        f"({start} while there are none).",
        let(_TOTAL, start),
        let(_KEPT, ()),
        _each(when(p.of(_X), put(_TOTAL, change)), append(_KEPT, _TOTAL)),
        give(_KEPT),
    )


def streak(random: Random) -> Draft:
    """The longest stretch of elements that are such."""
    image, p, of_x = _asked(random)
    return _draft(
        "a streak",
        f"Print the length of the longest stretch of neighbouring elements x of xs for which {of_x} is {p.words}.",
        let(_RUN, 0),
        let(_BEST, 0),
        _each(
            put(_RUN, choose(p.of(image.of(_X)), add(_RUN, 1), 0)),
            put(_BEST, maximum(_BEST, _RUN)),
        ),
        give(_BEST),
    )


def folded(random: Random) -> Draft:
    """A number that each element changes."""
    start, a, m = random.randint(0, 9), random.randint(2, 9), random.randint(11, 99)
    image, p = any_image(random), any_property(random)
    return _draft(
        "a fold",
        f"Start with t = {start}. For each element x of xs in order, let t become (t * {a} + {image.words}) modulo {m} "
        f"if x is {p.words}, else (t + 1) modulo {m}. Print the last t.",
        let(_TOTAL, start),
        _each(
            when(
                p.of(_X),
                put(_TOTAL, modulo(add(multiply(_TOTAL, a), image.of(_X)), m)),
                otherwise=[put(_TOTAL, modulo(add(_TOTAL, 1), m))],
            )
        ),
        give(_TOTAL),
    )


def weighted(random: Random) -> Draft:
    """A sum in which places count."""
    image, (words, over, _), start = any_image(random), _over(random), random.choice([0, 1])
    weight = add(_I, 1) if start else _I
    return _draft(
        "a weighted sum",
        f"Print the sum of i * ({image.words}) over {words}, where i is the index of x, counted from {start}.",
        let(_TOTAL, 0),
        over(put(_TOTAL, add(_TOTAL, multiply(weight, image.of(_X))))),
        give(_TOTAL),
    )


FAMILIES = (
    total, product, number, extreme, images, replaced, position, positions, quantifier, pairs, running, streak, folded,
    weighted,
)  # fmt: skip
