from dataclasses import replace

import pytest
import torch

from palaestra.agents.llm import LLMAgent
from palaestra.agents.llm.config import CriticConfig
from palaestra.agents.llm.critic import Critic, CriticMetrics
from palaestra.agents.llm.filters import FILTERS, register_filter
from palaestra.agents.llm.learners.policy_gradient import whiten
from palaestra.agents.llm.shaping import SHAPERS, register_shaper
from palaestra.agents.llm.types import Source

from ..killable_run import GUESS, make_agent


def test_whitened_advantages_have_mean_zero_and_deviation_one_where_they_count():
    counted = torch.tensor([[False, True, True], [False, True, False]])
    whitened = whiten(torch.tensor([[9.0, 1.0, 2.0], [9.0, 3.0, 9.0]]), counted)
    torch.testing.assert_close(whitened, torch.tensor([[0.0, -1.0, 0.0], [0.0, 1.0, 0.0]]), atol=1e-6, rtol=0)


def test_advantages_that_all_agree_are_no_signal_after_whitening():
    counted = torch.ones(1, 333, dtype=torch.bool)
    assert not whiten(torch.full((1, 333), 0.3), counted).any()


def test_groups_that_filters_drop_are_replaced_by_others_which_count_too(config, monkeypatch):
    monkeypatch.setattr(FILTERS, "_functions", dict(FILTERS._functions))
    rounds = []

    @register_filter("first_of_each_round")
    def first_of_each_round(groups, config):
        rounds.append(len(groups))
        return list(groups[:1])

    agent, _ = make_agent(replace(config, groups=2, sampling_rounds=5, filters=("first_of_each_round",)))
    agent.learn(1)
    assert rounds == [2, 2]
    assert agent.trained is not None
    assert len(agent.trained.groups) == 2
    assert agent.num_episodes == 2 * 2 * config.group_size


def test_where_no_group_passes_the_update_goes_on_with_the_last_ones(config, monkeypatch):
    monkeypatch.setattr(FILTERS, "_functions", dict(FILTERS._functions))
    register_filter("none")(lambda groups, config: [])
    agent, _ = make_agent(replace(config, sampling_rounds=3, filters=("none",)))
    agent.learn(1)
    assert agent.num_episodes == 3 * config.groups * config.group_size
    assert agent.trained is not None
    assert len(agent.trained.groups) == config.groups


def test_a_demonstration_joins_each_group_and_the_policy_says_how_likely_it_was(config):
    agent, _ = make_agent(replace(config, demonstrations=1))
    agent.learn(1)
    assert agent.trained is not None
    batch = agent.trained.batch
    from_teacher_B = batch.written_by(Source.TEACHER).any(-1)
    assert from_teacher_B.tolist() == [False, False, False, True] * config.groups
    assert (batch.logp_B_T[from_teacher_B][batch.own_B_T[from_teacher_B]] < 0).all()


def test_where_sampler_and_trainer_agree_importance_weights_change_nothing(config):
    weights = []
    for cap in (None, 2.0):
        agent, memory = make_agent(replace(config, importance_cap=cap))
        agent.learn(1)
        if cap is not None:
            assert memory.rows[-1]["train/kl_engine"] == pytest.approx(0, abs=1e-6)
            assert memory.rows[-1]["train/importance_capped_fraction"] == 0
        weights.append(torch.cat([parameter.flatten() for parameter in agent.policy.parameters()]))
    torch.testing.assert_close(weights[0], weights[1], atol=1e-5, rtol=0)


def test_the_targets_of_values_are_values_plus_advantages_where_the_estimator_reads_values(config, monkeypatch):
    seen = []

    def update(self, batch, target_B_T, valued_B_T, config):
        seen.append((batch, target_B_T, valued_B_T))
        return CriticMetrics(0.0, 0.0, 0.0, 0.0)

    monkeypatch.setattr(Critic, "update", update)
    ppo = replace(config, advantage={"name": "gae_turn", "lam": 1.0}, critic=CriticConfig())
    make_agent(ppo)[0].learn(1)
    [(batch, target_B_T, valued_B_T)] = seen
    assert torch.equal(valued_B_T, batch.begins_turn_B_T)
    return_to_go_B_K = batch.rewards_B_K.flip(-1).cumsum(-1).flip(-1)
    torch.testing.assert_close(target_B_T[valued_B_T], return_to_go_B_K.gather(1, batch.turns_B_T)[valued_B_T])


def test_while_the_critic_warms_up_the_policy_stays_as_it_is(config, monkeypatch):
    monkeypatch.setattr(SHAPERS, "_functions", dict(SHAPERS._functions))
    register_shaper("in_turn")(lambda groups, config: [[float(i % 2) for i in range(4)] for _ in groups])
    ppo = replace(config, advantage="gae_token", shapers=("in_turn",), critic=CriticConfig(warmup_updates=2))
    agent, memory = make_agent(ppo)
    before = [parameter.detach().clone() for parameter in agent.policy.parameters()]
    changed = []

    def note(*_) -> bool:
        changed.append(any(not torch.equal(*pair) for pair in zip(before, agent.policy.parameters(), strict=True)))
        return agent.updates < 3

    agent.learn(10_000, callback=note)
    assert changed == [False, False, True]
    assert all(row["train/value_loss"] > 0 for row in memory.rows if "time/updates" in row)


def test_only_known_parts_can_be_reset(config):
    agent = LLMAgent(GUESS, config, device="cpu")
    agent._learner.reset("reference")
    agent._learner.reset("optimizer")
    with pytest.raises(ValueError, match="only 'reference', 'optimizer' and 'policy' can be reset, got 'weights'"):
        agent._learner.reset("weights")


def test_a_policy_that_is_reset_is_the_one_training_started_from(config):
    agent, _ = make_agent(replace(config, kl_coef=0.01))
    before = [parameter.detach().clone() for parameter in agent.policy.parameters()]
    with torch.no_grad():
        for parameter in agent.policy.parameters():
            parameter.add_(1.0)
    agent._learner.reset("policy")
    assert all(torch.equal(a, b) for a, b in zip(before, agent.policy.parameters(), strict=True))
    with pytest.raises(ValueError, match="policy can only be reset to a reference"):
        make_agent(replace(config, kl_coef=0.0))[0]._learner.reset("policy")
