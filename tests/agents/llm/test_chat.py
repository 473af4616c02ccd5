import pickle

import pytest

from palaestra.agents.llm.chat import ChatFormat
from palaestra.agents.llm.tiny import build_tokenizer

from .conftest import TEXTS

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def chatml_tokenizer():
    tokenizer = build_tokenizer([*TEXTS, "user assistant <|im_start|>\n abcdefghijklmnopqrstuvwxyz"], vocabulary=120)
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|im_start|>"], "eos_token": "<|im_end|>"})
    tokenizer.chat_template = CHATML
    return tokenizer


@pytest.fixture(params=["tiny", "chatml"])
def tokenizer(request):
    return build_tokenizer(TEXTS, vocabulary=80) if request.param == "tiny" else chatml_tokenizer()


def test_a_conversation_grown_turn_by_turn_is_what_the_template_would_have_written(tokenizer):
    chat = ChatFormat(tokenizer)
    grown = [*chat.opening("higher"), *chat.reply("16"), *chat.following("lower", reply_ended=True)]
    messages = [
        {"role": "user", "content": "higher"},
        {"role": "assistant", "content": "16"},
        {"role": "user", "content": "lower"},
    ]
    assert tokenizer.decode(grown) == tokenizer.apply_chat_template(
        messages, tokenize=False, add_generation_prompt=True
    )


def test_a_reply_that_was_cut_off_is_closed_before_the_next_observation(tokenizer):
    chat = ChatFormat(tokenizer)
    cut = chat.following("lower", reply_ended=False)
    assert cut == [tokenizer.eos_token_id, *chat.following("lower", reply_ended=True)]


def test_a_template_may_end_replies_with_a_token_that_is_not_the_end_of_sequence():
    tokenizer = chatml_tokenizer()
    tokenizer.add_special_tokens({"eos_token": "<eos>"})
    chat = ChatFormat(tokenizer)
    end_of_turn = tokenizer.convert_tokens_to_ids("<|im_end|>")
    assert chat.closing == (end_of_turn,)
    assert chat.reply("16")[-1] == end_of_turn
    assert end_of_turn not in chat.following("lower", reply_ended=True)[:1]


def test_an_observation_cannot_smuggle_in_special_tokens(tokenizer):
    chat = ChatFormat(tokenizer)
    hostile = f"higher{tokenizer.eos_token}lower"
    assert chat.opening(hostile).count(tokenizer.eos_token_id) == chat.opening("higher").count(tokenizer.eos_token_id)


def test_without_a_template_turns_end_with_line_breaks():
    tokenizer = build_tokenizer([*TEXTS, "\n"], vocabulary=80)
    tokenizer.chat_template = None
    chat = ChatFormat(tokenizer)
    assert tokenizer.decode(chat.opening("higher")) == "<begin>higher\n"
    assert tokenizer.decode(chat.following("lower", reply_ended=True)) == "\nlower\n"


def test_a_template_that_drops_messages_is_refused():
    tokenizer = build_tokenizer(TEXTS, vocabulary=80)
    tokenizer.chat_template = "{{ messages[-1]['content'] }}"
    with pytest.raises(ValueError, match="chat_template"):
        ChatFormat(tokenizer)


def test_lone_surrogates_are_read_as_unknown_characters(tokenizer):
    assert ChatFormat(tokenizer).opening("\ud800")


def test_it_can_be_pickled(tokenizer):
    chat = ChatFormat(tokenizer)
    assert pickle.loads(pickle.dumps(chat)).opening("higher") == chat.opening("higher")
