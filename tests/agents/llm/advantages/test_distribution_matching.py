import math

import pytest
import torch

from palaestra.agents.llm import LLMConfig
from palaestra.agents.llm.advantages.distribution_matching import distribution_matching

from ..made_up import batch_of

CONFIG = LLMConfig(kl_coef=0.5, kl_in="reward")


def batch_with(returns, groups, logp, reference_logp, gradable=None):
    """One own token an episode, the second of two."""
    batch = batch_of(returns, groups, gradable)
    batch.logp_B_T[:, 1] = torch.tensor(logp)
    batch.reference_logp_B_T = torch.zeros(batch.logp_B_T.shape)
    batch.reference_logp_B_T[:, 1] = torch.tensor(reference_logp)
    return batch


def test_weights_by_hand():
    batch = batch_with([1.0, 0.0, 0.0], [0, 0, 0], [-1.0, -1.0, -3.0], [-2.0, -1.0, -1.0])
    weights = [math.exp(-1 + 1 / 0.5), 1.0, math.exp(2)]
    expected = [3 * weight / sum(weights) - 1 for weight in weights]
    advantage_B_T = distribution_matching(batch, CONFIG)
    torch.testing.assert_close(advantage_B_T[:, 1], torch.tensor(expected))
    assert not advantage_B_T[:, 0].any()


def test_groups_are_normalised_apart_and_what_cannot_be_graded_counts_nowhere():
    logp = [-1.0] * 5
    advantage_B = distribution_matching(
        batch_with([1.0, 0.0, 9.0, 0.5, 0.5], [0, 0, 0, 1, 1], logp, logp, [True, True, False, True, True]), CONFIG
    )[:, 1]
    share = math.exp(2) / (math.exp(2) + 1)
    torch.testing.assert_close(advantage_B, torch.tensor([2 * share - 1, 1 - 2 * share, 0.0, 0.0, 0.0]))


def test_a_policy_that_is_the_target_has_nothing_to_learn():
    probability = [0.2, 0.3, 0.5]
    reward = [1.0, 0.0, 0.25]
    target = torch.tensor([p * math.exp(r / 0.5) for p, r in zip(probability, reward, strict=True)])
    logp = (target / target.sum()).log().tolist()
    batch = batch_with(reward, [0, 0, 0], logp, [math.log(p) for p in probability])
    torch.testing.assert_close(distribution_matching(batch, CONFIG), torch.zeros(3, 2), atol=1e-5, rtol=0)


@pytest.mark.parametrize("config", [LLMConfig(kl_coef=0.5), CONFIG])
def test_it_asks_for_a_reference_and_for_the_divergence_in_the_target_alone(config):
    batch = batch_of([1.0, 0.0], [0, 0])
    if config is not CONFIG:
        batch.reference_logp_B_T = torch.zeros(batch.logp_B_T.shape)
    with pytest.raises(ValueError, match=r"kl_coef over 0 .* and kl_in: reward"):
        distribution_matching(batch, config)
