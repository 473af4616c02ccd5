"""Reach a target from given numbers with the four operations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from ..core import SingleTurnEnv, Task, Verdict
from .answers import tagged_answer
from .expression import ExpressionError, evaluate

MAX_RESPONSE_LENGTH = 20_000  # room for a long chain of thought; a longer response is not read
_MAX_NUMBERS, _MAX_NUMBER = 10, 10**6
_LARGEST_INTERMEDIATE = 5_000


@dataclass(frozen=True, slots=True)
class CountdownLevel:
    """One difficulty.

    Attributes:
        count: how many numbers are given.
        largest: the largest number that may be given; the smallest is 1.
        lowest_target: the smallest target.
        highest_target: the largest target.
    """

    count: int
    largest: int
    lowest_target: int
    highest_target: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CountdownTask(Task):
    """One set of numbers.

    Attributes:
        answer: the target.
        numbers: the given numbers.
        solution: an expression that reaches the target, empty where none is known.
    """

    answer: int  # pyright: ignore[reportGeneralTypeIssues]  (by keyword only, so it needs no default)
    numbers: tuple[int, ...]
    solution: str = ""

    @classmethod
    def parse(cls, value: Any) -> Self:
        """As `Task.parse`; the numbers must be few and not too large.

        Raises:
            ValueError: the fields are not those of a task, or one is out of range.
        """
        task = super(CountdownTask, cls).parse(value)  # slots=True makes a new class: a bare super() would miss it
        numbers = task.numbers
        if not (1 <= len(numbers) <= _MAX_NUMBERS and all(0 <= number <= _MAX_NUMBER for number in numbers)):
            raise ValueError(
                f"options['task'] must have numbers, 1 to {_MAX_NUMBERS} integers from 0 to {_MAX_NUMBER}; "
                f"got {numbers!r}"
            )
        return task


class CountdownEnv(SingleTurnEnv[CountdownTask]):
    """Reach a target from given numbers with the four operations.

    ## Task
    Write an expression over the given numbers whose value is exactly the target. Every given number is used exactly
    once. Each instance is made by combining its numbers at random, so it has a solution, and one whose intermediate
    results are positive integers.

    ## Observation
    Text: `Make 46 from 3, 7, 25. Use each number once, with + - * / and parentheses.`

    ## Action
    Text: a bare expression such as `(25-3)*2+7`, which ` = target` may follow; or any text that ends with
    `<answer>expression</answer>` (of several tags all must hold the same). An expression is made of integer literals
    without leading zeros, the binary operators + - * / (also × ÷ −), parentheses and blanks, and has at most 300
    characters. There are no signs, powers or other operators. Division is exact: `7/2*4` is 14. A response of more than
    20,000 characters is not read.

    ## Reward
    The verdict's score: 1 for any expression that reaches the target, else 0.

    ## Episode end
    Terminates after the one answer.

    ## Levels
    | level | numbers | each      | target     |
    |-------|---------|-----------|------------|
    | 0     | 3       | 1 to 10   | 10 to 50   |
    | 1     | 3       | 1 to 50   | 10 to 100  |
    | 2     | 4       | 1 to 50   | 10 to 100  |
    | 3     | 5       | 1 to 75   | 50 to 500  |
    | 4     | 6       | 1 to 100  | 100 to 999 |

    ## Arguments
    - `level`: the difficulty.
    - `render_mode`: `ansi` for the transcript, or None.

    ## Source
    The numbers round of the television game; as a task for language models: Gandhi et al., Stream of Search, 2024.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    levels: ClassVar[Sequence[CountdownLevel]] = (
        CountdownLevel(3, 10, 10, 50),
        CountdownLevel(3, 50, 10, 100),
        CountdownLevel(4, 50, 10, 100),
        CountdownLevel(5, 75, 50, 500),
        CountdownLevel(6, 100, 100, 999),
    )
    task_type = CountdownTask

    def __init__(self, *, level: int = 0, render_mode: str | None = None) -> None:
        super().__init__(level=level, render_mode=render_mode, max_observation_length=512, charset="0123456789+-*/()")

    def sample(self, rng: np.random.Generator, level: int) -> CountdownTask:
        """Draw numbers, and combine them until the result can be a target."""
        config = self.levels[level]
        uniform = _uniform(rng)
        while True:
            numbers = tuple(1 + int(next(uniform) * config.largest) for _ in range(config.count))
            target, solution = _combine(numbers, uniform)
            if config.lowest_target <= target <= config.highest_target:
                break
        given = ", ".join(map(str, numbers))
        prompt = f"Make {target} from {given}. Use each number once, with + - * / and parentheses."
        return CountdownTask(prompt=prompt, answer=target, level=level, numbers=numbers, solution=solution)

    def grade(self, task: CountdownTask, response: str) -> Verdict:
        """Check the numbers, then the value."""
        if len(response) > MAX_RESPONSE_LENGTH:
            return Verdict.unparseable(f"an answer has at most {MAX_RESPONSE_LENGTH} characters")
        text = tagged_answer(response) if "<answer>" in response else response
        if text is None:
            return Verdict.unparseable("end with one <answer>expression</answer>")
        text, equals, claim = text.partition("=")
        if equals and claim.strip() != str(task.answer):
            return Verdict.wrong("what follows = is not the target")
        try:
            value = evaluate(text.strip())
        except ExpressionError as error:
            return Verdict.unparseable(f"expected an expression of the given numbers; {error}")
        except ZeroDivisionError:
            return Verdict.wrong("the expression divides by zero")
        if sorted(value.literals) != sorted(task.numbers):
            return Verdict.wrong("every given number must be used exactly once, and no other")
        if not value.equals(task.answer):
            return Verdict.wrong("the value of the expression is not the target")
        return Verdict.correct()

    def solution(self, task: CountdownTask) -> str | None:
        """The expression that the instance was made from."""
        return task.solution or None


def _uniform(rng: np.random.Generator) -> Iterator[float]:
    # one call of the generator costs as much as forty of its numbers
    while True:
        yield from rng.random(48).tolist()


_LOOSE, _TIGHT, _ATOM = range(3)


def _combine(numbers: Sequence[int], uniform: Iterator[float]) -> tuple[int, str]:
    """Join numbers pair by pair with random operations that keep every result a positive integer."""
    pool = [(number, str(number), _ATOM) for number in numbers]
    while len(pool) > 1:
        first = pool.pop(int(next(uniform) * len(pool)))
        second = pool.pop(int(next(uniform) * len(pool)))
        if first[0] < second[0]:
            first, second = second, first
        (a, left, left_binding), (b, right, right_binding) = first, second
        operators = "+"
        if a > b:
            operators += "-"
        if b > 1:
            if a * b <= _LARGEST_INTERMEDIATE:
                operators += "*"
            if a % b == 0:
                operators += "/"
        operator = operators[int(next(uniform) * len(operators))]
        if operator == "+" or operator == "-":
            value = a + b if operator == "+" else a - b
            binding = _LOOSE
            if operator == "-" and right_binding == _LOOSE:
                right = f"({right})"
        else:
            value = a * b if operator == "*" else a // b
            binding = _TIGHT
            if left_binding == _LOOSE:
                left = f"({left})"
            if right_binding == _LOOSE or (operator == "/" and right_binding == _TIGHT):
                right = f"({right})"
        pool.append((value, f"{left}{operator}{right}", binding))
    return pool[0][0], pool[0][1]
