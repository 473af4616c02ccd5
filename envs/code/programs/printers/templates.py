"""How expressions are written: a text with places for the operands, and how tightly each must hold together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How tightly a text holds together, the loosest first; what is looser than its place asks for gets parentheses."""

    ANY = 0
    CONDITIONAL = 1
    OR = 2
    AND = 3
    NOT = 4
    COMPARISON = 5
    CONCATENATION = 6
    SUM = 7
    PRODUCT = 8
    MODULO = 9  # of languages where it is tighter than a product
    UNARY = 10
    APPLICATION = 11  # a function before its arguments, without parentheses
    POSTFIX = 12
    ATOM = 13


@dataclass(frozen=True, slots=True)
class Template:
    """A text with places `{0}`, `{1}` … for operands, in the syntax of `str.format`.

    Attributes:
        text: the text.
        level: how tightly the whole holds together.
        operands: how tightly each operand must at least hold together.
        needs: names of helpers that it calls, and of what must be imported.
    """

    text: str
    level: Level
    operands: tuple[Level, ...]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Helper:
    """A definition that a program contains only where it is used.

    Attributes:
        text: the definition.
        needs: names of helpers that it calls, and of what must be imported.
    """

    text: str
    needs: tuple[str, ...] = ()


def binary(symbol: str, level: Level) -> Template:
    """An operator between two operands; of a chain the left ones belong together."""
    return Template(f"{{0}} {symbol} {{1}}", level, (level, Level(level + 1)))


def chain(symbol: str, level: Level) -> Template:
    """An operator that makes chains of which it does not matter what belongs together."""
    return Template(f"{{0}} {symbol} {{1}}", level, (level, level))


def comparison(symbol: str) -> Template:
    """A comparison, which makes no chains."""
    return Template(f"{{0}} {symbol} {{1}}", Level.COMPARISON, (Level.CONCATENATION, Level.CONCATENATION))


def prefix(symbol: str, level: Level = Level.UNARY) -> Template:
    """An operator before its operand, which gets parentheses if it begins with an operator: `--x` is no `-(-x)`."""
    return Template(f"{symbol}{{0}}", level, (Level(level + 1),))


def function(name: str, arguments: int, *needs: str) -> Template:
    """A function of arguments in parentheses."""
    places = ", ".join(f"{{{i}}}" for i in range(arguments))
    return Template(f"{name}({places})", Level.POSTFIX, (Level.ANY,) * arguments, needs)


def inside(text: str, arguments: int, *needs: str) -> Template:
    """A text whose places each stand between brackets or commas already."""
    return Template(text, Level.POSTFIX, (Level.ANY,) * arguments, needs)
