import pytest
import torch

from palaestra.agents.llm import LLMAgent
from palaestra.agents.llm.advantages.group import grpo
from palaestra.agents.llm.training_sample import TrainedBatch, training_sample
from palaestra.agents.llm.types import Episode, Group, Segment, StopReason, collate
from palaestra.envs.core import Verdict


def episode(policy, turns: list[tuple[str, str, float]], *, seed=0, verdict=None) -> Episode:
    """An episode from what was heard, said and earned in each turn; the n-th token was sampled at -n."""
    last, sampled = None, 0
    for index, (observation, action, _) in enumerate(turns):
        context, reply = policy.chat.opening(observation), policy.chat.reply(action)
        logp = [-float(sampled + number) for number in range(1, len(reply) + 1)]
        sampled += len(reply)
        last = Segment.turn(context, reply, turn=index, logp=logp, parent=last)
    assert last is not None
    observations, _, rewards = map(list, zip(*turns, strict=True))
    terms = [{"solve": reward} for reward in rewards]
    total = sum(rewards)
    return Episode(last, rewards, terms, total > 0, verdict, StopReason.TERMINATED, seed, observations, "bye")


def trained_on(policy, config, *groups: list[Episode]) -> TrainedBatch:
    made = [Group(episodes) for episodes in groups]
    batch = collate(made, pad_token=policy.pad_token)
    return TrainedBatch(made, batch, grpo(batch, config))


def one_turn(policy, returns: list[float], **more) -> list[Episode]:
    return [episode(policy, [("higher", "16", value)], **more) for value in returns]


def test_every_token_has_its_text_advantage_and_logp_in_its_own_turn(policy, config):
    good = episode(policy, [("lower", "16", 0.0), ("higher", "8", 1.0)], seed=7)
    bad = episode(policy, [("lower", "24", 0.0)], seed=7)
    record, other = training_sample(trained_on(policy, config, [bad, good]), policy, 4)
    first, second = record.turns
    assert [token.text for token in first.tokens] == ["1", "6", "<end>"]
    assert [token.text for token in second.tokens] == ["8", "<end>"]
    assert [token.logp for turn in record.turns for token in turn.tokens] == [-1.0, -2.0, -3.0, -4.0, -5.0]
    # (1 - 1/2) / sqrt(1/2), over the 1e-6 that keeps it finite
    assert [token.advantage for token in first.tokens] == pytest.approx([0.5**0.5] * 3, abs=1e-5)
    assert [token.advantage for token in other.turns[0].tokens] == pytest.approx([-(0.5**0.5)] * 3, abs=1e-5)
    assert (first.observation, first.action, first.reward) == ("lower", "16", 0.0)
    assert (second.observation, second.action, second.reward_terms) == ("higher", "8", {"solve": 1.0})
    assert (record.seed, record.episode_return, record.success, record.final_observation) == (7, 1.0, True, "bye")


def test_the_group_that_taught_something_is_chosen(policy, config):
    silent, telling = one_turn(policy, [0.0, 0.0], seed=1), one_turn(policy, [0.0, 1.0], seed=2)
    assert {record.seed for record in training_sample(trained_on(policy, config, silent, telling), policy, 4)} == {2}


def test_where_nothing_was_taught_the_first_group_is_shown(policy, config):
    trained = trained_on(policy, config, one_turn(policy, [1.0, 1.0], seed=1), one_turn(policy, [0.0, 0.0], seed=2))
    assert {record.seed for record in training_sample(trained, policy, 4)} == {1}


def test_episodes_are_taken_from_the_highest_return_to_the_lowest(policy, config):
    trained = trained_on(policy, config, one_turn(policy, [3.0, 0.0, 5.0, 2.0, 6.0, 1.0, 4.0]))
    assert [record.episode_return for record in training_sample(trained, policy, 4)] == [6.0, 4.0, 2.0, 0.0]


def test_episodes_that_could_not_be_graded_are_left_out(policy, config):
    broken = one_turn(policy, [1.0], verdict=Verdict.grader_error("out of memory"))
    [record] = training_sample(trained_on(policy, config, [*broken, *one_turn(policy, [0.0])]), policy, 4)
    assert record.episode_return == 0.0
    assert training_sample(trained_on(policy, config, broken), policy, 4) == []


def test_an_agent_keeps_what_its_latest_update_trained_on(config):
    agent = LLMAgent("text/GuessNumber-v0", config, device="cpu")
    assert agent.trained is None
    agent.learn(1)
    assert agent.trained is not None
    own_B_T = agent.trained.batch.own_B_T
    assert torch.all((agent.trained.advantage_B_T != 0) <= own_B_T)
    records = training_sample(agent.trained, agent.policy, 4)
    assert len(records) == 4
    assert records[0].turns[0].observation == "Guess my number from 1 to 31. You have 5 guesses."
    assert all(turn.tokens for record in records for turn in record.turns)
