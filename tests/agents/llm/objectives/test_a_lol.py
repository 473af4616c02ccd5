import pytest
import torch

from palaestra.agents.llm import LLMConfig
from palaestra.agents.llm.objectives.a_lol import a_lol

from ..made_up import inputs_of

LOG_2, LOG_3 = torch.tensor([2.0, 3.0]).log().tolist()


def gradient_of(ratio, clip, **arguments):
    inputs = inputs_of(**arguments)
    outputs = a_lol(inputs, LLMConfig(), ratio=ratio, clip=clip)
    outputs.loss_N.sum().backward()
    return inputs.logp_N.grad.tolist(), outputs.clipped_N.tolist()


def test_the_ratio_of_an_episode_is_the_product_of_policy_over_reference_and_a_constant():
    # log p - log q is log 2 and log 1/3 in episode 0, log 3 in episode 1: ratios 2/3 and 3
    gradient, clipped = gradient_of(
        "episode",
        10.0,
        logp=[-1.0, -1.0 - LOG_3, -1.0],
        reference_logp=[-1.0 - LOG_2, -1.0, -1.0 - LOG_3],
        advantages=[0.5, 0.5, 2.0],
        rows=[0, 0, 1],
    )
    assert gradient == pytest.approx([-0.5 * 2 / 3, -0.5 * 2 / 3, -2.0 * 3], rel=1e-5)
    assert clipped == [False, False, False]


def test_seq_weighs_each_token_by_its_own_ratio():
    gradient, _ = gradient_of(
        "token",
        10.0,
        logp=[-1.0, -1.0 - LOG_3],
        reference_logp=[-1.0 - LOG_2, -1.0],
        advantages=[1.0, 1.0],
    )
    assert gradient == pytest.approx([-2.0, -1 / 3], rel=1e-5)


def test_the_ratio_is_held_near_one():
    gradient, clipped = gradient_of(
        "token", 0.5, logp=[-1.0, -1.0], reference_logp=[-1.0 - LOG_2, -1.0], advantages=[1.0, 1.0]
    )
    assert gradient == pytest.approx([-1.5, -1.0], rel=1e-5)
    assert clipped == [True, False]
