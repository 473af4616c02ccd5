import torch

from palaestra.agents.llm import LLMConfig
from palaestra.agents.llm.objectives.reinforce import reinforce

from ..made_up import inputs_of


def test_the_gradient_is_minus_the_advantage_whatever_the_old_policy_thought():
    inputs = inputs_of([-1.0, -2.0], [0.7, -1.3], old_logp=[-1.0, -5.0])
    outputs = reinforce(inputs, LLMConfig())
    torch.testing.assert_close(outputs.loss_N, torch.tensor([0.7, -2.6]))
    outputs.loss_N.sum().backward()
    torch.testing.assert_close(inputs.logp_N.grad, torch.tensor([-0.7, 1.3]))
