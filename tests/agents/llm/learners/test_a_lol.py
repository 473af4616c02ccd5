from dataclasses import replace

import pytest
import torch

from palaestra.agents.llm.learners.a_lol import behind_prompts, expected_returns

from ..killable_run import make_agent
from ..made_up import episode_of

LEARNER = {"name": "a_lol", "data": {"tasks": 40, "expert": 1, "noisy_expert": 1}, "held_out_tasks": 20}


def a_lol_config(config, **learner):
    return replace(
        config,
        learner={**LEARNER, **learner},
        advantage="over_expected",
        objective="a_lol",
        aggregation="fixed_length",
        kl_coef=0.0,
    )


def test_a_value_head_learns_what_each_kind_of_state_earns():
    seen_E_W = torch.eye(2).repeat(50, 1)
    return_E = torch.tensor([1.0, 0.25]).repeat(50)
    value_F = expected_returns(seen_E_W, return_E, torch.eye(2), seed=0)
    torch.testing.assert_close(value_F, torch.tensor([1.0, 0.25]), atol=0.02, rtol=0)


def test_states_are_those_behind_the_prompts(policy):
    episodes = [episode_of([0.0, 1.0], lengths=[2, 1]), episode_of([1.0])]
    features_E_W = behind_prompts(policy, episodes, most=1)
    tokens_B_T, own_B_T = torch.tensor([[1, 2]]), torch.tensor([[False, True]])
    expected_W = policy.hidden_states(tokens_B_T, own_B_T)[0]
    torch.testing.assert_close(features_E_W, expected_W.expand(2, -1), atol=1e-5, rtol=0)


def test_only_episodes_better_than_expected_are_read(config):
    agent, memory = make_agent(a_lol_config(config))
    agent.learn(150)
    assert agent.trained is not None
    own = agent.trained.batch.own_B_T
    assert (agent.trained.advantage_B_T[own] > 0).all()
    assert agent.trained.batch.return_B.min() > memory.rows[-1]["train/expected_return"]


def test_without_the_filter_worse_ones_are_read_too(config):
    agent, _ = make_agent(a_lol_config(config, sampling="all"))
    agent.learn(150)
    assert agent.trained is not None
    assert agent.trained.batch.return_B.min() == 0


def test_what_the_reference_plays_counts_towards_the_budget(config):
    agent, _ = make_agent(a_lol_config(config))
    agent.learn(1)
    assert agent.num_episodes == 20 + config.groups * config.group_size


def test_another_sampling_is_refused(config):
    with pytest.raises(ValueError, match="learner a_lol: sampling: Input should be 'advantage', 'positive' or 'all'"):
        make_agent(a_lol_config(config, sampling="best"))


def test_one_held_out_task_is_refused(config):
    with pytest.raises(ValueError, match="held_out_tasks must be 2 or more, got 1"):
        make_agent(a_lol_config(config, held_out_tasks=1))
