"""Offline policy gradients that weigh a text by the policy's ratio to its reference."""

from __future__ import annotations

from typing import Literal

from ..config import LLMConfig
from .registry import ObjectiveInputs, ObjectiveOutputs, register_objective


@register_objective("a_lol", reference=True)
def a_lol(
    inputs: ObjectiveInputs,
    config: LLMConfig,
    *,
    ratio: Literal["episode", "token"] = "episode",
    clip: float = 0.9,
) -> ObjectiveOutputs:
    """-A sg(clip(r, 1 - clip, 1 + clip)) log p, r the policy's ratio to the reference (A-LoL, Baheti et al. 2024).

    The episodes come from a data set, the reference stands for whoever wrote it, and r corrects for the policy's
    leaving it. `episode` is A-LoL, r = prod_t p(t) / q(t); `token` is A-LoL seq, each token with its own p(t) / q(t).
    Without ratio (A-LoL reference-free) the objective is `reinforce`; A-LoL KL is that with `kl_coef` and
    `divergence: k1`.

    The authors' code (abaheti95/LoL-RL, `lolrl_qlora_llama_hh.py`) writes exp(baseline - current) of what it names
    log-probabilities and are their negatives, so its ratio, too, is the policy's probability over the reference's.
    It sums over the tokens of a text, which `aggregation: fixed_length` does up to a constant.

    Args:
        inputs: what the objective sees.
        config: not used.
        ratio: of the whole `episode`, or of each `token`.
        clip: how far the ratio may be from 1; `clipped_N` says where it was further.
    """
    assert inputs.reference_logp_N is not None
    log_ratio_N = (inputs.logp_N - inputs.reference_logp_N).detach()
    if ratio == "episode":
        log_ratio_N = inputs.sum_per_row(log_ratio_N)[inputs.row_N]
    ratio_N = log_ratio_N.exp()
    clipped_N = ratio_N.clamp(1 - clip, 1 + clip)
    return ObjectiveOutputs(-inputs.advantage_N * clipped_N * inputs.logp_N, clipped_N != ratio_N)
