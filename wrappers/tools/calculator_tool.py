"""Works out arithmetic."""

from __future__ import annotations

from fractions import Fraction

from ...envs.math.expression import ExpressionError, evaluate
from .protocol import Tool, ToolError


class CalculatorTool(Tool):
    """Works out expressions exactly, as fractions."""

    name = "calculator"
    description = "the exact value of an expression of non-negative integers with + - * / and parentheses"

    def run(self, argument: str, state: None) -> str:
        """The value: an integer, or a fraction with its decimal value behind it."""
        try:
            value = evaluate(argument.strip())
        except ExpressionError as error:
            raise ToolError(f"not an expression: {error}") from None
        except ZeroDivisionError:
            raise ToolError("division by zero") from None
        fraction = Fraction(value.numerator, value.denominator)
        if fraction.denominator == 1:
            return str(fraction)
        return f"{fraction} = {float(fraction):.12g}" if abs(fraction.numerator) < 10**300 else str(fraction)
