"""The embedded policy: a transformer small enough to train from nothing on a CPU."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoModelForCausalLM, LlamaConfig, PreTrainedTokenizerFast

from ..devices import resolve_device
from .policy import Policy, Precision, attention_for, resolve_precision

_SPECIAL_TOKENS = ("<pad>", "<unk>", "<begin>", "<end>", "<answer>")
_CHAT_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}"
    "{% if message['role'] == 'assistant' %}{{ message['content'] }}{{ eos_token }}"
    "{% else %}{{ message['content'] }}<answer>{% endif %}"
    "{% endfor %}"
)


@dataclass(frozen=True, slots=True)
class TinyConfig:
    """Size of the embedded policy; the default has about 0.34 million parameters.

    Attributes:
        hidden_size: width of the residual stream.
        layers: how many blocks.
        heads: attention heads a block.
        intermediate_size: width of the feed-forward part.
        vocabulary: the most tokens the tokenizer may learn.
        context_length: the longest conversation, in tokens.
    """

    hidden_size: int = 96
    layers: int = 3
    heads: int = 4
    intermediate_size: int = 256
    vocabulary: int = 128
    context_length: int = 256

    def __post_init__(self) -> None:
        for name in ("hidden_size", "layers", "heads", "intermediate_size", "context_length"):
            if getattr(self, name) < 1:
                raise ValueError(f"tiny.{name} must be 1 or more, got {getattr(self, name)}")
        if self.hidden_size % (2 * self.heads):
            raise ValueError(
                f"tiny.hidden_size must be a multiple of 2 * tiny.heads = {2 * self.heads}, got {self.hidden_size}"
            )
        if self.vocabulary <= len(_SPECIAL_TOKENS):
            raise ValueError(f"tiny.vocabulary must be over {len(_SPECIAL_TOKENS)}, got {self.vocabulary}")


def build_tokenizer(texts: Iterable[str], *, vocabulary: int) -> PreTrainedTokenizerFast:
    """A tokenizer made from an environment's own texts.

    Its alphabet is the characters that occur, digits always among them; byte-pair merges make words of the frequent
    rest. A digit is a token of its own: models calculate better so. Characters never seen become `<unk>`.

    Args:
        texts: what the environment and its expert say.
        vocabulary: the most tokens it may learn.
    """
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"\d|[^\d\s]+|\s"), "isolated")
    tokenizer.decoder = decoders.Fuse()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(_SPECIAL_TOKENS),
        initial_alphabet=list("0123456789"),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", unk_token="<unk>", bos_token="<begin>", eos_token="<end>"
    )
    fast.chat_template = _CHAT_TEMPLATE
    return fast


def build_tiny(
    texts: Iterable[str],
    config: TinyConfig,
    *,
    seed: int,
    device: str = "auto",
    precision: Precision = "auto",
    context_length: int | None = None,
) -> Policy:
    """A small random Llama with a tokenizer made from an environment's texts.

    Args:
        texts: what the environment and its expert say; the vocabulary comes from here.
        config: its size.
        seed: of its weights; the global generator is left as it was.
        device: `auto`, `cpu`, `cuda` …
        precision: of the weights.
        context_length: the longest conversation in tokens; None for `config.context_length`.

    Raises:
        ValueError: `context_length` exceeds that of the model.
    """
    where = resolve_device(device)
    tokenizer = build_tokenizer(texts, vocabulary=config.vocabulary)
    model_config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=config.hidden_size,
        num_hidden_layers=config.layers,
        num_attention_heads=config.heads,
        intermediate_size=config.intermediate_size,
        max_position_embeddings=config.context_length,
        tie_word_embeddings=True,
        pad_token_id=_SPECIAL_TOKENS.index("<pad>"),
        bos_token_id=_SPECIAL_TOKENS.index("<begin>"),
        eos_token_id=_SPECIAL_TOKENS.index("<end>"),
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = AutoModelForCausalLM.from_config(model_config, attn_implementation=attention_for(where))
    return Policy(
        model.to(device=where, dtype=resolve_precision(precision, where)), tokenizer, context_length=context_length
    )
