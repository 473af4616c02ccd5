"""A causal transformer with one number at each token in place of logits."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import nn

from ..policy import Policy, Precision

OF_THE_POLICY = "policy"
"""The name of the model that is a copy of the policy's own."""


class ValueNetwork:
    """Says before each own token of a conversation what return is to be expected.

    The value of a token is read from the hidden state that predicts it, so it knows what was said before the token and
    nothing of the token itself. The head begins at 0 everywhere.

    Args:
        model: `policy` for a copy of the policy's body with its present weights, or a folder or hub name of a Hugging
            Face causal LM with the policy's vocabulary.
        policy: whose conversations are read.
        precision: of a model that is loaded.

    Raises:
        ValueError: the model cannot be loaded, has another vocabulary, or reads ahead.
    """

    def __init__(self, model: str, policy: Policy, *, precision: Precision) -> None:
        self.body = copy.deepcopy(policy) if model == OF_THE_POLICY else _load(model, policy, precision)
        self.head = nn.Linear(self.body.model.config.hidden_size, 1, device=policy.device, dtype=torch.float32)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def parameters(self) -> list[nn.Parameter]:
        """The weights that training changes: those below the body's own head, and the head of values."""
        modules = (self.body.model.base_model, self.head)
        return [parameter for module in modules for parameter in module.parameters() if parameter.requires_grad]

    def values(self, tokens_B_T: torch.Tensor, valued_B_T: torch.Tensor) -> torch.Tensor:
        """The values of some tokens, differentiable.

        Args:
            tokens_B_T: token ids, padded on the right.
            valued_B_T: before which of them; the first column never is, and one is at least.

        Returns:
            Values of shape (N,) in float32, in the order of `valued_B_T.nonzero()`.
        """
        return self.head(self.body.hidden_states(tokens_B_T, valued_B_T).float()).squeeze(-1)


def _load(model: str, policy: Policy, precision: Precision) -> Policy:
    """A model that can read a policy's conversations."""
    loaded = Policy.load(model, device=str(policy.device), precision=precision)
    if loaded.tokenizer.get_vocab() != policy.tokenizer.get_vocab():
        raise ValueError(f"critic.model {model!r} has another vocabulary than the policy, whose tokens it must read")
    if loaded.context_length < policy.context_length:
        raise ValueError(
            f"critic.model {model!r} reads {loaded.context_length} tokens, but conversations may have "
            f"{policy.context_length}; set context_length"
        )
    if not _is_causal(loaded.model.base_model):
        raise ValueError(
            f"critic.model {model!r} reads ahead: the value of a token must not depend on what comes later; "
            "give a causal model"
        )
    return loaded


@torch.no_grad()
def _is_causal(body: Any) -> bool:
    """Whether what follows a token leaves its hidden state as it is."""
    tokens_B_T = torch.tensor([[0, 1, 2, 3], [0, 1, 2, 4]], device=body.device) % body.config.vocab_size
    hidden_B_T_W = body(input_ids=tokens_B_T, use_cache=False).last_hidden_state.float()
    return torch.allclose(hidden_B_T_W[0, :-1], hidden_B_T_W[1, :-1], rtol=1e-3, atol=1e-3)
