import math
from contextlib import nullcontext

import pytest
import torch
from torch import nn

from palaestra.agents.errors import TrainingDiverged
from palaestra.agents.llm.optimizer import MasterAdamW
from palaestra.agents.llm.tiny import build_tiny

from .conftest import SMALL, TEXTS


def descend(dtype: torch.dtype, steps: int) -> nn.Parameter:
    weight = nn.Parameter(torch.ones(8, dtype=dtype))
    optimizer = MasterAdamW([weight], learning_rate=1e-4)
    for _ in range(steps):
        weight.float().sum().backward()
        optimizer.gather()
        optimizer.step(learning_rate=1e-4, max_norm=1.0)
    return weight


def test_steps_below_the_last_bit_of_bfloat16_are_not_lost():
    # Adam moves by the learning rate a step: 100 steps of 1e-4 from 1.0, where bfloat16 knows steps of 0.0039
    torch.testing.assert_close(descend(torch.bfloat16, 100).float(), torch.full((8,), 0.99), atol=0.002, rtol=0)


def test_full_precision_is_plain_adamw():
    weight = nn.Parameter(torch.ones(8))
    adam = torch.optim.AdamW([weight], lr=1e-4, betas=(0.9, 0.95), weight_decay=0.0)
    for _ in range(10):
        adam.zero_grad()
        (weight.sum() / 8**0.5).backward()  # the gradient after clipping to norm 1
        adam.step()
    torch.testing.assert_close(descend(torch.float32, 10), weight)


def test_gradients_of_several_passes_add_up_in_full_precision():
    weight = nn.Parameter(torch.ones(1, dtype=torch.bfloat16))
    optimizer = MasterAdamW([weight], learning_rate=1e-4)
    for scale in (1.0, 0.001):
        (weight * scale).sum().backward()
        optimizer.gather()
    norm = optimizer.step(learning_rate=0.0, max_norm=10.0)
    assert math.isclose(norm, 1.001, rel_tol=1e-4)


def test_a_gradient_that_is_not_finite_or_too_large_changes_nothing():
    for gradient, refuse in ((math.nan, math.inf), (math.inf, math.inf), (1e6, 1e3)):
        weight = nn.Parameter(torch.ones(3))
        optimizer = MasterAdamW([weight], learning_rate=0.1)
        weight.grad = torch.full((3,), gradient)
        with pytest.raises(TrainingDiverged, match="lower learning_rate"):
            optimizer.step(learning_rate=0.1, max_norm=1.0, refuse_norm=refuse)
        assert torch.equal(weight.detach(), torch.ones(3))


def test_a_restored_optimizer_goes_on_to_the_same_weights():
    def make() -> tuple[nn.Parameter, MasterAdamW]:
        weight = nn.Parameter(torch.ones(4, dtype=torch.bfloat16))
        return weight, MasterAdamW([weight], learning_rate=0.01)

    def step(weight: nn.Parameter, optimizer: MasterAdamW) -> None:
        (weight.float() ** 3).sum().backward()
        optimizer.gather()
        optimizer.step(learning_rate=0.01, max_norm=1.0)

    weight, optimizer = make()
    for _ in range(3):
        step(weight, optimizer)
    state = optimizer.state_dict()
    restored_weight, restored = make()
    restored.load_state_dict(state)
    for _ in range(3):
        step(weight, optimizer)
        step(restored_weight, restored)
    assert torch.equal(weight, restored_weight)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_policy_has_another_version_after_every_step_and_restoration_and_after_nothing_else(precision):
    policy = build_tiny(TEXTS, SMALL, seed=0, device="cpu", precision=precision)
    optimizer = MasterAdamW(policy.parameters(), learning_rate=0.01)
    versions = [policy.version]
    for refuse_norm in (math.inf, 0.0, math.inf):
        policy.hidden_states(torch.tensor([[5, 6]]), torch.tensor([[False, True]])).sum().backward()
        optimizer.gather()
        with nullcontext() if refuse_norm else pytest.raises(TrainingDiverged):
            optimizer.step(learning_rate=0.01, max_norm=1.0, refuse_norm=refuse_norm)
        versions.append(policy.version)
    optimizer.load_state_dict(optimizer.state_dict())
    versions.append(policy.version)
    assert versions[1] == versions[2]
    assert len(set(versions)) == 4
