"""Work out a random arithmetic expression."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np

from ..core import SingleTurnEnv, Task, Verdict
from ..core.arguments import check_integer
from .answers import tagged_answer

MAX_RESPONSE_LENGTH = 20_000  # room for a long chain of thought; a longer response is not read
_MAX_DIGITS, _MAX_TERMS = 9, 20
_MAX_ANSWER_LENGTH = 300  # the product of the longest expression has 180 digits
_INTEGER = re.compile(r"([+-]?)([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)")
_EXPRESSION = re.compile(r"[0-9]{1,9}(?:[+*-][0-9]{1,9}){0,19}")
_TOKEN = re.compile(r"[0-9]+|[+*-]")


@dataclass(frozen=True, slots=True)
class ArithmeticLevel:
    """One difficulty.

    Attributes:
        digits: how many digits each number has; its first is not 0 unless it has only one.
        terms: how many numbers there are, one more than the steps to work out.
        operators: what stands between them, each equally often: some of `+-*`.
    """

    digits: int
    terms: int
    operators: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArithmeticTask(Task):
    """One expression.

    Attributes:
        answer: its value.
        expression: the expression with its digits in the usual order.
        chain_of_thought: whether the response may reason and must mark its answer.
        reversed_digits: whether numbers are written least significant digit first.
    """

    answer: int  # pyright: ignore[reportGeneralTypeIssues]  (by keyword only, so it needs no default)
    expression: str
    chain_of_thought: bool = False
    reversed_digits: bool = False

    @classmethod
    def parse(cls, value: Any) -> Self:
        """As `Task.parse`; the expression must be one that this environment could pose.

        Raises:
            ValueError: the fields are not those of a task, or one is not of its form.
        """
        task = super(ArithmeticTask, cls).parse(value)  # slots=True makes a new class: a bare super() would miss it
        if not _EXPRESSION.fullmatch(task.expression):
            raise ValueError(f"options['task'] must have an expression like 12+34*5, got {task.expression!r}")
        return task


class ArithmeticEnv(SingleTurnEnv[ArithmeticTask]):
    """Work out a random arithmetic expression.

    ## Task
    Numbers of `digits` digits are joined by random operators; multiplication binds tighter, and what binds alike goes
    from left to right. All values are integers.

    ## Observation
    Text: `47+58=`. With `chain_of_thought`: `Work out 47+58 step by step. End with <answer>number</answer>.` With
    `reversed_digits` every number is written least significant digit first, its sign still in front: `74+85=`.

    ## Action
    Text with the value: `105`, or `501` with `reversed_digits`. Blanks around it, leading zeros of the number, a
    leading `+`, U+2212 for the minus sign and thousands separators (`1,234`; not with `reversed_digits`) do not matter;
    anything else does: `-5` is not `5`, and `105.0` or `=105` is no integer. With `chain_of_thought` the response must
    end with `<answer>105</answer>` after any text; two different tagged answers are no answer, nor is one that is
    followed by more text. Digits are ASCII. A response of more than 20,000 characters is not read.

    ## Reward
    The verdict's score: 1 for the exact value, else 0.

    ## Episode end
    Terminates after the one answer.

    ## Levels
    | level | digits | terms | operators |
    |-------|--------|-------|-----------|
    | 0     | 2      | 2     | `+`       |
    | 1     | 2      | 2     | `+-`      |
    | 2     | 2      | 3     | `+-*`     |
    | 3     | 3      | 4     | `+-*`     |
    | 4     | 4      | 6     | `+-*`     |

    ## Arguments
    - `level`: the difficulty.
    - `digits`, `terms`, `operators`: in place of the level's; 1 to 9 digits, 2 to 20 terms, some of `+-*`.
    - `chain_of_thought`: ask for the steps and a tagged answer.
    - `reversed_digits`: write numbers least significant digit first, the order in which sums are worked out.
    - `render_mode`: `ansi` for the transcript, or None.

    ## Source
    Reversed digits: Lee et al., Teaching Arithmetic to Small Transformers, ICLR 2024.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    levels: ClassVar[Sequence[ArithmeticLevel]] = (
        ArithmeticLevel(2, 2, "+"),
        ArithmeticLevel(2, 2, "+-"),
        ArithmeticLevel(2, 3, "+-*"),
        ArithmeticLevel(3, 4, "+-*"),
        ArithmeticLevel(4, 6, "+-*"),
    )
    task_type = ArithmeticTask

    def __init__(
        self,
        *,
        level: int = 0,
        digits: int | None = None,
        terms: int | None = None,
        operators: str | None = None,
        chain_of_thought: bool = False,
        reversed_digits: bool = False,
        render_mode: str | None = None,
    ) -> None:
        overrides: dict[str, Any] = {}
        if digits is not None:
            overrides["digits"] = check_integer("digits", digits, 1, _MAX_DIGITS)
        if terms is not None:
            overrides["terms"] = check_integer("terms", terms, 2, _MAX_TERMS)
        if operators is not None:
            if not isinstance(operators, str) or not operators or not set(operators) <= set("+-*"):
                raise ValueError(f"operators must be a string of one or more of '+-*', got {operators!r}")
            overrides["operators"] = operators
        for name, value in (("chain_of_thought", chain_of_thought), ("reversed_digits", reversed_digits)):
            if not isinstance(value, bool):
                raise ValueError(f"{name} must be True or False, got {value!r}")
        super().__init__(
            level=level, render_mode=render_mode, max_observation_length=512, charset="0123456789-", sample_length=4
        )
        self._configs = tuple(replace(config, **overrides) for config in self.levels)
        self._chain_of_thought = chain_of_thought
        self._reversed_digits = reversed_digits

    def sample(self, rng: np.random.Generator, level: int) -> ArithmeticTask:
        """Draw an expression."""
        config = self._configs[level]
        low = 10 ** (config.digits - 1) if config.digits > 1 else 0
        numbers = rng.integers(low, 10**config.digits, size=config.terms).tolist()
        if len(config.operators) == 1:
            operators = [config.operators] * (config.terms - 1)
        else:
            choices = rng.integers(len(config.operators), size=config.terms - 1).tolist()
            operators = [config.operators[choice] for choice in choices]
        expression = str(numbers[0])
        for operator, number in zip(operators, numbers[1:], strict=True):
            expression += f"{operator}{number}"
        shown = _reverse_numbers(expression) if self._reversed_digits else expression
        if self._chain_of_thought:
            prompt = f"Work out {shown} step by step. End with <answer>number</answer>."
        else:
            prompt = f"{shown}="
        return ArithmeticTask(
            prompt=prompt,
            answer=_value(numbers, operators),
            level=level,
            expression=expression,
            chain_of_thought=self._chain_of_thought,
            reversed_digits=self._reversed_digits,
        )

    def grade(self, task: ArithmeticTask, response: str) -> Verdict:
        """Compare the one committed integer with the value."""
        if len(response) > MAX_RESPONSE_LENGTH:
            return Verdict.unparseable(f"an answer has at most {MAX_RESPONSE_LENGTH} characters")
        text = tagged_answer(response) if task.chain_of_thought else response.strip()
        if text is None:
            return Verdict.unparseable("end with one <answer>number</answer>")
        value = read_integer(text, reversed_digits=task.reversed_digits)
        if value is None:
            return Verdict.unparseable("the answer must be one integer")
        if value != task.answer:
            return Verdict.wrong()
        return Verdict.correct()

    def solution(self, task: ArithmeticTask) -> str:
        """The value; with a chain of thought after every step that leads to it."""
        answer = str(task.answer)
        if task.chain_of_thought:
            steps = " ".join(f"{step}." for step in work_out(task.expression))
            answer = f"{steps} <answer>{answer}</answer>"
        return _reverse_numbers(answer) if task.reversed_digits else answer


def read_integer(text: str, *, reversed_digits: bool = False) -> int | None:
    """The integer that a text is, after the normalisation that `ArithmeticEnv` states.

    Args:
        text: any string.
        reversed_digits: whether the least significant digit comes first, behind the sign.

    Returns:
        The integer, or None where the text is not one integer.
    """
    if len(text) > _MAX_ANSWER_LENGTH:
        return None
    match = _INTEGER.fullmatch(text.strip().replace("\u2212", "-"))
    if match is None:
        return None
    sign, digits = match[1], match[2]
    if reversed_digits:
        if "," in digits:
            return None
        digits = digits[::-1]
    magnitude = int(digits.replace(",", ""))
    return -magnitude if sign == "-" else magnitude


def work_out(expression: str) -> list[str]:
    """The steps that evaluate an expression: products first, then sums, each from left to right.

    Args:
        expression: integers joined by `+`, `-` and `*`, without parentheses.

    Returns:
        One equation a step, `7*8=56`; none for a single number.
    """
    tokens = _TOKEN.findall(expression)
    numbers = [int(token) for token in tokens[::2]]
    operators = tokens[1::2]
    steps = []
    while operators:
        at = operators.index("*") if "*" in operators else 0
        operator = operators.pop(at)
        left, right = numbers[at], numbers.pop(at + 1)
        numbers[at] = _apply(operator, left, right)
        steps.append(f"{left}{operator}{right}={numbers[at]}")
    return steps


def _value(numbers: Sequence[int], operators: Sequence[str]) -> int:
    total, product = 0, numbers[0]
    for operator, number in zip(operators, numbers[1:], strict=True):
        if operator == "*":
            product *= number
        else:
            total += product
            product = number if operator == "+" else -number
    return total + product


def _apply(operator: str, left: int, right: int) -> int:
    if operator == "*":
        return left * right
    return left + right if operator == "+" else left - right


def _reverse_numbers(text: str) -> str:
    return re.sub(r"[0-9]+", lambda match: match[0][::-1], text)
