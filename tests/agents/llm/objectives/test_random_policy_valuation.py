import pytest
import torch

from palaestra.agents.llm import LLMConfig
from palaestra.agents.llm.objectives import ObjectiveInputs
from palaestra.agents.llm.objectives.random_policy_valuation import rover

from ..made_up import inputs_of

CONFIG = LLMConfig()


def inputs() -> ObjectiveInputs:
    """An episode of two tokens and one of one."""
    made = inputs_of([0.3, 0.1, -0.2], [0.5, 0.5, -0.5], rows=[0, 0, 1])
    made.vocabulary_mean_N = torch.tensor([0.05, -0.1, 0.4])
    return made


def test_rover_by_hand():
    # targets 0.5 - 0.1, 0.5 and -0.5: behind an episode's end nothing is expected, and no episode sees the next one's
    torch.testing.assert_close(rover(inputs(), CONFIG).loss_N, torch.tensor([0.01, 0.16, 0.09]))


def test_rho_scales_the_values_on_both_sides():
    # values 0.6, 0.2, -0.4 and targets 0.5 - 0.2, 0.5, -0.5
    torch.testing.assert_close(rover(inputs(), CONFIG, rho=2.0).loss_N, torch.tensor([0.09, 0.09, 0.01]))


def test_the_target_is_fixed():
    given_inputs = inputs()
    rover(given_inputs, CONFIG).loss_N.sum().backward()
    torch.testing.assert_close(given_inputs.logp_N.grad, 2 * torch.tensor([-0.1, -0.4, 0.3]))


def test_without_the_mean_over_the_vocabulary_it_says_what_is_missing():
    with pytest.raises(ValueError, match="vocabulary_mean_N must be given"):
        rover(inputs_of([0.0], [1.0]), CONFIG)
