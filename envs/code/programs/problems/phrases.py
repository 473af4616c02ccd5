"""What can be asked of an integer, and made of one: random conditions and values, in words and as expressions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from ..building import (
    Operand,
    absolute,
    add,
    at_least,
    at_most,
    both,
    choose,
    either,
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
    program,
    subtract,
    unequal,
)
from ..interpreter import Executable
from ..syntax import Conditional, Expression
from ..wording import formula


@dataclass(frozen=True, slots=True)
class Property:
    """A property that an integer may have.

    Attributes:
        words: what follows `is` or `are`.
        of: the condition that a value has it.
    """

    words: str
    of: Callable[[Operand], Expression]


@dataclass(frozen=True, slots=True)
class Image:
    """What an integer is turned into.

    Attributes:
        words: a formula over x.
        of: the value for an integer.
    """

    words: str
    of: Callable[[Operand], Expression]


def any_property(random: Random) -> Property:
    """A property that neither nearly all nor nearly none of the small integers have, perhaps two joined."""
    while True:
        asked = _any_property(random)
        if is_balanced(_evaluated(asked.of(integer("x")))):
            return asked


def any_question(random: Random, among: Property | None = None, *, plain: bool = True) -> tuple[Image, Property]:
    """Something made of an integer, and a property that it may have: again neither nearly always nor nearly never.

    Args:
        random: the generator.
        among: the property of the integers that are asked.
        plain: whether the integer itself will do.
    """
    x = integer("x")
    counted = _evaluated(among.of(x)) if among else [True] * len(_SMALL)
    while True:
        image, asked = any_image(random, plain=plain), _any_property(random)
        holds = _evaluated(asked.of(image.of(x)))
        if is_balanced([one for one, counts in zip(holds, counted, strict=True) if counts]):
            return image, asked


_RARE = 0.12
_SMALL = range(-20, 21)


def is_balanced(holds: list[bool]) -> bool:
    """Whether something holds neither nearly always nor nearly never."""
    return _RARE * len(holds) <= sum(holds) <= (1 - _RARE) * len(holds)


def _evaluated(condition: Expression) -> list[bool]:
    test = Executable(program(function("test", [integer("x")], give(condition))))
    return [bool(test.run((x,))) for x in _SMALL]


def _any_property(random: Random) -> Property:
    if random.random() < 0.25:
        one, other = _simple_property(random), _simple_property(random)
        joined, word = random.choice([(both, "and"), (either, "or")])
        return Property(f"{one.words} {word} {other.words}", lambda x: joined(one.of(x), other.of(x)))
    return _simple_property(random)


def _simple_property(random: Random) -> Property:
    c, k = random.randint(-9, 9), random.randint(3, 7)
    r, low = random.randrange(1, k), random.randint(-9, 2)
    high = low + random.randint(4, 12)
    return random.choice(
        [
            Property("even", lambda x: equal(modulo(x, 2), 0)),
            Property("odd", lambda x: equal(modulo(x, 2), 1)),
            Property("positive", lambda x: greater(x, 0)),
            Property("negative", lambda x: less(x, 0)),
            Property(f"divisible by {k}", lambda x: equal(modulo(x, k), 0)),
            Property(f"not divisible by {k}", lambda x: unequal(modulo(x, k), 0)),
            Property(f"congruent to {r} modulo {k}", lambda x: equal(modulo(x, k), r)),
            Property(f"greater than {c}", lambda x: greater(x, c)),
            Property(f"less than {c}", lambda x: less(x, c)),
            Property(f"at least {c}", lambda x: at_least(x, c)),
            Property(f"at most {k + 2} in absolute value", lambda x: at_most(absolute(x), k + 2)),
            Property(f"greater than {k + 2} in absolute value", lambda x: greater(absolute(x), k + 2)),
            Property(f"between {low} and {high} (both included)", lambda x: both(at_least(x, low), at_most(x, high))),
        ]
    )


def any_image(random: Random, *, plain: bool = True) -> Image:
    """A value made of an integer.

    Args:
        random: the generator.
        plain: whether the integer itself will do.
    """
    c, k, m = random.randint(1, 9), random.randint(2, 5), random.randint(3, 11)
    ways: list[Callable[[Operand], Expression]] = [
        lambda x: multiply(x, x),
        lambda x: absolute(x),
        lambda x: multiply(x, k),
        lambda x: add(x, c),
        lambda x: subtract(c, x),
        lambda x: add(multiply(x, k), c),
        lambda x: subtract(multiply(x, k), c),
        lambda x: modulo(x, m),
        lambda x: minimum(x, c),
        lambda x: maximum(x, -c),
        lambda x: absolute(subtract(x, c)),
        lambda x: add(multiply(x, x), c),
        lambda x: modulo(add(x, c), m),
        lambda x: choose(less(x, c), subtract(c, x), multiply(x, k)),
    ]
    if plain:
        ways += [expression] * 4
    of = random.choice(ways)
    value = of(integer("x"))
    return Image(f"({formula(value)})" if isinstance(value, Conditional) else formula(value), of)
