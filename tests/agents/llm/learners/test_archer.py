from dataclasses import replace
from functools import partial
from typing import Any

import gymnasium as gym
import pytest
import torch
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.logger import Logger
from transformers import BertConfig, BertModel

from palaestra.agents.llm import LLMAgent, LLMConfig
from palaestra.agents.llm.checkpoint import load_checkpoint, save_checkpoint
from palaestra.agents.llm.config import CriticConfig
from palaestra.agents.llm.tiny import build_tokenizer

from ..conftest import TEXTS
from ..killable_run import RESUMABLE, Memory, make_agent

QUICK = {"conversations": 6, "critic_epochs": 2, "critic_minibatches": 2}


def archer(config: LLMConfig, **settings) -> LLMConfig:
    return replace(
        config,
        learner={"name": "archer", **QUICK, "warmup_updates": 1, **settings},
        advantage="turn_returns",
        group_size=1,
        groups=8,
    )


def weights(agent) -> list[torch.Tensor]:
    return [parameter.detach().clone() for parameter in agent.policy.parameters()]


def costly_agent(config: LLMConfig) -> tuple[LLMAgent, Memory]:
    """In a game where every question costs 1: even a random policy has something to learn from."""
    game = partial(gym.make, "text/TwentyQuestions-v0", dense_reward=True)
    agent, memory = LLMAgent(game, config, device="cpu"), Memory()
    agent.set_logger(Logger(None, [memory]))
    return agent, memory


def test_the_policy_waits_until_the_critic_has_warmed_up(config):
    agent, memory = costly_agent(archer(config, warmup_updates=2))
    moved = []

    class Watching(BaseCallback):
        def _on_rollout_start(self) -> None:
            self.before = weights(agent)

        def _on_step(self) -> bool:
            moved.append(not all(torch.equal(*pair) for pair in zip(self.before, weights(agent), strict=True)))
            return len(moved) < 3

    agent.learn(10_000, callback=Watching())
    assert moved == [False, False, True]
    assert "train/q_loss" in memory.rows[-2]
    assert "train/loss" not in memory.rows[-2]
    for name in ("q_loss", "v_loss", "q_mean", "v_mean", "target_distance", "utterance_advantage_std", "loss"):
        assert f"train/{name}" in memory.rows[-1]
    assert memory.rows[-1]["train/replay_conversations"] == agent.num_episodes


def test_every_reply_is_trained_with_what_the_critic_says_of_it(config):
    agent, memory = costly_agent(archer(config, warmup_updates=0))
    agent.learn(1)
    trained = agent.trained
    assert trained is not None
    assert len(trained.groups) == QUICK["conversations"]
    batch = trained.batch
    assert (batch.logp_B_T[batch.own_B_T] < 0).all()
    torch.testing.assert_close(trained.advantage_B_T, batch.rewards_B_K * batch.own_B_T)
    advantage_B = batch.rewards_B_K.squeeze(-1)
    assert float(advantage_B.std(correction=0)) > 0
    assert memory.rows[-1]["train/utterance_advantage_mean"] == pytest.approx(float(advantage_B.mean()), abs=1e-6)
    assert all(episode.observations_K[0] for group in trained.groups for episode in group.episodes)


def test_without_replay_only_the_latest_conversations_are_drawn(config):
    age = {}
    for capacity in (8, 1000):
        agent, memory = make_agent(archer(config, capacity=capacity))
        agent.learn(150)
        age[capacity] = [row["train/replay_age"] for row in memory.rows if "train/replay_age" in row]
    assert set(age[8]) == {0.0}
    assert age[1000][-1] > 0


BASELINE = {"advantage": {"name": "gae_token", "gamma": 1.0, "lam": 1.0}, "critic": CriticConfig()}


@pytest.mark.parametrize("differences", [{}, BASELINE], ids=["plain", "with a baseline of tokens"])
def test_a_resumed_run_has_the_very_same_metrics(tmp_path, differences):
    config = replace(archer(RESUMABLE, capacity=20), **differences)
    whole, whole_memory = make_agent(config, seed=4)
    whole.learn(300)

    class SaveOnce(BaseCallback):
        def _on_rollout_start(self) -> None:
            if self.model.updates == 3:
                save_checkpoint(self.model, tmp_path / "checkpoint")

        def _on_step(self) -> bool:
            return self.model.updates < 4

    first, _ = make_agent(config, seed=4)
    first.learn(300, callback=SaveOnce())
    second, second_memory = make_agent(config, seed=4)
    load_checkpoint(second, tmp_path / "checkpoint")
    second.learn(300 - second.num_timesteps, reset_num_timesteps=False)
    updates = [row for row in whole_memory.without_clocks() if "time/updates" in row]
    assert len(updates) > 4
    assert second_memory.without_clocks() == updates[3:]
    assert all(torch.equal(*pair) for pair in zip(weights(whole), weights(second), strict=True))


def test_any_encoder_can_be_the_critic(config, tmp_path):
    tokenizer = build_tokenizer(TEXTS, vocabulary=80)
    tokenizer.save_pretrained(tmp_path)
    size: dict[str, Any] = {
        "hidden_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 32,
    }
    BertModel(BertConfig(vocab_size=len(tokenizer), **size)).save_pretrained(tmp_path)
    agent, memory = make_agent(archer(config, critic_model=str(tmp_path), warmup_updates=0))
    agent.learn(1)
    assert memory.rows[-1]["train/critic_grad_norm"] >= 0
    assert "train/loss" in memory.rows[-1]


@pytest.mark.parametrize("setting", [{"gamma": 1.5}, {"tau": 0.0}, {"capacity": 0}, {"critic_learning_rate": 0.0}])
def test_settings_out_of_range_are_refused_by_name(config, setting):
    with pytest.raises(ValueError, match=next(iter(setting))):
        make_agent(archer(config, **setting))
