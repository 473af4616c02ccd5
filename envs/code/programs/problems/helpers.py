"""Functions of one integer that problems of several functions are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from ..building import (
    Operand,
    absolute,
    add,
    at_most,
    call,
    count,
    divide,
    equal,
    function,
    give,
    greater,
    integer,
    let,
    loop,
    maximum,
    minimum,
    modulo,
    multiply,
    program,
    put,
    subtract,
    when,
)
from ..interpreter import Executable
from ..syntax import Expression, Function, Statement
from .phrases import Property, any_property, is_balanced

_X, _REST, _MADE, _I, _T = integer("x"), integer("rest"), integer("made"), integer("i"), integer("t")


@dataclass(frozen=True, slots=True)
class Helper:
    """A function of an integer.

    Attributes:
        function: it.
        definition: what it gives for x: what follows `h(x) is`.
    """

    function: Function
    definition: str

    def of(self, value: Operand) -> Expression:
        """Its value for an integer."""
        return call(self.function, value)

    @property
    def name(self) -> str:
        """What it is called."""
        return self.function.name

    @property
    def sentence(self) -> str:
        """Its definition as a sentence."""
        return f"Let {self.name}(x) be {self.definition}."


def _digits(name: str, definition: str, start: int, change: Callable[[Expression], Expression]) -> Helper:
    """A function that goes through the digits of |x| from the last to the first."""
    last = modulo(_REST, 10)
    return Helper(
        function(
            name,
            [_X],
            let(_REST, absolute(_X)),
            let(_MADE, start),
            loop(greater(_REST, 0), put(_MADE, change(last)), put(_REST, divide(_REST, 10))),
            give(_MADE),
        ),
        definition,
    )


def _gcd(name: str, with_: int) -> Helper:
    return Helper(
        function(
            name,
            [_X],
            let(_REST, absolute(_X)),
            let(_MADE, with_),
            let(_T, 0),
            loop(
                greater(_REST, 0),
                put(_T, modulo(_MADE, _REST)),
                put(_MADE, _REST),
                put(_REST, _T),
            ),
            give(_MADE),
        ),
        f"the greatest common divisor of |x| and {with_}",
    )


def _counted(name: str, definition: str, condition: Expression, start: int, body: Sequence[Statement] = ()) -> Helper:
    """A function that counts the i from `start` to |x| for which a condition holds."""
    grow = put(_MADE, add(_MADE, 1))
    return Helper(
        function(
            name,
            [_X],
            let(_MADE, 0),
            count(_I, start, add(absolute(_X), 1), when(condition, *body, grow)),
            give(_MADE),
        ),
        definition,
    )


def any_helper(random: Random, name: str) -> Helper:
    """A function of an integer.

    Args:
        random: the generator.
        name: what it is to be called.
    """
    k, c, m = random.randint(2, 5), random.randint(1, 9), random.randint(5, 30)
    steps = random.randint(2, 4)
    kind = random.randrange(11)
    if kind == 0:
        change = "the sum of the digits of |x|"
        return _digits(name, change, 0, lambda digit: add(_MADE, digit))
    if kind == 1:
        return _digits(name, f"the sum of d * d + {c} over the digits d of |x| (0 for x = 0)", 0,
                       lambda digit: add(_MADE, add(multiply(digit, digit), c)))  # fmt: skip
    if kind == 2:
        return _digits(name, "the largest digit of |x|", 0, lambda digit: maximum(_MADE, digit))
    if kind == 3:
        return _digits(name, "|x| with its digits read from right to left", 0,
                       lambda digit: add(multiply(_MADE, 10), digit))  # fmt: skip
    if kind == 4:
        return _gcd(name, random.choice([6, 10, 12, 18, 20, 24, 30, 36]))
    if kind == 5:
        return _counted(name, f"the number of divisors i of |x| with i >= {k - 1} (none for x = 0)",
                        equal(modulo(absolute(_X), _I), 0), k - 1)  # fmt: skip
    if kind == 6:
        return _counted(name, f"the number of integers i >= 1 with {k} * i * i <= |x|",
                        at_most(multiply(k, multiply(_I, _I)), absolute(_X)), 1)  # fmt: skip
    if kind == 7:
        halves = function(
            name,
            [_X],
            let(_REST, absolute(_X)),
            let(_MADE, 0),
            loop(
                greater(_REST, 0), put(_MADE, add(_MADE, modulo(_REST, k))), put(_REST, divide(_REST, k))
            ),
            give(_MADE),
        )  # fmt: skip
        return Helper(halves, f"the sum of the digits of |x| written in base {k}")
    if kind == 8:
        steps_down = function(
            name,
            [_X],
            let(_REST, absolute(_X)),
            let(_MADE, 0),
            loop(
                greater(_REST, c),
                when(
                    equal(modulo(_REST, 2), 0),
                    put(_REST, divide(_REST, 2)),
                    otherwise=[put(_REST, subtract(_REST, c))],
                ),
                put(_MADE, add(_MADE, 1)),
            ),
            give(_MADE),
        )
        return Helper(
            steps_down,
            f"the number of steps it takes from |x| to at most {c}, where a step halves an even number and takes {c} "
            "from an odd one",
        )
    if kind == 9:
        powers = function(
            name,
            [_X],
            let(_MADE, 1),
            count(_I, 0, steps, put(_MADE, modulo(multiply(_MADE, add(_X, _I)), m))),
            give(_MADE),
        )
        factors = " * ".join(["x", *(f"(x + {i})" for i in range(1, steps))])
        return Helper(powers, f"{factors} modulo {m}")
    tent = function(
        name,
        [_X],
        let(_REST, modulo(_X, m)),
        give(multiply(minimum(_REST, subtract(m, _REST)), k)),
    )
    return Helper(tent, f"{k} times the distance of x to the nearest multiple of {m}")


def question_of(random: Random, helper: Helper) -> Property:
    """A property that the function's value has neither nearly always nor nearly never, and so the function too."""
    for _ in range(50):
        asked = any_property(random)
        test = Executable(program(helper.function, function("test", [_X], give(asked.of(helper.of(_X))))))
        if is_balanced([bool(test.run((x,))) for x in range(-30, 60, 3)]):
            return asked
    return Property("even", lambda x: equal(modulo(x, 2), 0))
