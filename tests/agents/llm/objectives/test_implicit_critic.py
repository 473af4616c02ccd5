import math

import pytest
import torch

from palaestra.agents.llm import LLMConfig
from palaestra.agents.llm.objectives.implicit_critic import pacs

from ..made_up import inputs_of

CONFIG = LLMConfig()


def test_the_log_ratio_against_the_others_is_a_logit_of_the_reward():
    # sums ln 3 and 0, so logits ln 3 and -ln 3: the first is foretold to be right with 3/4, the second with 1/4
    half = math.log(3) / 2
    foretold = inputs_of([half, half, 0.0], [0.0] * 3, rows=[0, 0, 1], returns=[1.0, 0.0])
    mistaken = inputs_of([half, half, 0.0], [0.0] * 3, rows=[0, 0, 1], returns=[0.0, 1.0])
    torch.testing.assert_close(pacs(foretold, CONFIG).loss_N, torch.full((3,), -math.log(3 / 4)))
    torch.testing.assert_close(pacs(mistaken, CONFIG).loss_N, torch.full((3,), -math.log(1 / 4)))


def test_the_gradient_is_the_residual_of_an_episode_less_that_of_the_others():
    inputs = inputs_of([math.log(3), 0.0], [0.0] * 2, rows=[0, 1], returns=[1.0, 0.0])
    pacs(inputs, CONFIG).loss_N.sum().backward()
    torch.testing.assert_close(inputs.logp_N.grad, torch.tensor([-0.5, 0.5]))  # (3/4 - 1) - (1/4 - 0), and its opposite


def test_beta_scales_the_logits():
    inputs = inputs_of([math.log(3) / 2, 0.0], [0.0] * 2, rows=[0, 1], returns=[1.0, 0.0])
    torch.testing.assert_close(pacs(inputs, CONFIG, beta=2.0).loss_N, torch.full((2,), -math.log(3 / 4)))


def test_groups_are_told_apart():
    inputs = inputs_of(
        [math.log(3), 0.0, 5.0, 5.0], [0.0] * 4, rows=[0, 1, 2, 3], groups=[0, 0, 1, 1], returns=[1.0, 0.0, 1.0, 0.0]
    )
    right, even = -math.log(3 / 4), math.log(2)
    torch.testing.assert_close(pacs(inputs, CONFIG).loss_N, torch.tensor([right, right, even, even]))


@pytest.mark.parametrize(
    ("returns", "weights"),
    [
        ([1.0, 0.0, 0.0, 0.0], [2.0, 2 / 3, 2 / 3, 2 / 3]),  # 4 / (2 * 1), 4 / (2 * 3)
        ([1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0]),
        ([0.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0]),
    ],
)
def test_class_weights_balance_right_and_wrong_within_a_group(returns, weights):
    inputs = inputs_of([0.0] * 4, [0.0] * 4, rows=[0, 1, 2, 3], returns=returns)
    torch.testing.assert_close(pacs(inputs, CONFIG).loss_N, torch.tensor(weights) * math.log(2))
    torch.testing.assert_close(pacs(inputs, CONFIG, class_weights=False).loss_N, torch.full((4,), math.log(2)))
