"""Conversations that are kept to be learned from again, turn by turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray

from ..types import Episode, Group, StopReason


@dataclass(frozen=True, slots=True, eq=False)
class Conversation:
    """An episode as transitions of utterances; what was said before is stored once for all of them.

    Turn k is the transition from the history `tokens_T[: state_K[k] + 1]` by the utterance that follows it, up to and
    with `tokens_T[reply_K[k]]`, to the history of turn k + 1.

    Attributes:
        tokens_T: token ids, up to the last utterance's end.
        state_K: the column of the last token before each utterance.
        reply_K: the column of its last token.
        rewards_K: the reward of each turn.
        cut_off: whether the episode was truncated from outside: what its last utterance led to is not known then.
        born: the update for which it was played.
        seed: of the episode's reset.
    """

    tokens_T: NDArray[np.int32]
    state_K: NDArray[np.int32]
    reply_K: NDArray[np.int32]
    rewards_K: NDArray[np.float32]
    cut_off: bool
    born: int
    seed: int

    @classmethod
    def of(cls, episode: Episode, *, born: int) -> Self | None:
        """The turns of an episode in which somebody said something; None where there is none."""
        segments = episode.last.lineage()
        own_T = np.concatenate([segment.own_T for segment in segments])
        turns_T = np.concatenate([segment.turns_T for segment in segments])
        columns_N = own_T.nonzero()[0]
        turns_K, first_K, count_K = np.unique(turns_T[columns_N], return_index=True, return_counts=True)
        if not len(turns_K):
            return None
        state_K, reply_K = columns_N[first_K] - 1, columns_N[first_K + count_K - 1]
        tokens_T = np.concatenate([segment.tokens_T for segment in segments])[: reply_K[-1] + 1]
        return cls(
            tokens_T.astype(np.int32),
            state_K.astype(np.int32),
            reply_K.astype(np.int32),
            np.asarray(episode.rewards_K, dtype=np.float32)[turns_K],
            episode.stop is StopReason.TRUNCATED,
            born,
            episode.seed,
        )


class UtteranceReplay:
    """The latest conversations, whoever spoke in them; the oldest make room for new ones.

    Args:
        capacity: the most conversations.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._kept: list[Conversation] = []

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, groups: Sequence[Group], *, born: int) -> None:
        """Keep the gradable episodes of groups.

        Args:
            groups: the episodes.
            born: the update for which they were played.
        """
        episodes = [episode for group in groups for episode in group.episodes if episode.is_gradable]
        conversations = [Conversation.of(episode, born=born) for episode in episodes]
        self._kept += [conversation for conversation in conversations if conversation is not None]
        del self._kept[: max(0, len(self._kept) - self._capacity)]

    def sample(self, count: int, generator: torch.Generator) -> list[Conversation]:
        """Conversations drawn uniformly, with replacement; none where none is kept."""
        if not self._kept:
            return []
        return [self._kept[index] for index in torch.randint(len(self._kept), (count,), generator=generator)]

    def get_state(self) -> dict[str, Any]:
        """All conversations, end to end: about 4 bytes a token."""

        def joined(name: str, kind: Any) -> torch.Tensor:
            arrays = [getattr(conversation, name) for conversation in self._kept]
            return torch.from_numpy(np.concatenate(arrays) if arrays else np.zeros(0, dtype=kind))

        return {
            "tokens": joined("tokens_T", np.int32),
            "states": joined("state_K", np.int32),
            "replies": joined("reply_K", np.int32),
            "rewards": joined("rewards_K", np.float32),
            "turns": [len(conversation.state_K) for conversation in self._kept],
            "cut_off": [conversation.cut_off for conversation in self._kept],
            "born": [conversation.born for conversation in self._kept],
            "seeds": [conversation.seed for conversation in self._kept],
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Return to a state."""
        turn_ends = np.cumsum(state["turns"], dtype=np.int64)
        states, replies, rewards = (
            np.split(state[name].cpu().numpy(), turn_ends[:-1]) for name in ("states", "replies", "rewards")
        )
        lengths = [reply_K[-1] + 1 for reply_K in replies if len(reply_K)]
        tokens = np.split(state["tokens"].cpu().numpy(), np.cumsum(lengths, dtype=np.int64)[:-1])
        columns = (tokens, states, replies, rewards, state["cut_off"], state["born"], state["seeds"])
        self._kept = [Conversation(*values) for values in zip(*columns, strict=True)] if state["turns"] else []
