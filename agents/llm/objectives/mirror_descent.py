"""Online policy mirror descent."""

from __future__ import annotations

from ..config import LLMConfig
from .registry import ObjectiveInputs, ObjectiveOutputs, register_objective


@register_objective("mirror_descent", every_episode=True)
def mirror_descent(inputs: ObjectiveInputs, config: LLMConfig, *, tau: float = 0.1) -> ObjectiveOutputs:
    """-A log p + tau / 2 (log p - log p_old)^2, p the probability of a whole episode (Kimi k1.5).

    Kimi Team 2025, arXiv 2501.12599, section 2.3.2: its gradient is (R - mean(R)) grad log p
    - tau / 2 grad (log p - log p_old)^2. It is a squared error, so episodes of older weights need no ratio, and the
    square pulls them back where a clip would let go of them. With one step a batch the square has no gradient.

    Args:
        inputs: what the objective sees; the tokens of an episode share its mean advantage.
        config: not used; the recipe's `aggregation` is `sequence_mean`.
        tau: weight of the square; the report does not say which.
    """
    log_ratio_R = inputs.sum_per_row(inputs.logp_N - inputs.old_logp_N)
    loss_R = -inputs.mean_per_row(inputs.advantage_N) * log_ratio_R + tau / 2 * log_ratio_R.square()
    return ObjectiveOutputs(loss_R[inputs.row_N])
