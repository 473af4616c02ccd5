import torch

from palaestra.agents.llm import LLMConfig
from palaestra.agents.llm.objectives.mirror_descent import mirror_descent

from ..made_up import inputs_of

CONFIG = LLMConfig()


def test_mirror_descent_by_hand():
    inputs = inputs_of([0.1, 0.3, -0.2], [0.5, 0.5, -0.5], rows=[0, 0, 1])
    outputs = mirror_descent(inputs, CONFIG, tau=0.4)
    # log-ratios of the episodes 0.4 and -0.2: -0.5 * 0.4 + 0.2 * 0.16 and 0.5 * -0.2 + 0.2 * 0.04
    torch.testing.assert_close(outputs.loss_N, torch.tensor([-0.168, -0.168, -0.092]))


def test_its_gradient_is_that_of_the_report():
    inputs = inputs_of([0.1, 0.3], [0.5, 0.5], rows=[0, 0])
    mirror_descent(inputs, CONFIG, tau=0.4).loss_N.mean().backward()
    torch.testing.assert_close(inputs.logp_N.grad, torch.full((2,), -(0.5 - 0.4 * 0.4)))


def test_an_episode_that_moved_is_pulled_back_even_without_advantage():
    inputs = inputs_of([0.4], [0.0])
    mirror_descent(inputs, CONFIG, tau=0.5).loss_N.sum().backward()
    torch.testing.assert_close(inputs.logp_N.grad, torch.tensor([0.2]))
