"""Statements mean what their programs do: some of each kind, written anew in Python from the words alone."""

import re
from random import Random

import pytest

from palaestra.envs.code.programs.interpreter import Executable
from palaestra.envs.code.programs.problems import (
    dynamic,
    functions,
    graphs,
    integers,
    lists,
    reachability,
    strings,
    words,
)
from palaestra.envs.code.programs.problems.problem import pose


def problems(family, pattern, wanted):
    """So many of a family's problems whose statement has a sentence of a form, each with what the form matched."""
    found = 0
    for seed in range(3000):
        random = Random(seed)
        draft = family(random)
        match = re.search(pattern, draft.demand)
        posed = pose(draft, random) if match else None
        if posed is not None:
            yield posed, match
            found += 1
            if found == wanted:
                return
    raise AssertionError(f"only {found} problems are of the form {pattern}")


def agree(posed, function):
    run = Executable(posed.program).run
    for inputs in posed.inputs:
        assert run(inputs) == function(*inputs), (posed.statement, inputs)


def test_a_phrase_about_one_integer():
    ways = {
        r"Print n divided by (\d+), rounded down": lambda n, c: n // c,
        r"Print how far n is from (\d+)\.": lambda n, c: abs(n - c),
        r"Print (\d+) minus n": lambda n, c: c - n,
        r"Print n modulo (\d+)\.": lambda n, c: n % c,
    }
    for pattern, way in ways.items():
        for posed, match in problems(integers.one_integer, pattern, 3):
            agree(posed, lambda n, way=way, c=int(match[1]): way(n, c))


def test_the_longest_stretch_of_elements():
    pattern = r"stretch of neighbouring elements x of xs for which x is greater than (-?\d+)\."
    for posed, match in problems(lists.streak, pattern, 2):

        def longest(xs, c=int(match[1])):
            return max(map(len, "".join("x" if x > c else " " for x in xs).split(" ")))

        agree(posed, longest)


def test_caesar_shifts():
    for posed, match in problems(strings.shifted, r"Print s with every letter replaced by the one (\d+) ", 2):
        agree(posed, lambda s, by=int(match[1]): "".join(chr(97 + (ord(c) - 97 + by) % 26) for c in s))


def test_sorting_by_the_sum_of_digits():
    pattern = (
        r"h\(x\) be the sum of the digits of \|x\|\. Sort the elements x by h\(x\), (largest|smallest) first, equal "
        r"ones by x, (largest|smallest) first\. Print the sorted list"
    )
    for posed, match in problems(functions.sorted_by, pattern, 2):
        signs = [-1 if word == "largest" else 1 for word in match.groups()]

        def key(x, signs=signs):
            return signs[0] * sum(map(int, str(abs(x)))), signs[1] * x

        agree(posed, lambda xs, key=key: tuple(sorted(xs, key=key)))


def graph(n, flat, directed, allowed=lambda u, v: True):
    near = {u: set() for u in range(n)}
    for u, v in zip(flat[::2], flat[1::2], strict=True):
        if allowed(u, v):
            near[u].add(v)
            if not directed:
                near[v].add(u)
    return near


def reach(near, start):
    """Breadth-first distances from a vertex."""
    distance, waiting = {start: 0}, [start]
    for u in waiting:
        for v in near[u]:
            if v not in distance:
                distance[v] = distance[u] + 1
                waiting.append(v)
    return distance


@pytest.mark.parametrize("kind", ["A directed", "An undirected"])
def test_distances_in_a_graph(kind):
    pattern = rf"{kind} graph.*Ignore edges with \|u - v\| > (\d)\. An edge costs 1\. Print the list of the least costs"
    for posed, match in problems(reachability.distances, pattern, 2):

        def costs(n, flat, a, most=int(match[1])):
            distance = reach(graph(n, flat, kind == "A directed", lambda u, v: abs(u - v) <= most), a)
            return tuple(distance.get(v, -1) for v in range(n))

        agree(posed, costs)


def test_components_and_two_colours():
    for posed, _ in problems(reachability.components, r"in the list edges\. Print how many vertices its largest", 1):
        agree(posed, lambda n, flat: max(len(reach(graph(n, flat, False), v)) for v in range(n)))
    for posed, _ in problems(graphs.cycles, r"in the list edges\. Print true if each vertex can be painted", 1):

        def bipartite(n, flat):
            near = graph(n, flat, False)
            for start in range(n):
                distance = reach(near, start)
                if any(distance[u] % 2 == distance[v] % 2 for u in distance for v in near[u]):
                    return False
            return True

        agree(posed, bipartite)


def test_an_order_of_vertices():
    pattern = r"in the list edges\. Write .* always the (\w+) that .* Print the list of the vertices"
    for posed, match in problems(graphs.ordering, pattern, 3):

        def order(n, flat, choose=max if match[1] == "largest" else min):
            edges = list(zip(flat[::2], flat[1::2], strict=True))
            written = []
            while free := [v for v in range(n) if v not in written and all(u in written for u, w in edges if w == v)]:
                written.append(choose(free))
            return tuple(written)

        agree(posed, order)


def test_editing_one_string_into_another():
    pattern = r"taking a letter out costs (\d), putting one in (\d), exchanging one for another (\d)"
    for posed, match in problems(dynamic.alignment, pattern, 3):
        out, into, exchange = map(int, match.groups())

        def cost(s, t, out=out, into=into, exchange=exchange):
            if not s or not t:
                return out * len(s) + into * len(t)
            row = [[0] * (len(t) + 1) for _ in range(len(s) + 1)]
            for i in range(len(s) + 1):
                for j in range(len(t) + 1):
                    ways = [row[i - 1][j] + out] if i else []
                    ways += [row[i][j - 1] + into] if j else []
                    ways += [row[i - 1][j - 1] + exchange * (s[i - 1] != t[j - 1])] if i and j else []
                    row[i][j] = min(ways, default=0)
            return row[-1][-1]

        agree(posed, cost)


def test_coins_and_bags():
    pattern = r"to be paid exactly with them, each of them at most once\. Print in how many ways .* modulo (\d+)"
    for posed, match in problems(dynamic.coins, rf"all positive\. The amount n is {pattern}", 2):

        def ways(xs, n, m=int(match[1])):
            return sum(sum(x for i, x in enumerate(xs) if take >> i & 1) == n for take in range(1 << len(xs))) % m

        agree(posed, ways)
    for posed, _ in problems(dynamic.knapsack, r"element of ws; its value is x, where .* Print the largest value", 2):

        def best(xs, ws, n):
            takes = [[i for i in range(len(xs)) if take >> i & 1] for take in range(1 << len(xs))]
            return max(sum(xs[i] for i in take) for take in takes if sum(ws[i] for i in take) <= n)

        agree(posed, best)


def test_words_that_functions_choose_and_change():
    pattern = (
        r"f\(w\) be (\d) for each of its letters that are (\w) or later in the alphabet, minus (\d) .* g\(w\) be w "
        r"backwards\. Print g\(w\) for the word w with the (\w+) f\(w\)"
    )
    for posed, match in problems(words.best_word, pattern, 1):
        gain, first, loss, best = int(match[1]), match[2], int(match[3]), {"smallest": min, "largest": max}[match[4]]

        def chosen(s, gain=gain, first=first, loss=loss, best=best):
            return best(s.split(" "), key=lambda w: sum(gain if c >= first else -loss for c in w))[::-1]

        agree(posed, chosen)
