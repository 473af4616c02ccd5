import math

import pytest
import torch

from palaestra.agents.llm import LLMConfig
from palaestra.agents.llm.objectives.preference import dpo

from ..made_up import inputs_of


def test_a_pair_costs_minus_the_log_probability_that_the_better_one_wins():
    # implicit rewards: 2 * (-1 + 1.5) = 1 for the better one, 2 * (-2 + 1.75) = -0.5 for the worse one
    inputs = inputs_of(
        [-1.0, -2.0],
        [0.0, 0.0],
        rows=[0, 1],
        groups=[0, 0],
        returns=[1.0, 0.0],
        reference_logp=[-1.5, -1.75],
    )
    loss_N = dpo(inputs, LLMConfig(), beta=2.0).loss_N
    assert loss_N.tolist() == pytest.approx([math.log(1 + math.exp(-1.5))] * 2)


def test_its_gradient_is_beta_times_how_wrong_the_implicit_reward_is():
    # Rafailov et al. 2023, section 4: -beta sigma(h_l - h_w) (grad log p_w - grad log p_l)
    inputs = inputs_of(
        [-1.0, -1.0, -2.0],
        [0.0, 0.0, 0.0],
        rows=[0, 0, 1],
        groups=[0, 0],
        returns=[0.0, 1.0],
        reference_logp=[-1.5, -1.5, -1.0],
    )
    # summed over tokens: h = .5 * 1 for the worse episode, .5 * -1 for the better one; the mean over both episodes
    loss_N = dpo(inputs, LLMConfig(), beta=0.5).loss_N
    (loss_N[0] / 2 + loss_N[2] / 2).backward()
    wrong = 0.5 / (1 + math.exp(-1.0))
    assert inputs.logp_N.grad is not None
    assert inputs.logp_N.grad.tolist() == pytest.approx([wrong, wrong, -wrong])


def test_every_better_episode_meets_every_worse_one_of_its_own_task():
    equal = torch.zeros(5)
    inputs = inputs_of(
        equal.tolist(),
        equal.tolist(),
        rows=[0, 1, 2, 3, 4],
        groups=[0, 0, 0, 1, 1],
        returns=[1.0, 0.0, 0.0, 5.0, 5.0],
        reference_logp=equal.tolist(),
    )
    loss_N = dpo(inputs, LLMConfig()).loss_N
    # nothing is known yet, so every pair costs log 2; the second task has no pair
    assert loss_N.tolist() == pytest.approx([math.log(2)] * 3 + [0.0] * 2)


def test_the_likelihood_of_the_better_episode_can_be_held_where_it_is():
    # three tokens: -1 and -3 in the better episode, whose mean is -2; -1 in the worse one, which is not held
    inputs = inputs_of(
        [-1.0, -3.0, -1.0],
        [0.0, 0.0, 0.0],
        rows=[0, 0, 1],
        groups=[0, 0],
        returns=[1.0, 0.0],
        reference_logp=[-1.0, -3.0, -1.0],
    )
    loss_N = dpo(inputs, LLMConfig(), likelihood_coef=0.5).loss_N
    assert loss_N.tolist() == pytest.approx([math.log(2) + 1.0, math.log(2) + 1.0, math.log(2)])
