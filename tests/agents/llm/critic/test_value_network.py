from dataclasses import replace

import pytest
import torch

from palaestra.agents.llm import Policy
from palaestra.agents.llm.critic.value_network import ValueNetwork
from palaestra.agents.llm.tiny import build_tiny

from ..conftest import SMALL, TEXTS


def network_for(policy: Policy, model: str = "policy") -> ValueNetwork:
    network = ValueNetwork(model, policy, precision="float32")
    torch.nn.init.normal_(network.head.weight, generator=torch.Generator().manual_seed(0))
    return network


def test_a_critic_expects_nothing_before_it_has_learned(policy):
    network = ValueNetwork("policy", policy, precision="float32")
    assert not network.values(torch.tensor([[5, 6, 7]]), torch.tensor([[False, True, True]])).any()


def test_a_value_knows_what_was_said_before_its_token_and_nothing_later(policy):
    tokens_B_T = torch.tensor([[5, 6, 7, 8], [5, 6, 9, 9]])
    first, second = network_for(policy).values(tokens_B_T, torch.tensor([[False, True, True, True]] * 2)).view(2, 3)
    torch.testing.assert_close(first[:2], second[:2])  # before tokens 6 and 7 (or 9), the two are alike
    assert not torch.isclose(first[2], second[2])


def test_a_critic_of_the_policys_kind_begins_with_its_weights_and_shares_none(policy):
    network = network_for(policy)
    mine, copied = policy.model.state_dict(), network.body.model.state_dict()
    assert all(torch.equal(mine[name], copied[name]) for name in mine)
    assert not {p.data_ptr() for p in policy.parameters()} & {p.data_ptr() for p in network.parameters()}


def test_another_causal_model_may_be_the_critic(policy, tmp_path):
    other = build_tiny(TEXTS, replace(SMALL, hidden_size=48, layers=1), seed=1, device="cpu", precision="float32")
    other.save(tmp_path)
    network = network_for(policy, str(tmp_path))
    assert network.head.in_features == 48
    assert network.values(torch.tensor([[5, 6]]), torch.tensor([[False, True]])).shape == (1,)


def test_a_model_with_other_words_cannot_be_the_critic(policy, tmp_path):
    build_tiny(["entirely different"], SMALL, seed=1, device="cpu", precision="float32").save(tmp_path)
    with pytest.raises(ValueError, match="another vocabulary than the policy"):
        network_for(policy, str(tmp_path))


def test_a_model_with_a_shorter_context_cannot_be_the_critic(policy, tmp_path):
    build_tiny(TEXTS, replace(SMALL, context_length=64), seed=1, device="cpu", precision="float32").save(tmp_path)
    with pytest.raises(ValueError, match="reads 64 tokens, but conversations may have 128"):
        network_for(policy, str(tmp_path))


def test_a_model_that_reads_ahead_cannot_be_the_critic(policy, tmp_path):
    from transformers import BertConfig, BertLMHeadModel

    size = BertConfig(
        vocab_size=len(policy.tokenizer),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=128,
    )
    BertLMHeadModel(size).save_pretrained(tmp_path)
    policy.tokenizer.save_pretrained(tmp_path)
    with pytest.raises(ValueError, match="reads ahead"):
        network_for(policy, str(tmp_path))
