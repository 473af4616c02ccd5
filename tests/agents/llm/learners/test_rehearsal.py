from dataclasses import replace

import pytest
import torch

from palaestra.agents.llm.algorithms import ALGORITHMS
from palaestra.agents.llm.checkpoint import load_checkpoint, save_checkpoint
from palaestra.agents.llm.learners.rehearsal import Rehearsal, as_rehearsal
from palaestra.agents.llm.player import Player
from palaestra.agents.llm.types import Group, Source, collate

from ..killable_run import make_agent
from ..made_up import episode_of

SETTINGS = {"name": "rehearsal", "pool": 6, "attempts": 2, "mastered": 0.5, "rehearsed": 2}


@pytest.fixture
def dph(config):
    return replace(config, **ALGORITHMS["dph"] | {"learner": SETTINGS})


@pytest.fixture
def three_mastered(monkeypatch):
    """Every other task is solved by all who try; the first episode of each task has the highest return."""
    play = Player.play

    def mark(self, seeds, config):
        groups = play(self, seeds, config)
        for index, group in enumerate(groups):
            for attempt, episode in enumerate(group.episodes):
                episode.success = index % 2 == 0
                episode.rewards_K[-1] = float(attempt == 0)
        return groups

    monkeypatch.setattr(Player, "play", mark)


def test_rehearsed_episodes_keep_their_log_probabilities_and_say_what_they_are():
    batch = collate([Group([as_rehearsal(episode_of([0.0, 1.0], lengths=[2, 3]))])], pad_token=0)
    assert torch.equal(batch.written_by(Source.REHEARSAL), batch.own_B_T)
    assert batch.logp_B_T[batch.own_B_T].tolist() == [-1.0] * 5
    assert batch.turns_B_T.tolist() == [[0, 0, 0, 1, 1, 1, 1]]


def test_mastered_tasks_are_rehearsed_and_the_others_played(dph, three_mastered):
    agent, _ = make_agent(dph, seed=1)
    agent.learn(1)
    assert agent.num_episodes == 6 * 2 + dph.groups * dph.group_size, "the pool counts, what is rehearsed does not"
    learner = agent._learner
    assert isinstance(learner, Rehearsal)
    mastered = {episode.seed for episode in learner._rehearsed}
    assert len(mastered) == len(learner._hard) == 3
    *played, rehearsed = agent.trained.groups
    assert {group.episodes[0].seed for group in played} <= set(learner._hard)
    assert len({episode.seed for episode in rehearsed.episodes} & mastered) == 2
    rehearsed_B_T = agent.trained.batch.written_by(Source.REHEARSAL)
    assert rehearsed_B_T.any(-1).tolist() == [False] * 8 + [True] * 2
    assert (agent.trained.batch.logp_B_T[rehearsed_B_T] < 0).all()
    assert agent.trained.batch.reference_logp_B_T is None, "no reference policy is read"


def test_rehearsal_holds_the_policy_to_where_it_was(dph, three_mastered):
    drifts = []
    for coef in (0.0, 30.0):
        config = replace(dph, objective={"name": "rehearsal", "coef": coef}, learning_rate=3e-3)
        agent, _ = make_agent(config, seed=1)
        agent.learn(400)
        batch = agent.trained.batch
        rehearsed_B_T = batch.written_by(Source.REHEARSAL)
        with torch.no_grad():
            logp_N = agent.policy.own_tokens(batch.tokens_B_T, rehearsed_B_T, temperature=1.0).logp_N
        drifts.append(float((logp_N - batch.logp_B_T[rehearsed_B_T]).abs().mean()))
    assert drifts[1] < 0.5 * drifts[0]


def test_a_resumed_run_rehearses_the_same(dph, three_mastered, tmp_path):
    agent, memory = make_agent(dph, seed=1)
    agent.learn(1)
    save_checkpoint(agent, tmp_path)
    agent.learn(1, reset_num_timesteps=False)
    resumed, resumed_memory = make_agent(dph, seed=1)
    load_checkpoint(resumed, tmp_path)
    resumed.learn(1, reset_num_timesteps=False)
    assert resumed_memory.without_clocks() == memory.without_clocks()[-1:]


def test_a_pool_that_holds_nothing_to_learn_is_named(dph, monkeypatch):
    play = Player.play

    def all_solved(self, seeds, config):
        groups = play(self, seeds, config)
        for group in groups:
            for episode in group.episodes:
                episode.success = True
        return groups

    monkeypatch.setattr(Player, "play", all_solved)
    with pytest.raises(ValueError, match="all 6 tasks of the pool are mastered"):
        make_agent(dph)[0].learn(1)


@pytest.mark.parametrize("setting", [{"pool": 0}, {"attempts": 0}, {"rehearsed": 0}, {"mastered": 0.0}])
def test_impossible_settings_are_refused_by_name(dph, setting):
    with pytest.raises(ValueError, match=next(iter(setting))):
        make_agent(replace(dph, learner=SETTINGS | setting))


def test_stored_log_probabilities_are_not_corrected(dph):
    with pytest.raises(ValueError, match="importance_cap must be None"):
        make_agent(replace(dph, importance_cap=2.0))
