"""What an engine that generates text must offer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import torch

    from ..policy import Policy


@dataclass(frozen=True, slots=True)
class Sampling:
    """How a reply is drawn.

    Attributes:
        max_new_tokens: the longest reply, its end token included.
        temperature: divides the logits; 0 takes the most likely token.

    Raises:
        ValueError: a value is out of range.
    """

    max_new_tokens: int
    temperature: float = 1.0

    def __post_init__(self) -> None:
        if self.max_new_tokens < 1:
            raise ValueError(f"max_new_tokens must be 1 or more, got {self.max_new_tokens}")
        if self.temperature < 0:
            raise ValueError(f"temperature must be 0 or more, got {self.temperature}")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A conversation that waits for a reply.

    Attributes:
        tokens: all token ids so far.
        slot: names the conversation between calls: an engine may keep its keys and values for the next turn.
    """

    tokens: Sequence[int]
    slot: int


@dataclass(frozen=True, slots=True)
class Completion:
    """A reply.

    Attributes:
        tokens: token ids, the end token included where there is one.
        logp: log-probability of each under the distribution it was drawn from (the model's own at temperature 0).
        ended: whether it closed with the end token; False where its length cut it off.
    """

    tokens: list[int]
    logp: list[float]
    ended: bool


def check_prompts(prompts: Sequence[Prompt], sampling: Sampling, context_length: int) -> None:
    """Refuse what no engine can answer.

    Raises:
        ValueError: two prompts name one slot, a prompt is empty, or the context is too short for one.
    """
    if len({prompt.slot for prompt in prompts}) != len(prompts):
        raise ValueError("prompts must each have a slot of their own")
    if not all(prompt.tokens for prompt in prompts):
        raise ValueError("prompts must hold at least one token each")
    longest = max((len(prompt.tokens) for prompt in prompts), default=0) + sampling.max_new_tokens
    if longest > context_length:
        raise ValueError(
            f"a conversation would grow to {longest} tokens, over context_length={context_length}; "
            "raise context_length or lower max_new_tokens"
        )


class Engine(Protocol):
    """Generates replies. Engines keep no randomness of their own: the generator is handed in."""

    def generate(self, prompts: Sequence[Prompt], sampling: Sampling, generator: torch.Generator) -> list[Completion]:
        """One reply a prompt, in the order of the prompts."""
        ...

    def sync(self, policy: Policy) -> None:
        """Take over the weights of the policy and forget what older weights computed."""
        ...

    def forget(self) -> None:
        """Forget the keys and values of all conversations; the weights stay."""
        ...
