"""What both sides compute: the model, the prompts, the reward, and how much arithmetic that is at the least."""

from __future__ import annotations

import random
import string
from dataclasses import dataclass
from typing import Any, Literal

from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from ...agents.llm.tiny import build_tokenizer

Parameters = Literal["0.34M", "3.28M", "0.5B"]

MODELS: dict[Parameters, dict[str, int]] = {
    "0.34M": {"hidden_size": 96, "num_hidden_layers": 3, "intermediate_size": 256, "vocab_size": 128},
    "3.28M": {"hidden_size": 256, "num_hidden_layers": 4, "intermediate_size": 704, "vocab_size": 256},
    "0.5B": {"hidden_size": 1024, "num_hidden_layers": 34, "intermediate_size": 3072, "vocab_size": 32000},
}
"""Llamas with random weights, four heads (0.5B: 16) and one matrix for both ends of the vocabulary."""

_LETTERS = string.ascii_letters
_FRAME = 2  # the tokens that the chat format puts around an observation


@dataclass(frozen=True, slots=True)
class Setting:
    """What is measured.

    Attributes:
        parameters: the size of the model.
        precision: of its weights.
        device: where it is.
        groups: prompts a step.
        group_size: completions a prompt.
        prompt_tokens: how long each prompt is.
        completion_tokens: how long each completion is; none ends before.
        threads: of the processor.
        engine: what generates on our side, `native` or `vllm`.
        trl_attention: the attention that Transformers computes on TRL's side.
        seed: of weights and prompts.

    Raises:
        ValueError: a count is below 1, or there are too few tokens for a prompt.
    """

    parameters: Parameters = "3.28M"
    precision: Literal["bfloat16", "float32"] = "bfloat16"
    device: str = "cpu"
    groups: int = 8
    group_size: int = 8
    prompt_tokens: int = 16
    completion_tokens: int = 32
    threads: int = 1
    engine: Literal["native", "vllm"] = "native"
    trl_attention: Literal["eager", "sdpa"] = "eager"
    seed: int = 0

    def __post_init__(self) -> None:
        least = {"groups": 1, "group_size": 2, "prompt_tokens": 3, "completion_tokens": 1, "threads": 1}
        for name, smallest in least.items():
            if getattr(self, name) < smallest:
                raise ValueError(f"{name} must be {smallest} or more, got {getattr(self, name)}")

    @property
    def completions(self) -> int:
        """Completions a step."""
        return self.groups * self.group_size

    @property
    def tokens(self) -> int:
        """Completion tokens a step: what is counted."""
        return self.completions * self.completion_tokens

    def model(self, attention: str) -> Any:
        """The model, the same for all that ask.

        Args:
            attention: which of Transformers' attentions it computes.
        """
        import torch

        torch.manual_seed(self.seed)
        shape: dict[str, Any] = {
            **MODELS[self.parameters],
            "num_attention_heads": 16 if self.parameters == "0.5B" else 4,
            "max_position_embeddings": max(256, self.prompt_tokens + self.completion_tokens),
        }
        config = LlamaConfig(**shape, tie_word_embeddings=True)
        config._attn_implementation = attention
        model: Any = LlamaForCausalLM(config)
        return model.to(device=self.device, dtype=getattr(torch, self.precision))

    def tokenizer(self) -> PreTrainedTokenizerFast:
        """A tokenizer of letters whose end token no model can say: its number is beyond their vocabulary."""
        tokenizer = build_tokenizer([_LETTERS], vocabulary=len(_LETTERS) + len(string.digits) + 5)
        vocabulary = MODELS[self.parameters]["vocab_size"]
        tokenizer.add_tokens([f"\N{MIDDLE DOT}{number}" for number in range(vocabulary - len(tokenizer))])
        tokenizer.add_special_tokens({"eos_token": "<never>"})
        tokenizer.padding_side = "left"
        return tokenizer

    def observation(self, seed: int) -> str:
        """What the environment says: letters, so many that the prompt around them has its length."""
        return "".join(random.Random(seed).choices(_LETTERS, k=self.prompt_tokens - _FRAME))

    def flops(self) -> float:
        """The products with weights that one step cannot do without, two operations a weight and token.

        Each prompt is read once by the engine and once in training, each token of a completion likewise (but for the
        last, which nothing follows); the head is needed where a token is predicted. Training counts three times:
        forward, and two products backward. Attention, norms and activations are left out.
        """
        size = MODELS[self.parameters]
        width = size["hidden_size"]
        in_layers = size["num_hidden_layers"] * (4 * width * width + 3 * width * size["intermediate_size"])
        read = self.groups * self.prompt_tokens + self.completions * (self.completion_tokens - 1)
        return 2.0 * (1 + 3) * (in_layers * read + width * size["vocab_size"] * self.tokens)


def reward(text: str) -> float:
    """A number in [0, 1) that differs from completion to completion."""
    return sum(text.encode()) % 97 / 97
