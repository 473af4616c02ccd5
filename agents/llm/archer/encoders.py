"""From histories and utterances to vectors: in one pass with a causal model, or one by one with any encoder."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from torch.nn.functional import pad
from transformers import AutoModel, AutoTokenizer

from ..critic.value_network import OF_THE_POLICY
from ..policy import Policy
from .turns import Turns


class Encoder(nn.Module, ABC):
    """Turns histories and utterances into vectors of float32.

    Attributes:
        width: of the vectors.
    """

    width: int

    @abstractmethod
    def forward(self, turns: Turns) -> tuple[torch.Tensor, torch.Tensor]:
        """Vectors of what was said before each utterance (N, W), and of the utterances (N, W); differentiable."""


class CausalEncoder(Encoder):
    """Reads a conversation once, and every history and utterance in it from the hidden states where they end.

    A causal model knows at a token what came before and nothing of what comes later, so one pass over a conversation
    serves all of its turns. The vector of an utterance knows the history too.

    Args:
        policy: copied with its present weights, in its precision.
    """

    def __init__(self, policy: Policy) -> None:
        super().__init__()
        self._policy = copy.deepcopy(policy)
        self.model = self._policy.model
        self.width = self.model.config.get_text_config().hidden_size

    def forward(self, turns: Turns) -> tuple[torch.Tensor, torch.Tensor]:
        """As the base class says."""
        tokens_B_T = pad(turns.tokens_B_T.to(self._policy.device), (0, 1), value=self._policy.pad_token)
        read_B_T = torch.zeros(tokens_B_T.shape, dtype=torch.long, device=tokens_B_T.device)
        for column_N in (turns.state_N, turns.reply_N):
            read_B_T[turns.row_N, column_N + 1] = 1  # the hidden state of a token predicts the next one
        hidden_M_W = self._policy.hidden_states(tokens_B_T, read_B_T.bool())
        place_B_T = (read_B_T.flatten().cumsum(0) - 1).view_as(read_B_T)
        state_N_W, reply_N_W = (
            hidden_M_W[place_B_T[turns.row_N, column_N + 1]].float() for column_N in (turns.state_N, turns.reply_N)
        )
        return state_N_W, reply_N_W


class PairEncoder(Encoder):
    """Reads each history and each utterance as a text of its own, with any encoder of Hugging Face's.

    Zhou et al. 2024 use RoBERTa so (YifeiZhou02/ArCHer, archer/models/critic.py). A text longer than the model reads
    loses its beginning.

    Args:
        name: a folder, or a name on the Hugging Face hub, of a model and its tokenizer.
        policy: whose tokens the texts are made from.

    Raises:
        ValueError: the model or its tokenizer cannot be loaded.
    """

    def __init__(self, name: str, policy: Policy) -> None:
        super().__init__()
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(name, truncation_side="left")
            model: Any = AutoModel.from_pretrained(name, dtype=torch.float32)
        except (OSError, ValueError) as error:
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise ValueError(
                f"critic_model {name!r} could not be loaded ({reason}); give {OF_THE_POLICY!r}, or a folder or "
                "hub name of a Hugging Face model with its tokenizer"
            ) from error
        if self._tokenizer.pad_token is None:
            self._tokenizer.pad_token = self._tokenizer.eos_token
        self.model = model.to(policy.device).eval()  # no dropout: the policy's own critics have none
        self.width = model.config.hidden_size
        self._read_text = policy.tokenizer.decode
        # RoBERTa numbers its positions from 2 on, so it reads two tokens less than it has positions
        self._longest = min(self._tokenizer.model_max_length, model.config.max_position_embeddings - 2)

    def forward(self, turns: Turns) -> tuple[torch.Tensor, torch.Tensor]:
        """As the base class says; a history that occurs several times is read once."""
        rows = turns.tokens_B_T.tolist()
        places = zip(turns.row_N.tolist(), turns.state_N.tolist(), turns.reply_N.tolist(), strict=True)
        spans = [
            (tuple(rows[row][: state + 1]), tuple(rows[row][state + 1 : reply + 1])) for row, state, reply in places
        ]
        number = {span: index for index, span in enumerate(dict.fromkeys(span for pair in spans for span in pair))}
        vector_M_W = self._vectors([self._read_text(list(span)) for span in number])
        state_N_W, reply_N_W = (vector_M_W[[number[pair[side]] for pair in spans]] for side in (0, 1))
        return state_N_W, reply_N_W

    def _vectors(self, texts: Sequence[str]) -> torch.Tensor:
        """The pooled output of the model for each text (M, W); the first token's, where it has no pooling layer."""
        read = self._tokenizer(
            list(texts), padding=True, truncation=True, max_length=self._longest, return_tensors="pt"
        ).to(self.model.device)
        output = self.model(**read)
        pooled = getattr(output, "pooler_output", None)
        return pooled if pooled is not None else output.last_hidden_state[:, 0]


def make_encoder(name: str, policy: Policy) -> Encoder:
    """An encoder by what a recipe says: `policy`, or a folder or hub name.

    Raises:
        ValueError: it cannot be loaded.
    """
    return CausalEncoder(policy) if name == OF_THE_POLICY else PairEncoder(name, policy)
