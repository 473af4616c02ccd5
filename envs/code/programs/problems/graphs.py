"""Problems about graphs, which are given as a number of vertices and a flat list of edges."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from ..building import (
    absolute,
    add,
    append,
    at_least,
    at_most,
    boolean,
    both,
    call,
    choose,
    count,
    divide,
    element,
    equal,
    expression,
    filled,
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
    unequal,
    when,
)
from ..syntax import Expression, Function, Statement, Variable
from .problem import Draft, Inputs

_N, _EDGES, _A, _B = integer("n"), integers("edges"), integer("a"), integer("b")
_I, _U, _V, _W = integer("i"), integer("u"), integer("v"), integer("w")
_DIST, _TOTAL, _KEPT, _BEST = integers("dist"), integer("total"), integers("kept"), integer("best")
_CHANGED, _FAR = boolean("changed"), 1_000_000


@dataclass(frozen=True, slots=True)
class Rule:
    """Which edges count.

    Attributes:
        words: a sentence, empty where all do.
        holds: the condition on the ends u and v of an edge.
    """

    words: str
    holds: Expression | None


def _any_rule(random: Random, directed: bool = True) -> Rule:
    if random.random() < 0.1:
        return Rule("", None)
    words, holds = _one_rule(random, directed)
    if random.random() < 0.4:
        more, also = _one_rule(random, directed)
        if more != words:
            return Rule(f" Ignore edges {words} and edges {more}.", both(holds, also))
    return Rule(f" Ignore edges {words}.", holds)


def _one_rule(random: Random, directed: bool) -> tuple[str, Expression]:
    """Which edges do not count, in words, and the condition that one does; symmetric in its ends if undirected."""
    k, c = random.randint(2, 6), random.randint(1, 6)
    r = random.randrange(k)
    if directed and random.random() < 0.2:
        return f"with u mod {k} = {r}", unequal(modulo(_U, k), r)
    return random.choice(
        [
            (f"with |u - v| > {c}", at_most(absolute(subtract(_U, _V)), c)),
            (f"with |u - v| = {c}", unequal(absolute(subtract(_U, _V)), c)),
            (f"with (u + v) mod {k} = {r}", unequal(modulo(add(_U, _V), k), r)),
            (f"with u * v mod {k} = {r}", unequal(modulo(multiply(_U, _V), k), r)),
            (f"from or to vertex {c}", both(unequal(_U, c), unequal(_V, c))),
            (f"with u + v > {c + 4}", at_most(add(_U, _V), c + 4)),
        ]
    )


def _draw_graph(random: Random, *, acyclic: bool = False) -> tuple[int, tuple[int, ...]]:
    n = random.randint(3, 9)
    edges: list[int] = []
    for _ in range(random.randint(n // 2, 2 * n)):
        u, v = random.sample(range(n), 2)
        edges += sorted((u, v)) if acyclic else (u, v)
    return n, tuple(edges)


_GRAPHS: tuple[tuple[int, tuple[int, ...]], ...] = (
    (1, ()),
    (4, ()),
    (2, (0, 1)),
    (5, (0, 1, 1, 2, 2, 3, 3, 4)),
    (6, (0, 1, 0, 2, 1, 3, 2, 3, 3, 4, 4, 5, 0, 5)),
)
_CYCLES: tuple[tuple[int, tuple[int, ...]], ...] = (
    (2, (1, 0)),
    (4, (0, 1, 1, 2, 2, 0)),
    (6, (5, 4, 4, 3, 3, 2, 2, 1, 1, 0)),
)


def _each_edge(rule: Rule, *body: Statement) -> Statement:
    """A loop over the edges that count, which names their ends."""
    inner = body if rule.holds is None else (when(rule.holds, *body),)
    return count(
        _I,
        0,
        divide(length(_EDGES), 2),
        put(_U, element(_EDGES, multiply(_I, 2))),
        put(_V, element(_EDGES, add(multiply(_I, 2), 1))),
        *inner,
    )


_ENDS = (let(_U, 0), let(_V, 0))

_FORMAT = "{kind} with vertices 0 to n - 1 is given by its edges u v, one after the other in the list edges.{rule}"


def _graph_draft(
    title: str,
    directed: bool,
    rule: Rule,
    demand: str,
    helpers: list[Function],
    body: list[Statement],
    *,
    acyclic: bool = False,
    more: list[Variable] | None = None,
) -> Draft:
    """A draft over n, edges and vertices."""
    more = more or []
    kind = "A directed graph" if directed else "An undirected graph"
    if acyclic:
        kind = "A directed graph whose edges lead from smaller to larger numbers,"

    def draw(random: Random) -> Inputs:
        n, edges = _draw_graph(random, acyclic=acyclic)
        return n, edges, *(random.randrange(n) for _ in more)

    graphs = _GRAPHS if acyclic else _GRAPHS + _CYCLES
    return Draft(
        title,
        f"{_FORMAT.format(kind=kind, rule=rule.words)} {demand}",
        program(*helpers, function("solve", [_N, _EDGES, *more], *body)),
        draw,
        [(n, edges, *((i * (n - 1)) % n for i, _ in enumerate(more))) for n, edges in graphs],
    )


def _distances(directed: bool, rule: Rule, cost: Expression) -> Function:
    """The least cost of a way from a to each vertex, or -1: edges are relaxed until nothing changes."""

    def relax(one: Variable, other: Variable) -> Statement:
        through = add(element(_DIST, one), cost)
        return when(less(through, element(_DIST, other)), put_at(_DIST, other, through), put(_CHANGED, True))

    relaxed = [relax(_U, _V)] if directed else [relax(_U, _V), relax(_V, _U)]
    return function(
        "distances",
        [_N, _EDGES, _A],
        let(_DIST, filled(_N, _FAR)),
        put_at(_DIST, _A, 0),
        *_ENDS,
        let(_CHANGED, True),
        loop(_CHANGED, put(_CHANGED, False), _each_edge(rule, *relaxed)),
        count(_W, 0, _N, when(at_least(element(_DIST, _W), _FAR), put_at(_DIST, _W, -1))),
        give(_DIST),
    )


def distances(random: Random) -> Draft:
    """How far vertices are from one of them."""
    directed, c = random.random() < 0.5, random.randint(1, 4)
    rule = _any_rule(random, directed)
    cost, priced = random.choice(
        [
            (1, "1"),
            (1, "1"),
            (add(absolute(subtract(_U, _V)), c), f"|u - v| + {c}"),
            (add(modulo(add(_U, _V), c + 1), 1), f"(u + v) mod {c + 1} + 1"),
            (choose(less(_U, _V), c, 1), f"{c} if u < v, else 1"),
        ]
    )
    if not directed and priced.endswith("1") and "if" in priced:
        cost, priced = 1, "1"
    steps = _distances(directed, rule, expression(cost))
    found = call(steps, _N, _EDGES, _A)
    at_w = element(_DIST, _W)
    kind = random.randrange(5)
    body: list[Statement] = [let(_DIST, found)]
    more = [_A]
    if kind == 0:
        words = "the list of the least costs of a way from a to each vertex (-1 if there is none)"
        body.append(give(_DIST))
    elif kind == 1:
        words = "the largest of the least costs of a way from a to the vertices that can be reached"
        body += [let(_BEST, 0), count(_W, 0, _N, put(_BEST, maximum(_BEST, at_w))), give(_BEST)]
    elif kind == 2:
        words = "the sum of the least costs of a way from a to the vertices that can be reached"
        body += [let(_TOTAL, 0), count(_W, 0, _N, put(_TOTAL, add(_TOTAL, maximum(at_w, 0)))), give(_TOTAL)]
    elif kind == 3:
        words = f"the list of the vertices to which the cheapest way from a costs at least {c}, ascending"
        body += [let(_KEPT, ()), count(_W, 0, _N, when(at_least(at_w, c), append(_KEPT, _W))), give(_KEPT)]
    else:
        words = "the least cost of a way from a to b (-1 if there is none)"
        body.append(give(element(_DIST, _B)))
        more = [_A, _B]
    return _graph_draft(
        "distances", directed, rule, f"An edge costs {priced}. Print {words}.", [steps], body, more=more
    )  # fmt: skip


def reachable(random: Random) -> Draft:
    """What can be reached."""
    directed = random.random() < 0.6
    rule = _any_rule(random, directed)
    start, c = random.randint(0, 2), random.randint(2, 5)
    seen, w = integers("seen"), element(integers("seen"), _W)

    def spread(one: Variable, other: Variable) -> Statement:
        return when(
            both(equal(element(seen, one), 1), equal(element(seen, other), 0)),
            put_at(seen, other, 1),
            put(_CHANGED, True),
        )

    visit = function(
        "visit",
        [_N, _EDGES, _A],
        let(seen, filled(_N, 0)),
        when(less(_A, _N), put_at(seen, _A, 1)),
        *_ENDS,
        let(_CHANGED, True),
        loop(
            _CHANGED,
            put(_CHANGED, False),
            _each_edge(rule, spread(_U, _V), *([] if directed else [spread(_V, _U)])),
        ),
        give(seen),
    )
    kind = random.randrange(4)
    body: list[Statement] = [let(seen, call(visit, _N, _EDGES, start if kind else _A))]
    if kind == 0:
        words = "for how many vertices (a itself included) there is a way from a to them"
        body += [let(_TOTAL, 0), count(_W, 0, _N, put(_TOTAL, add(_TOTAL, w))), give(_TOTAL)]
    elif kind == 1:
        words = f"the list, ascending, of the vertices to which no way leads from vertex {start} (all, if n <= {start})"
        body += [let(_KEPT, ()), count(_W, 0, _N, when(equal(w, 0), append(_KEPT, _W))), give(_KEPT)]
    elif kind == 2:
        words = f"the sum of the vertices that are no multiples of {c} and to which a way leads from vertex {start}"
        asked = both(equal(w, 1), unequal(modulo(_W, c), 0))
        body += [let(_TOTAL, 0), count(_W, 0, _N, when(asked, put(_TOTAL, add(_TOTAL, _W)))), give(_TOTAL)]
    else:
        words = "how many pairs of different vertices u and v there are such that a way leads from u to v"
        body = [
            let(_TOTAL, 0),
            let(seen, ()),
            count(
                _A,
                0,
                _N,
                put(seen, call(visit, _N, _EDGES, _A)),
                count(_W, 0, _N, when(unequal(_W, _A), put(_TOTAL, add(_TOTAL, w)))),
            ),
            give(_TOTAL),
        ]
    more = [] if kind else [_A]
    return _graph_draft("reachability", directed, rule, f"Print {words}.", [visit], body, more=more)


def components(random: Random) -> Draft:
    """The parts that hang together."""
    rule, c, label = _any_rule(random, False), random.randint(1, 3), integers("label")
    lowest = minimum(element(label, _U), element(label, _V))
    spread = when(
        unequal(element(label, _U), element(label, _V)),
        put(_W, lowest),
        put_at(label, _U, _W),
        put_at(label, _V, _W),
        put(_CHANGED, True),
    )
    labels = function(
        "labels",
        [_N, _EDGES],
        let(label, ()),
        count(_A, 0, _N, append(label, _A)),
        *_ENDS,
        let(_W, 0),
        let(_CHANGED, True),
        loop(_CHANGED, put(_CHANGED, False), _each_edge(rule, spread)),
        give(label),
    )
    sizes = integers("sizes")
    body: list[Statement] = [
        let(label, call(labels, _N, _EDGES)),
        let(sizes, filled(_N, 0)),
        count(_I, 0, _N, put_at(sizes, element(label, _I), add(element(sizes, element(label, _I)), 1))),
    ]
    size = element(sizes, _I)
    kind = random.randrange(4)
    if kind == 0:
        words = f"how many components with at least {c} vertices it has"
        body += [let(_TOTAL, 0), count(_I, 0, _N, when(at_least(size, c), put(_TOTAL, add(_TOTAL, 1)))), give(_TOTAL)]
    elif kind == 1:
        words = "how many vertices its largest component has"
        body += [let(_BEST, 0), count(_I, 0, _N, put(_BEST, maximum(_BEST, size))), give(_BEST)]
    elif kind == 2:
        words = "the list of the numbers of vertices of its components, in the order of their smallest vertices"
        body += [let(_KEPT, ()), count(_I, 0, _N, when(greater(size, 0), append(_KEPT, size))), give(_KEPT)]
    else:
        words = "the list of, for each vertex from 0 on, the smallest vertex of its component"
        body = [give(call(labels, _N, _EDGES))]
    return _graph_draft("components", False, rule, f"Print {words}.", [labels], body)


def ordering(random: Random) -> Draft:
    """Orders that respect edges, and cycles."""
    rule, down = _any_rule(random), random.random() < 0.5
    waits = integers("waits")
    degrees = function(
        "degrees",
        [_N, _EDGES],
        let(waits, filled(_N, 0)),
        *_ENDS,
        _each_edge(rule, put_at(waits, _V, add(element(waits, _V), 1))),
        give(waits),
    )
    last = integer("newest")
    pick = count(
        _W,
        0,
        _N,
        when(
            equal(element(waits, _W), 0),
            *([put(last, _W)] if down else [when(less(last, 0), put(last, _W))]),
        ),
    )
    order = function(
        "order",
        [_N, _EDGES],
        let(waits, call(degrees, _N, _EDGES)),
        let(_KEPT, ()),
        let(last, 0),
        *_ENDS,
        loop(
            at_least(last, 0),
            put(last, -1),
            pick,
            when(
                at_least(last, 0),
                append(_KEPT, last),
                put_at(waits, last, -1),
                _each_edge(
                    rule,
                    when(equal(_U, last), put_at(waits, _V, subtract(element(waits, _V), 1))),
                ),
            ),
        ),
        give(_KEPT),
    )
    size = "largest" if down else "smallest"
    how = (
        f"Write vertices down one after the other: always the {size} that is not written yet and to which no edge "
        "leads from one that is not written yet, until there is none."
    )
    kind = random.randrange(3)
    if kind == 0:
        words, body = "the list of the vertices written down", [give(call(order, _N, _EDGES))]
    elif kind == 1:
        words = "how many vertices can never be written down"
        body = [give(subtract(_N, length(call(order, _N, _EDGES))))]
    else:
        c = random.randint(2, 4)
        words = f"the sum of i * v, modulo {c * 10 + 1}, over the vertices v written down, where i counts them from 1"
        step = modulo(add(_TOTAL, multiply(add(_I, 1), element(_KEPT, _I))), c * 10 + 1)
        body = [
            let(_KEPT, call(order, _N, _EDGES)),
            let(_TOTAL, 0),
            count(_I, 0, length(_KEPT), put(_TOTAL, step)),
            give(_TOTAL),
        ]
    return _graph_draft("an order of vertices", True, rule, f"{how} Print {words}.", [degrees, order], list(body))


def cycles(random: Random) -> Draft:
    """Whether there is a cycle, or two colours do."""
    side, clash = integers("side"), boolean("clash")
    two = random.random() < 0.3
    rule = _any_rule(random, not two)
    if two:
        paint = when(
            both(equal(element(side, _U), -1), at_least(element(side, _V), 0)),
            put_at(side, _U, subtract(1, element(side, _V))),
            put(_CHANGED, True),
        )
        paint_back = when(
            both(equal(element(side, _V), -1), at_least(element(side, _U), 0)),
            put_at(side, _V, subtract(1, element(side, _U))),
            put(_CHANGED, True),
        )
        colours = function(
            "colours",
            [_N, _EDGES],
            let(side, filled(_N, -1)),
            *_ENDS,
            let(_CHANGED, True),
            count(
                _A,
                0,
                _N,
                when(equal(element(side, _A), -1), put_at(side, _A, 0)),
                put(_CHANGED, True),
                loop(_CHANGED, put(_CHANGED, False), _each_edge(rule, paint, paint_back)),
            ),
            give(side),
        )
        words = (
            "true if each vertex can be painted black or white so that no edge joins two of the same colour, else false"
        )
        body: list[Statement] = [
            let(side, call(colours, _N, _EDGES)),
            *_ENDS,
            let(clash, False),
            _each_edge(rule, when(equal(element(side, _U), element(side, _V)), put(clash, True))),
            give(negation(clash)),
        ]
        return _graph_draft("two colours", False, rule, f"Print {words}.", [colours], body)
    reach = integers("reach")
    extend = when(
        both(equal(element(reach, _U), 1), equal(element(reach, _V), 0)), put_at(reach, _V, 1), put(_CHANGED, True)
    )
    returns = function(
        "returns",
        [_N, _EDGES, _A],
        let(reach, filled(_N, 0)),
        *_ENDS,
        _each_edge(rule, when(equal(_U, _A), put_at(reach, _V, 1))),
        let(_CHANGED, True),
        loop(_CHANGED, put(_CHANGED, False), _each_edge(rule, extend)),
        give(equal(element(reach, _A), 1)),
    )
    listed = random.random() < 0.6
    words = "the list of all vertices, ascending, that lie on a cycle" if listed else "how many vertices lie on a cycle"
    found = call(returns, _N, _EDGES, _W)
    if listed:
        body = [let(_KEPT, ()), count(_W, 0, _N, when(found, append(_KEPT, _W))), give(_KEPT)]
    else:
        body = [let(_TOTAL, 0), count(_W, 0, _N, when(found, put(_TOTAL, add(_TOTAL, 1)))), give(_TOTAL)]
    return _graph_draft("cycles", True, rule, f"Print {words}.", [returns], body)


def longest(random: Random) -> Draft:
    """The longest ways in a graph without cycles, or how many there are."""
    rule, m, c = _any_rule(random), random.randint(5, 50), random.randint(1, 3)
    ways = random.random() < 0.4
    value = integers("value")
    if ways:
        grow = put_at(value, _V, modulo(add(element(value, _V), element(value, _U)), m))
        asked, start = f"the number of ways from vertex 0 to it, modulo {m} (one from vertex 0 to itself)", 0
    else:
        cost, words = random.choice([(1, "1"), (_V, "v"), (add(subtract(_V, _U), c), f"v - u + {c}")])
        grow = put_at(value, _V, maximum(element(value, _V), add(element(value, _U), cost)))
        asked, start = f"the largest cost of a way that ends there (0 if no edge does), where an edge costs {words}", 0
    worths = function(
        "worths",
        [_N, _EDGES],
        let(value, filled(_N, start)),
        *([put_at(value, 0, 1)] if ways else []),
        *_ENDS,
        count(_W, 0, _N, _each_edge(rule, when(equal(_U, _W), grow))),
        give(value),
    )
    kind = random.randrange(3)
    at_w = element(value, _W)
    body: list[Statement] = [let(value, call(worths, _N, _EDGES))]
    if kind == 0:
        words = "the list of"
        body = [give(call(worths, _N, _EDGES))]
    elif kind == 1:
        words = "the largest, over all vertices, of"
        body += [let(_BEST, 0), count(_W, 0, _N, put(_BEST, maximum(_BEST, at_w))), give(_BEST)]
    else:
        words = "the sum, over all vertices, of"
        body += [let(_TOTAL, 0), count(_W, 0, _N, put(_TOTAL, add(_TOTAL, at_w))), give(_TOTAL)]
    each = ", for each vertex from 0 on, " if kind == 0 else " "
    return _graph_draft(
        "ways without return", True, rule, f"Print {words}{each}{asked}.", [worths], body, acyclic=True
    )  # fmt: skip


def degrees(random: Random) -> Draft:
    """How many edges vertices have."""
    directed, c = random.random() < 0.5, random.randint(1, 3)
    rule = _any_rule(random, directed)
    number, weight = integers("degree"), random.randint(2, 5)
    grow = [put_at(number, _U, add(element(number, _U), 1))]
    if directed:
        grow.append(put_at(number, _V, subtract(element(number, _V), weight)))
        what = f"the number of edges from it minus {weight} times the number of edges to it"
    else:
        grow.append(put_at(number, _V, add(element(number, _V), 1)))
        what = "the number of its edges"
    counts = function(
        "counts", [_N, _EDGES], let(number, filled(_N, 0)), *_ENDS, _each_edge(rule, *grow), give(number)
    )  # fmt: skip
    one, best = element(number, _W), integer("best")
    kind = random.randrange(3)
    body: list[Statement] = [let(number, call(counts, _N, _EDGES))]
    if kind == 0:
        words = "the list of f, for each vertex from 0 on"
        body = [give(call(counts, _N, _EDGES))]
    elif kind == 1:
        words = "the vertex with the largest f (of several, the smallest vertex)"
        body += [
            let(best, 0),
            count(_W, 0, _N, when(greater(one, element(number, best)), put(best, _W))),
            give(best),
        ]
    else:
        words = f"how many edges join vertices whose values of f differ by at least {c}"
        apart = absolute(subtract(element(number, _U), element(number, _V)))
        body += [
            *_ENDS,
            let(_TOTAL, 0),
            _each_edge(rule, when(at_least(apart, c), put(_TOTAL, add(_TOTAL, 1)))),
            give(_TOTAL),
        ]
    return _graph_draft(
        "edges of vertices", directed, rule, f"For a vertex let f be {what}. Print {words}.", [counts], body
    )  # fmt: skip


FAMILIES = (distances, reachable, components, ordering, cycles, longest, degrees)
