"""Where objectives are known by name, what they see and what they answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch

from ..config import LLMConfig
from ..named import Choice, NamedFunctions, name_of


@dataclass(slots=True, eq=False)
class ObjectiveInputs:
    """What an objective sees of the N own tokens of R episodes, episode after episode.

    Attributes:
        logp_N: log-probabilities under the weights being trained, differentiable.
        old_logp_N: log-probabilities under the weights that the update began with: what the sampler computed when it
            drew the token, or, for a token that somebody else wrote, what the policy thought of it.
        advantage_N: advantages.
        entropy_N: entropy of the distribution each token was drawn from, differentiable.
        row_N: the episode of each token, 0 to R - 1, never falling.
        group_R: the group of each episode.
        return_R: the return of each episode.
        source_N: who wrote each token, as an index into `tuple(Source)`.
        reference_logp_N: log-probabilities under the reference policy; None without one.
        vocabulary_mean_N: mean over the vocabulary of log p - log p_old where each token was drawn, without gradient;
            None unless the objective needs it.
    """

    logp_N: torch.Tensor
    old_logp_N: torch.Tensor
    advantage_N: torch.Tensor
    entropy_N: torch.Tensor
    row_N: torch.Tensor
    group_R: torch.Tensor
    return_R: torch.Tensor
    source_N: torch.Tensor
    reference_logp_N: torch.Tensor | None = None
    vocabulary_mean_N: torch.Tensor | None = None

    def sum_per_row(self, value_N: torch.Tensor) -> torch.Tensor:
        """The sum over the own tokens of each episode (R,)."""
        return torch.zeros(len(self.group_R), dtype=value_N.dtype, device=value_N.device).index_add(
            0, self.row_N, value_N
        )

    def mean_per_row(self, value_N: torch.Tensor) -> torch.Tensor:
        """The mean over the own tokens of each episode (R,)."""
        return self.sum_per_row(value_N) / self.sum_per_row(torch.ones_like(value_N)).clamp(min=1)


@dataclass(slots=True, eq=False)
class ObjectiveOutputs:
    """What an objective makes of them.

    Attributes:
        loss_N: the loss of each token. A loss of whole episodes is given to each of their tokens, and the recipe's
            `aggregation` is `sequence_mean`: that is then its mean over episodes.
        clipped_N: where the gradient was cut off; None for an objective that never does.
    """

    loss_N: torch.Tensor
    clipped_N: torch.Tensor | None = None


Objective = Callable[[ObjectiveInputs, LLMConfig], ObjectiveOutputs]
"""From log-probabilities and advantages to a loss for every own token; pure. Keyword-only parameters are settings."""


@dataclass(frozen=True, slots=True)
class ObjectiveNeeds:
    """What an objective asks of the trainer.

    Attributes:
        whole_groups: that the episodes of a group come together.
        every_episode: that episodes without advantage come too.
        vocabulary_mean: `ObjectiveInputs.vocabulary_mean_N`, for which the old weights are kept during the update.
        reference: `ObjectiveInputs.reference_logp_N`, for which the policy that training started from is kept.
    """

    whole_groups: bool = False
    every_episode: bool = False
    vocabulary_mean: bool = False
    reference: bool = False


OBJECTIVES: NamedFunctions[Objective] = NamedFunctions("objective")
_NEEDS: dict[str, ObjectiveNeeds] = {}


def register_objective(
    name: str,
    *,
    whole_groups: bool = False,
    every_episode: bool = False,
    vocabulary_mean: bool = False,
    reference: bool = False,
) -> Callable[[Objective], Objective]:
    """A decorator that makes an objective known under a name.

    Args:
        name: the name; one used again takes the newer function.
        whole_groups: as in `ObjectiveNeeds`.
        every_episode: as in `ObjectiveNeeds`.
        vocabulary_mean: as in `ObjectiveNeeds`.
        reference: as in `ObjectiveNeeds`.
    """
    _NEEDS[name] = ObjectiveNeeds(whole_groups, every_episode, vocabulary_mean, reference)
    return OBJECTIVES.register(name)


def needs_of(choice: Choice) -> ObjectiveNeeds:
    """What the objective of a choice asks of the trainer.

    Raises:
        ValueError: there is no such objective.
    """
    OBJECTIVES.find(name_of(choice))
    return _NEEDS[name_of(choice)]
