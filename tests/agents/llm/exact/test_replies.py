import gymnasium as gym
import pytest
import torch

import palaestra  # noqa: F401
from palaestra.agents.llm.exact.distributions import kl, log_partition, regularised_return, target
from palaestra.agents.llm.exact.replies import all_replies, returns_of
from palaestra.agents.llm.generation.native import NativeEngine
from palaestra.agents.llm.generation.protocol import Prompt, Sampling
from palaestra.agents.llm.tiny import build_tiny

from ..conftest import SMALL, TEXTS

GUESS = "Guess my number from 1 to 31. You have 5 guesses."


def test_the_probabilities_of_all_replies_sum_to_one(policy):
    for length in (1, 2):
        replies = all_replies(policy, GUESS, max_new_tokens=length)
        assert float(replies.logp_S.exp().sum()) == pytest.approx(1, abs=1e-6)
        assert len(set(replies.tokens)) == len(replies.tokens)
        assert {len(tokens) for tokens in replies.tokens} == set(range(1, length + 1))


def test_what_is_sampled_is_as_likely_as_the_enumeration_says(policy):
    replies = all_replies(policy, GUESS, max_new_tokens=2, temperature=0.7)
    logp_of = dict(zip(replies.tokens, replies.logp_S.tolist(), strict=True))
    prompts = [Prompt(policy.chat.opening(GUESS), slot) for slot in range(50)]
    generator = torch.Generator().manual_seed(0)
    for completion in NativeEngine(policy).generate(prompts, Sampling(2, temperature=0.7), generator):
        assert sum(completion.logp) == pytest.approx(logp_of[tuple(completion.tokens)], abs=1e-4)


def test_too_many_replies_are_refused_with_their_number(policy):
    with pytest.raises(ValueError, match=r"max_new_tokens=4 makes [\d,]+ replies of \d+ tokens; most is 100,000"):
        all_replies(policy, GUESS, max_new_tokens=4)


def test_for_a_transformer_too_the_return_with_a_penalty_is_the_divergence_from_the_target():
    """E[r] - β KL(π ‖ π0) = β log Z - β KL(π ‖ p*), every reply of two tokens written down."""
    reference, policy = (build_tiny(TEXTS, SMALL, seed=seed, device="cpu", precision="float32") for seed in (0, 1))
    env = gym.make("text/GuessNumber-v0", upper=9, guesses=1, disable_env_checker=True)
    prompt, _ = env.reset(seed=3)
    replies, start = (all_replies(model, prompt, max_new_tokens=2) for model in (policy, reference))
    assert replies.tokens == start.tokens
    reward_S = returns_of(replies, policy, env, seed=3)
    assert 0 < float(reward_S.sum()) < len(reward_S)
    beta = 0.2
    best_S = target(start.logp_S, reward_S, beta=beta)
    direct = regularised_return(replies.logp_S, start.logp_S, reward_S, beta=beta)
    inferred = beta * log_partition(start.logp_S, reward_S, beta=beta) - beta * kl(replies.logp_S, best_S)
    assert abs(float(direct - inferred)) < 1e-6
    assert float(best_S.exp().sum()) == pytest.approx(1, abs=1e-6)
