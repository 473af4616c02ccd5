import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from palaestra.agents.llm import LLMConfig
from palaestra.agents.llm.advantages import ADVANTAGES
from palaestra.agents.llm.advantages.group import grpo, grpo_batch_std, grpo_mean, rloo

from ..made_up import batch_of

CONFIG = LLMConfig()


def test_grpo_standardises_within_the_group():
    # mean 0.25; unbiased variance (3 * 0.0625 + 0.5625) / 3 = 0.25, deviation 0.5
    advantage_B_T = grpo(batch_of([1.0, 0.0, 0.0, 0.0], [0, 0, 0, 0]), CONFIG)
    torch.testing.assert_close(advantage_B_T[:, 1], torch.tensor([1.5, -0.5, -0.5, -0.5]), atol=1e-5, rtol=0)


def test_grpo_mean_only_subtracts_the_mean_of_each_group():
    advantage_B_T = grpo_mean(batch_of([1.0, 0.0, 3.0, 1.0], [0, 0, 1, 1]), CONFIG)
    torch.testing.assert_close(advantage_B_T[:, 1], torch.tensor([0.5, -0.5, 1.0, -1.0]))


@pytest.mark.parametrize("advantage", [grpo, grpo_mean, grpo_batch_std, rloo])
def test_only_own_tokens_have_an_advantage(advantage):
    advantage_B_T = advantage(batch_of([1.0, 0.0], [0, 0]), CONFIG)
    assert not advantage_B_T[:, 0].any()


@pytest.mark.parametrize("advantage", [grpo, grpo_mean, grpo_batch_std, rloo])
@pytest.mark.parametrize("value", [0.0, 0.1, 1.0])
def test_a_group_that_agrees_teaches_nothing(advantage, value):
    assert not advantage(batch_of([value] * 3, [0, 0, 0]), CONFIG).any()


@pytest.mark.parametrize("advantage", [grpo, grpo_mean, grpo_batch_std, rloo])
def test_what_could_not_be_graded_counts_for_nothing(advantage):
    with_error = advantage(batch_of([1.0, 0.0, 0.0], [0, 0, 0], [True, True, False]), CONFIG)
    without = advantage(batch_of([1.0, 0.0], [0, 0]), CONFIG)
    torch.testing.assert_close(with_error[:2], without)
    assert not with_error[2].any()


@pytest.mark.parametrize("advantage", [grpo, grpo_mean, grpo_batch_std, rloo])
def test_a_group_of_one_teaches_nothing(advantage):
    assert not advantage(batch_of([1.0], [0]), CONFIG).any()


@given(st.lists(st.floats(-10, 10, width=32), min_size=2, max_size=8))
def test_advantages_of_a_group_sum_to_zero(returns):
    total = float(grpo_mean(batch_of(returns, [0] * len(returns)), CONFIG).sum())
    assert total == pytest.approx(0, abs=1e-4)


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(ValueError, match="did you mean grpo_mean"):
        ADVANTAGES.find("grpo_meen")


def test_the_batch_std_divides_by_the_deviation_of_all_returns():
    # deviations 0.75 and -0.25 within the first group; over the batch the mean is 5/8 and the unbiased variance 15/56
    batch = batch_of([1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0], [0] * 4 + [1] * 4)
    expected = torch.tensor([0.75, -0.25, -0.25, -0.25, 0.0, 0.0, 0.0, 0.0]) / (15 / 56) ** 0.5
    torch.testing.assert_close(grpo_batch_std(batch, CONFIG)[:, 1], expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize(("size", "low", "high"), [(8, 1.4, 1.5), (16, 2.0, 2.1)])
def test_one_deviating_reward_weighs_more_by_its_groups_deviation_than_by_the_batchs(size, low, high):
    """Lite PPO's claim: where half of all rewards are 1, the group's deviation blows such an episode up."""
    rewards = [1.0] + [0.0] * (size - 1) + [1.0] * (size - 1) + [0.0]
    batch = batch_of(rewards, [0] * size + [1] * size)
    ratio = float(grpo(batch, CONFIG)[0, 1] / grpo_batch_std(batch, CONFIG)[0, 1])
    assert low < ratio < high


def test_rloo_compares_each_episode_with_the_others_alone():
    batch = batch_of([1.0, 0.0, 0.5, 2.0, 4.0], [0, 0, 0, 1, 1])
    torch.testing.assert_close(rloo(batch, CONFIG)[:, 1], torch.tensor([0.75, -0.75, 0.0, -2.0, 2.0]))


@given(st.lists(st.floats(-10, 10, width=32), min_size=2, max_size=6))
def test_rloo_is_the_return_less_the_mean_of_the_others(returns):
    advantage_B = rloo(batch_of(returns, [0] * len(returns)), CONFIG)[:, 1]
    for index, advantage in enumerate(advantage_B.tolist()):
        others = returns[:index] + returns[index + 1 :]
        assert advantage == pytest.approx(returns[index] - sum(others) / len(others), abs=1e-4)
