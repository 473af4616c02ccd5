from dataclasses import replace

import pytest
import torch

from palaestra.agents.llm import LLMConfig
from palaestra.agents.llm.advantages.returns import token_returns, turn_returns
from palaestra.agents.llm.learners.policy_gradient import whiten
from palaestra.agents.llm.types import Batch, Group, collate

from ..made_up import batch_of, episode_of

CONFIG = LLMConfig()


def two_episodes() -> Batch:
    """Three turns of 2, 1 and 1 tokens that earn 1, 0 and 4, and a single one of one token that earns 3."""
    episodes = [episode_of([1.0, 0.0, 4.0], lengths=[2, 1, 1]), episode_of([3.0])]
    return collate([Group(episodes)], pad_token=0)


def own(advantage_B_T: torch.Tensor, batch: Batch) -> list[list[float]]:
    return [row_T[own_T].tolist() for row_T, own_T in zip(advantage_B_T, batch.own_B_T, strict=True)]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, [[5.0, 5.0, 4.0, 4.0], [3.0]]),
        ({"discount": 0.5}, [[2.0, 2.0, 2.0, 4.0], [3.0]]),
        ({"to_go": False}, [[5.0, 5.0, 5.0, 5.0], [3.0]]),
        ({"to_go": False, "discount": 0.5}, [[2.0, 2.0, 2.0, 2.0], [3.0]]),
        ({"baseline": "batch_mean"}, [[1.0, 1.0, 0.0, 0.0], [-1.0]]),  # (5 + 4 + 4 + 3) / 4: each turn counts once
    ],
)
def test_turn_returns_by_hand(settings, expected):
    batch = two_episodes()
    advantage_B_T = turn_returns(batch, CONFIG, **settings)
    assert own(advantage_B_T, batch) == expected
    assert not advantage_B_T[~batch.own_B_T].any()


@pytest.mark.parametrize("advantage", [turn_returns, token_returns])
def test_what_could_not_be_graded_counts_for_nothing(advantage):
    batch = batch_of([1.0, 7.0], [0, 0], [True, False])
    assert advantage(batch, CONFIG)[:, 1].tolist() == [1.0, 0.0]


def test_the_baseline_leaves_out_what_could_not_be_graded():
    batch = batch_of([1.0, 2.0, 9.0], [0, 0, 0], [True, True, False])
    assert turn_returns(batch, CONFIG, baseline="batch_mean")[:, 1].tolist() == [-0.5, 0.5, 0.0]


def test_token_returns_charge_a_token_for_its_own_divergence_and_those_after_it():
    batch = collate([Group([episode_of([1.0], lengths=[3])])], pad_token=0)  # log p = -1 at each token
    batch.reference_logp_B_T = torch.tensor([[0.0, -1.5, -1.0, -3.0]])  # so log p - log q = 0.5, 0 and 2
    in_reward = replace(CONFIG, kl_in="reward", kl_coef=0.1)
    torch.testing.assert_close(token_returns(batch, in_reward), torch.tensor([[0.0, 0.75, 0.8, 0.8]]))
    torch.testing.assert_close(token_returns(batch, CONFIG), torch.tensor([[0.0, 1.0, 1.0, 1.0]]))


def test_reinforce_plus_plus_normalises_over_all_tokens_of_the_batch():
    batch = batch_of([1.0, 0.0, 0.0, 0.0], [0, 0, 1, 1])
    normalised = whiten(token_returns(batch, CONFIG), batch.own_B_T)
    torch.testing.assert_close(normalised[:, 1], torch.tensor([1.5, -0.5, -0.5, -0.5]))
