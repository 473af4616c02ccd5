"""The plain policy gradient."""

from __future__ import annotations

from ..config import LLMConfig
from .registry import ObjectiveInputs, ObjectiveOutputs, register_objective


@register_objective("reinforce")
def reinforce(inputs: ObjectiveInputs, config: LLMConfig) -> ObjectiveOutputs:
    """-A log p (Williams 1992): no ratio and no clip, so it is right where every batch is used for one step."""
    return ObjectiveOutputs(-inputs.advantage_N * inputs.logp_N)
