"""Every loss on numbers small enough to work out by hand."""

import math

import pytest
import torch

from palaestra.agents.control.offline.losses import (
    chi_square_loss,
    conservative_gap,
    expectile_loss,
    gumbel_loss,
    least_squares_critic_loss,
    linear_critic_loss,
    normalised_weight,
    regression_weights,
    total_variation_loss,
)


def slope(loss, q, v):
    """The derivative of the loss of Q - V in V."""
    v = torch.tensor(v, requires_grad=True)
    loss(torch.tensor(q) - v).sum().backward()
    return v.grad.item()


def test_an_expectile_weighs_what_is_above_it_more():
    assert expectile_loss(torch.tensor([2.0, -1.0]), 0.9).tolist() == pytest.approx([3.6, 0.1])
    assert slope(lambda d: expectile_loss(d, 0.75), [0.0, 1.0], 0.75) == pytest.approx(0.0, abs=1e-6)


def test_gumbel_regression_is_over_its_largest_exponential():
    loss = gumbel_loss(torch.tensor([0.0, 1.0]), 1.0, None)
    assert loss.tolist() == pytest.approx([0.0, 1 - 2 / math.e])
    assert gumbel_loss(torch.tensor([-5.0]), 1.0, None).item() == pytest.approx(math.exp(-4) + 4 * math.e)


def test_gumbel_regression_is_least_at_the_soft_maximum():
    q, beta = [0.0, 3.0], 2.0
    soft = beta * math.log((1 + math.exp(1.5)) / 2)
    assert slope(lambda d: gumbel_loss(d, beta, None), q, soft) == pytest.approx(0.0, abs=1e-6)


def test_a_clipped_exponent_has_the_clips_loss_and_no_gradient():
    difference = torch.tensor([[10.0], [0.0]], requires_grad=True)
    loss = gumbel_loss(difference, 2.0, 3.0)
    assert loss.flatten().tolist() == pytest.approx([1 - 4 * math.exp(-3), 0.0], abs=1e-6)
    loss.sum().backward()
    assert difference.grad[0].item() == 0.0


def test_an_exponent_that_would_overflow_does_not():
    assert gumbel_loss(torch.tensor([[1000.0], [0.0]]), 1.0, None).isfinite().all()


def test_the_two_divergences_of_dual_value_learning():
    difference = torch.tensor([2.0, -1.0, -6.0])
    assert chi_square_loss(difference, 0.8).tolist() == pytest.approx([2.0, 0.2, 3.6])
    assert total_variation_loss(difference, 0.8).tolist() == pytest.approx([1.2, 0.2, 1.2])


def test_a_conservative_gap_corrects_for_how_likely_the_actions_were_drawn():
    value_B_N, logp_B_N = torch.tensor([[0.0, math.log(2)]]), torch.tensor([[0.5, 0.25]]).log()
    assert conservative_gap(value_B_N, logp_B_N, torch.tensor([[1.0]])).item() == pytest.approx(math.log(10) - 1)


def test_the_weight_of_q_undoes_its_scale_and_is_a_constant():
    q = torch.tensor([[1.0], [-3.0]], requires_grad=True)
    weight = normalised_weight(q, 2.5)
    assert weight.item() == pytest.approx(1.25)
    assert not weight.requires_grad
    assert (normalised_weight(100 * q, 2.5) * 100 * q).sum().item() == pytest.approx((weight * q).sum().item())


def test_imitation_weights_are_bounded():
    assert regression_weights(torch.tensor([0.0, 1.0, 500.0]), 3.0).tolist() == pytest.approx([1, math.exp(3), 100])


def test_the_two_losses_of_an_expert_among_others():
    expert, policy = torch.tensor([[2.0]]), torch.tensor([[1.0]])
    q, target = torch.tensor([[1.0], [3.0]]), torch.tensor([[0.0], [1.0]])
    assert linear_critic_loss(expert, policy, q, target, 0.5).item() == pytest.approx(-0.5 + 2.5 / 4)
    assert least_squares_critic_loss(expert, q, target, 5.0).item() == pytest.approx((9 + 2.5) / 2)
