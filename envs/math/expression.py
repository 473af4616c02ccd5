"""The exact value of an arithmetic expression that somebody else wrote.

A small parser of its own, not Python's: it accepts nothing but arithmetic, needs no recursion, and works in every
thread. (In CPython 3.11 `ast.parse` raises SystemError where a finaliser parses something in the middle of it.)
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_LENGTH = 300

_ALLOWED = re.compile(r"[0-9+\-*/() ]+")
_TOKEN = re.compile(r"[0-9]+|[-+*/()]")
_BINDING = {"(": 0, "+": 1, "-": 1, "*": 2, "/": 2}
_SIGNS = str.maketrans({"\u00d7": "*", "\u00f7": "/", "\u2212": "-"})


class ExpressionError(ValueError):
    """The text is not an expression; the message says why, and quotes nothing of it."""


@dataclass(frozen=True, slots=True)
class Value:
    """What an expression comes to.

    Attributes:
        numerator: of the value, a fraction that is not reduced.
        denominator: likewise; not 0, but perhaps negative.
        literals: the numbers in the expression, in their order.
    """

    numerator: int
    denominator: int
    literals: tuple[int, ...]

    def equals(self, number: int) -> bool:
        """Whether the value is exactly an integer."""
        return self.numerator == number * self.denominator


def evaluate(expression: str) -> Value:
    """Work out an expression exactly.

    Args:
        expression: non-negative integer literals of ASCII digits without leading zeros, the binary operators `+`, `-`,
            `*` and `/` (also `×`, `÷` and U+2212), parentheses and blanks; at most 300 characters.

    Returns:
        Its value as a fraction, and its literals.

    Raises:
        ExpressionError: it is anything else: signs, powers, names, juxtaposed numbers, parentheses that do not match.
        ZeroDivisionError: it divides by zero.
    """
    if len(expression) > MAX_LENGTH:
        raise ExpressionError(f"it has more than {MAX_LENGTH} characters")
    expression = expression.translate(_SIGNS)
    if not _ALLOWED.fullmatch(expression):
        raise ExpressionError("it has other characters than digits, + - * / and parentheses")
    # Dijkstra's two stacks. Fractions stay unreduced: reducing costs more than these short products ever save.
    operands: list[tuple[int, int]] = []
    operators: list[str] = []
    literals: list[int] = []
    operand_next = True
    for token in _TOKEN.findall(expression):
        if token == "(":
            if not operand_next:
                raise ExpressionError("an operator is missing before a parenthesis")
            operators.append(token)
        elif token == ")":
            if operand_next:
                raise ExpressionError("an operand is missing before a parenthesis")
            while operators and operators[-1] != "(":
                _reduce(operands, operators)
            if not operators:
                raise ExpressionError("a parenthesis is not opened")
            operators.pop()
        elif token in _BINDING:
            if operand_next:
                raise ExpressionError(f"an operand is missing before {token}")
            binding = _BINDING[token]
            while operators and _BINDING[operators[-1]] >= binding:
                _reduce(operands, operators)
            operators.append(token)
            operand_next = True
        else:
            if not operand_next:
                raise ExpressionError("an operator is missing between two numbers")
            if token[0] == "0" and len(token) > 1:
                raise ExpressionError("a number has a leading zero")
            literal = int(token)
            literals.append(literal)
            operands.append((literal, 1))
            operand_next = False
    if operand_next:
        raise ExpressionError("an operand is missing at the end")
    while operators:
        if operators[-1] == "(":
            raise ExpressionError("a parenthesis is not closed")
        _reduce(operands, operators)
    numerator, denominator = operands[0]
    return Value(numerator, denominator, tuple(literals))


def _reduce(operands: list[tuple[int, int]], operators: list[str]) -> None:
    operator = operators.pop()
    c, d = operands.pop()
    a, b = operands.pop()
    if operator == "+":
        operands.append((a * d + c * b, b * d))
    elif operator == "-":
        operands.append((a * d - c * b, b * d))
    elif operator == "*":
        operands.append((a * c, b * d))
    else:
        if c == 0:
            raise ZeroDivisionError("division by zero")
        operands.append((a * d, b * c))
