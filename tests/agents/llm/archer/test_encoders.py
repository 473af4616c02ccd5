import pytest
import torch
from transformers import RobertaConfig, RobertaModel

from palaestra.agents.llm.archer.encoders import CausalEncoder, PairEncoder, make_encoder
from palaestra.agents.llm.archer.turns import Turns
from palaestra.agents.llm.tiny import build_tokenizer

from ..conftest import TEXTS

TWO_TURNS = Turns(
    torch.tensor([[7, 8, 9, 10, 11, 12], [7, 8, 13, 0, 0, 0]]),
    row_N=torch.tensor([0, 0, 1]),
    state_N=torch.tensor([1, 4, 1]),
    reply_N=torch.tensor([2, 5, 2]),
)


@pytest.fixture
def roberta(tmp_path):
    """A folder with an encoder of 32 positions, made here."""
    tokenizer = build_tokenizer(TEXTS, vocabulary=80)
    tokenizer.save_pretrained(tmp_path)
    config = RobertaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=34,
        pad_token_id=tokenizer.pad_token_id,
    )
    RobertaModel(config).save_pretrained(tmp_path)
    return str(tmp_path)


def test_one_pass_over_a_conversation_reads_every_turn_as_if_it_stood_alone(policy):
    encoder = CausalEncoder(policy)
    state_N_W, reply_N_W = encoder(TWO_TURNS)
    hidden_B_T_W = policy.model.base_model(input_ids=TWO_TURNS.tokens_B_T).last_hidden_state
    alone = policy.model.base_model(input_ids=torch.tensor([[7, 8, 9]])).last_hidden_state[0]
    torch.testing.assert_close(state_N_W[0], alone[1], atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(reply_N_W[0], alone[2], atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(state_N_W, hidden_B_T_W[[0, 0, 1], [1, 4, 1]], atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(reply_N_W, hidden_B_T_W[[0, 0, 1], [2, 5, 2]], atol=1e-5, rtol=1e-4)


def test_a_causal_encoder_learns_without_changing_the_policy(policy):
    encoder = CausalEncoder(policy)
    before = [parameter.clone() for parameter in policy.parameters()]
    state_N_W, reply_N_W = encoder(TWO_TURNS)
    (state_N_W.sum() + reply_N_W.sum()).backward()
    assert any(parameter.grad is not None and parameter.grad.abs().sum() > 0 for parameter in encoder.parameters())
    assert all(torch.equal(*pair) for pair in zip(before, policy.parameters(), strict=True))
    assert all(parameter.grad is None for parameter in policy.parameters())


def test_any_encoder_reads_histories_and_utterances_apart(policy, roberta):
    encoder = PairEncoder(roberta, policy)
    state_N_W, reply_N_W = encoder(TWO_TURNS)
    assert state_N_W.shape == reply_N_W.shape == (3, 16)
    assert torch.equal(state_N_W[0], state_N_W[2])  # the same history, read once
    text = policy.tokenizer.decode([9])
    read = encoder._tokenizer([text], return_tensors="pt", max_length=32, truncation=True)
    alone = encoder.model(input_ids=read["input_ids"], attention_mask=read["attention_mask"]).pooler_output[0]
    torch.testing.assert_close(reply_N_W[0], alone, atol=1e-5, rtol=1e-4)


def test_a_history_that_is_too_long_loses_its_beginning(policy, roberta):
    encoder = PairEncoder(roberta, policy)
    words = [policy.tokenizer.convert_tokens_to_ids(digit) for digit in "0123456789"]

    def state_of(tokens):
        turns = Turns(
            torch.tensor([[*tokens, 7]]),
            torch.tensor([0]),
            torch.tensor([len(tokens) - 1]),
            torch.tensor([len(tokens)]),
        )
        return encoder(turns)[0]

    long = words * 5
    torch.testing.assert_close(state_of(long), state_of(long[-32:]))
    assert not torch.allclose(state_of(long), state_of(long[:32]))


def test_an_encoder_that_is_not_there_is_refused_in_one_line(policy, tmp_path):
    with pytest.raises(ValueError, match=r"critic_model .*could not be loaded") as caught:
        make_encoder(str(tmp_path / "nowhere"), policy)
    assert "\n" not in str(caught.value)


def test_the_policy_is_the_encoder_by_default(policy):
    assert isinstance(make_encoder("policy", policy), CausalEncoder)
