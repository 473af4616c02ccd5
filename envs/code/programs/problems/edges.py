"""Graphs, which problems give as a number of vertices and a flat list of edges."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from ..building import (
    absolute,
    add,
    at_most,
    boolean,
    both,
    count,
    divide,
    element,
    function,
    integer,
    integers,
    length,
    let,
    modulo,
    multiply,
    program,
    put,
    subtract,
    unequal,
    when,
)
from ..syntax import Expression, Function, Statement, Variable
from .problem import Draft, Inputs

N, EDGES, A, B = integer("n"), integers("edges"), integer("a"), integer("b")
"""What programs are given: the number of vertices, the ends of the edges, and vertices."""

INDEX, U, V, W = integer("i"), integer("u"), integer("v"), integer("w")
"""The index of an edge, its ends, and a vertex that a loop is at."""

TOTAL, KEPT, BEST, CHANGED = integer("total"), integers("kept"), integer("best"), boolean("changed")
"""What loops make."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Which edges count.

    Attributes:
        words: a sentence, empty where all do.
        holds: the condition on the ends u and v of an edge.
    """

    words: str
    holds: Expression | None


def any_rule(random: Random, directed: bool = True) -> Rule:
    """All edges, or those without some; symmetric in the ends of an edge unless it has a direction."""
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
        return f"with u mod {k} = {r}", unequal(modulo(U, k), r)
    return random.choice(
        [
            (f"with |u - v| > {c}", at_most(absolute(subtract(U, V)), c)),
            (f"with |u - v| = {c}", unequal(absolute(subtract(U, V)), c)),
            (f"with (u + v) mod {k} = {r}", unequal(modulo(add(U, V), k), r)),
            (f"with u * v mod {k} = {r}", unequal(modulo(multiply(U, V), k), r)),
            (f"from or to vertex {c}", both(unequal(U, c), unequal(V, c))),
            (f"with u + v > {c + 4}", at_most(add(U, V), c + 4)),
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


def each_edge(rule: Rule, *body: Statement) -> Statement:
    """A loop over the edges that count, which names their ends."""
    inner = body if rule.holds is None else (when(rule.holds, *body),)
    return count(
        INDEX,
        0,
        divide(length(EDGES), 2),
        put(U, element(EDGES, multiply(INDEX, 2))),
        put(V, element(EDGES, add(multiply(INDEX, 2), 1))),
        *inner,
    )


ENDS = (let(U, 0), let(V, 0))
"""Stands before the first `each_edge` of a function."""

_FORMAT = "{kind} with vertices 0 to n - 1 is given by its edges u v, one after the other in the list edges.{rule}"


def graph_draft(
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
        program(*helpers, function("solve", [N, EDGES, *more], *body)),
        draw,
        [(n, edges, *((i * (n - 1)) % n for i, _ in enumerate(more))) for n, edges in graphs],
    )
