import io

import torch

from palaestra.agents.llm.buffers.episode_state import groups_from_state, groups_state
from palaestra.agents.llm.types import Group, collate

from ..made_up import episode_of


def test_groups_come_back_as_they_were_through_a_checkpoint():
    groups = [
        Group([episode_of([0.0, 1.0], lengths=[2, 3], seed=4), episode_of([0.0])]),
        Group([episode_of([0.5], lengths=[4])]),
    ]
    file = io.BytesIO()
    torch.save(groups_state(groups), file)
    file.seek(0)
    again = groups_from_state(torch.load(file, weights_only=True))
    before, after = collate(groups, pad_token=0), collate(again, pad_token=0)
    for name in ("tokens_B_T", "own_B_T", "logp_B_T", "turns_B_T", "source_B_T", "rewards_B_K", "group_B"):
        assert torch.equal(getattr(before, name), getattr(after, name))
    assert [episode.seed for group in again for episode in group.episodes] == [4, 0, 0]


def test_no_groups_are_a_state_too():
    assert groups_from_state(groups_state([])) == []
