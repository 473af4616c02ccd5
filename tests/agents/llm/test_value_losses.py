import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from palaestra.agents.llm.value_losses import (
    conservative_loss,
    expectile_loss,
    next_values,
    of_actions,
    squared_errors,
)


def test_the_state_behind_a_token_is_the_one_before_the_episodes_next_token():
    values = next_values(torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0]), row_N=torch.tensor([0, 0, 0, 1, 1]))
    assert values.tolist() == [2.0, 3.0, 0.0, 5.0, 0.0]


def test_the_bellman_target_of_three_tokens_by_hand():
    # rewards 0, 0, 1; V before each token .2, .5, .8; gamma .9: targets .9 * .5, .9 * .8, 1 + .9 * 0
    value_N, reward_N = torch.tensor([0.2, 0.5, 0.8]), torch.tensor([0.0, 0.0, 1.0])
    target_N = reward_N + 0.9 * next_values(value_N, torch.tensor([0, 0, 0]))
    torch.testing.assert_close(target_N, torch.tensor([0.45, 0.72, 1.0]))
    q_H_N = torch.tensor([[0.45, 0.0, 0.5], [0.25, 0.72, 1.0]])
    # halves of squares, over both heads: (0 + .04) / 2, (.72^2 + 0) / 2, (.25 + 0) / 2
    torch.testing.assert_close(squared_errors(q_H_N, target_N), torch.tensor([0.02, 0.2592, 0.125]))


def test_an_expectile_of_09_minds_values_that_are_too_low_nine_times_as_much():
    loss_N = expectile_loss(torch.tensor([0.0, 2.0]), torch.tensor([1.0, 1.0]), 0.9)
    torch.testing.assert_close(loss_N, torch.tensor([0.9 / 2, 0.1 / 2]))


@given(st.floats(0.05, 0.95))
def test_the_value_of_least_loss_is_the_expectile_of_the_targets(expectile):
    # for targets 0 and 1 the expectile is where expectile * (1 - v) = (1 - expectile) * v: v is the expectile itself
    value_N = torch.full((2,), expectile, dtype=torch.float64, requires_grad=True)
    expectile_loss(value_N, torch.tensor([0.0, 1.0], dtype=torch.float64), expectile).sum().backward()
    assert value_N.grad is not None
    assert value_N.grad.sum().item() == pytest.approx(0.0, abs=1e-6)


def test_the_conservative_loss_is_the_cross_entropy_of_every_head():
    q_H_N_V = torch.tensor([[[0.0, 0.0]], [[1.0, 0.0]]])
    expected = torch.log(torch.tensor(2.0)) + torch.log(torch.tensor(1.0).exp() + 1)
    torch.testing.assert_close(conservative_loss(q_H_N_V, torch.tensor([1])), expected[None])


def test_the_value_of_what_was_said_is_taken_from_every_head():
    q_H_N_V = torch.arange(12.0).view(2, 2, 3)
    assert of_actions(q_H_N_V, torch.tensor([2, 0])).tolist() == [[2.0, 3.0], [8.0, 9.0]]
