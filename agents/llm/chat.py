"""Turns observations into the tokens a chat model reads, one turn at a time."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

_OBSERVATION = "\x02observation\x03"
_EARLIER = "\x02earlier\x03"
_REPLY = "\x02reply\x03"


class ChatFormat:
    """The tokens around observations and replies, read once from a tokenizer's chat template.

    A conversation grows by appending: what the policy sampled stays as it was sampled, and only the text that the
    template puts between a reply and the next one is tokenised anew. Special tokens are recognised in the template
    alone: an observation that spells one out is encoded as plain characters.

    A tokenizer without a template gets a plain one: each observation and each reply ends with a line break.

    Attributes:
        closing: the token with which the template ends a reply; empty where it names none.

    Args:
        tokenizer: a Hugging Face tokenizer with an end-of-sequence token.

    Raises:
        ValueError: the template drops or rewrites the messages, so that turns cannot be appended.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        if tokenizer.chat_template:
            opening, between, end_of_reply = _read_template(tokenizer)
        else:
            opening, between, end_of_reply = ((tokenizer.bos_token or ""), "\n"), ("\n", "\n"), ""
        self._opening = tuple(self._encode_template(part) for part in opening)
        self._between = tuple(self._encode_template(part) for part in between)
        self.closing = self._encode_template(end_of_reply)
        self._encode_observation = lru_cache(maxsize=4096)(self._encode_observation_uncached)

    def opening(self, observation: str) -> list[int]:
        """The tokens from the start of a conversation up to the first reply."""
        before, after = self._opening
        return [*before, *self._encode_observation(observation), *after]

    def following(self, observation: str, *, reply_ended: bool) -> list[int]:
        """The tokens between a reply and the next one.

        Args:
            observation: what the environment said.
            reply_ended: whether the reply closed with an end token; a reply cut off by its length is closed here.
        """
        before, after = self._between
        closing = () if reply_ended else self.closing
        return [*closing, *before, *self._encode_observation(observation), *after]

    def reply(self, text: str) -> list[int]:
        """The tokens of a reply that was written, not sampled (a demonstration), with its end token."""
        return [*self._encode_observation(text), *(self.closing or (self._tokenizer.eos_token_id,))]

    def _encode_template(self, text: str) -> tuple[int, ...]:
        return tuple(self._tokenizer(text, add_special_tokens=False).input_ids) if text else ()

    def _encode_observation_uncached(self, text: str) -> tuple[int, ...]:
        text = text.encode("utf-8", "replace").decode()  # a lone surrogate cannot be tokenised
        return tuple(self._tokenizer(text, add_special_tokens=False, split_special_tokens=True).input_ids)

    def __getstate__(self) -> dict[str, Any]:
        return {"_tokenizer": self._tokenizer}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["_tokenizer"])


def _read_template(tokenizer: Any) -> tuple[tuple[str, str], tuple[str, str], str]:
    """What a template puts around the first observation, around a later one, and right after a reply."""

    def render(*contents: str) -> str:
        roles = ("user", "assistant")
        messages = [{"role": roles[index % 2], "content": content} for index, content in enumerate(contents)]
        return tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=len(contents) % 2 == 1)

    first = render(_OBSERVATION)
    later = render(_EARLIER, _REPLY, _OBSERVATION)
    if first.count(_OBSERVATION) != 1 or later.count(_OBSERVATION) != 1 or later.count(_REPLY) != 1:
        raise ValueError("the tokenizer's chat_template drops or repeats messages; turns cannot be appended to it")
    before_first, _, after_first = first.partition(_OBSERVATION)
    before_later, _, after_later = later.partition(_REPLY)[2].partition(_OBSERVATION)
    # a sampled reply brings its own end token, so the template's copy must not follow it; the longest name comes first
    special = sorted({*tokenizer.all_special_tokens, *tokenizer.get_added_vocab()}, key=len, reverse=True)
    end_of_reply = next((token for token in special if before_later.startswith(token)), "")
    return (before_first, after_first), (before_later.removeprefix(end_of_reply), after_later), end_of_reply
