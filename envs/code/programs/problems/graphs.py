"""Problems about the edges of graphs: orders that they allow, cycles, and the longest ways."""

from __future__ import annotations

from random import Random

from ..building import (
    absolute,
    add,
    append,
    at_least,
    boolean,
    both,
    call,
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
    loop,
    maximum,
    modulo,
    multiply,
    negation,
    put,
    put_at,
    subtract,
    when,
)
from ..syntax import Statement
from .edges import (
    BEST,
    CHANGED,
    EDGES,
    ENDS,
    INDEX,
    KEPT,
    TOTAL,
    A,
    N,
    U,
    V,
    W,
    any_rule,
    each_edge,
    graph_draft,
)
from .problem import Draft


def ordering(random: Random) -> Draft:
    """Orders that respect edges, and cycles."""
    rule, down = any_rule(random), random.random() < 0.5
    waits = integers("waits")
    degrees = function(
        "degrees",
        [N, EDGES],
        let(waits, filled(N, 0)),
        *ENDS,
        each_edge(rule, put_at(waits, V, add(element(waits, V), 1))),
        give(waits),
    )
    last = integer("newest")
    pick = count(
        W,
        0,
        N,
        when(
            equal(element(waits, W), 0),
            *([put(last, W)] if down else [when(less(last, 0), put(last, W))]),
        ),
    )
    order = function(
        "order",
        [N, EDGES],
        let(waits, call(degrees, N, EDGES)),
        let(KEPT, ()),
        let(last, 0),
        *ENDS,
        loop(
            at_least(last, 0),
            put(last, -1),
            pick,
            when(
                at_least(last, 0),
                append(KEPT, last),
                put_at(waits, last, -1),
                each_edge(
                    rule,
                    when(equal(U, last), put_at(waits, V, subtract(element(waits, V), 1))),
                ),
            ),
        ),
        give(KEPT),
    )
    size = "largest" if down else "smallest"
    how = (
        f"Write vertices down one after the other: always the {size} that is not written yet and to which no edge "
        "leads from one that is not written yet, until there is none."
    )
    kind = random.randrange(3)
    if kind == 0:
        words, body = "the list of the vertices written down", [give(call(order, N, EDGES))]
    elif kind == 1:
        words = "how many vertices can never be written down"
        body = [give(subtract(N, length(call(order, N, EDGES))))]
    else:
        c = random.randint(2, 4)
        words = f"the sum of i * v, modulo {c * 10 + 1}, over the vertices v written down, where i counts them from 1"
        step = modulo(add(TOTAL, multiply(add(INDEX, 1), element(KEPT, INDEX))), c * 10 + 1)
        body = [
            let(KEPT, call(order, N, EDGES)),
            let(TOTAL, 0),
            count(INDEX, 0, length(KEPT), put(TOTAL, step)),
            give(TOTAL),
        ]
    return graph_draft("an order of vertices", True, rule, f"{how} Print {words}.", [degrees, order], list(body))


def cycles(random: Random) -> Draft:
    """Whether there is a cycle, or two colours do."""
    side, clash = integers("side"), boolean("clash")
    two = random.random() < 0.3
    rule = any_rule(random, not two)
    if two:
        paint = when(
            both(equal(element(side, U), -1), at_least(element(side, V), 0)),
            put_at(side, U, subtract(1, element(side, V))),
            put(CHANGED, True),
        )
        paint_back = when(
            both(equal(element(side, V), -1), at_least(element(side, U), 0)),
            put_at(side, V, subtract(1, element(side, U))),
            put(CHANGED, True),
        )
        colours = function(
            "colours",
            [N, EDGES],
            let(side, filled(N, -1)),
            *ENDS,
            let(CHANGED, True),
            count(
                A,
                0,
                N,
                when(equal(element(side, A), -1), put_at(side, A, 0)),
                put(CHANGED, True),
                loop(CHANGED, put(CHANGED, False), each_edge(rule, paint, paint_back)),
            ),
            give(side),
        )
        words = (
            "true if each vertex can be painted black or white so that no edge joins two of the same colour, else false"
        )
        body: list[Statement] = [
            let(side, call(colours, N, EDGES)),
            *ENDS,
            let(clash, False),
            each_edge(rule, when(equal(element(side, U), element(side, V)), put(clash, True))),
            give(negation(clash)),
        ]
        return graph_draft("two colours", False, rule, f"Print {words}.", [colours], body)
    reach = integers("reach")
    extend = when(
        both(equal(element(reach, U), 1), equal(element(reach, V), 0)), put_at(reach, V, 1), put(CHANGED, True)
    )
    returns = function(
        "returns",
        [N, EDGES, A],
        let(reach, filled(N, 0)),
        *ENDS,
        each_edge(rule, when(equal(U, A), put_at(reach, V, 1))),
        let(CHANGED, True),
        loop(CHANGED, put(CHANGED, False), each_edge(rule, extend)),
        give(equal(element(reach, A), 1)),
    )
    listed = random.random() < 0.6
    words = "the list of all vertices, ascending, that lie on a cycle" if listed else "how many vertices lie on a cycle"
    found = call(returns, N, EDGES, W)
    if listed:
        body = [let(KEPT, ()), count(W, 0, N, when(found, append(KEPT, W))), give(KEPT)]
    else:
        body = [let(TOTAL, 0), count(W, 0, N, when(found, put(TOTAL, add(TOTAL, 1)))), give(TOTAL)]
    return graph_draft("cycles", True, rule, f"Print {words}.", [returns], body)


def longest(random: Random) -> Draft:
    """The longest ways in a graph without cycles, or how many there are."""
    rule, m, c = any_rule(random), random.randint(5, 50), random.randint(1, 3)
    ways = random.random() < 0.4
    value = integers("value")
    if ways:
        grow = put_at(value, V, modulo(add(element(value, V), element(value, U)), m))
        asked, start = f"the number of ways from vertex 0 to it, modulo {m} (one from vertex 0 to itself)", 0
    else:
        cost, words = random.choice([(1, "1"), (V, "v"), (add(subtract(V, U), c), f"v - u + {c}")])
        grow = put_at(value, V, maximum(element(value, V), add(element(value, U), cost)))
        asked, start = f"the largest cost of a way that ends there (0 if no edge does), where an edge costs {words}", 0
    worths = function(
        "worths",
        [N, EDGES],
        let(value, filled(N, start)),
        *([put_at(value, 0, 1)] if ways else []),
        *ENDS,
        count(W, 0, N, each_edge(rule, when(equal(U, W), grow))),
        give(value),
    )
    kind = random.randrange(3)
    at_w = element(value, W)
    body: list[Statement] = [let(value, call(worths, N, EDGES))]
    if kind == 0:
        words = "the list of"
        body = [give(call(worths, N, EDGES))]
    elif kind == 1:
        words = "the largest, over all vertices, of"
        body += [let(BEST, 0), count(W, 0, N, put(BEST, maximum(BEST, at_w))), give(BEST)]
    else:
        words = "the sum, over all vertices, of"
        body += [let(TOTAL, 0), count(W, 0, N, put(TOTAL, add(TOTAL, at_w))), give(TOTAL)]
    each = ", for each vertex from 0 on, " if kind == 0 else " "
    return graph_draft(
        "ways without return", True, rule, f"Print {words}{each}{asked}.", [worths], body, acyclic=True
    )  # fmt: skip


def degrees(random: Random) -> Draft:
    """How many edges vertices have."""
    directed, c = random.random() < 0.5, random.randint(1, 3)
    rule = any_rule(random, directed)
    number, weight = integers("degree"), random.randint(2, 5)
    grow = [put_at(number, U, add(element(number, U), 1))]
    if directed:
        grow.append(put_at(number, V, subtract(element(number, V), weight)))
        what = f"the number of edges from it minus {weight} times the number of edges to it"
    else:
        grow.append(put_at(number, V, add(element(number, V), 1)))
        what = "the number of its edges"
    counts = function(
        "counts", [N, EDGES], let(number, filled(N, 0)), *ENDS, each_edge(rule, *grow), give(number)
    )  # fmt: skip
    one, best = element(number, W), integer("best")
    kind = random.randrange(3)
    body: list[Statement] = [let(number, call(counts, N, EDGES))]
    if kind == 0:
        words = "the list of f, for each vertex from 0 on"
        body = [give(call(counts, N, EDGES))]
    elif kind == 1:
        words = "the vertex with the largest f (of several, the smallest vertex)"
        body += [
            let(best, 0),
            count(W, 0, N, when(greater(one, element(number, best)), put(best, W))),
            give(best),
        ]
    else:
        words = f"how many edges join vertices whose values of f differ by at least {c}"
        apart = absolute(subtract(element(number, U), element(number, V)))
        body += [
            *ENDS,
            let(TOTAL, 0),
            each_edge(rule, when(at_least(apart, c), put(TOTAL, add(TOTAL, 1)))),
            give(TOTAL),
        ]
    return graph_draft(
        "edges of vertices", directed, rule, f"For a vertex let f be {what}. Print {words}.", [counts], body
    )  # fmt: skip


FAMILIES = (ordering, cycles, longest, degrees)
