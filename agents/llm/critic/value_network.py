"""A causal transformer with one number at each token in place of logits."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import nn
from torch.nn.functional import pad

from ..policy import Policy, Precision
from ..shapes import bucket

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
        self.body: Any = _body_of(model, policy, precision)
        self.head = nn.Linear(self.body.config.hidden_size, 1, device=policy.device, dtype=torch.float32)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        self._pad_token = policy.pad_token
        self._context_length = policy.context_length

    def parameters(self) -> list[nn.Parameter]:
        """The weights that training changes."""
        return [p for module in (self.body, self.head) for p in module.parameters() if p.requires_grad]

    def values(self, tokens_B_T: torch.Tensor, valued_B_T: torch.Tensor) -> torch.Tensor:
        """The values of some tokens, differentiable.

        Args:
            tokens_B_T: token ids, padded on the right, with two columns at least.
            valued_B_T: before which of them; the first column never is.

        Returns:
            Values of shape (N,) in float32, in the order of `valued_B_T.nonzero()`.
        """
        rows, columns = len(tokens_B_T), tokens_B_T.shape[1] - 1
        width = max(columns, min(bucket(columns), self._context_length))
        padding = (0, width - columns, 0, bucket(rows) - rows)
        inputs_B_T = pad(tokens_B_T[:, :-1], padding, value=self._pad_token)
        hidden_B_T_W = self.body(input_ids=inputs_B_T, use_cache=False).last_hidden_state
        return self.head(hidden_B_T_W[pad(valued_B_T[:, 1:], padding)].float()).squeeze(-1)


def _body_of(model: str, policy: Policy, precision: Precision) -> Any:
    """The part of a model below its head, ready to be trained."""
    if model == OF_THE_POLICY:
        return copy.deepcopy(policy.model.base_model)
    loaded = Policy.load(model, device=str(policy.device), precision=precision)
    if loaded.tokenizer.get_vocab() != policy.tokenizer.get_vocab():
        raise ValueError(f"critic.model {model!r} has another vocabulary than the policy, whose tokens it must read")
    if loaded.context_length < policy.context_length:
        raise ValueError(
            f"critic.model {model!r} reads {loaded.context_length} tokens, but conversations may have "
            f"{policy.context_length}; set context_length"
        )
    body = loaded.model.base_model
    if not _is_causal(body):
        raise ValueError(
            f"critic.model {model!r} reads ahead: the value of a token must not depend on what comes later; "
            "give a causal model"
        )
    return body


@torch.no_grad()
def _is_causal(body: Any) -> bool:
    """Whether what follows a token leaves its hidden state as it is."""
    tokens_B_T = torch.tensor([[0, 1, 2, 3], [0, 1, 2, 4]], device=body.device) % body.config.vocab_size
    hidden_B_T_W = body(input_ids=tokens_B_T, use_cache=False).last_hidden_state.float()
    return torch.allclose(hidden_B_T_W[0, :-1], hidden_B_T_W[1, :-1], rtol=1e-3, atol=1e-3)
