from dataclasses import replace

import pytest
import torch

from palaestra.agents.llm import LLMAgent
from palaestra.agents.llm.buffers.data_set import DataConfig
from palaestra.agents.llm.checkpoint import load_checkpoint, save_checkpoint
from palaestra.agents.llm.learners.ilql import ILQL
from palaestra.agents.llm.learners.mc_returns import MCReturns
from palaestra.agents.llm.learners.value_guided import OwnStates
from palaestra.agents.llm.types import Group, collate
from palaestra.agents.llm.value_losses import of_actions

from ..conftest import TEXTS
from ..killable_run import make_agent
from ..made_up import episode_of

DATA = {"tasks": 20, "expert": 1, "noisy_expert": 1}
LEARNERS = [
    {"name": "ilql", "data": DATA},
    {"name": "mc_returns", "data": DATA},
    {"name": "offline", "data": DATA},
    {"name": "a_lol", "data": DATA, "held_out_tasks": 8},
    {"name": "preference", "data": {**DATA, "per_task": 2}},
]
STAGES = {
    "offline": {"advantage": "constant", "objective": "reinforce"},
    "a_lol": {"advantage": "over_expected", "objective": "a_lol"},
    "preference": {"advantage": "grpo_mean", "objective": "dpo", "aggregation": "sequence_mean"},
}
EXPERT = DataConfig(tasks=4, expert=1)


@pytest.mark.parametrize("learner", [ILQL, MCReturns])
@pytest.mark.parametrize("gamma", [0.0, 1.1])
def test_a_discount_out_of_range_is_refused(policy, config, learner, gamma):
    with pytest.raises(ValueError, match="gamma must be over 0 and at most 1"):
        learner(policy, config, 0, data=EXPERT, gamma=gamma)


def states_of(policy, learner, config, *, rewards, lengths):
    batch = collate([Group([episode_of(rewards, lengths=lengths)])], pad_token=policy.pad_token)
    own_B_T = batch.own_B_T
    hidden_N_W = policy.hidden_states(batch.tokens_B_T, own_B_T).detach()
    logits_N_V = policy.model.get_output_embeddings()(hidden_N_W)
    return OwnStates(
        hidden_N_W,
        batch.tokens_B_T[own_B_T],
        logits_N_V.log_softmax(-1).detach(),
        own_B_T.nonzero()[:, 0],
        learner.earned(batch, config)[own_B_T],
    )


def test_q_nears_what_follows_and_v_its_expectile(policy, config):
    learner = ILQL(policy, config, 0, data=EXPERT, gamma=0.9, expectile=0.8, conservative_coef=0.0)
    states = states_of(policy, learner, config, rewards=[0.0, 1.0], lengths=[1, 2])
    # heads begin at zero, so the only token with an error is the last: it earned 1 and nothing follows
    losses, advantage_N = learner.losses(states)
    assert losses.q_N.tolist() == pytest.approx([0.0, 0.0, 1.0])  # 1 / 2 for each of two heads
    assert losses.value_N.tolist() == pytest.approx([0.0, 0.0, 0.0])
    assert advantage_N.tolist() == [0.0, 0.0, 0.0]
    torch.testing.assert_close(losses.imitation_N, -states.logp_N)


def test_the_slow_copy_moves_a_step_of_its_rate(policy, config):
    learner = ILQL(policy, config, 0, data=EXPERT, target_rate=0.25)
    states = states_of(policy, learner, config, rewards=[1.0], lengths=[1])
    assert policy.guide is not None
    fast = list(learner.trained_heads())
    with torch.no_grad():
        fast[3].fill_(4.0)  # the last bias of the first head: its Q is 4 for all tokens
    learner.descend(config, learning_rate=0.0)
    assert policy.guide.values(states.hidden_N_W)[0].unique().tolist() == pytest.approx([1.0])
    assert policy.guide.values(states.hidden_N_W)[1].unique().tolist() == [0.0]


def test_imitation_can_be_weighed_by_advantages(policy, config):
    learner = ILQL(policy, config, 0, data=EXPERT, advantage_weight=2.0)
    states = states_of(policy, learner, config, rewards=[1.0], lengths=[1])
    assert policy.guide is not None
    with torch.no_grad():
        for head in policy.guide.q:
            head[2].bias.fill_(0.5)  # Q' - V is 0.5
    losses, advantage_N = learner.losses(states)
    assert advantage_N.item() == pytest.approx(0.5)
    torch.testing.assert_close(losses.imitation_N, -torch.tensor(1.0).exp() * states.logp_N)


def test_monte_carlo_values_near_the_discounted_return_of_each_token(policy, config):
    learner = MCReturns(policy, config, 0, data=EXPERT, gamma=0.5, conservative_coef=0.0)
    states = states_of(policy, learner, config, rewards=[0.0, 1.0], lengths=[1, 2])
    assert states.earned_N.tolist() == [0.25, 0.5, 1.0]
    losses, _ = learner.losses(states)
    assert losses.q_N.tolist() == pytest.approx([0.25**2 / 2, 0.5**2 / 2, 1 / 2])


@pytest.mark.parametrize("learner", [{"name": "ilql", "target_rate": 0.3}, {"name": "mc_returns"}], ids=str)
def test_values_and_imitation_are_learnt_together(config, learner):
    learner = {**learner, "data": {"tasks": 40, "expert": 1}, "gamma": 1.0}
    agent, memory = make_agent(replace(config, learner=learner, learning_rate=1e-2))
    agent.learn(500)
    imitation = [row["train/imitation_loss"] for row in memory.rows if "train/imitation_loss" in row]
    assert imitation[-1] < 0.7 * imitation[0]
    # every episode of the expert earns 1, so that is what its last token is worth
    assert agent.trained is not None
    assert agent.policy.guide is not None
    batch = agent.trained.batch
    q_H_N_V = agent.policy.guide.values(agent.policy.hidden_states(batch.tokens_B_T, batch.own_B_T))
    q_H_N = of_actions(q_H_N_V, batch.tokens_B_T[batch.own_B_T])
    last_N = (batch.own_B_T.flip(-1).cumsum(-1).flip(-1) == 1)[batch.own_B_T]
    assert q_H_N.amin(0)[last_N].mean().item() > 0.3
    assert (agent.trained.advantage_B_T[~batch.own_B_T] == 0).all()


@pytest.mark.parametrize("learner", LEARNERS, ids=lambda learner: learner["name"])
def test_training_goes_on_to_the_same_numbers_after_a_checkpoint(config, learner, tmp_path):
    config = replace(config, learner=learner, kl_coef=0.0, **STAGES.get(learner["name"], {}))
    whole, history = make_agent(config, seed=2)
    whole.learn(60)
    save_checkpoint(whole, tmp_path)
    whole.learn(60, reset_num_timesteps=False)
    resumed, rest = make_agent(config, seed=2)
    load_checkpoint(resumed, tmp_path)
    resumed.learn(60, reset_num_timesteps=False)
    assert rest.rows
    assert rest.without_clocks() == history.without_clocks()[-len(rest.rows) :]


@pytest.mark.parametrize("learner", [{"name": "ilql", "target_rate": 1.0}, {"name": "mc_returns"}], ids=str)
def test_a_saved_agent_answers_with_its_values(config, learner, tmp_path):
    learner = {**learner, "data": DATA, "beta": 50.0}
    agent, _ = make_agent(replace(config, learner=learner, learning_rate=1e-2))
    agent.learn(120)
    agent.save(tmp_path)
    loaded = LLMAgent.load(tmp_path, device="cpu")
    assert loaded.predict(TEXTS, deterministic=True) == agent.predict(TEXTS, deterministic=True)
    assert loaded.policy.guide is not None
    loaded.policy.guide.beta = 0.0
    loaded._player.engine.sync(loaded.policy)
    assert loaded.predict(TEXTS, deterministic=True) != agent.predict(TEXTS, deterministic=True)


def test_an_engine_without_values_is_refused(policy, config):
    with pytest.raises(ValueError, match="values guide generation in the engine 'native' alone, got 'vllm'"):
        ILQL(policy, replace(config, engine="vllm"), 0, data=EXPERT)
