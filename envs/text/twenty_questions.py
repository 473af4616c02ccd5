"""Find the object that somebody thinks of by asking yes/no questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np

from ..core import Task, TextEnv
from ..core.arguments import check_integer
from ..core.task import check_level
from ..core.text_env import Step
from .twenty_questions_parser import Refusal, read_question
from .twenty_questions_table import Thing, load_table

MAX_OBJECTS = 160
_YES = ("yes", "yep", "that is right", "it is so")
_NO = ("no", "nope", "that is wrong", "it is not so")
_WORDINGS = 2**32


@dataclass(frozen=True, slots=True)
class TwentyQuestionsLevel:
    """One difficulty.

    Attributes:
        objects: how many objects there are: the first so many of the table.
        questions: how many questions there are, guesses included.
    """

    objects: int
    questions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TwentyQuestionsTask(Task):
    """One hidden object.

    Attributes:
        answer: the hidden object's usual name, without an article.
        objects: how many objects there are.
        questions: how many questions there are.
        wording: what the wording of the replies is drawn from.
    """

    answer: str  # pyright: ignore[reportGeneralTypeIssues]  (by keyword only, so it needs no default)
    objects: int
    questions: int
    wording: int = 0

    @classmethod
    def parse(cls, value: Any) -> Self:
        """As `Task.parse`; the hidden object must be one of those there are.

        Raises:
            ValueError: the fields are not those of a task, or one is out of range.
        """
        task = super(TwentyQuestionsTask, cls).parse(value)  # slots=True makes a new class: super() would miss it
        check_integer("options['task'].objects", task.objects, 2, MAX_OBJECTS)
        check_integer("options['task'].questions", task.questions, 1)
        check_integer("options['task'].wording", task.wording, 0, _WORDINGS - 1)
        hidden = load_table().named.get(task.answer)
        if hidden is None or hidden.index >= task.objects:
            raise ValueError(
                f"options['task'].answer must be one of the first {task.objects} objects of the table, "
                f"got {task.answer!r}"
            )
        return task


@dataclass(slots=True)
class TwentyQuestionsEpisode:
    """An episode.

    Attributes:
        hidden: the hidden object's row in the table.
        left: how many questions are left.
        candidates: the objects that agree with every reply so far, bit i for object i (for the expert).
        wording: the state of the generator that chooses how a reply is worded.
    """

    hidden: int
    left: int
    candidates: int
    wording: int


class TwentyQuestionsEnv(TextEnv[TwentyQuestionsTask, TwentyQuestionsEpisode]):
    """Find the object that somebody thinks of by asking yes/no questions.

    ## Task
    One of the first `objects` objects of a table is drawn uniformly. The table says of each whether it is alive, can
    fly, is found in a kitchen … (160 objects, 75 attributes). Every question and every guess costs one of the
    `questions`. The table is always the same, so it can be learned; to a model that knows the world it is common sense.

    ## Observation
    Text. First `I think of one of 16 things. You have 6 questions.` Then a reply. Yes is said as `yes`, `yep`,
    `that is right` or `it is so`, no as `no`, `nope`, `that is wrong` or `it is not so`; the task fixes the wording of
    each turn. A text that is not answered is told what to do: `ask like this: Is it alive?`,
    `ask one question at a time`, `ask without a negation`, or to be shorter. At the end `correct`, or
    `lost, it was a cat`.

    ## Action
    Text that asks one yes/no question, in many wordings: `Is it alive?`, `is this thing an animal`,
    `Hmm. Does it have wings?`, `Can people eat it?` A guess names an object: `Is it a cat?`, `I guess a cat`, `cat`.
    Where there are question marks, only the questions are read. Several questions, `and`, `or`, negations, unknown
    words and more than 500 characters are refused and cost a question. The answer to a guess of an object that the
    level does not have is no.

    ## Reward
    1 on the right guess, else 0: nothing before the end says whether a question was good. With `dense_reward` it is
    that of LMRL-Gym: -1 for everything that is said until the right guess, which gives 0.

    ## Episode end
    Terminates on the right guess, and when no question is left: their number is a rule of the game. Never truncates.

    ## Levels
    | level | objects | questions | expert: most (mean) |
    |-------|---------|-----------|---------------------|
    | 0     | 16      | 6         | 5 (4.5)             |
    | 1     | 32      | 8         | 7 (5.6)             |
    | 2     | 64      | 12        | 8 (6.7)             |
    | 3     | 160     | 20        | 11 (8.1)            |

    The expert asks what halves the remaining objects best, which gives most information, and guesses once two are left.

    ## Arguments
    - `level`: the difficulty.
    - `objects`: how many objects, in place of the level's; from 2 to 160.
    - `questions`: how many questions, in place of the level's. Where only `objects` is given, there are as many as at
      the first level with that many objects.
    - `dense_reward`: whether every turn costs 1.
    - `render_mode`: `ansi` for the transcript, or None.

    ## Source
    A folk game; with a delayed reward in Zhou et al., ArCHer, 2024 (YifeiZhou02/ArCHer), with -1 a question in
    Abdulhai et al., LMRL-Gym, 2023 (abdulhaim/LMRL-Gym, twenty_questions/env). The table is this project's own.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    levels: ClassVar[Sequence[TwentyQuestionsLevel]] = (
        TwentyQuestionsLevel(16, 6),
        TwentyQuestionsLevel(32, 8),
        TwentyQuestionsLevel(64, 12),
        TwentyQuestionsLevel(MAX_OBJECTS, 20),
    )
    task_type = TwentyQuestionsTask

    def __init__(
        self,
        *,
        level: int = 0,
        objects: int | None = None,
        questions: int | None = None,
        dense_reward: bool = False,
        render_mode: str | None = None,
    ) -> None:
        configs = self.levels
        if objects is not None:
            check_integer("objects", objects, 2, MAX_OBJECTS)
            enough = next(config for config in self.levels if config.objects >= objects)
            configs = tuple(replace(enough, objects=objects) for _ in configs)
        if questions is not None:
            check_integer("questions", questions, 1)
            configs = tuple(replace(config, questions=questions) for config in configs)
        if not isinstance(dense_reward, bool):
            raise ValueError(f"dense_reward must be True or False, got {dense_reward!r}")
        super().__init__(
            level=check_level(level, len(configs)),
            render_mode=render_mode,
            max_observation_length=120,
            charset="abcdefghijklmnopqrstuvwxyz ?",
            sample_length=24,
        )
        self._games = tuple((config.objects, config.questions, _prompt(config)) for config in configs)
        self._miss, self._hit = (-1.0, 0.0) if dense_reward else (0.0, 1.0)
        self._table = load_table()

    def sample(self, rng: np.random.Generator, level: int) -> TwentyQuestionsTask:
        """Think of an object."""
        objects, questions, prompt = self._games[level]
        hidden = self._table.things[int(rng.random() * objects)]
        return TwentyQuestionsTask(
            prompt=prompt,
            answer=hidden.name,
            level=level,
            objects=objects,
            questions=questions,
            wording=int(rng.random() * _WORDINGS),
        )

    def start(self, task: TwentyQuestionsTask) -> TwentyQuestionsEpisode:
        """An episode with all its questions."""
        return TwentyQuestionsEpisode(
            self._table.named[task.answer].index, task.questions, (1 << task.objects) - 1, task.wording
        )

    def respond(self, episode: TwentyQuestionsEpisode, action: str) -> Step:
        """Answer a question or a guess."""
        asked = read_question(action)
        if isinstance(asked, Thing) and asked.index == episode.hidden:
            return "correct", self._hit, True, False, {"success": True}
        episode.left -= 1
        if not episode.left:
            hidden = self._table.things[episode.hidden].names[0]
            return f"lost, it was {hidden}", self._miss, True, False, {"success": False}
        # the generator of Numerical Recipes; its low bits repeat soon, so the high ones choose
        episode.wording = (1664525 * episode.wording + 1013904223) % _WORDINGS
        if isinstance(asked, Refusal):
            return asked.value, self._miss, False, False, {}
        objects = 1 << asked.index if isinstance(asked, Thing) else asked.objects
        holds = bool(objects >> episode.hidden & 1)
        episode.candidates &= objects if holds else ~objects
        replies = _YES if holds else _NO
        return replies[episode.wording * len(replies) // _WORDINGS], self._miss, False, False, {}

    def expert(self, episode: TwentyQuestionsEpisode) -> str:
        """Ask what halves the candidates best; guess once there are two."""
        candidates = episode.candidates
        count = candidates.bit_count()
        if count <= 2:
            return self._table.things[candidates.bit_length() - 1].question
        # the entropy of a yes/no answer is largest where its probability is nearest to 1/2
        return min(self._table.attributes, key=lambda a: abs(2 * (candidates & a.objects).bit_count() - count)).question


def _prompt(config: TwentyQuestionsLevel) -> str:
    unit = "question" if config.questions == 1 else "questions"
    return f"I think of one of {config.objects} things. You have {config.questions} {unit}."
