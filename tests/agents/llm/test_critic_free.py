"""The algorithms without a critic, whole: from a batch to new weights."""

import pytest
import torch

from palaestra.agents.llm import algorithm_config
from palaestra.agents.llm.advantages import ADVANTAGES
from palaestra.agents.llm.optimizer import MasterAdamW
from palaestra.agents.llm.trainer import Trainer, score

from .test_trainer import batch_for, logp_of


@pytest.mark.parametrize(
    "algorithm",
    [
        "reinforce",
        "rloo",
        "reinforce_plus_plus",
        "reinforce_plus_plus_baseline",
        "dr_grpo",
        "lite_ppo",
        "on_policy_grpo",
        "gspo",
        "cispo",
        "dapo",
        "grpo_tcr",
        "scale_rl",
        "mirror_descent",
        "pacs",
        "rover",
    ],
)
def test_the_better_reply_becomes_likelier_than_the_worse(algorithm, policy):
    config = algorithm_config(algorithm, {"epochs": 2, "precision": "float32"})
    batch = batch_for(policy, [1.0, 0.0, 0.0, 0.0])
    batch.reference_logp_B_T = score(policy, batch, torch.arange(4), config)
    before_B = logp_of(policy, batch)
    advantage_B_T = ADVANTAGES.bind(config.advantage)(batch, config)
    trainer = Trainer(policy, MasterAdamW(policy.parameters(), learning_rate=1e-2))
    generator = torch.Generator().manual_seed(0)
    trainer.update(batch, advantage_B_T, config, learning_rate=1e-2, generator=generator)
    change_B = logp_of(policy, batch) - before_B
    assert change_B[0] > change_B[1:].mean() + 0.1
