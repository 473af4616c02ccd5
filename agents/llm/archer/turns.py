"""Turns of conversations as tensors, as they were taken and as they might have been."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from ..generation.protocol import Completion
from .replay import Conversation


@dataclass(frozen=True, slots=True, eq=False)
class Turns:
    """N utterances in B conversations; several may stand in one.

    Attributes:
        tokens_B_T: token ids, padded on the right.
        row_N: the conversation of each utterance.
        state_N: the column of the last token before it.
        reply_N: the column of its last token.
    """

    tokens_B_T: torch.Tensor
    row_N: torch.Tensor
    state_N: torch.Tensor
    reply_N: torch.Tensor

    def __len__(self) -> int:
        return len(self.row_N)

    def parts(self, most_tokens: int) -> Iterator[tuple[torch.Tensor, Turns]]:
        """Split into parts of about `most_tokens` tokens with padding, conversations of like length together.

        Yields:
            Which turns a part holds, as indices that never fall, and the part.
        """
        length_B = torch.zeros(len(self.tokens_B_T), dtype=torch.long).scatter_reduce(
            0, self.row_N, self.reply_N + 1, "amax"
        )
        order = length_B.argsort(descending=True, stable=True)
        while len(order):
            longest = int(length_B[order[0]])
            rows, order = order.split([count := min(len(order), max(1, most_tokens // longest)), len(order) - count])
            place_B = torch.full((len(length_B),), -1)
            place_B[rows] = torch.arange(len(rows))
            chosen_N = (place_B[self.row_N] >= 0).nonzero().squeeze(-1)
            yield (
                chosen_N,
                Turns(
                    self.tokens_B_T[rows, :longest],
                    place_B[self.row_N[chosen_N]],
                    self.state_N[chosen_N],
                    self.reply_N[chosen_N],
                ),
            )


@dataclass(frozen=True, slots=True, eq=False)
class Imagined:
    """Every turn of some conversations, with one more reply to each: the policy's own, not played.

    Attributes:
        taken: the turns as they were played, those of a conversation one after the other.
        imagined: the same histories, each a conversation of its own that ends with the new reply.
        reward_N: the reward that each turn was played for.
        ends_N: whether it is the last of its conversation.
        known_N: whether what it led to is known.
    """

    taken: Turns
    imagined: Turns
    reward_N: torch.Tensor
    ends_N: torch.Tensor
    known_N: torch.Tensor


def histories(conversations: Sequence[Conversation]) -> list[list[int]]:
    """What was said before each turn of each conversation, as token ids."""
    return [
        conversation.tokens_T[: state + 1].tolist() for conversation in conversations for state in conversation.state_K
    ]


def imagine(conversations: Sequence[Conversation], replies: Sequence[Completion], *, pad_token: int) -> Imagined:
    """Lay conversations out beside what the policy would say in their turns.

    Args:
        conversations: the conversations.
        replies: to `histories(conversations)`.
        pad_token: fills the rows.
    """
    turns = [len(conversation.state_K) for conversation in conversations]
    ends_N = np.zeros(sum(turns), dtype=bool)
    ends_N[np.cumsum(turns) - 1] = True
    cut_off_N = np.repeat([conversation.cut_off for conversation in conversations], turns)
    state_N = np.concatenate([conversation.state_K for conversation in conversations]).astype(np.int64)
    reply_N = np.concatenate([conversation.reply_K for conversation in conversations]).astype(np.int64)
    pasts = histories(conversations)
    lengths_N = torch.tensor([len(reply.tokens) for reply in replies])
    return Imagined(
        taken=Turns(
            _padded([conversation.tokens_T.tolist() for conversation in conversations], pad_token),
            torch.arange(len(turns)).repeat_interleave(torch.tensor(turns)),
            torch.from_numpy(state_N),
            torch.from_numpy(reply_N),
        ),
        imagined=Turns(
            _padded([past + reply.tokens for past, reply in zip(pasts, replies, strict=True)], pad_token),
            torch.arange(len(pasts)),
            torch.from_numpy(state_N),
            torch.from_numpy(state_N) + lengths_N,
        ),
        reward_N=torch.from_numpy(np.concatenate([conversation.rewards_K for conversation in conversations])),
        ends_N=torch.from_numpy(ends_N),
        known_N=torch.from_numpy(~(ends_N & cut_off_N)),
    )


def _padded(rows: Sequence[Sequence[int]], pad_token: int) -> torch.Tensor:
    longest = max(map(len, rows))
    return torch.tensor([[*row, *[pad_token] * (longest - len(row))] for row in rows])
