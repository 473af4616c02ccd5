"""Tasks answered once whose reward is made of named terms."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..core import SingleTurnEnv, Verdict
from ..core.text_env import SingleTurnEpisode, Step, TaskT


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is found of an answer.

    Attributes:
        verdict: whether it is right.
        terms: of the reward, which is their sum.
    """

    verdict: Verdict
    terms: Mapping[str, float] = field(default_factory=dict)


class AssessedEnv(SingleTurnEnv[TaskT]):
    """A task that is answered once, with a reward that is the sum of terms instead of the verdict's score.

    A subclass defines `assess` in place of `grade`.
    """

    @abstractmethod
    def assess(self, task: TaskT, response: str) -> Assessment:
        """The verdict on a response and the terms of its reward; pure but for the sandbox."""

    def grade(self, task: TaskT, response: str) -> Verdict:
        """The verdict alone."""
        return self.assess(task, response).verdict

    def respond(self, episode: SingleTurnEpisode[TaskT], action: str) -> Step:
        """Assess the answer and end the episode."""
        try:
            assessment = self.assess(episode.task, action)
        except Exception as error:  # as in grading: nothing is known of the answer
            assessment = Assessment(Verdict.grader_error(f"{type(error).__name__}: {str(error)[:200]}"))
        verdict, terms = assessment.verdict, dict(assessment.terms)
        observation = f"{verdict.status}: {verdict.detail}" if verdict.detail else str(verdict.status)
        info = {"success": verdict.is_correct, "verdict": verdict, "reward_terms": terms}
        return observation, math.fsum(terms.values()), True, False, info
