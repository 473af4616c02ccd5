import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from palaestra.agents.llm import TinyConfig
from palaestra.agents.llm.tiny import build_tiny, build_tokenizer

from .conftest import SMALL, TEXTS

TOKENIZER = build_tokenizer(TEXTS, vocabulary=80)
ALPHABET = sorted({character for text in TEXTS for character in text} | set("0123456789"))


@given(st.text(ALPHABET))
def test_what_the_environment_can_say_survives_the_tokenizer(text):
    assert TOKENIZER.decode(TOKENIZER(text, add_special_tokens=False).input_ids) == text


def test_every_digit_is_a_token_of_its_own_and_frequent_words_are_one():
    assert TOKENIZER.tokenize("12345") == list("12345")
    assert TOKENIZER.tokenize("higher") == ["higher"]


def test_a_character_never_seen_is_unknown_and_breaks_nothing():
    assert TOKENIZER.unk_token_id in TOKENIZER("é", add_special_tokens=False).input_ids


def test_the_default_size_is_a_third_of_a_million_parameters():
    policy = build_tiny(TEXTS, TinyConfig(), seed=0, device="cpu")
    assert 0.3e6 < sum(parameter.numel() for parameter in policy.parameters()) < 0.4e6


def test_weights_come_from_the_seed_and_the_global_generator_is_left_alone():
    before = torch.get_rng_state()
    first, again, other = (build_tiny(TEXTS, SMALL, seed=seed, device="cpu").parameters() for seed in (1, 1, 2))
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(first, other, strict=True))


@pytest.mark.parametrize(
    ("arguments", "name"),
    [({"layers": 0}, "tiny.layers"), ({"hidden_size": 30}, "tiny.hidden_size"), ({"vocabulary": 3}, "tiny.vocabulary")],
)
def test_impossible_sizes_are_refused_by_name(arguments, name):
    with pytest.raises(ValueError, match=name):
        TinyConfig(**arguments)
