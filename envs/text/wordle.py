"""Find a hidden word from which letters of a guess it has, and where."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np

from ..core import Task, TextEnv
from ..core.arguments import check_integer
from ..core.task import check_level
from ..core.text_env import Step
from .wordle_words import LENGTHS, load_words, mark, most_informative_guess

MAX_ANSWER_LENGTH = 10_000  # a longer answer is not read: nobody needs it to say one word
_TAG = re.compile(r"</?\w{1,20}>")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class WordleLevel:
    """One difficulty.

    Attributes:
        letters: how many letters the words have: 3, 4 or 5.
        words: how many words there are: the first so many of the list of that length.
        guesses: how many guesses there are.
    """

    letters: int
    words: int
    guesses: int = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class WordleTask(Task):
    """One hidden word.

    Attributes:
        answer: the hidden word.
        words: how many words of the list it is drawn from.
        guesses: how many guesses there are.
    """

    answer: str  # pyright: ignore[reportGeneralTypeIssues]  (by keyword only, so it needs no default)
    words: int
    guesses: int

    @classmethod
    def parse(cls, value: Any) -> Self:
        """As `Task.parse`; the hidden word must be one of those it is drawn from.

        Raises:
            ValueError: the fields are not those of a task, or one is out of range.
        """
        task = super(WordleTask, cls).parse(value)  # slots=True makes a new class: a bare super() would miss it
        listed = load_words(len(task.answer)) if len(task.answer) in LENGTHS else ()
        if task.answer not in listed:
            raise ValueError(f"options['task'].answer must be a word of the lists, got {task.answer!r}")
        check_integer("options['task'].words", task.words, listed.index(task.answer) + 1, len(listed))
        check_integer("options['task'].guesses", task.guesses, 1)
        return task


@dataclass(slots=True)
class WordleEpisode:
    """An episode: its task, the guesses left, and the guesses that were marked, with their marks (for the expert)."""

    task: WordleTask
    left: int
    history: list[tuple[str, str]] = field(default_factory=list)


class WordleEnv(TextEnv[WordleTask, WordleEpisode]):
    """Find a hidden word from which letters of a guess it has, and where.

    ## Task
    A word is drawn uniformly from the first `words` of a list of common English words. Every guess is marked letter by
    letter. Any string of the right number of letters may be guessed, whether it is a word or not.

    ## Observation
    Text. First `Guess my word of 3 letters. You have 6 guesses.` Then the marks of the guess, one character a letter:
    `g` where the hidden word has this letter in this place, `y` where it has it elsewhere, `-` where it does not. A
    letter that it has once gets one mark only, `g` before `y` and left before right: `geese` for `eagle` gives `yy--g`.
    A guess that could not be read is answered with `say a word of 3 letters`. At the end `correct`, or
    `lost, it was cat`.

    ## Action
    Text whose last word is the guess: `cat`, `I guess CAT.` or `<answer>cat</answer>`. A last word of another length or
    with letters other than a to z, no word, and an answer of more than 10,000 characters cost a guess.

    ## Reward
    1 on the hit, else 0.

    ## Episode end
    Terminates on the hit, and when no guess is left: the number of guesses is a rule of the game. Never truncates.

    ## Levels
    | level | letters | words | guesses | expert: most (mean) |
    |-------|---------|-------|---------|---------------------|
    | 0     | 3       | 64    | 6       | 5 (3.3)             |
    | 1     | 4       | 160   | 6       | 4 (3.1)             |
    | 2     | 5       | 300   | 6       | 4 (2.8)             |
    | 3     | 5       | 600   | 6       | 4 (3.0)             |

    The expert makes the guess whose marks have the largest entropy over the words that are left.

    ## Arguments
    - `level`: the difficulty.
    - `letters`: how many letters, in place of the level's: 3, 4 or 5.
    - `words`: how many words, in place of the level's; at most 100, 320 and 600 of 3, 4 and 5 letters.
    - `guesses`: how many guesses, in place of the level's.
    - `render_mode`: `ansi` for the transcript, or None.

    ## Source
    Josh Wardle's game of 2021; as a task for reinforcement learning of language models: Abdulhai et al., LMRL-Gym, 2023
    (abdulhaim/LMRL-Gym, wordle/env), where a guess must be in the vocabulary and every turn costs 1. The lists are this
    project's own.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    levels: ClassVar[Sequence[WordleLevel]] = (
        WordleLevel(3, 64),
        WordleLevel(4, 160),
        WordleLevel(5, 300),
        WordleLevel(5, 600),
    )
    task_type = WordleTask

    def __init__(
        self,
        *,
        level: int = 0,
        letters: int | None = None,
        words: int | None = None,
        guesses: int | None = None,
        render_mode: str | None = None,
    ) -> None:
        configs = self.levels
        if letters is not None:
            check_integer("letters", letters, LENGTHS[0], LENGTHS[-1])
            most = len(load_words(letters))
            configs = tuple(replace(config, letters=letters, words=min(config.words, most)) for config in configs)
        if words is not None:
            # every level must have so many, since an option of `reset` may ask for any
            check_integer("words", words, 1, min(len(load_words(config.letters)) for config in configs))
            configs = tuple(replace(config, words=words) for config in configs)
        if guesses is not None:
            check_integer("guesses", guesses, 1)
            configs = tuple(replace(config, guesses=guesses) for config in configs)
        level = check_level(level, len(configs))
        super().__init__(
            level=level,
            render_mode=render_mode,
            max_observation_length=80,
            charset="abcdefghijklmnopqrstuvwxyz",
            sample_length=configs[level].letters,
        )
        self._games = tuple((config, load_words(config.letters), _prompt(config)) for config in configs)

    def sample(self, rng: np.random.Generator, level: int) -> WordleTask:
        """Hide a word."""
        config, words, prompt = self._games[level]
        answer = words[int(rng.random() * config.words)]
        return WordleTask(prompt=prompt, answer=answer, level=level, words=config.words, guesses=config.guesses)

    def start(self, task: WordleTask) -> WordleEpisode:
        """An episode with all its guesses."""
        return WordleEpisode(task, task.guesses)

    def respond(self, episode: WordleEpisode, action: str) -> Step:
        """Mark a guess."""
        answer = episode.task.answer
        guess = read_guess(action, len(answer))
        if guess == answer:
            return "correct", 1.0, True, False, {"success": True}
        episode.left -= 1
        if not episode.left:
            return f"lost, it was {answer}", 0.0, True, False, {"success": False}
        if guess is None:
            return f"say a word of {len(answer)} letters", 0.0, False, False, {}
        marks = mark(guess, answer)
        episode.history.append((guess, marks))
        return marks, 0.0, False, False, {}

    def expert(self, episode: WordleEpisode) -> str:
        """The guess that tells most about the hidden word."""
        task = episode.task
        return most_informative_guess(len(task.answer), task.words, tuple(episode.history))


def read_guess(answer: str, letters: int) -> str | None:
    """The last word that an answer says, in small letters.

    Args:
        answer: any string.
        letters: how many letters it must have.

    Returns:
        The word, or None where the last word has another length or letters other than a to z, or there is none.
    """
    if len(answer) > MAX_ANSWER_LENGTH:
        return None
    if len(answer) != letters:
        answer = next(reversed(_WORD.findall(_TAG.sub(" ", answer))), "")
    if len(answer) == letters and answer.isascii() and answer.isalpha():
        return answer.lower()
    return None


def _prompt(config: WordleLevel) -> str:
    unit = "guess" if config.guesses == 1 else "guesses"
    return f"Guess my word of {config.letters} letters. You have {config.guesses} {unit}."
