import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from palaestra.agents.llm import LLMConfig
from palaestra.agents.llm.advantages import ADVANTAGES
from palaestra.agents.llm.advantages.group import grpo, grpo_mean

from ..made_up import batch_of

CONFIG = LLMConfig()


def test_grpo_standardises_within_the_group():
    # mean 0.25; unbiased variance (3 * 0.0625 + 0.5625) / 3 = 0.25, deviation 0.5
    advantage_B_T = grpo(batch_of([1.0, 0.0, 0.0, 0.0], [0, 0, 0, 0]), CONFIG)
    torch.testing.assert_close(advantage_B_T[:, 1], torch.tensor([1.5, -0.5, -0.5, -0.5]), atol=1e-5, rtol=0)


def test_grpo_mean_only_subtracts_the_mean_of_each_group():
    advantage_B_T = grpo_mean(batch_of([1.0, 0.0, 3.0, 1.0], [0, 0, 1, 1]), CONFIG)
    torch.testing.assert_close(advantage_B_T[:, 1], torch.tensor([0.5, -0.5, 1.0, -1.0]))


@pytest.mark.parametrize("advantage", [grpo, grpo_mean])
def test_only_own_tokens_have_an_advantage(advantage):
    advantage_B_T = advantage(batch_of([1.0, 0.0], [0, 0]), CONFIG)
    assert not advantage_B_T[:, 0].any()


@pytest.mark.parametrize("advantage", [grpo, grpo_mean])
@pytest.mark.parametrize("value", [0.0, 0.1, 1.0])
def test_a_group_that_agrees_teaches_nothing(advantage, value):
    assert not advantage(batch_of([value] * 3, [0, 0, 0]), CONFIG).any()


@pytest.mark.parametrize("advantage", [grpo, grpo_mean])
def test_what_could_not_be_graded_counts_for_nothing(advantage):
    with_error = advantage(batch_of([1.0, 0.0, 0.0], [0, 0, 0], [True, True, False]), CONFIG)
    without = advantage(batch_of([1.0, 0.0], [0, 0]), CONFIG)
    torch.testing.assert_close(with_error[:2], without)
    assert not with_error[2].any()


@pytest.mark.parametrize("advantage", [grpo, grpo_mean])
def test_a_group_of_one_teaches_nothing(advantage):
    assert not advantage(batch_of([1.0], [0]), CONFIG).any()


@given(st.lists(st.floats(-10, 10, width=32), min_size=2, max_size=8))
def test_advantages_of_a_group_sum_to_zero(returns):
    total = float(grpo_mean(batch_of(returns, [0] * len(returns)), CONFIG).sum())
    assert total == pytest.approx(0, abs=1e-4)


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(ValueError, match="did you mean grpo_mean"):
        ADVANTAGES.find("grpo_meen")
