"""Problems of several functions over integers and lists."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from ..building import (
    absolute,
    add,
    append,
    at_most,
    both,
    call,
    choose,
    count,
    either,
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
    loop,
    maximum,
    minimum,
    modulo,
    multiply,
    negation,
    program,
    put,
    put_at,
    subtract,
    when,
)
from ..syntax import Expression, Function, Statement, Variable
from .helpers import Helper, any_helper, question_of
from .lists import draw_list
from .problem import Draft, Inputs

_XS, _YS, _A, _B = integers("xs"), integers("ys"), integer("a"), integer("b")
_I, _J, _X, _T = integer("i"), integer("j"), integer("x"), integer("t")
_TOTAL, _KEPT, _MOVED = integer("total"), integers("kept"), integer("moved")
_HAS = function(
    "has",
    [_XS, _X],
    count(_I, 0, length(_XS), when(equal(element(_XS, _I), _X), give(True))),
    give(False),
)


def _draw(random: Random) -> tuple[int, ...]:
    return draw_list(random, spread=random.choice([12, 30, 60]))


_EDGES: tuple[tuple[int, ...], ...] = (
    (),
    (0,),
    (17,),
    (-24,),
    (6, 6, 6),
    (12, 21, 102, 201, 120, 30, 3),
    (1, 2, 3, 4, 5),
)


def _list_draft(
    title: str, demand: str, helpers: Sequence[Function], *body: Statement, parameters: Sequence[Variable] = (_XS,)
) -> Draft:
    def draw(random: Random) -> Inputs:
        return tuple(_draw(random) for _ in parameters)

    edges = [tuple((edge, edge[::2])[: len(parameters)]) for edge in _EDGES]
    return Draft(title, demand, program(*helpers, function("solve", parameters, *body)), draw, edges)


def _each(*body: Statement) -> Statement:
    return count(_I, 0, length(_XS), *body)


def _two(random: Random) -> tuple[Helper, Helper]:
    """Two functions with different definitions."""
    while True:
        one, other = any_helper(random, "h"), any_helper(random, "g")
        if one.definition != other.definition:
            return one, other


def chosen_and_mapped(random: Random) -> Draft:
    """One function chooses elements, another says what they count."""
    h, g = _two(random)
    p = question_of(random, h)
    x = element(_XS, _I)
    lines = f"{h.sentence} {g.sentence}"
    kind = random.randrange(4)
    if kind == 0:
        words, start = f"the list of g(x) for those elements x, in order, for which h(x) is {p.words}", let(_KEPT, ())
        body, result = append(_KEPT, g.of(x)), _KEPT
    elif kind == 1:
        words, start = f"the sum of g(x) over all elements x for which h(x) is {p.words}", let(_TOTAL, 0)
        body, result = put(_TOTAL, add(_TOTAL, g.of(x))), _TOTAL
    elif kind == 2:
        words = f"the largest g(x) of all elements x for which h(x) is {p.words}, or -1 if there are none"
        body, start, result = put(_TOTAL, maximum(_TOTAL, g.of(x))), let(_TOTAL, -1), _TOTAL
    else:
        words = f"how many of the elements x for which h(x) is {p.words} have g(x) < h(x)"
        body = when(less(g.of(x), h.of(x)), put(_TOTAL, add(_TOTAL, 1)))
        start, result = let(_TOTAL, 0), _TOTAL
    return _list_draft(
        "two functions",
        f"{lines} Print {words}.",
        [h.function, g.function],
        start,
        _each(when(p.of(h.of(x)), body)),
        give(result),
    )


def sorted_by(random: Random) -> Draft:
    """The elements in the order of a function."""
    h, down, low = any_helper(random, "h"), random.random() < 0.5, random.random() < 0.5
    y = integer("y")
    by_value = less(_X, y) if low else greater(_X, y)
    by_key = greater(h.of(_X), h.of(y)) if down else less(h.of(_X), h.of(y))
    before = function(
        "before", [_X, y], when(equal(h.of(_X), h.of(y)), give(by_value)), give(by_key)
    )  # fmt: skip
    kind = random.randrange(3)
    order = (
        f"Sort the elements x by h(x), {'largest' if down else 'smallest'} first, equal ones by x, "
        f"{'smallest' if low else 'largest'} first."
    )
    if kind == 0:
        words, result = "the sorted list", _KEPT
        end: list[Statement] = [give(result)]
    elif kind == 1:
        words = "h of the sorted elements"
        out = integers("images")
        end = [let(out, ()), count(_J, 0, length(_KEPT), append(out, h.of(element(_KEPT, _J)))), give(out)]
    else:
        c = random.randint(2, 4)
        words = f"the sum of the first {c} elements of the sorted list (of all, if it is shorter)"
        end = [
            let(_TOTAL, 0),
            count(_J, 0, minimum(c, length(_KEPT)), put(_TOTAL, add(_TOTAL, element(_KEPT, _J)))),
            give(_TOTAL),
        ]
    return _list_draft(
        "sorting by a function",
        f"{h.sentence} {order} Print {words}.",
        [h.function, before],
        let(_KEPT, ()),
        let(_MOVED, 0),
        let(_T, 0),
        _each(
            append(_KEPT, element(_XS, _I)),
            put(_MOVED, _I),
            loop(
                both(
                    greater(_MOVED, 0),
                    call(before, element(_KEPT, _MOVED), element(_KEPT, subtract(_MOVED, 1))),
                ),
                put(_T, element(_KEPT, _MOVED)),
                put_at(_KEPT, _MOVED, element(_KEPT, subtract(_MOVED, 1))),
                put_at(_KEPT, subtract(_MOVED, 1), _T),
                put(_MOVED, subtract(_MOVED, 1)),
            ),
        ),
        *end,
    )


def distinct(random: Random) -> Draft:
    """How the values of a function repeat."""
    h, seen = any_helper(random, "h"), integers("seen")
    x = element(_XS, _I)
    kind = random.randrange(3)
    start: list[Statement] = [let(seen, ())]
    if kind == 0:
        words = "those elements x, in order, whose h(x) no earlier element has"
        change: list[Statement] = [append(_KEPT, x), append(seen, h.of(x))]
        body = when(negation(call(_HAS, seen, h.of(x))), *change)
        start.append(let(_KEPT, ()))
        result: Expression = _KEPT
    elif kind == 1:
        words = "those elements x, in order, whose h(x) some earlier element has"
        body = when(
            call(_HAS, seen, h.of(x)), append(_KEPT, x), otherwise=[append(seen, h.of(x))]
        )  # fmt: skip
        start.append(let(_KEPT, ()))
        result = _KEPT
    else:
        c = random.randint(2, 30)
        words = f"{c} times the number of different values of h(x) for the elements x, minus the number of elements"
        body = when(negation(call(_HAS, seen, h.of(x))), append(seen, h.of(x)))
        result = subtract(multiply(length(seen), c), length(_XS))
    return _list_draft(
        "repeated values", f"{h.sentence} Print {words}.", [h.function, _HAS], *start, _each(body), give(result)
    )


def frequent(random: Random) -> Draft:
    """The commonest value of a function."""
    h, least = any_helper(random, "h"), random.random() < 0.5
    times = function(
        "times",
        [_XS, _X],
        let(_TOTAL, 0),
        count(_J, 0, length(_XS), when(equal(h.of(element(_XS, _J)), _X), put(_TOTAL, add(_TOTAL, 1)))),
        give(_TOTAL),
    )
    none, best, often = random.choice([-1, 0, 999]), integer("best"), integer("often")
    value = h.of(element(_XS, _I))
    tie = less(_X, best) if least else greater(_X, best)
    n = integer("n")
    return _list_draft(
        "the commonest value",
        f"{h.sentence} Print the value of h(x) that the most elements x have (of several, the "
        f"{'smallest' if least else 'largest'}), or {none} for an empty list.",
        [h.function, times],
        let(best, none),
        let(often, 0),
        let(_X, 0),
        let(n, 0),
        _each(
            put(_X, value),
            put(n, call(times, _XS, _X)),
            when(either(greater(n, often), both(equal(n, often), tie)), put(best, _X), put(often, n)),
        ),
        give(best),
    )


def pairs(random: Random) -> Draft:
    """How many pairs of elements a function relates."""
    h, c, k = any_helper(random, "h"), random.randint(1, 9), random.randint(2, 7)
    y = integer("y")
    one, other = h.of(_X), h.of(y)
    r = random.randrange(k)
    words, related = random.choice(
        [
            ("h(x) = h(y)", equal(one, other)),
            ("h(x) < h(y)", less(one, other)),
            (f"h(x) > h(y) + {c}", greater(one, add(other, c))),
            (f"|h(x) - h(y)| <= {c}", at_most(absolute(subtract(one, other)), c)),
            (f"(h(x) + h(y)) modulo {k} = {r}", equal(modulo(add(one, other), k), r)),
            (f"h(x) * h(y) modulo {k} = {r}", equal(modulo(multiply(one, other), k), r)),
        ]
    )
    related_by = function("related", [_X, y], give(related))
    return _list_draft(
        "related pairs",
        f"{h.sentence} Print how many pairs there are of an element x and an element y behind it with {words}.",
        [h.function, related_by],
        let(_TOTAL, 0),
        _each(
            count(
                _J,
                add(_I, 1),
                length(_XS),
                when(call(related_by, element(_XS, _I), element(_XS, _J)), put(_TOTAL, add(_TOTAL, 1))),
            )
        ),
        give(_TOTAL),
    )


def shared(random: Random) -> Draft:
    """What two lists have in common under a function."""
    h, missing = any_helper(random, "h"), random.random() < 0.5
    x = element(_XS, _I)
    among = integers("among")
    found: Expression = call(_HAS, among, h.of(x))
    kind = random.random() < 0.5
    words = "the list of those elements x of xs, in order," if kind else "the sum of h(x) over those elements x of xs"
    return _list_draft(
        "two lists",
        f"{h.sentence} Print {words} for which {'no' if missing else 'some'} element y of ys has h(y) = h(x).",
        [h.function, _HAS],
        let(among, ()),
        count(_J, 0, length(_YS), append(among, h.of(element(_YS, _J)))),
        let(_KEPT, ()) if kind else let(_TOTAL, 0),
        _each(
            when(
                negation(found) if missing else found,
                append(_KEPT, x) if kind else put(_TOTAL, add(_TOTAL, h.of(x))),
            )
        ),
        give(_KEPT if kind else _TOTAL),
        parameters=(_XS, _YS),
    )


def between(random: Random) -> Draft:
    """The integers of a range that are such."""
    h = any_helper(random, "h")
    p = question_of(random, h)
    largest = put(_TOTAL, maximum(_TOTAL, h.of(_X)))
    start, change, result, words = random.choice(
        [
            (let(_TOTAL, 0), put(_TOTAL, add(_TOTAL, 1)), _TOTAL, "for how many integers x from a to b"),
            (let(_TOTAL, 0), put(_TOTAL, add(_TOTAL, _X)), _TOTAL, "the sum of all integers x from a to b for which"),
            (let(_KEPT, ()), append(_KEPT, _X), _KEPT, "the list of all integers x from a to b, ascending, for which"),
            (let(_TOTAL, 0), largest, _TOTAL, "the largest h(x) (0 if none) of all x from a to b for which"),
        ]
    )

    def draw(random: Random) -> Inputs:
        low = random.randint(-20, 60)
        return low, low + random.randint(0, 20)

    solution = function(
        "solve", [_A, _B], start, count(_X, _A, add(_B, 1), when(p.of(h.of(_X)), change)), give(result)
    )  # fmt: skip
    edges = [(0, 0), (5, 4), (1, 1), (-3, 3), (95, 105), (7, -7), (0, 25)]
    demand = f"{h.sentence} Print {words} h(x) is {p.words} (both ends included; none if a > b)."
    return Draft("a range", demand, program(h.function, solution), draw, edges)


def repeated(random: Random) -> Draft:
    """A function that is applied again and again."""
    (h, g), m = _two(random), random.randint(20, 200)
    p = question_of(random, h)
    n, most = integer("n"), random.randint(3, 12)
    step = function(
        "step",
        [_X],
        give(choose(p.of(h.of(_X)), modulo(add(multiply(_X, 2), g.of(_X)), m), modulo(add(_X, h.of(_X)), m))),
    )
    track = random.random() < 0.5
    body: list[Statement] = [put(_X, call(step, _X))]
    words = f"x after {most} steps"
    if track:
        words = f"the list of x after each of {most} steps"
        body.append(append(_KEPT, _X))
    solution = function(
        "solve",
        [n],
        let(_X, n),
        *([let(_KEPT, ())] if track else []),
        count(_I, 0, most, *body),
        give(_KEPT if track else _X),
    )
    return Draft(
        "repeated steps",
        f"{h.sentence} {g.sentence} Start with x = n. A step makes x (2 * x + g(x)) modulo {m} if h(x) is {p.words}, "
        f"else (x + h(x)) modulo {m}. Print {words}.",
        program(h.function, g.function, step, solution),
        lambda random: (random.randint(-60, 200),),
        [(0,), (1,), (-1,), (10,), (99,), (250,)],
    )


FAMILIES = (chosen_and_mapped, sorted_by, distinct, frequent, pairs, shared, between, repeated)
