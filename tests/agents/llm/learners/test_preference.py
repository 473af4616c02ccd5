import json
from dataclasses import replace

import pytest
import torch

from palaestra.agents.llm.learners.preference import implicit_reward_accuracy
from palaestra.agents.llm.types import Group

from ..killable_run import make_agent
from ..made_up import batch_of, episode_of

PAIRS = {"name": "preference", "data": {"tasks": 40, "per_task": 2, "expert": 1, "noisy_expert": 1}}


def dpo_config(config, learner):
    return replace(
        config, learner=learner, advantage="grpo_mean", objective="dpo", aggregation="sequence_mean", kl_coef=0.0
    )


def test_accuracy_is_the_share_of_pairs_the_implicit_reward_orders_alike():
    batch = batch_of([1.0, 0.0, 1.0, 0.0, 0.0], [0, 0, 1, 1, 1])
    batch.reference_logp_B_T = torch.full_like(batch.logp_B_T, -1.0)
    logp_B_T = torch.tensor([[9.0, -0.5], [9.0, -0.6], [9.0, -2.0], [9.0, -1.0], [9.0, -3.0]])
    # of the three pairs (0, 1), (2, 3) and (2, 4) the second is the wrong way round
    assert implicit_reward_accuracy(batch, logp_B_T) == pytest.approx(2 / 3)


def test_without_a_preference_there_is_no_accuracy():
    batch = batch_of([1.0, 1.0], [0, 0])
    batch.reference_logp_B_T = batch.logp_B_T
    assert implicit_reward_accuracy(batch, batch.logp_B_T) is None


def test_preferences_of_a_data_set_are_learnt(config):
    agent, memory = make_agent(replace(dpo_config(config, PAIRS), learning_rate=5e-3))
    agent.learn(300)
    rows = [row for row in memory.rows if "train/implicit_reward_accuracy" in row]
    assert rows[0]["train/implicit_reward_accuracy"] == 0
    assert rows[0]["train/loss"] == pytest.approx(0.693, abs=1e-2)
    assert sum(row["train/implicit_reward_accuracy"] for row in rows[-5:]) / 5 > 0.8


def test_every_group_that_is_read_holds_a_preference(config):
    agent, _ = make_agent(dpo_config(config, PAIRS))
    agent.learn(50)
    assert agent.trained is not None
    assert all(len({episode.total_reward for episode in group.episodes}) == 2 for group in agent.trained.groups)


def test_without_data_fresh_groups_are_played(config):
    agent, memory = make_agent(dpo_config(config, "preference"))
    agent.learn(100)
    assert "rollout/success_rate" in memory.rows[-1]


def test_what_the_policy_itself_played_is_asked_of_the_policy_as_it_is_now(config):
    groups = [Group([episode_of([1.0], lengths=[2]), episode_of([0.0], lengths=[3])])]
    agent, _ = make_agent(replace(dpo_config(config, "preference"), learning_rate=1e-2))
    accuracies = [
        agent._learner.update(groups, agent.config, learning_rate=1e-2).metrics["train/implicit_reward_accuracy"]
        for _ in range(3)
    ]
    assert accuracies == [0, 1, 1]


def test_data_without_a_preference_is_refused(config, tmp_path):
    file = tmp_path / "episodes.jsonl"
    file.write_text(json.dumps({"turns": [{"observation": "1", "action": "2", "reward": 0}]}))
    agent, _ = make_agent(dpo_config(config, {"name": "preference", "data": {"file": str(file)}}))
    with pytest.raises(
        ValueError, match=r"no task of the data set has a better and a worse episode; raise data\.per_task"
    ):
        agent.learn(1)
