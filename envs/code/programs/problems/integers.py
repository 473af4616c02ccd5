"""Problems of one expression over one or two integers."""

from __future__ import annotations

from random import Random

from ..building import (
    absolute,
    add,
    at_most,
    both,
    choose,
    divide,
    equal,
    expression,
    function,
    give,
    greater,
    integer,
    less,
    maximum,
    minimum,
    modulo,
    multiply,
    negation,
    program,
    subtract,
    unequal,
)
from ..syntax import Apply, Conditional, Expression, Literal, Op, Variable
from ..walking import constants, walk
from ..wording import formula
from .problem import Draft

_A, _B, _N = integer("a"), integer("b"), integer("n")


def one_integer(random: Random) -> Draft:
    """A phrase about one integer."""
    c, d = random.randint(2, 30), random.randint(2, 9)
    value, words = random.choice(_phrases(c, d))
    return Draft(
        "an integer",
        f"Print {words}.",
        program(function("f", [_N], give(value))),
        draw=lambda random: (random.randint(-60, 60),),
        edges=[(0,), (1,), (-1,), (c,), (-c,), (c + 1,), (1000,), (-999,)],
        brief=True,
    )


def _phrases(c: int, d: int) -> list[tuple[Expression, str]]:
    return [
        (add(_N, c), f"n plus {c}"),
        (subtract(_N, c), f"n minus {c}"),
        (subtract(c, _N), f"{c} minus n"),
        (multiply(_N, c), f"n times {c}"),
        (modulo(_N, c), f"n modulo {c}"),
        (divide(_N, c), f"n divided by {c}, rounded down"),
        (absolute(subtract(_N, c)), f"how far n is from {c}"),
        (minimum(_N, c), f"the smaller of n and {c}"),
        (maximum(_N, c), f"the larger of n and {c}"),
        (add(multiply(_N, d), c), f"n times {d}, plus {c}"),
        (subtract(multiply(_N, d), c), f"n times {d}, minus {c}"),
        (subtract(c, multiply(_N, d)), f"{c} minus {d} times n"),
        (multiply(add(_N, c), d), f"{d} times the sum of n and {c}"),
        (modulo(add(_N, c), d), f"the sum of n and {c}, modulo {d}"),
        (add(modulo(_N, d), c), f"n modulo {d}, plus {c}"),
        (modulo(multiply(_N, d), c), f"n times {d}, modulo {c}"),
        (multiply(absolute(subtract(_N, c)), d), f"{d} times how far n is from {c}"),
        (add(multiply(_N, _N), c), f"the square of n, plus {c}"),
    ]


def one_or_two_integers(random: Random) -> Draft:
    """A formula over one or two integers: arithmetic, a choice or a condition."""
    variables = [_A, _B] if random.random() < 0.75 else [_N]
    while True:
        kind = random.random()
        if kind < 0.45:
            value = _term(random, variables, 3 if random.random() < 0.4 else 2)
            demand = f"Print {formula(value)}."
        elif kind < 0.75:
            condition = _condition(random, variables)
            then, otherwise = _term(random, variables, 1), _term(random, variables, 1)
            value = choose(condition, then, otherwise)
            demand = f"Print {formula(then)} if {formula(condition)}, else {formula(otherwise)}."
        else:
            value = _condition(random, variables)
            if random.random() < 0.3:
                value = both(value, _condition(random, variables))
            demand = f"Print true if {formula(value)}, else false."
        if _names(value) == {variable.name for variable in variables} and not _is_idle(value):
            break
    near = next((number for number in constants(value) if number > 1), 5)
    spread = max(12, 2 * near)
    singles = [0, 1, -1, near, -near, near - 1, near + 1, 100, -99]
    if len(variables) == 1:
        edges = [(number,) for number in singles]
    else:
        edges = [(0, 0), (near, near), (near, 0), (0, near + 1), (-near, near - 1), (1, -1), (-100, 99)]
    return Draft(
        "an expression",
        demand,
        program(function("f", variables, give(value))),
        draw=lambda random: tuple(random.randint(-spread, spread) for _ in variables),
        edges=edges,
        brief=True,
    )


_ANY = (add, subtract, multiply, minimum, maximum)


def _term(random: Random, variables: list[Variable], operations: int) -> Expression:
    """A value made by so many operations; 0: a variable or a small constant."""
    if operations == 0:
        return random.choice([*variables, *variables, expression(random.randint(1, 20))])
    kind = random.random()
    if kind < 0.18:
        return modulo(_term(random, variables, operations - 1), random.randint(2, 12))
    if kind < 0.25:
        return divide(_term(random, variables, operations - 1), random.randint(2, 9))
    if kind < 0.35 and operations > 1:
        return absolute(_term(random, variables, operations - 1))
    left = random.randint(0, operations - 1)
    return random.choice(_ANY)(_term(random, variables, left), _term(random, variables, operations - 1 - left))


def _condition(random: Random, variables: list[Variable]) -> Expression:
    kind = random.random()
    if kind < 0.35:
        divisor = random.randint(2, 9)
        remainder = random.choice([0, 0, 0, random.randrange(divisor)])
        compare = equal if random.random() < 0.7 else unequal
        return compare(modulo(_term(random, variables, random.randint(0, 1)), divisor), remainder)
    compare = random.choice([less, at_most, greater])
    left, right = _term(random, variables, random.randint(0, 1)), _term(random, variables, 0)
    condition = compare(left, right)
    return negation(condition) if random.random() < 0.05 else condition


# What a formula is made of.


def _parts(value: Expression) -> list[Expression]:
    if isinstance(value, Apply):
        return list(value.arguments)
    if isinstance(value, Conditional):
        return [value.condition, value.then, value.otherwise]
    return []


def _names(value: Expression) -> set[str]:
    return {part.name for _, part in walk(value) if isinstance(part, Variable)}


def _is_idle(value: Expression) -> bool:
    """Whether some operation has nothing to do: equal operands, or constants only."""
    parts = _parts(value)
    if not parts:
        return False
    if isinstance(value, Conditional):
        idle = value.then == value.otherwise
    else:
        idle = len(parts) == 2 and parts[0] == parts[1] and not (isinstance(value, Apply) and value.op is Op.MUL)
        idle = idle or all(isinstance(part, Literal) for part in parts)
    return idle or any(map(_is_idle, parts))
