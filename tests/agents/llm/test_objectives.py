import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from palaestra.agents.llm import LLMConfig
from palaestra.agents.llm.objectives import ObjectiveInputs, find_objective, kl_estimate, ppo_clip, token_weights

CONFIG = LLMConfig(clip_low=0.2, clip_high=0.3)


def inputs(ratios: list[float], advantages: list[float]) -> ObjectiveInputs:
    logp_N = torch.tensor(ratios).log().requires_grad_()
    return ObjectiveInputs(logp_N, torch.zeros(len(ratios)), torch.tensor(advantages))


def test_ppo_clip_by_hand():
    outputs = ppo_clip(inputs([1.0, 1.5, 1.5, 0.5, 0.5], [2.0, 2.0, -2.0, 2.0, -2.0]), CONFIG)
    #                 inside, up and good: cut at 1.3, up and bad: not cut, down and good: not cut, down and bad: 0.8
    torch.testing.assert_close(outputs.loss_N, torch.tensor([-2.0, -2.6, 3.0, -1.0, 1.6]))
    assert outputs.clipped_N.tolist() == [False, True, False, False, True]


def test_a_clipped_token_has_no_gradient_and_another_one_that_of_its_ratio():
    given_inputs = inputs([1.5, 1.1], [1.0, 1.0])
    ppo_clip(given_inputs, CONFIG).loss_N.sum().backward()
    torch.testing.assert_close(given_inputs.logp_N.grad, torch.tensor([0.0, -1.1]))


def test_on_policy_the_gradient_is_minus_the_advantage():
    given_inputs = inputs([1.0, 1.0], [0.7, -1.3])
    ppo_clip(given_inputs, CONFIG).loss_N.sum().backward()
    torch.testing.assert_close(given_inputs.logp_N.grad, torch.tensor([-0.7, 1.3]))


def test_kl_estimate_averages_to_the_divergence():
    p, q = torch.tensor([0.5, 0.3, 0.2]), torch.tensor([0.2, 0.2, 0.6])
    expected = float((p * (p / q).log()).sum())
    assert float((p * kl_estimate(p.log(), q.log())).sum()) == pytest.approx(expected, abs=1e-6)


@given(st.floats(-5, 0), st.floats(-5, 0))
def test_kl_estimate_is_never_negative(logp, other):
    assert float(kl_estimate(torch.tensor([logp]), torch.tensor([other]))) >= -1e-6


OWN = torch.tensor([[False, True, True, True], [False, True, False, False]])


def test_token_mean_weights_every_token_alike():
    torch.testing.assert_close(token_weights(OWN, "token_mean"), OWN / 4)


def test_sequence_mean_weights_every_sequence_alike():
    expected = torch.tensor([[0, 1 / 6, 1 / 6, 1 / 6], [0, 1 / 2, 0, 0]])
    torch.testing.assert_close(token_weights(OWN, "sequence_mean"), expected)


@pytest.mark.parametrize("aggregation", ["token_mean", "sequence_mean"])
def test_weights_sum_to_one(aggregation):
    assert math.isclose(float(token_weights(OWN, aggregation).sum()), 1, rel_tol=1e-6)


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="did you mean ppo_clip"):
        find_objective("ppo_klip")
    with pytest.raises(ValueError, match="aggregation must be"):
        token_weights(OWN, "mean")
