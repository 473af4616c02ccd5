"""Problems that small dynamic programs solve."""

from __future__ import annotations

from random import Random

from ..building import (
    absolute,
    add,
    append,
    at_least,
    at_most,
    both,
    call,
    character,
    choose,
    code,
    count,
    element,
    equal,
    filled,
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
    program,
    put,
    put_at,
    same,
    string,
    string_length,
    subtract,
    when,
)
from ..syntax import Expression, Function, Statement
from .letters import draw_letters
from .lists import draw_list
from .problem import Draft, Inputs

_XS, _N, _I, _J, _K = integers("xs"), integer("n"), integer("i"), integer("j"), integer("k")
_S, _T = string("s"), string("t")
_BEST, _ROW, _LAST, _TOTAL = integer("best"), integers("row"), integers("above"), integer("total")
_NONE = 1_000_000


def steps(random: Random) -> Draft:
    """How many ways lead up some stairs."""
    sizes, m = sorted(random.sample(range(1, 8), random.randint(2, 3))), random.randint(50, 9_999)
    bad, rest = random.randint(4, 9), integer("rest")
    r = random.randrange(1, bad)
    closed = random.random() < 0.5
    body: list[Statement] = [
        when(at_least(_I, size), put(rest, add(rest, element(_ROW, subtract(_I, size))))) for size in sizes
    ]
    write: Expression = modulo(rest, m)
    if closed:
        write = choose(equal(modulo(_I, bad), r), 0, write)
    ways = function(
        "ways",
        [_N],
        let(_ROW, (1,)),
        let(rest, 0),
        count(_I, 1, add(_N, 1), put(rest, 0), *body, append(_ROW, write)),
        give(_ROW),
    )
    *others, last = map(str, sizes)
    rule = f" Steps whose number (the first is 1) is congruent to {r} modulo {bad} are broken: nobody stands on them."
    solution = function("solve", [_N], give(element(call(ways, _N), _N)))
    return Draft(
        "stairs",
        f"Somebody climbs n steps, always {', '.join(others)} or {last} at once.{rule if closed else ''} Print in how "
        f"many ways, modulo {m} (the order counts; one way for n = 0).",
        program(ways, solution),
        lambda random: (random.randint(1, 40),),
        [(0,), (1,), (2,), (3,), (sizes[-1],), (bad + 1,), (60,)],
    )


def coins(random: Random) -> Draft:
    """Amounts paid with coins."""
    fewest, limited, m = random.random() < 0.5, random.random() < 0.4, random.randint(20, 999)
    extra, k, c = random.randint(0, 6), random.randint(2, 7), random.randint(1, 4)
    fee = f" Each coin x is worth x + {extra}." if extra else ""
    worth = add(element(_XS, _I), extra) if extra else element(_XS, _I)
    w = integer("worth")
    before = element(_ROW, subtract(_J, w))
    heavy = add(modulo(element(_XS, _I), k), c)
    if fewest:
        change, start, first = minimum(element(_ROW, _J), add(before, heavy)), _NONE, 0
    else:
        change, start, first = modulo(add(element(_ROW, _J), before), m), 0, 1
    # going down, a coin is not used again
    index = subtract(add(_N, w), _K) if limited else _K
    table = function(
        "paid",
        [_XS, _N],
        let(_ROW, filled(add(_N, 1), start)),
        put_at(_ROW, 0, first),
        let(w, 0),
        let(_J, 0),
        count(
            _I, 0, length(_XS),
            put(w, worth),
            count(_K, w, add(_N, 1), put(_J, index), put_at(_ROW, _J, change)),
        ),
        give(_ROW),
    )  # fmt: skip
    many = "each of them at most once" if limited else "each as often as one likes"
    words = f"in how many ways that can be done, modulo {m} (the order does not count)"
    result: list[Statement] = [give(element(call(table, _XS, _N), _N))]
    if fewest:
        words = f"the least weight of coins that does it, where a coin x weighs x mod {k} + {c}, or -1 if none does"
        result = [
            let(_BEST, element(call(table, _XS, _N), _N)),
            give(choose(at_least(_BEST, _NONE), -1, _BEST)),
        ]

    def draw(random: Random) -> Inputs:
        coins = [random.randint(1, 9) for _ in range(random.randint(2, 6))]
        return tuple(coins if limited else sorted(set(coins))), random.randint(4, 30)

    return Draft(
        "coins",
        f"xs are coins, all positive.{fee} The amount n is to be paid exactly with them, {many}. Print {words}.",
        program(table, function("solve", [_XS, _N], *result)),
        draw,
        [((), 0), ((), 5), ((3,), 0), ((2,), 9), ((5, 7), 1), ((1,), 6), ((2, 3, 7), 12)],
    )


def subsequences(random: Random) -> Draft:
    """The best subsequence of a list whose elements follow one another by a rule."""
    gap, k, summed = random.randint(0, 9), random.randint(2, 6), random.random() < 0.5
    x, y = element(_XS, _J), element(_XS, _I)
    words, follows = random.choice(
        [
            (f"x + {gap} < y", less(add(x, gap), y)),
            (f"y + {gap} < x", less(add(y, gap), x)),
            (f"|x - y| <= {gap + 1}", at_most(absolute(subtract(x, y)), gap + 1)),
            (f"|x - y| > {gap}", greater(absolute(subtract(x, y)), gap)),
            (f"(x + y) mod {k} = {gap % k}", equal(modulo(add(x, y), k), gap % k)),
            (f"x < y and (y - x) mod {k} = 0", both(less(x, y), equal(modulo(subtract(y, x), k), 0))),
        ]
    )
    worth = absolute(y) if summed else 1
    ends = function(
        "ends",
        [_XS],
        let(_ROW, ()),
        let(_BEST, 0),
        count(
            _I, 0, length(_XS),
            put(_BEST, 0),
            count(_J, 0, _I, when(follows, put(_BEST, maximum(_BEST, element(_ROW, _J))))),
            append(_ROW, add(_BEST, worth)),
        ),
        give(_ROW),
    )  # fmt: skip
    asked = "largest sum of absolute values" if summed else "largest number of elements"
    if random.random() < 0.5:
        demand = f"the {asked} of such a subsequence (0 for the empty list)"
        result: list[Statement] = [
            let(_ROW, call(ends, _XS)),
            let(_BEST, 0),
            count(_I, 0, length(_ROW), put(_BEST, maximum(_BEST, element(_ROW, _I)))),
            give(_BEST),
        ]
    else:
        demand = f"the list of, for each element of xs, the {asked} of such a subsequence that ends with it"
        result = [give(call(ends, _XS))]
    return Draft(
        "subsequences",
        "Take elements of xs, in their order but not necessarily side by side, such that for each taken x and the "
        f"next taken y: {words}. Print {demand}.",
        program(ends, function("solve", [_XS], *result)),
        lambda random: (draw_list(random, longest=9, spread=random.choice([6, 15])),),
        [
            ((),),
            ((0,),),
            ((-4,),),
            ((2, 2, 2),),
            ((1, 3, 5, 7, 9, 11, 13),),
            ((9, 6, 3, 0, -3, -6),),
            ((4, -4, 8, -8, 1),),
        ],
    )


def stretches(random: Random) -> Draft:
    """The best stretch of neighbours, or elements that are not close."""
    c, gap = random.randint(0, 25) - 10, random.randint(1, 4)
    x = element(_XS, _I)
    gain = subtract(x, c) if c > 0 else add(x, -c) if c else x
    each = f", each counted as x {'-' if c > 0 else '+'} {abs(c)}," if c else ""
    if random.random() < 0.2:
        body: list[Statement] = [
            let(_TOTAL, 0),
            let(_BEST, 0),
            count(
                _I, 0, length(_XS),
                put(_TOTAL, maximum(add(_TOTAL, gain), 0)),
                put(_BEST, maximum(_BEST, _TOTAL)),
            ),
            give(_BEST),
        ]  # fmt: skip
        words = f"the largest sum of neighbouring elements x of xs{each} (0 for none of them)"
        helpers: list[Function] = []
    else:
        far = when(at_least(_I, gap + 1), put(_BEST, element(_ROW, subtract(_I, gap + 1))))
        sums = function(
            "sums",
            [_XS],
            let(_ROW, ()),
            let(_BEST, 0),
            count(
                _I, 0, length(_XS),
                put(_BEST, 0),
                far,
                put(_BEST, add(_BEST, gain)),
                when(greater(_I, 0), put(_BEST, maximum(_BEST, element(_ROW, subtract(_I, 1))))),
                append(_ROW, maximum(_BEST, 0)),
            ),
            give(_ROW),
        )  # fmt: skip
        helpers = [sums]
        body = [
            let(_ROW, call(sums, _XS)),
            let(_BEST, 0),
            when(greater(length(_ROW), 0), put(_BEST, element(_ROW, subtract(length(_ROW), 1)))),
            give(_BEST),
        ]
        words = (
            f"the largest sum of elements x of xs{each} such that between any two of them at least {gap} others stand "
            "(0 for none of them)"
        )
    return Draft(
        "the best elements",
        f"Print {words}.",
        program(*helpers, function("solve", [_XS], *body)),
        lambda random: (draw_list(random, longest=10, spread=random.choice([9, 20])),),
        [((),), ((0,),), ((14,),), ((-5,),), ((10, 10, 10, 10, 10),), ((12, -1, 12),), ((-3, -2, -1),)],
    )


def alignment(random: Random) -> Draft:
    """How far, or how near, two strings are."""
    p, q, r = random.randint(1, 6), random.randint(1, 6), random.randint(1, 9)
    common, up = random.random() < 0.4, element(_LAST, add(_J, 1))
    left, corner = element(_ROW, _J), element(_LAST, _J)
    a, b = character(_S, _I), character(_T, _J)
    if common:
        within = random.randint(0, 4)
        alike = at_most(absolute(subtract(code(a), code(b))), within) if within else same(a, b)
        gain = r
        cell = choose(alike, maximum(add(corner, gain), maximum(up, left)), maximum(up, left))
        border: Expression = multiply(_J, 0)
        start: Expression = multiply(_I, 0)
        near = f"at most {within} places of the alphabet apart" if within else "equal"
        demand = (
            "Take letters of s and as many of t, both in their order but not necessarily side by side, such that the "
            f"first taken ones are {near}, so are the second ones, and so on. Print {gain} times the largest number of "
            "letters that can be taken of s."
        )
    else:
        change = choose(same(a, b), corner, add(corner, r))
        cell = minimum(change, minimum(add(up, p), add(left, q)))
        border, start = multiply(_J, q), multiply(add(_I, 1), p)
        demand = (
            f"s is to be made into t: taking a letter out costs {p}, putting one in {q}, exchanging one for another {r}"
            ". Print the least cost."
        )
    solution = function(
        "solve",
        [_S, _T],
        let(_LAST, ()),
        let(_ROW, ()),
        count(_J, 0, add(string_length(_T), 1), append(_LAST, border)),
        count(
            _I, 0, string_length(_S),
            put(_ROW, ()),
            append(_ROW, start),
            count(_J, 0, string_length(_T), append(_ROW, cell)),
            count(_J, 0, add(string_length(_T), 1), put_at(_LAST, _J, element(_ROW, _J))),
        ),
        give(element(_LAST, string_length(_T))),
    )  # fmt: skip

    def draw(random: Random) -> Inputs:
        letters = "".join(random.sample("abcdefghijklm", random.randint(2, 5)))
        return draw_letters(random, letters, longest=9), draw_letters(random, letters, longest=9)

    edges = [("", ""), ("abc", ""), ("", "ab"), ("a", "a"), ("abcd", "abcd"), ("abcd", "dcba"), ("aaa", "aabaa")]
    return Draft("two strings", demand, program(solution), draw, edges)


def knapsack(random: Random) -> Draft:
    """What fits into a bag."""
    extra, c, weights = random.randint(0, 3), random.randint(2, 20), integers("ws")
    power = random.choice(["x", "w * x", "x + w", f"x + {c}", f"{c} * x + w"])
    x, w = element(_XS, _I), element(weights, _I)
    worth: Expression = {
        "x": x,
        "w * x": multiply(w, x),
        "x + w": add(x, w),
        f"x + {c}": add(x, c),
        f"{c} * x + w": add(multiply(c, x), w),
    }[power]
    need = add(w, extra) if extra else w
    j, size = subtract(add(_N, integer("size")), _K), integer("size")
    into = maximum(element(_ROW, _J), add(element(_ROW, subtract(_J, size)), worth))
    best = function(
        "fill",
        [_XS, weights, _N],
        let(_ROW, filled(add(_N, 1), 0)),
        let(size, 0),
        let(_J, 0),
        count(
            _I, 0, minimum(length(_XS), length(weights)),
            put(size, need),
            count(_K, size, add(_N, 1), put(_J, j), put_at(_ROW, _J, into)),
        ),
        give(_ROW),
    )  # fmt: skip
    whole = random.random() < 0.3
    table = call(best, _XS, weights, _N)
    result = table if whole else element(table, _N)
    words = "the list of the largest values for the capacities from 0 to n" if whole else "the largest value"

    def draw(random: Random) -> Inputs:
        n = random.randint(2, 6)
        xs = tuple(random.randint(1, 20) for _ in range(n))
        return xs, tuple(random.randint(1, 7) for _ in range(n)), random.randint(3, 18)

    paper = f" and {extra} more for its wrapping" if extra else ""
    return Draft(
        "a bag",
        f"The i-th thing has weight w, the i-th element of ws{paper}; its value is {power}, where x is the i-th "
        f"element of xs; all are positive. A bag holds weight n in all. Print {words} of things that fit, each taken "
        "at most once.",
        program(best, function("solve", [_XS, weights, _N], give(result))),
        draw,
        [((), (), 0), ((), (), 4), ((5,), (3,), 2), ((5,), (3,), 3), ((4, 9), (2, 2), 30), ((7, 7, 7), (1, 2, 3), 5)],
    )


FAMILIES = (steps, coins, subsequences, stretches, alignment, knapsack)
