"""What an agent and the process in which vLLM runs say to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .protocol import Completion, Sampling
from .vllm_weights import TensorPlace


@dataclass(frozen=True, slots=True)
class Start:
    """Make an engine; answered by `Done`.

    Attributes:
        model: the Hugging Face config of the model.
        weights_fd: the descriptor of the shared weights.
        places: where each of them lies.
        dtype: in which the engine computes.
        context_length: the longest conversation in tokens.
        options: further arguments of `vllm.LLM`.
    """

    model: dict[str, Any]
    weights_fd: int
    places: Sequence[TensorPlace]
    dtype: str
    context_length: int
    options: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Load:
    """Take over the shared weights and forget what older ones computed; answered by `Done`."""


@dataclass(frozen=True, slots=True)
class Forget:
    """Forget the keys and values of all conversations; answered by `Done`."""


@dataclass(frozen=True, slots=True)
class Generate:
    """Reply to prompts; answered by `Replies`.

    Attributes:
        prompts: token ids of each conversation.
        seeds: of each reply; None where nothing is drawn.
        sampling: how replies are drawn.
        end_tokens: where replies end.
    """

    prompts: Sequence[Sequence[int]]
    seeds: Sequence[int] | None
    sampling: Sampling
    end_tokens: Sequence[int]


@dataclass(frozen=True, slots=True)
class Done:
    """What was asked for is done."""


@dataclass(frozen=True, slots=True)
class Replies:
    """Answers `Generate`.

    Attributes:
        completions: one a prompt, in their order.
        cached_tokens: how many tokens of the prompts were not read again.
    """

    completions: list[Completion]
    cached_tokens: int


@dataclass(frozen=True, slots=True)
class Failed:
    """What was asked for could not be done, and the process ends.

    Attributes:
        reason: in one line.
        unusable: whether what was asked for can never be done.
    """

    reason: str
    unusable: bool
