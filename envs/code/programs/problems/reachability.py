"""Problems about what can be reached in a graph, and how far it is."""

from __future__ import annotations

from random import Random

from ..building import (
    absolute,
    add,
    append,
    at_least,
    both,
    call,
    choose,
    count,
    element,
    equal,
    expression,
    filled,
    function,
    give,
    greater,
    integers,
    less,
    let,
    loop,
    maximum,
    minimum,
    modulo,
    put,
    put_at,
    subtract,
    unequal,
    when,
)
from ..syntax import Expression, Function, Statement, Variable
from .edges import (
    BEST,
    CHANGED,
    EDGES,
    ENDS,
    INDEX,
    KEPT,
    TOTAL,
    A,
    B,
    N,
    Rule,
    U,
    V,
    W,
    any_rule,
    each_edge,
    graph_draft,
)
from .problem import Draft

_DIST, _FAR = integers("dist"), 1_000_000


def _distances(directed: bool, rule: Rule, cost: Expression) -> Function:
    """The least cost of a way from a to each vertex, or -1: edges are relaxed until nothing changes."""

    def relax(one: Variable, other: Variable) -> Statement:
        through = add(element(_DIST, one), cost)
        return when(less(through, element(_DIST, other)), put_at(_DIST, other, through), put(CHANGED, True))

    relaxed = [relax(U, V)] if directed else [relax(U, V), relax(V, U)]
    return function(
        "distances",
        [N, EDGES, A],
        let(_DIST, filled(N, _FAR)),
        put_at(_DIST, A, 0),
        *ENDS,
        let(CHANGED, True),
        loop(CHANGED, put(CHANGED, False), each_edge(rule, *relaxed)),
        count(W, 0, N, when(at_least(element(_DIST, W), _FAR), put_at(_DIST, W, -1))),
        give(_DIST),
    )


def distances(random: Random) -> Draft:
    """How far vertices are from one of them."""
    directed, c = random.random() < 0.5, random.randint(1, 4)
    rule = any_rule(random, directed)
    cost, priced = random.choice(
        [
            (1, "1"),
            (1, "1"),
            (add(absolute(subtract(U, V)), c), f"|u - v| + {c}"),
            (add(modulo(add(U, V), c + 1), 1), f"(u + v) mod {c + 1} + 1"),
            (choose(less(U, V), c, 1), f"{c} if u < v, else 1"),
        ]
    )
    if not directed and priced.endswith("1") and "if" in priced:
        cost, priced = 1, "1"
    steps = _distances(directed, rule, expression(cost))
    found = call(steps, N, EDGES, A)
    at_w = element(_DIST, W)
    kind = random.randrange(5)
    body: list[Statement] = [let(_DIST, found)]
    more = [A]
    if kind == 0:
        words = "the list of the least costs of a way from a to each vertex (-1 if there is none)"
        body.append(give(_DIST))
    elif kind == 1:
        words = "the largest of the least costs of a way from a to the vertices that can be reached"
        body += [let(BEST, 0), count(W, 0, N, put(BEST, maximum(BEST, at_w))), give(BEST)]
    elif kind == 2:
        words = "the sum of the least costs of a way from a to the vertices that can be reached"
        body += [let(TOTAL, 0), count(W, 0, N, put(TOTAL, add(TOTAL, maximum(at_w, 0)))), give(TOTAL)]
    elif kind == 3:
        words = f"the list of the vertices to which the cheapest way from a costs at least {c}, ascending"
        body += [let(KEPT, ()), count(W, 0, N, when(at_least(at_w, c), append(KEPT, W))), give(KEPT)]
    else:
        words = "the least cost of a way from a to b (-1 if there is none)"
        body.append(give(element(_DIST, B)))
        more = [A, B]
    return graph_draft(
        "distances", directed, rule, f"An edge costs {priced}. Print {words}.", [steps], body, more=more
    )  # fmt: skip


def reachable(random: Random) -> Draft:
    """What can be reached."""
    directed = random.random() < 0.6
    rule = any_rule(random, directed)
    start, c = random.randint(0, 2), random.randint(2, 5)
    seen, w = integers("seen"), element(integers("seen"), W)

    def spread(one: Variable, other: Variable) -> Statement:
        return when(
            both(equal(element(seen, one), 1), equal(element(seen, other), 0)),
            put_at(seen, other, 1),
            put(CHANGED, True),
        )

    visit = function(
        "visit",
        [N, EDGES, A],
        let(seen, filled(N, 0)),
        when(less(A, N), put_at(seen, A, 1)),
        *ENDS,
        let(CHANGED, True),
        loop(
            CHANGED,
            put(CHANGED, False),
            each_edge(rule, spread(U, V), *([] if directed else [spread(V, U)])),
        ),
        give(seen),
    )
    kind = random.randrange(4)
    body: list[Statement] = [let(seen, call(visit, N, EDGES, start if kind else A))]
    if kind == 0:
        words = "for how many vertices (a itself included) there is a way from a to them"
        body += [let(TOTAL, 0), count(W, 0, N, put(TOTAL, add(TOTAL, w))), give(TOTAL)]
    elif kind == 1:
        words = f"the list, ascending, of the vertices to which no way leads from vertex {start} (all, if n <= {start})"
        body += [let(KEPT, ()), count(W, 0, N, when(equal(w, 0), append(KEPT, W))), give(KEPT)]
    elif kind == 2:
        words = f"the sum of the vertices that are no multiples of {c} and to which a way leads from vertex {start}"
        asked = both(equal(w, 1), unequal(modulo(W, c), 0))
        body += [let(TOTAL, 0), count(W, 0, N, when(asked, put(TOTAL, add(TOTAL, W)))), give(TOTAL)]
    else:
        words = "how many pairs of different vertices u and v there are such that a way leads from u to v"
        body = [
            let(TOTAL, 0),
            let(seen, ()),
            count(
                A,
                0,
                N,
                put(seen, call(visit, N, EDGES, A)),
                count(W, 0, N, when(unequal(W, A), put(TOTAL, add(TOTAL, w)))),
            ),
            give(TOTAL),
        ]
    more = [] if kind else [A]
    return graph_draft("reachability", directed, rule, f"Print {words}.", [visit], body, more=more)


def components(random: Random) -> Draft:
    """The parts that hang together."""
    rule, c, label = any_rule(random, False), random.randint(1, 3), integers("label")
    lowest = minimum(element(label, U), element(label, V))
    spread = when(
        unequal(element(label, U), element(label, V)),
        put(W, lowest),
        put_at(label, U, W),
        put_at(label, V, W),
        put(CHANGED, True),
    )
    labels = function(
        "labels",
        [N, EDGES],
        let(label, ()),
        count(A, 0, N, append(label, A)),
        *ENDS,
        let(W, 0),
        let(CHANGED, True),
        loop(CHANGED, put(CHANGED, False), each_edge(rule, spread)),
        give(label),
    )
    sizes = integers("sizes")
    body: list[Statement] = [
        let(label, call(labels, N, EDGES)),
        let(sizes, filled(N, 0)),
        count(INDEX, 0, N, put_at(sizes, element(label, INDEX), add(element(sizes, element(label, INDEX)), 1))),
    ]
    size = element(sizes, INDEX)
    kind = random.randrange(4)
    if kind == 0:
        words = f"how many components with at least {c} vertices it has"
        body += [let(TOTAL, 0), count(INDEX, 0, N, when(at_least(size, c), put(TOTAL, add(TOTAL, 1)))), give(TOTAL)]
    elif kind == 1:
        words = "how many vertices its largest component has"
        body += [let(BEST, 0), count(INDEX, 0, N, put(BEST, maximum(BEST, size))), give(BEST)]
    elif kind == 2:
        words = "the list of the numbers of vertices of its components, in the order of their smallest vertices"
        body += [let(KEPT, ()), count(INDEX, 0, N, when(greater(size, 0), append(KEPT, size))), give(KEPT)]
    else:
        words = "the list of, for each vertex from 0 on, the smallest vertex of its component"
        body = [give(call(labels, N, EDGES))]
    return graph_draft("components", False, rule, f"Print {words}.", [labels], body)


FAMILIES = (distances, reachable, components)
