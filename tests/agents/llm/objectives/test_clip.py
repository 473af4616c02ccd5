import math

import torch

from palaestra.agents.llm import LLMConfig
from palaestra.agents.llm.objectives import ObjectiveInputs
from palaestra.agents.llm.objectives.clip import cispo, ppo_clip

from ..made_up import inputs_of

CONFIG = LLMConfig(clip_low=0.2, clip_high=0.3)


def inputs(ratios: list[float], advantages: list[float]) -> ObjectiveInputs:
    return inputs_of(torch.tensor(ratios).log().tolist(), advantages)


def test_ppo_clip_by_hand():
    outputs = ppo_clip(inputs([1.0, 1.5, 1.5, 0.5, 0.5], [2.0, 2.0, -2.0, 2.0, -2.0]), CONFIG)
    #                 inside, up and good: cut at 1.3, up and bad: not cut, down and good: not cut, down and bad: 0.8
    torch.testing.assert_close(outputs.loss_N, torch.tensor([-2.0, -2.6, 3.0, -1.0, 1.6]))
    assert outputs.clipped_N is not None
    assert outputs.clipped_N.tolist() == [False, True, False, False, True]


def test_a_clipped_token_has_no_gradient_and_another_one_that_of_its_ratio():
    given_inputs = inputs([1.5, 1.1], [1.0, 1.0])
    ppo_clip(given_inputs, CONFIG).loss_N.sum().backward()
    torch.testing.assert_close(given_inputs.logp_N.grad, torch.tensor([0.0, -1.1]))


def test_on_policy_the_gradient_is_minus_the_advantage():
    given_inputs = inputs([1.0, 1.0], [0.7, -1.3])
    ppo_clip(given_inputs, CONFIG).loss_N.sum().backward()
    torch.testing.assert_close(given_inputs.logp_N.grad, torch.tensor([-0.7, 1.3]))


def test_cispo_clips_the_weight_and_not_the_gradient_through_the_log_probability():
    given_inputs = inputs([1.0, 2.0, 6.0], [1.0, -1.0, 2.0])
    outputs = cispo(given_inputs, CONFIG, most=5.0)
    torch.testing.assert_close(outputs.loss_N, torch.tensor([0.0, 2 * math.log(2), -10 * math.log(6)]))
    assert outputs.clipped_N is not None
    assert outputs.clipped_N.tolist() == [False, False, True]
    outputs.loss_N.sum().backward()
    torch.testing.assert_close(given_inputs.logp_N.grad, torch.tensor([-1.0, 2.0, -10.0]))
