"""Learning the value of the random policy (`agents.llm.random_policy` says why that is enough)."""

from __future__ import annotations

import torch

from ..config import LLMConfig
from .registry import ObjectiveInputs, ObjectiveOutputs, register_objective


@register_objective("rover", every_episode=True, vocabulary_mean=True)
def rover(inputs: ObjectiveInputs, config: LLMConfig, *, rho: float = 1.0) -> ObjectiveOutputs:
    """(Q(s, a) - (A + mean over a' of Q(s', a')))^2, with Q = rho (log p - log p_old) and a fixed target (ROVER).

    The Bellman equation of the uniformly random policy, whose value of the next state is a mean over the whole
    vocabulary; behind an episode's last own token it is 0. The reward of every token is the episode's, centred in its
    group (He et al. 2025, "Random policy valuation is enough for LLM reasoning"; tinnerhrhe/ROVER, `dp_actor.py`).

    Args:
        inputs: what the objective sees; advantages are the rewards. The next state of a turn's last own token is the
            beginning of the policy's next turn.
        config: not used.
        rho: scale of Q.

    Raises:
        ValueError: the trainer has not measured the mean over the vocabulary.
    """
    if inputs.vocabulary_mean_N is None:
        raise ValueError("inputs.vocabulary_mean_N must be given for rover, got None")
    value_N = rho * (inputs.logp_N - inputs.old_logp_N)
    next_value_N = torch.zeros_like(value_N)
    goes_on_M = inputs.row_N[1:] == inputs.row_N[:-1]
    next_value_N[:-1] = rho * inputs.vocabulary_mean_N[1:] * goes_on_M
    return ObjectiveOutputs((value_N - (inputs.advantage_N + next_value_N).detach()).square())
