import math

import torch

from palaestra.agents.llm import LLMConfig
from palaestra.agents.llm.objectives.sequence import gspo

from ..made_up import inputs_of

CONFIG = LLMConfig()


def test_gspo_clips_the_ratio_of_the_whole_episode():
    # mean log-ratios 0.1, up and good: cut at 1.05; -0.2, down and good: not cut; -0.2, down and bad: cut at 0.9
    inputs = inputs_of([0.2, 0.0, -0.2, -0.3, -0.1], [1.0, 1.0, 2.0, -1.0, -1.0], rows=[0, 0, 1, 2, 2])
    outputs = gspo(inputs, CONFIG, clip_low=0.1, clip_high=0.05)
    kept = -2 * math.exp(-0.2)
    torch.testing.assert_close(outputs.loss_N, torch.tensor([-1.05, -1.05, kept, 0.9, 0.9]))
    assert outputs.clipped_N is not None
    assert outputs.clipped_N.tolist() == [True, True, False, True, True]


def test_the_tokens_of_an_episode_share_its_gradient():
    inputs = inputs_of([0.3, 0.1], [1.0, 1.0], rows=[0, 0])
    loss_N = gspo(inputs, CONFIG, clip_low=1.0, clip_high=1.0).loss_N
    loss_N.mean().backward()  # sequence_mean gives each of the two tokens half
    torch.testing.assert_close(inputs.logp_N.grad, torch.full((2,), -math.exp(0.2) / 2))


def test_on_policy_nothing_is_clipped():
    outputs = gspo(inputs_of([0.0, 0.0], [1.0, -1.0], rows=[0, 1]), CONFIG)
    torch.testing.assert_close(outputs.loss_N, torch.tensor([-1.0, 1.0]))
    assert outputs.clipped_N is not None
    assert not outputs.clipped_N.any()
