import json
from dataclasses import replace

import pytest
import torch

from palaestra.agents.llm.learners.offline import best_of

from ..killable_run import make_agent

EXPERT = {"name": "offline", "data": {"tasks": 20, "expert": 1}}
MIXED = {"name": "offline", "data": {"tasks": 40, "expert": 1, "noisy_expert": 1}}


def cloning(config, **learner):
    return replace(config, learner=learner, advantage="constant", objective="reinforce", kl_coef=0.0)


def test_the_best_share_is_that_of_the_highest_returns_rounded_up():
    assert best_of(torch.tensor([0.0, 3.0, 1.0, 3.0, 2.0]), 0.5).tolist() == [0, 1, 0, 1, 1]
    assert best_of(torch.tensor([1.0, 1.0, 1.0]), 0.5).tolist() == [1, 1, 0]


def test_cloning_makes_what_it_reads_likelier_and_counts_the_turns_it_reads(config):
    agent, memory = make_agent(replace(cloning(config, **EXPERT), learning_rate=5e-3))
    agent.learn(250)
    losses = [row["train/loss"] for row in memory.rows if "train/loss" in row]
    assert losses[-1] < 0.7 * losses[0]
    assert agent.num_timesteps >= 250
    assert "rollout/success_rate" not in memory.rows[-1]


def test_filtered_cloning_reads_only_what_it_keeps(config):
    for kept in ({"successes_only": True}, {"best_share": 0.1}, {"in_proportion": True}):
        agent, _ = make_agent(cloning(config, **MIXED, **kept))
        agent.learn(100)
        assert agent.trained is not None
        assert agent.trained.batch.return_B.tolist() == [1.0] * len(agent.trained.batch)


def test_where_nothing_is_worth_reading_it_says_so(config, tmp_path):
    file = tmp_path / "episodes.jsonl"
    file.write_text(json.dumps({"turns": [{"observation": "1", "action": "2", "reward": 0}]}))
    agent, _ = make_agent(cloning(config, name="offline", data={"file": str(file)}, successes_only=True))
    with pytest.raises(ValueError, match="no episode of the data set is worth training on"):
        agent.learn(1)


def test_a_share_that_holds_nothing_is_refused(config):
    with pytest.raises(ValueError, match="best_share must be over 0 and at most 1, got 0"):
        make_agent(cloning(config, **EXPERT, best_share=0))


def test_expert_iteration_learns_from_the_episodes_that_succeeded_alone(config):
    agent, _ = make_agent(replace(config, advantage="over_threshold", objective="reinforce", kl_coef=0.0))
    agent.learn(1)
    assert agent.trained is not None
    learnt_B = (agent.trained.advantage_B_T != 0).any(-1)
    assert torch.equal(learnt_B, agent.trained.batch.return_B > 0)
