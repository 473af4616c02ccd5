"""Find a hidden number from higher/lower feedback."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np

from ..core import Task, TextEnv
from ..core.arguments import check_integer
from ..core.task import check_level
from ..core.text_env import Step

MAX_ANSWER_LENGTH = 10_000  # a longer answer is not read: nobody needs it to say one number
_LARGEST_RANGE = 10**15  # random() has 53 bits, so every number up to here can be drawn
_WORD = re.compile(r"[\w.,+-]+")
_DIGIT = re.compile(r"\d")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class GuessNumberLevel:
    """One difficulty.

    Attributes:
        upper: the largest number that may be hidden; the smallest is 1.
        guesses: how many guesses there are.
    """

    upper: int
    guesses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GuessNumberTask(Task):
    """One hidden number.

    Attributes:
        answer: the hidden number.
        upper: the largest number that may be hidden.
        guesses: how many guesses there are.
    """

    answer: int  # pyright: ignore[reportGeneralTypeIssues]  (by keyword only, so it needs no default)
    upper: int
    guesses: int

    @classmethod
    def parse(cls, value: Any) -> Self:
        """As `Task.parse`; the hidden number must lie in its range.

        Raises:
            ValueError: the fields are not those of a task, or one is out of range.
        """
        task = super(GuessNumberTask, cls).parse(value)  # slots=True makes a new class: a bare super() would miss it
        check_integer("options['task'].upper", task.upper, 1, _LARGEST_RANGE)
        check_integer("options['task'].guesses", task.guesses, 1)
        check_integer("options['task'].answer", task.answer, 1, task.upper)
        return task


@dataclass(slots=True)
class GuessNumberEpisode:
    """An episode: its task, the guesses left, and the range that the feedback leaves (for the oracle)."""

    task: GuessNumberTask
    left: int
    low: int
    high: int


class GuessNumberEnv(TextEnv[GuessNumberTask, GuessNumberEpisode]):
    """Find a hidden number from higher/lower feedback.

    ## Task
    A number is drawn uniformly from 1 to `upper`. Every guess is answered with whether the hidden number is higher or
    lower. There are exactly ceil(log2(upper + 1)) guesses, so bisection always wins, and only just.

    ## Observation
    Text. First the range and the number of guesses: `Guess my number from 1 to 31. You have 5 guesses.` Then `higher`
    or `lower`, or for a guess that could not be read `say one number from 1 to 31`. Each reply is one guess spent. At
    the end `correct`, or `lost, it was 17`.

    ## Action
    Text with one integer: `17` or `I guess 17.` An integer may be said twice; two different ones, a number that is not
    a plain integer of up to 18 ASCII digits (`1.5`, `x17`, `1-31`), no number at all, or an answer of more than 10,000
    characters cost a guess. A number outside the range is answered like any other.

    ## Reward
    1 on the hit, else 0. The return lies in [0, 1]: a policy that ignores the feedback is right `guesses` times in
    `upper` at best, and one that always says the same number once in `upper`.

    ## Episode end
    Terminates on the hit, and when no guess is left: the number of guesses is a rule of the game. Never truncates.

    ## Levels
    | level | upper | guesses |
    |-------|-------|---------|
    | 0     | 31    | 5       |
    | 1     | 127   | 7       |
    | 2     | 1,023 | 10      |
    | 3     | 16,383| 14      |

    ## Arguments
    - `level`: the difficulty.
    - `upper`: the largest number, in place of the level's; from 1 to 10^15.
    - `guesses`: how many guesses, in place of ceil(log2(upper + 1)).
    - `render_mode`: `ansi` for the transcript, or None.

    ## Source
    A folk game; optimal play is binary search (Knuth, The Art of Computer Programming, vol. 3, 6.2.1).

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    levels: ClassVar[Sequence[GuessNumberLevel]] = (
        GuessNumberLevel(31, 5),
        GuessNumberLevel(127, 7),
        GuessNumberLevel(1023, 10),
        GuessNumberLevel(16383, 14),
    )
    task_type = GuessNumberTask

    def __init__(
        self, *, level: int = 0, upper: int | None = None, guesses: int | None = None, render_mode: str | None = None
    ) -> None:
        configs = self.levels
        if upper is not None:
            check_integer("upper", upper, 1, _LARGEST_RANGE)
            configs = tuple(GuessNumberLevel(upper, upper.bit_length()) for _ in configs)
        if guesses is not None:
            check_integer("guesses", guesses, 1)
            configs = tuple(replace(config, guesses=guesses) for config in configs)
        level = check_level(level, len(configs))
        super().__init__(
            level=level,
            render_mode=render_mode,
            max_observation_length=80,
            charset="0123456789",
            sample_length=len(str(configs[level].upper)),
        )
        self._games = tuple((config.upper, config.guesses, _prompt(config)) for config in configs)

    def sample(self, rng: np.random.Generator, level: int) -> GuessNumberTask:
        """Hide a number."""
        upper, guesses, prompt = self._games[level]
        # integers() takes ten times as long as random(), which is uniform here to within 2**-53 * upper
        answer = int(rng.random() * upper) + 1
        return GuessNumberTask(prompt=prompt, answer=answer, level=level, upper=upper, guesses=guesses)

    def start(self, task: GuessNumberTask) -> GuessNumberEpisode:
        """An episode with all its guesses."""
        return GuessNumberEpisode(task, task.guesses, 1, task.upper)

    def respond(self, episode: GuessNumberEpisode, action: str) -> Step:
        """Answer a guess."""
        # a short bare number is what nearly every action is
        guess = int(action) if len(action) < 19 and action.isdecimal() and action.isascii() else read_guess(action)
        task = episode.task
        if guess == task.answer:
            return "correct", 1.0, True, False, {"success": True}
        episode.left -= 1
        if not episode.left:
            return f"lost, it was {task.answer}", 0.0, True, False, {"success": False}
        if guess is None:
            return f"say one number from 1 to {task.upper}", 0.0, False, False, {}
        if guess < task.answer:
            if guess >= episode.low:
                episode.low = guess + 1
            return "higher", 0.0, False, False, {}
        if guess <= episode.high:
            episode.high = guess - 1
        return "lower", 0.0, False, False, {}

    def expert(self, episode: GuessNumberEpisode) -> str:
        """The middle of the range that is left."""
        return str((episode.low + episode.high) // 2)


def read_guess(answer: str) -> int | None:
    """The one integer that an answer says.

    Args:
        answer: any string.

    Returns:
        The integer, or None where there is none, there are different ones, or one is not written as a plain integer.
    """
    if len(answer) > MAX_ANSWER_LENGTH:
        return None
    words = {word.rstrip(".,+-").lstrip(".,") for word in _WORD.findall(answer) if _DIGIT.search(word)}
    if not all(_INTEGER.fullmatch(word) for word in words):
        return None
    numbers = {int(word) for word in words}
    return numbers.pop() if len(numbers) == 1 else None


def _prompt(config: GuessNumberLevel) -> str:
    unit = "guess" if config.guesses == 1 else "guesses"
    return f"Guess my number from 1 to {config.upper}. You have {config.guesses} {unit}."
