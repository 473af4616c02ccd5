"""Episodes as `torch.save` takes them and `weights_only` gives them back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from ..types import Episode, Group, Segment, Source, StopReason


def groups_state(groups: Sequence[Group]) -> dict[str, Any]:
    """The episodes of groups as tensors and plain values.

    Verdicts and reward terms are not part of it: training reads rewards. Forks are written out, each branch with all
    of its segments.
    """
    episodes = [episode for group in groups for episode in group.episodes]
    lineages = [episode.last.lineage() for episode in episodes]
    segments = [segment for lineage in lineages for segment in lineage]

    def joined(name: str) -> torch.Tensor:
        arrays = [getattr(segment, name) for segment in segments]
        return torch.from_numpy(np.concatenate(arrays) if arrays else np.zeros(0))

    return {
        "group_sizes": [len(group.episodes) for group in groups],
        "segment_counts": [len(lineage) for lineage in lineages],
        "segment_lengths": [len(segment.tokens_T) for segment in segments],
        "sources": [str(segment.source) for segment in segments],
        "tokens": joined("tokens_T"),
        "logp": joined("logp_T"),
        "own": joined("own_T"),
        "turns": joined("turns_T"),
        "episodes": [
            {
                "rewards_K": list(episode.rewards_K),
                "success": episode.success,
                "stop": str(episode.stop),
                "seed": episode.seed,
                "observations_K": list(episode.observations_K),
                "final_observation": episode.final_observation,
            }
            for episode in episodes
        ],
    }


def groups_from_state(state: dict[str, Any]) -> list[Group]:
    """The groups whose state it is."""
    ends = np.cumsum(state["segment_lengths"], dtype=np.int64)[:-1]
    columns = [
        np.split(state[name].cpu().numpy().astype(kind), ends)
        for name, kind in (("tokens", np.int64), ("logp", np.float32), ("own", np.bool_), ("turns", np.int64))
    ]
    parts = zip(*columns, state["sources"], strict=True) if state["sources"] else iter(())
    episodes: list[Episode] = []
    for count, kept in zip(state["segment_counts"], state["episodes"], strict=True):
        last: Segment | None = None
        for _ in range(count):
            tokens_T, logp_T, own_T, turns_T, source = next(parts)
            last = Segment(tokens_T, logp_T, own_T, turns_T, Source(source), last)
        assert last is not None
        episodes.append(
            Episode(
                last=last,
                rewards_K=kept["rewards_K"],
                reward_terms_K=[{} for _ in kept["rewards_K"]],
                success=kept["success"],
                verdict=None,
                stop=StopReason(kept["stop"]),
                seed=kept["seed"],
                observations_K=kept["observations_K"],
                final_observation=kept["final_observation"],
            )
        )
    rest = iter(episodes)
    return [Group([next(rest) for _ in range(size)]) for size in state["group_sizes"]]
