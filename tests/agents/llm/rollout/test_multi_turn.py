from functools import partial

import gymnasium as gym
import pytest
import torch

import palaestra  # noqa: F401
from palaestra.agents.llm.demonstrations import demonstrate
from palaestra.agents.llm.generation.native import NativeEngine
from palaestra.agents.llm.generation.protocol import Completion, Prompt, Sampling
from palaestra.agents.llm.rollout.multi_turn import rollout
from palaestra.agents.llm.types import Group, StopReason, collate
from palaestra.envs.core import Status

make_guess = partial(gym.make, "text/GuessNumber-v0", disable_env_checker=True)


class Scripted:
    """An engine that says what it is told, turn by turn."""

    def __init__(self, policy, replies: dict[int, list[str]]) -> None:
        self._policy, self._replies = policy, replies
        self.prompts: list[list[Prompt]] = []

    def generate(self, prompts, sampling, generator):
        turn = len(self.prompts)
        self.prompts.append([Prompt(list(prompt.tokens), prompt.slot) for prompt in prompts])
        tokens = [self._policy.chat.reply(self._replies[prompt.slot][turn]) for prompt in prompts]
        return [Completion(reply, [-0.5] * len(reply), True) for reply in tokens]

    def sync(self, policy) -> None: ...

    def forget(self) -> None: ...


def play(policy, replies: dict[int, list[str]], seeds: list[int]):
    engine = Scripted(policy, replies)
    envs = [make_guess() for _ in seeds]
    return rollout(policy, engine, envs, seeds, Sampling(4), torch.Generator()), engine


def test_episodes_end_one_by_one_and_the_others_go_on(policy):
    [demonstration] = demonstrate([make_guess()], [3])
    episodes, engine = play(policy, {0: [*demonstration.actions_K], 1: ["2", "2", "2", "2", "2"]}, [3, 3])
    assert [episode.success for episode in episodes] == [True, False]
    assert [episode.stop for episode in episodes] == [StopReason.TERMINATED] * 2
    assert episodes[0].total_reward == 1.0
    assert len(episodes[1].rewards_K) == 5
    assert [len(prompts) for prompts in engine.prompts] == [2] * len(demonstration.actions_K) + [1] * (
        5 - len(demonstration.actions_K)
    )


def test_the_tokens_of_an_episode_are_the_very_tokens_that_were_read_and_sampled(policy):
    episodes, engine = play(policy, {0: ["2"] * 5}, [3])
    tokens = [int(token) for segment in episodes[0].last.lineage() for token in segment.tokens_T]
    last_prompt = engine.prompts[-1][0].tokens
    assert tokens == [*last_prompt, *policy.chat.reply("2")]
    assert [segment.turns_T[0] for segment in episodes[0].last.lineage()] == [0, 1, 2, 3, 4]


def test_an_expert_demonstration_and_a_rollout_of_the_same_words_have_the_same_tokens(policy):
    [demonstration] = demonstrate([make_guess()], [5])
    [episode], _ = play(policy, {0: demonstration.actions_K}, [5])
    expected = demonstration.as_episode(policy)
    for segment, taught in zip(episode.last.lineage(), expected.last.lineage(), strict=True):
        assert segment.tokens_T.tolist() == taught.tokens_T.tolist()
        assert segment.own_T.tolist() == taught.own_T.tolist()


def test_an_episode_that_outgrows_the_context_ends_with_what_it_has(policy):
    policy.context_length = 40
    [episode], _ = play(policy, {0: ["2"] * 5}, [3])
    assert episode.stop is StopReason.CONTEXT_FULL
    assert episode.success is False
    assert 0 < len(episode.rewards_K) < 5


def test_a_prompt_that_does_not_fit_is_a_failed_episode_without_a_word_of_the_policy(policy):
    policy.context_length = 10
    [episode], engine = play(policy, {0: ["2"]}, [3])
    assert episode.stop is StopReason.CONTEXT_FULL
    assert episode.success is False
    assert not episode.last.own_T.any()
    assert engine.prompts == []
    assert not collate([Group([episode])], pad_token=policy.pad_token).own_B_T.any()


def test_behaviour_log_probabilities_are_what_the_trainer_computes(policy):
    envs = [make_guess() for _ in range(8)]
    generator = torch.Generator().manual_seed(0)
    episodes = rollout(policy, NativeEngine(policy), envs, [1, 1, 1, 1, 2, 2, 2, 2], Sampling(4, 1.3), generator)
    batch = collate([Group(episodes)], pad_token=policy.pad_token)
    own = policy.own_tokens(batch.tokens_B_T, batch.own_B_T, temperature=1.3)
    torch.testing.assert_close(own.logp_N, batch.logp_B_T[batch.own_B_T], atol=1e-4, rtol=1e-4)


def test_a_verdict_reaches_the_episode(policy):
    env = gym.make("math/Arithmetic-v0", disable_env_checker=True)
    engine = Scripted(policy, {0: ["higher"]})
    [episode] = rollout(policy, engine, [env], [0], Sampling(4), torch.Generator())
    assert episode.verdict is not None
    assert episode.verdict.status is Status.UNPARSEABLE


def test_equal_seeds_play_the_same_task_even_where_copies_stand_at_different_levels(policy):
    make_arithmetic = partial(gym.make, "math/Arithmetic-v0", disable_env_checker=True)
    envs = [make_arithmetic(level=level) for level in (0, 3, 1, 2)]
    engine = Scripted(policy, {slot: ["1"] for slot in range(4)})
    rollout(policy, engine, envs, [7, 7, 8, 8], Sampling(4), torch.Generator())
    prompts = [prompt.tokens for prompt in engine.prompts[0]]
    assert prompts[0] == prompts[1] != prompts[2] == prompts[3]


class Fickle:
    """An engine whose conversations are of different length: every third one is right at once."""

    def __init__(self, policy) -> None:
        self._policy = policy
        self.counts: list[int] = []

    def generate(self, prompts, sampling, generator):
        self.counts.append(len(prompts))
        assert len({prompt.slot for prompt in prompts}) == len(prompts)
        words = [str(1 + int(torch.randint(31, (), generator=generator))) for _ in prompts]
        return [Completion(reply, [-0.5] * len(reply), True) for reply in map(self._policy.chat.reply, words)]

    def sync(self, policy) -> None: ...

    def forget(self) -> None: ...


def test_ended_episodes_are_replaced_until_the_seeds_are_used_up(policy):
    engine = Fickle(policy)
    seeds = [seed // 2 for seed in range(40)]
    episodes = rollout(
        policy, engine, [make_guess() for _ in range(4)], seeds, Sampling(4), torch.Generator().manual_seed(0)
    )
    assert [episode.seed for episode in episodes] == seeds
    full = engine.counts.index(next(count for count in engine.counts if count < 4))
    assert set(engine.counts[:full]) == {4}
    assert sum(engine.counts[full:]) <= 3 * 5  # what is left are the last episodes alone
    assert sum(engine.counts) == sum(len(episode.rewards_K) for episode in episodes)


def test_few_environments_play_the_tasks_that_many_play(policy):
    def tasks(environments: int) -> list[str]:
        envs = [make_guess() for _ in range(environments)]
        seeds = [3, 3, 9, 9, 4, 4]
        episodes = rollout(policy, Fickle(policy), envs, seeds, Sampling(4), torch.Generator())
        return [episode.observations_K[0] for episode in episodes]

    assert tasks(2) == tasks(6)


def test_members_of_a_group_play_the_first_ones_task_wherever_they_are_played(policy):
    make_arithmetic = partial(gym.make, "math/Arithmetic-v0", disable_env_checker=True)
    envs = [make_arithmetic(level=0), make_arithmetic(level=3)]
    episodes = rollout(policy, Fickle(policy), envs, [7, 7, 7, 8, 8, 8], Sampling(4), torch.Generator())
    questions = [episode.observations_K[0] for episode in episodes]
    assert len(set(questions[:3])) == len(set(questions[3:])) == 1


def test_cached_conversations_of_a_stream_have_the_log_probabilities_that_the_trainer_computes(policy):
    envs = [make_guess() for _ in range(3)]
    seeds = [seed // 3 for seed in range(12)]
    episodes = rollout(policy, NativeEngine(policy), envs, seeds, Sampling(4), torch.Generator().manual_seed(0))
    batch = collate([Group(episodes)], pad_token=policy.pad_token)
    own = policy.own_tokens(batch.tokens_B_T, batch.own_B_T, temperature=1.0)
    torch.testing.assert_close(own.logp_N, batch.logp_B_T[batch.own_B_T], atol=1e-4, rtol=1e-4)


def test_seeds_need_an_environment(policy):
    with pytest.raises(ValueError, match="envs must hold at least one"):
        rollout(policy, NativeEngine(policy), [], [1, 2], Sampling(4), torch.Generator())
