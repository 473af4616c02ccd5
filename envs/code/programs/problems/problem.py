"""Tasks, each with the program that solves it and the cases that tell whether another one does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random

from ..interpreter import Executable, RunError
from ..syntax import Parameter, Program, Type, Value
from ..values import write_inputs, write_value

CASES = 14
"""How many cases a problem has."""

_STEPS = 20_000  # a fifth of what a run may take: a solution five times as slow as ours still passes
_SHARE = 0.6  # of the cases, that may have the commonest result
_CANDIDATES = 24

Inputs = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """A task.

    Attributes:
        title: a few words.
        statement: what to read and what to print, with the first cases as examples.
        demand: of this what to print, without examples.
        program: one that does it.
        inputs: of each case; the program's results are the expected ones.
        examples: how many of the cases the statement shows; the others are hidden.
    """

    title: str
    statement: str
    demand: str
    program: Program
    inputs: tuple[Inputs, ...]
    examples: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A task whose cases are not chosen yet.

    Attributes:
        title: a few words.
        demand: what to print, as sentences.
        program: one that does it.
        draw: a typical case's inputs.
        edges: inputs at the edge of what is allowed; those that the program cannot run on are left out.
        brief: whether the statement is for readers of few words.
    """

    title: str
    demand: str
    program: Program
    draw: Callable[[Random], Inputs]
    edges: Sequence[Inputs] = ()
    brief: bool = False


def pose(draft: Draft, random: Random) -> Problem | None:
    """Choose the cases of a draft; None where its results vary too little to tell programs apart."""
    run = Executable(draft.program).run
    typical = _results(run, (draft.draw(random) for _ in range(_CANDIDATES)))
    edges = _results(run, draft.edges)
    chosen: dict[Inputs, Value] = {}
    examples = 1 if draft.brief else 2
    _take_diverse(chosen, typical, examples)
    edges = [case for case in edges if case[0] not in chosen]
    chosen.update(edges[: CASES // 2])
    _take_diverse(chosen, typical, CASES)
    if len(chosen) < CASES or not _discriminates(list(chosen.values())):
        return None
    inputs = tuple(chosen)
    statement = _statement(draft, [(case, chosen[case]) for case in inputs[:examples]])
    return Problem(draft.title, statement, draft.demand, draft.program, inputs, examples)


def _results(run: Callable[..., Value], candidates: Iterable[Inputs]) -> list[tuple[Inputs, Value]]:
    results = []
    for inputs in candidates:
        try:
            results.append((inputs, run(inputs, steps=_STEPS)))
        except RunError:
            continue
    return results


def _take_diverse(chosen: dict[Inputs, Value], cases: Sequence[tuple[Inputs, Value]], count: int) -> None:
    """Add cases until there are `count`: first those whose result is rarest among the chosen."""
    seen: dict[Value, int] = {}
    for result in chosen.values():
        seen[result] = seen.get(result, 0) + 1
    waiting = [case for case in cases if case[0] not in chosen]
    rounds = 0
    while waiting and len(chosen) < count:
        later = []
        for inputs, result in waiting:
            if inputs in chosen:
                continue
            if seen.get(result, 0) <= rounds and len(chosen) < count:
                chosen[inputs] = result
                seen[result] = seen.get(result, 0) + 1
            else:
                later.append((inputs, result))
        waiting = later
        rounds += 1


def _discriminates(results: Sequence[Value]) -> bool:
    kinds = set(results)
    commonest = max(results.count(kind) for kind in kinds)
    return commonest <= _SHARE * len(results) and (len(kinds) >= 4 or kinds == {False, True})


# Statements.


def _statement(draft: Draft, examples: Sequence[tuple[Inputs, Value]]) -> str:
    reading = read_sentence(draft.program.main.parameters)
    if draft.brief:
        inputs, result = examples[0]
        shown = ", ".join(map(write_value, inputs))
        return f"{reading} {draft.demand} Example: {shown} -> {write_value(result)}"
    shown = "".join(f"\nInput:\n{write_inputs(case)}Output:\n{write_value(result)}" for case, result in examples)
    return f"{reading} {draft.demand}{shown}"


_KINDS = {
    Type.INT: "an integer",
    Type.BOOL: "true or false",
    Type.STR: "a string",
    Type.INTS: "a list of integers with blanks between (an empty line if there are none)",
}


def read_sentence(parameters: Sequence[Parameter]) -> str:
    """What is to be read, in words: `Read integers a and b, one a line.`"""
    if len(parameters) == 1:
        (parameter,) = parameters
        kind, _, more = _KINDS[parameter.type].partition(" with ")
        return f"Read {kind} {parameter.name}{more and f' with {more}'}."
    types = {parameter.type for parameter in parameters}
    if types in ({Type.INT}, {Type.STR}):
        *names, last = [parameter.name for parameter in parameters]
        return f"Read {'integers' if types == {Type.INT} else 'strings'} {', '.join(names)} and {last}, one a line."
    described = [f"{parameter.name}, {_KINDS[parameter.type]}" for parameter in parameters]
    return f"Read, one a line: {'; '.join(described)}."
