from dataclasses import replace

import pytest
import torch

from palaestra.agents.llm.algorithms import ALGORITHMS
from palaestra.agents.llm.checkpoint import load_checkpoint, save_checkpoint
from palaestra.agents.llm.config import CriticConfig

from ..killable_run import make_agent


@pytest.fixture
def relift(config):
    """A random policy solves next to nothing: every group is kept for imitation."""
    return replace(config, **ALGORITHMS["relift"] | {"learner": {"name": "relift", "buffer": 3}})


def test_tasks_that_nobody_solves_are_demonstrated_once_there_are_enough(relift):
    agent, memory = make_agent(relift, seed=1)
    turns = []
    while agent.updates < 3:
        agent.learn(1, reset_num_timesteps=False)
        turns.append(agent.num_episodes)
    rows = [row for row in memory.rows if "train/unsolved" in row]
    assert [(row["train/unsolved"], row["train/demonstrations"]) for row in rows] == [(2, 0), (1, 3), (0, 6)]
    assert ["train/imitation_loss" in row for row in rows] == [False, True, True]
    assert turns == [8, 19, 30], "the expert's episodes count"


def test_imitation_makes_the_expert_likelier(relift):
    agent, memory = make_agent(replace(relift, learning_rate=3e-3), seed=1)
    agent.learn(1200)
    losses = [row["train/imitation_loss"] for row in memory.rows if "train/imitation_loss" in row]
    assert losses[-1] < 0.7 * losses[0]


def test_what_waits_to_be_demonstrated_is_in_the_checkpoint(relift, tmp_path):
    agent, memory = make_agent(relift, seed=1)
    agent.learn(1)
    save_checkpoint(agent, tmp_path)
    agent.learn(1, reset_num_timesteps=False)
    resumed, resumed_memory = make_agent(relift, seed=1)
    load_checkpoint(resumed, tmp_path)
    resumed.learn(1, reset_num_timesteps=False)
    assert resumed_memory.without_clocks() == memory.without_clocks()[-1:]
    assert all(torch.equal(a, b) for a, b in zip(agent.policy.parameters(), resumed.policy.parameters(), strict=True))


def test_filters_would_hide_what_it_looks_for_and_a_critic_would_learn_from_it(relift):
    with pytest.raises(ValueError, match="relift takes no filters"):
        make_agent(replace(relift, filters=("drop_uniform",)))
    with pytest.raises(ValueError, match="relift takes no critic"):
        make_agent(replace(relift, critic=CriticConfig(), advantage="gae_token"))


@pytest.mark.parametrize("settings", [{"buffer": 0}, {"rate": 0.0}])
def test_impossible_settings_are_refused_by_name(relift, settings):
    with pytest.raises(ValueError, match=next(iter(settings))):
        make_agent(replace(relift, learner={"name": "relift", **settings}))
