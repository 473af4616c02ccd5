"""When the engine gets the policy's weights: after everything that changes them, and never twice."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from stable_baselines3.common.callbacks import BaseCallback

from palaestra.agents.llm import LLMAgent, LLMConfig, Policy, WarmStartConfig
from palaestra.agents.llm.checkpoint import load_checkpoint, save_checkpoint
from palaestra.agents.llm.config import CriticConfig
from palaestra.agents.llm.generation.native import NativeEngine
from palaestra.agents.llm.generation.protocol import Prompt, Sampling
from palaestra.agents.llm.phases import Phase, When
from palaestra.agents.llm.types import Group

from .killable_run import RESUMABLE, make_agent

ARCHER = {"name": "archer", "conversations": 6, "critic_epochs": 1, "critic_minibatches": 1, "warmup_updates": 0}
ILQL = {"name": "ilql", "data": {"tasks": 4, "expert": 1}}


class CountingEngine(NativeEngine):
    """Counts its pushes, the first of which brings the weights it is made with."""

    pushes = 0

    def sync(self, policy: Policy) -> None:
        self.pushes += 1
        super().sync(policy)


class CountPushes(BaseCallback):
    """Gives an agent that learns a counting engine, and stops it after some updates."""

    def __init__(self, updates: int) -> None:
        super().__init__()
        self._updates = updates
        self.pushes: list[int] = []

    def _on_training_start(self) -> None:
        self._engine = self.model._player.engine = CountingEngine(self.model.policy)

    def _on_step(self) -> bool:
        self.pushes.append(self._engine.pushes - 1)
        return len(self.pushes) < self._updates


def weights(policy: Policy) -> list[torch.Tensor]:
    return [parameter.detach().clone() for parameter in policy.parameters()]


def are_equal(some: list[torch.Tensor], others: list[torch.Tensor]) -> bool:
    return all(torch.equal(*pair) for pair in zip(some, others, strict=True))


def assert_plays_the_policy(agent: LLMAgent) -> None:
    """The engine says what one that is made now says."""
    prompts, sampling = [Prompt([5, 6, 7 + slot], slot) for slot in range(8)], Sampling(6, temperature=0)
    agent._player.engine.forget()
    for said, expected in zip(
        agent._player.engine.generate(prompts, sampling, torch.Generator()),
        NativeEngine(agent.policy).generate(prompts, sampling, torch.Generator()),
        strict=True,
    ):
        assert said.tokens == expected.tokens
        assert said.logp == pytest.approx(expected.logp, abs=1e-5)


@pytest.fixture
def config() -> LLMConfig:
    """Every update of it changes the weights, in place: those in bfloat16 are copied, which torch counts itself."""
    return replace(RESUMABLE, precision="float32", learning_rate=1e-2, final_learning_rate=None)


@pytest.mark.parametrize("learner", ["policy_gradient", ARCHER, ILQL], ids=["policy gradient", "archer", "ilql"])
def test_every_update_pushes_the_weights_once(config, learner):
    agent, _ = make_agent(replace(config, learner=learner))
    counting = CountPushes(3)
    agent.learn(10_000, callback=counting)
    assert counting.pushes == [1, 2, 3]
    assert_plays_the_policy(agent)


def test_an_update_of_the_critic_alone_pushes_nothing(config):
    critic = CriticConfig(warmup_updates=2)
    agent, _ = make_agent(replace(config, advantage="gae_token", critic=critic, kl_in="reward"))
    counting = CountPushes(3)
    agent.learn(10_000, callback=counting)
    assert counting.pushes == [0, 0, 1]


def test_what_a_warm_start_taught_is_played(config, monkeypatch):
    settings = WarmStartConfig(target_success=1.0, max_steps=2, evaluate_every=1, evaluation_episodes=4)
    agent, _ = make_agent(replace(config, warm_start=settings))
    before = weights(agent.policy)
    gather = type(agent._learner).gather

    def checking_gather(*arguments) -> list[Group]:
        assert not are_equal(before, weights(agent.policy))
        assert_plays_the_policy(agent)
        return gather(*arguments)

    monkeypatch.setattr(type(agent._learner), "gather", checking_gather)
    with pytest.warns(UserWarning, match=r"below warm_start\.target_success"):
        agent.learn(1)
    assert agent.updates == 1


def test_a_policy_that_was_reset_to_its_reference_is_played(config):
    agent, _ = make_agent(replace(config, schedule=(Phase(When(updates=2), reset=("policy",)),)))
    before = weights(agent.policy)
    counting = CountPushes(2)
    agent.learn(10_000, callback=counting)
    assert are_equal(before, weights(agent.policy))
    assert counting.pushes == [1, 2]
    assert_plays_the_policy(agent)


def test_the_weights_of_a_checkpoint_are_played(config, tmp_path):
    agent, _ = make_agent(config)
    agent.learn(1)
    save_checkpoint(agent, tmp_path)
    resumed, _ = make_agent(config)
    assert not are_equal(weights(agent.policy), weights(resumed.policy))
    load_checkpoint(resumed, tmp_path)
    assert are_equal(weights(agent.policy), weights(resumed.policy))
    assert_plays_the_policy(resumed)


def test_weights_that_somebody_else_changed_are_pushed_before_the_next_rollout(config):
    agent, _ = make_agent(config)
    with torch.no_grad():
        for parameter in agent.policy.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.3)
    agent._player.rollout([0], config)
    assert_plays_the_policy(agent)
