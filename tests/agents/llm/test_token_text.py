import pytest
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from palaestra.agents.llm.token_text import token_text


def byte_level(text: str) -> PreTrainedTokenizerFast:
    """Every byte of a text is a token of its own, as GPT-2 writes them."""
    split = pre_tokenizers.ByteLevel(add_prefix_space=False)
    pieces = "".join(piece for piece, _ in split.pre_tokenize_str(text))
    vocabulary = {piece: index for index, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(models.BPE(vocabulary, []))
    tokenizer.pre_tokenizer, tokenizer.decoder = split, decoders.ByteLevel()
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<end>")


def sentence_piece(*pieces: str) -> PreTrainedTokenizerFast:
    """Words with `▁` before them, and bytes for what is no word, as Llama writes them."""
    vocabulary = {piece: index for index, piece in enumerate(("<unk>", *pieces))}
    tokenizer = Tokenizer(models.BPE(vocabulary, [], unk_token="<unk>", byte_fallback=True))
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>")


def texts(tokenizer, tokens) -> list[str]:
    return [token_text(tokenizer, token) for token in tokens]


def test_the_tokens_of_a_text_read_as_the_text(policy):
    tokens = policy.chat.reply("Guess my number from 1 to 31.")
    assert "".join(texts(policy.tokenizer, tokens)) == "Guess my number from 1 to 31.<end>"


def test_a_part_of_a_character_is_escaped():
    tokenizer = byte_level("a é…")
    tokens = tokenizer("a é…").input_ids
    assert texts(tokenizer, tokens) == ["a", " ", "\\xc3", "\\xa9", "\\xe2", "\\x80", "\\xa6"]


def test_a_byte_of_a_sentence_piece_vocabulary_is_escaped_unless_it_is_a_character():
    tokenizer = sentence_piece("<0xE2>", "<0x0A>")
    assert texts(tokenizer, [1, 2]) == ["\\xe2", "\n"]


def test_a_word_keeps_the_space_before_it():
    tokenizer = sentence_piece("▁two", "words")
    assert texts(tokenizer, [1, 2]) == [" two", "words"]


@pytest.mark.parametrize("token", [1_000, 10**6])
def test_an_id_beyond_the_vocabulary_is_shown_as_a_number(policy, token):
    assert token_text(policy.tokenizer, token) == f"<{token}>"


def test_a_replacement_character_that_was_said_is_shown_as_it_is():
    tokenizer = sentence_piece("\ufffd")
    assert token_text(tokenizer, 1) == "\ufffd"
