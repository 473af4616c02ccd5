"""The packed forward pass against Hugging Face's own."""

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

from palaestra.agents.llm import Policy
from palaestra.agents.llm.generation.native import NativeEngine
from palaestra.agents.llm.generation.protocol import Prompt, Sampling
from palaestra.agents.llm.llama import PackedLlama, attention, hidden_from
from palaestra.agents.llm.tiny import build_tokenizer

from .conftest import TEXTS

SIZE = {"vocab_size": 60, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4}
SHARED = {"num_key_value_heads": 2, "tie_word_embeddings": False}
SCALED = {"rope_parameters": {"rope_type": "linear", "factor": 2.0, "rope_theta": 10000.0}, "head_dim": 16}


def make_policy(**overrides) -> Policy:
    torch.manual_seed(0)
    config = LlamaConfig(**SIZE, **overrides, attn_implementation="eager")
    model = LlamaForCausalLM(config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.1)  # norms are 1 to begin with
    return Policy(model, build_tokenizer(TEXTS, vocabulary=60), context_length=64)


def batch() -> tuple[torch.Tensor, torch.Tensor]:
    """Two groups of three with prompts of different length, one reply given twice."""
    own_B_T = torch.zeros(6, 9, dtype=torch.bool)
    tokens_B_T = torch.randint(5, 60, (6, 9), generator=torch.Generator().manual_seed(1))
    tokens_B_T[:3, :4], tokens_B_T[3:, :2] = tokens_B_T[0, :4].clone(), tokens_B_T[3, :2].clone()
    tokens_B_T[2] = tokens_B_T[1]
    own_B_T[:3, 4:8] = True
    own_B_T[3:, 2:5] = True
    own_B_T[5, 7:] = True  # a second turn
    return tokens_B_T, own_B_T


def reference_logp(policy: Policy, tokens_B_T: torch.Tensor, own_B_T: torch.Tensor) -> torch.Tensor:
    logits_B_T_V = policy.model(input_ids=tokens_B_T, use_cache=False).logits[:, :-1].float()
    logp_B_T = logits_B_T_V.log_softmax(-1).gather(-1, tokens_B_T[:, 1:, None]).squeeze(-1)
    return logp_B_T[own_B_T[:, 1:]]


@pytest.mark.parametrize("overrides", [{}, SHARED, SCALED], ids=["plain", "shared keys", "scaled positions"])
def test_log_probabilities_and_gradients_are_those_of_hugging_face(overrides):
    policy = make_policy(**overrides)
    assert policy.packed is not None
    tokens_B_T, own_B_T = batch()
    weight_N = torch.randn(int(own_B_T.sum()))
    logp_N = policy.own_tokens(tokens_B_T, own_B_T, temperature=1.0).logp_N
    expected_N = reference_logp(policy, tokens_B_T, own_B_T)
    torch.testing.assert_close(logp_N, expected_N, atol=1e-5, rtol=1e-5)
    gradients = torch.autograd.grad((logp_N * weight_N).sum(), policy.parameters())
    expected = torch.autograd.grad((expected_N * weight_N).sum(), policy.parameters())
    for got, wanted in zip(gradients, expected, strict=True):
        torch.testing.assert_close(got, wanted, atol=1e-4, rtol=1e-4)


def test_in_bfloat16_it_is_as_near_to_full_precision_as_hugging_face_is():
    full, low = make_policy(), make_policy()
    low.model.to(torch.bfloat16)
    tokens_B_T, own_B_T = batch()
    exact_N = reference_logp(full, tokens_B_T, own_B_T)
    error = (low.own_tokens(tokens_B_T, own_B_T, temperature=1.0).logp_N - exact_N).abs().mean()
    error_of_reference = (reference_logp(low, tokens_B_T, own_B_T) - exact_N).abs().mean()
    assert error < 1.5 * error_of_reference


@pytest.mark.parametrize("overrides", [{}, SHARED, SCALED], ids=["plain", "shared keys", "scaled positions"])
def test_what_is_generated_has_the_log_probabilities_of_hugging_face(overrides):
    policy = make_policy(**overrides)
    prompts = [Prompt([5, 6, 7], 0), Prompt([8], 1), Prompt([5, 6, 7], 2), Prompt([9, 10, 11, 12, 13], 3)]
    completions = NativeEngine(policy).generate(prompts, Sampling(6), torch.Generator().manual_seed(0))
    for prompt, completion in zip(prompts, completions, strict=True):
        tokens_1_T = torch.tensor([[*prompt.tokens, *completion.tokens]])
        own_1_T = torch.arange(tokens_1_T.shape[1])[None] >= len(prompt.tokens)
        expected_N = reference_logp(policy, tokens_1_T, own_1_T)
        torch.testing.assert_close(torch.tensor(completion.logp), expected_N, atol=1e-5, rtol=1e-5)


def test_weights_that_change_are_seen_at_once_in_training():
    policy = make_policy()
    tokens_B_T, own_B_T = batch()
    with torch.no_grad():
        policy.model.model.layers[0].self_attn.k_proj.weight.mul_(2)
    logp_N = policy.own_tokens(tokens_B_T, own_B_T, temperature=1.0).logp_N
    torch.testing.assert_close(logp_N, reference_logp(policy, tokens_B_T, own_B_T), atol=1e-5, rtol=1e-5)


def test_other_architectures_and_models_with_biases_or_adapters_are_left_to_hugging_face():
    gpt2 = GPT2LMHeadModel(GPT2Config(vocab_size=60, n_positions=50, n_embd=32, n_layer=1, n_head=2))
    assert not PackedLlama.fits(gpt2)
    assert make_policy(attention_bias=True).packed is None
    adapted = make_policy().model
    adapted.model.layers[0].mlp.up_proj = torch.nn.Sequential(adapted.model.layers[0].mlp.up_proj)
    assert not PackedLlama.fits(adapted)
    biased = make_policy(attention_bias=True)
    tokens_B_T, own_B_T = batch()
    logp_N = biased.own_tokens(tokens_B_T, own_B_T, temperature=1.0).logp_N
    torch.testing.assert_close(logp_N, reference_logp(biased, tokens_B_T, own_B_T), atol=1e-5, rtol=1e-5)


def test_attention_weights_values_by_the_softmax_of_scaled_products_over_what_is_visible():
    query, key = torch.tensor([[[[2.0, 0.0]]]]), torch.tensor([[[[1.0, 0.0], [0.0, 0.0], [9.0, 9.0]]]])
    value = torch.tensor([[[[1.0, 2.0], [0.0, 0.0], [5.0, 5.0]]]])
    hidden = hidden_from(torch.tensor([[[[True, True, False]]]]), torch.float32)
    share = torch.tensor([2.0 / 2**0.5, 0.0]).softmax(0)[0]
    torch.testing.assert_close(attention(query, key, value, hidden), torch.tensor([[[[1.0, 2.0]]]]) * share)
