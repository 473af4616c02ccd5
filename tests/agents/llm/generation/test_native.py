import random

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel

from palaestra.agents.llm import Policy
from palaestra.agents.llm.generation.native import NativeEngine, draw
from palaestra.agents.llm.generation.protocol import Prompt, Sampling
from palaestra.agents.llm.tiny import build_tiny, build_tokenizer

from ..conftest import SMALL, TEXTS


def logp_without_cache(policy: Policy, context: list[int], reply: list[int]) -> torch.Tensor:
    tokens_B_T = torch.tensor([context + reply])
    logp_T_V = policy.model(input_ids=tokens_B_T, use_cache=False).logits[0].float().log_softmax(-1)
    return logp_T_V[len(context) - 1 : -1].gather(-1, torch.tensor(reply)[:, None]).squeeze(-1).detach()


@pytest.mark.parametrize("attention", ["eager", "sdpa"])
def test_cached_turns_of_different_length_give_what_reading_everything_anew_gives(policy, attention):
    policy.model.set_attn_implementation(attention)
    engine = NativeEngine(policy)
    generator = torch.Generator().manual_seed(0)
    shuffle = random.Random(0)
    contexts = {slot: [shuffle.randrange(5, 40) for _ in range(1 + slot % 3)] for slot in range(7)}
    for alive in ([0, 1, 2, 3, 4, 5, 6], [0, 2, 3, 6], [6, 3, 0], [1, 3, 5]):
        prompts = [Prompt(contexts[slot], slot) for slot in alive]
        for slot, completion in zip(alive, engine.generate(prompts, Sampling(6), generator), strict=True):
            expected = logp_without_cache(policy, contexts[slot], completion.tokens)
            torch.testing.assert_close(torch.tensor(completion.logp), expected, atol=1e-5, rtol=1e-5)
            contexts[slot] += completion.tokens + [shuffle.randrange(5, 40) for _ in range(slot % 4)]


def test_equal_prompts_are_read_once_and_answered_as_if_each_were_alone(policy):
    engine = NativeEngine(policy)
    together = engine.generate(
        [Prompt([5, 6, 7], 0), Prompt([5, 6, 7], 1), Prompt([8], 2), Prompt([5, 6, 7], 3)],
        Sampling(8, temperature=0),
        torch.Generator(),
    )
    engine.sync(policy)
    alone = engine.generate([Prompt([5, 6, 7], 0)], Sampling(8, temperature=0), torch.Generator())
    assert together[0] == together[1] == together[3]
    assert together[0].tokens == alone[0].tokens


def test_a_conversation_that_was_changed_is_read_anew(policy):
    engine = NativeEngine(policy)
    greedy = Sampling(4, temperature=0)
    engine.generate([Prompt([5, 6, 7, 8], 0)], greedy, torch.Generator())
    [changed] = engine.generate([Prompt([9, 6, 7, 8], 0)], greedy, torch.Generator())
    [anew] = NativeEngine(policy).generate([Prompt([9, 6, 7, 8], 0)], greedy, torch.Generator())
    assert changed.tokens == anew.tokens
    assert changed.logp == pytest.approx(anew.logp, abs=1e-5)  # products may round otherwise at other addresses


def test_replies_end_at_the_end_token_or_are_cut_off(policy):
    completions = NativeEngine(policy).generate(
        [Prompt([5, 6 + slot % 32], slot) for slot in range(64)], Sampling(12), torch.Generator().manual_seed(1)
    )
    for completion in completions:
        assert completion.ended == (completion.tokens[-1] in policy.end_tokens)
        assert not policy.end_tokens & set(completion.tokens[:-1])
        assert len(completion.tokens) == len(completion.logp)
        assert completion.ended or len(completion.tokens) == 12
    assert {completion.ended for completion in completions} == {True, False}


def test_samples_follow_the_models_distribution(policy):
    engine = NativeEngine(policy)
    prompts = [Prompt([5, 6], slot) for slot in range(4000)]
    first = [c.tokens[0] for c in engine.generate(prompts, Sampling(1, 2.0), torch.Generator().manual_seed(0))]
    with torch.no_grad():
        expected_V = (policy.model(torch.tensor([[5, 6]])).logits[0, -1] / 2).softmax(-1)
    counted_V = torch.bincount(torch.tensor(first), minlength=len(expected_V)) / len(first)
    assert float((counted_V - expected_V).abs().sum()) / 2 < 0.06  # total variation


def test_the_same_generator_state_gives_the_same_replies(policy):
    def replies() -> list[list[int]]:
        generator = torch.Generator().manual_seed(3)
        prompts = [Prompt([5], slot) for slot in range(8)]
        return [c.tokens for c in NativeEngine(policy).generate(prompts, Sampling(5), generator)]

    assert replies() == replies()


def test_after_sync_nothing_of_the_old_weights_is_left(policy):
    engine = NativeEngine(policy)
    greedy = Sampling(4, temperature=0)
    prompt = [Prompt([5, 6, 7, 8, 9], 0)]
    engine.generate(prompt, greedy, torch.Generator())
    with torch.no_grad():
        for parameter in policy.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.3)
    engine.sync(policy)
    completion = engine.generate(prompt, greedy, torch.Generator())[0]
    expected = logp_without_cache(policy, [5, 6, 7, 8, 9], completion.tokens)
    torch.testing.assert_close(torch.tensor(completion.logp), expected, atol=1e-5, rtol=1e-5)


def test_what_was_forgotten_is_read_anew_with_the_same_weights(policy, monkeypatch):
    engine = NativeEngine(policy)
    read: list[int] = []
    reader_read = engine._reader.read
    monkeypatch.setattr(engine._reader, "read", lambda new: (read.append(int(new.count_R.sum())), reader_read(new))[1])
    prompt, one_token = [Prompt([5, 6, 7, 8, 9], 0)], Sampling(1, temperature=0)
    first, again = (engine.generate(prompt, one_token, torch.Generator()) for _ in range(2))
    engine.forget()
    anew = engine.generate(prompt, one_token, torch.Generator())
    assert read == [5, 1, 5]
    assert first[0].tokens == again[0].tokens == anew[0].tokens


def test_a_model_with_learned_positions_is_never_asked_for_one_it_does_not_have():
    torch.manual_seed(0)
    model = GPT2LMHeadModel(GPT2Config(vocab_size=60, n_positions=50, n_embd=32, n_layer=2, n_head=2))
    policy = Policy(model, build_tokenizer(TEXTS, vocabulary=60))
    engine = NativeEngine(policy)
    [first] = engine.generate([Prompt([5] * 33, 0)], Sampling(4), torch.Generator())
    prompts = [Prompt([5] * 33 + first.tokens, 0), Prompt([6] * 41, 1)]
    for prompt, completion in zip(prompts, engine.generate(prompts, Sampling(9), torch.Generator()), strict=True):
        expected = logp_without_cache(policy, list(prompt.tokens), completion.tokens)
        torch.testing.assert_close(torch.tensor(completion.logp), expected, atol=1e-4, rtol=1e-4)
    tokens_B_T = torch.full((3, 50), 5)
    own_B_T = torch.zeros(3, 50, dtype=torch.bool)
    own_B_T[:, -1] = True
    assert policy.own_tokens(tokens_B_T, own_B_T, temperature=1.0).logp_N.isfinite().all()


@pytest.mark.parametrize(
    ("prompts", "message"),
    [
        ([Prompt([5], 0), Prompt([6], 0)], "slot of their own"),
        ([Prompt([], 0)], "at least one token"),
        ([Prompt([5] * 126, 0)], "context_length=128"),
    ],
)
def test_unusable_prompts_are_refused(policy, prompts, message):
    with pytest.raises(ValueError, match=message):
        NativeEngine(policy).generate(prompts, Sampling(4), torch.Generator())


@pytest.mark.parametrize(("arguments", "name"), [((0,), "max_new_tokens"), ((4, -1.0), "temperature")])
def test_unusable_sampling_is_refused(arguments, name):
    with pytest.raises(ValueError, match=name):
        Sampling(*arguments)


def test_bfloat16_agrees_with_full_precision_to_its_own_accuracy():
    low = build_tiny(TEXTS, SMALL, seed=0, device="cpu", precision="bfloat16")
    completions = NativeEngine(low).generate(
        [Prompt([5, 6, 7], slot) for slot in range(16)], Sampling(6), torch.Generator().manual_seed(0)
    )
    full = build_tiny(TEXTS, SMALL, seed=0, device="cpu", precision="float32")
    for completion in completions:
        expected = logp_without_cache(full, [5, 6, 7], completion.tokens)
        torch.testing.assert_close(torch.tensor(completion.logp), expected, atol=0.05, rtol=0.02)


def test_new_conversations_take_the_places_of_ended_ones_and_all_give_what_reading_anew_gives(policy):
    engine = NativeEngine(policy)
    generator = torch.Generator().manual_seed(0)
    shuffle = random.Random(0)
    contexts: dict[int, list[int]] = {}
    for alive in ([0, 1, 2, 3], [0, 4, 2, 5], [6, 5, 0, 7], [7, 8], [8, 9, 7, 10, 11, 12]):
        for slot in alive:
            contexts.setdefault(slot, [shuffle.randrange(5, 40) for _ in range(2 + slot % 3)])
        prompts = [Prompt(list(contexts[slot]), slot) for slot in alive]
        for slot, completion in zip(alive, engine.generate(prompts, Sampling(5), generator), strict=True):
            expected = logp_without_cache(policy, contexts[slot], completion.tokens)
            torch.testing.assert_close(torch.tensor(completion.logp), expected, atol=1e-5, rtol=1e-5)
            contexts[slot] += [*completion.tokens, shuffle.randrange(5, 40)]


def test_replies_do_not_depend_on_which_rows_earlier_conversations_left(policy):
    def replies(engine: NativeEngine) -> list[list[int]]:
        prompts = [Prompt([5, 6, slot], slot) for slot in range(20, 26)]
        return [c.tokens for c in engine.generate(prompts, Sampling(6), torch.Generator().manual_seed(4))]

    used = NativeEngine(policy)
    used.generate([Prompt([7, 8], slot) for slot in (3, 25, 22, 20)], Sampling(2), torch.Generator())
    assert replies(used) == replies(NativeEngine(policy))


def test_a_random_number_picks_the_token_whose_share_of_the_unit_interval_it_falls_into():
    logits_B_V = torch.tensor([[0.2, 0.0, 0.5, 0.3]]).log().expand(6, 4)
    uniform_B = torch.tensor([0.0, 0.19, 0.21, 0.69, 0.71, 1 - 2**-53], dtype=torch.float64)
    token_B, logp_B = draw(logits_B_V, 1.0, uniform_B)
    assert token_B.tolist() == [0, 0, 2, 2, 3, 3]
    torch.testing.assert_close(logp_B.exp(), torch.tensor([0.2, 0.2, 0.5, 0.5, 0.3, 0.3]))
    assert draw(logits_B_V, 0.0, uniform_B)[0].tolist() == [2] * 6
