import math

import pytest
import torch

from palaestra.agents.llm import LLMConfig
from palaestra.agents.llm.objectives.hybrid import rl_plus
from palaestra.agents.llm.types import SOURCES, Source

from ..made_up import inputs_of

POLICY, TEACHER = SOURCES.index(Source.POLICY), SOURCES.index(Source.TEACHER)


def test_a_teachers_token_has_the_ratio_to_an_even_mixture_and_counts_more_the_less_it_was_expected():
    inputs = inputs_of(
        [math.log(0.3), math.log(0.5)],
        [0.5, 2.0],
        old_logp=[math.log(0.2), math.log(0.25)],
        sources=[TEACHER, POLICY],
    )
    loss_N = rl_plus(inputs, LLMConfig()).loss_N
    mixture = 0.2 + (0.2 + 1) / 2
    expected = [-(2 * 0.3 / mixture) * 0.5 * math.sqrt(1 - 0.3), -(0.5 / 0.25) * 2.0]
    torch.testing.assert_close(loss_N.detach(), torch.tensor(expected))
    loss_N.sum().backward()
    # a ratio's gradient by log p is the ratio itself, and how much a surprise counts has none
    torch.testing.assert_close(inputs.logp_N.grad, torch.tensor(expected))


def test_nothing_is_clipped_however_far_the_policy_has_gone():
    inputs = inputs_of([0.0, 0.0], [1.0, 1.0], old_logp=[-5.0, -5.0], sources=[POLICY, TEACHER])
    outputs = rl_plus(inputs, LLMConfig(clip_low=0.1, clip_high=0.1), exploration=0.0)
    assert outputs.clipped_N is None
    assert float(outputs.loss_N[0].detach()) == pytest.approx(-math.exp(5))


@pytest.mark.parametrize(("ratio", "expected"), [("policy", 0.3), ("one", 1.0)])
def test_naive_ratios_are_there_to_compare_with(ratio, expected):
    inputs = inputs_of([math.log(0.3)], [2.0], old_logp=[math.log(0.2)], sources=[TEACHER])
    loss_N = rl_plus(inputs, LLMConfig(), teacher_ratio=ratio, exploration=0.0).loss_N
    assert float(loss_N.detach()) == pytest.approx(-2 * expected)
    loss_N.sum().backward()
    assert float(inputs.logp_N.grad) == pytest.approx(-2 * expected)
