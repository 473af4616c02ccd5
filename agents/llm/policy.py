"""A language model as a policy: a Hugging Face causal LM, its tokenizer and its chat format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import torch
from torch import nn
from torch.nn.functional import linear, pad
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.cache_utils import Cache

from ..devices import resolve_device
from .chat import ChatFormat
from .llama import LlamaWeights, PackedLlama
from .packing import CausalAttention, pack
from .shapes import bucket
from .value_heads import ValueGuide

Precision = Literal["auto", "float32", "bfloat16"]

_PACKED_STEPS = 16  # sizes an octave: packed tokens are many, so rounding up must waste little


@dataclass(slots=True, eq=False)
class OwnTokens:
    """What the policy thinks of the own tokens of a batch, in the order of `own_B_T[:, 1:].nonzero()`.

    Attributes:
        logp_N: log-probability of each own token at the sampling temperature.
        entropy_N: entropy in nats of the distribution each was drawn from.
        vocabulary_mean_N: mean of log p over the vocabulary, without gradient; None unless it was asked for.
    """

    logp_N: torch.Tensor
    entropy_N: torch.Tensor
    vocabulary_mean_N: torch.Tensor | None = None


class Policy:
    """A causal language model that reads observations and writes actions.

    Attributes:
        packed: the model's faster forward pass; None where it is not a plain Llama.
        guide: what values add to its logits; None for nothing.

    Args:
        model: a Hugging Face causal LM, on its device and in its precision.
        tokenizer: its tokenizer.
        context_length: the longest conversation in tokens; None for what the model allows.

    Raises:
        ValueError: the tokenizer has no end-of-sequence token, or `context_length` exceeds the model's.
    """

    def __init__(self, model: Any, tokenizer: Any, *, context_length: int | None = None) -> None:
        if tokenizer.eos_token_id is None:
            raise ValueError("the tokenizer has no eos_token: a reply could never end; set tokenizer.eos_token")
        longest = getattr(model.config, "max_position_embeddings", None)
        if context_length is not None and longest is not None and context_length > longest:
            raise ValueError(f"context_length must not exceed the model's {longest} positions, got {context_length}")
        self.model = model.eval()
        self.tokenizer = tokenizer
        self.chat = ChatFormat(tokenizer)
        self.context_length: int = context_length or longest or 2048
        self.end_tokens = frozenset({tokenizer.eos_token_id, *self.chat.closing, *_end_tokens(model)})
        self.pad_token: int = tokenizer.eos_token_id if tokenizer.pad_token_id is None else tokenizer.pad_token_id
        self.packed = PackedLlama(model) if PackedLlama.fits(model) else None
        self.guide: ValueGuide | None = None
        self._head_is_linear = _head_is_linear(model)
        self._decode = lru_cache(maxsize=4096)(self._decode_uncached)  # small policies say the same things often

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.model.device

    @property
    def version(self) -> tuple[int, ...]:
        """How often each weight was written to, those of the guide among them: while it is the same, so are they.

        Torch counts what is written in place, though not what a fused optimiser writes (`MasterAdamW` counts its own
        steps), nor what goes through `.data`.
        """
        guiding = [] if self.guide is None else self.guide.parameters()
        return tuple(weight._version for weight in (*self.model.parameters(), *guiding))

    def parameters(self) -> list[nn.Parameter]:
        """The weights that training changes."""
        return [parameter for parameter in self.model.parameters() if parameter.requires_grad]

    def guided_by(self, guide: ValueGuide) -> None:
        """Add what values say to the logits, from now on.

        Raises:
            ValueError: the model's logits are more than a linear map of its hidden states, which values are read from.
        """
        if not self._head_is_linear:
            raise ValueError("values can guide only a model whose logits are a linear map of its last hidden state")
        self.guide = guide.to(self.device)
        self.packed = None  # its logits have no place for what values add

    def decode(self, tokens: Sequence[int]) -> str:
        """The text of a reply, its end token left out."""
        return self._decode(tuple(tokens))

    def _decode_uncached(self, tokens: tuple[int, ...]) -> str:
        return self.tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False)

    def own_tokens(
        self,
        tokens_B_T: torch.Tensor,
        own_B_T: torch.Tensor,
        *,
        temperature: float,
        with_entropy: bool = True,
        with_vocabulary_mean: bool = False,
    ) -> OwnTokens:
        """Log-probability and entropy of the own tokens, differentiable.

        Args:
            tokens_B_T: token ids, padded on the right.
            own_B_T: which of them are own; the first column never is.
            temperature: the sampling temperature, by which the logits are divided.
            with_entropy: whether the entropy is needed; it is zero otherwise.
            with_vocabulary_mean: whether `OwnTokens.vocabulary_mean_N` is.
        """
        targets_N = tokens_B_T[:, 1:][own_B_T[:, 1:]]
        inputs_B_T, predicting_B_T = tokens_B_T[:, :-1], own_B_T[:, 1:]
        if self.packed is not None:
            weights = self.packed.weights()
            hidden_M_W, place_N = self._packed_hidden(self.packed, weights, inputs_B_T, predicting_B_T)
            logits_M_V = linear(hidden_M_W, weights.head_V_W)
        else:
            logits_M_V, place_N = self._padded_logits(inputs_B_T, predicting_B_T), slice(None)
        logp_M_V = (logits_M_V.float() / temperature).log_softmax(-1)
        logp_N = logp_M_V[place_N].gather(-1, targets_N[:, None]).squeeze(-1)
        vocabulary_mean_N = logp_M_V.detach().mean(-1)[place_N] if with_vocabulary_mean else None
        if not with_entropy:
            return OwnTokens(logp_N, torch.zeros_like(logp_N), vocabulary_mean_N)
        entropy_M = -(logp_M_V.exp() * logp_M_V).sum(-1)
        return OwnTokens(logp_N, entropy_M[place_N], vocabulary_mean_N)

    def _packed_hidden(
        self, llama: PackedLlama, weights: LlamaWeights, inputs_B_T: torch.Tensor, predicting_B_T: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Hidden states (M, W) of the distinct tokens that predict, and at which of them each prediction is made."""
        columns_T = torch.arange(1, inputs_B_T.shape[1] + 1, device=inputs_B_T.device)
        packed = pack(inputs_B_T, (predicting_B_T * columns_T).amax(-1))
        count = len(packed.tokens_U)
        more = bucket(max(1, count), steps=_PACKED_STEPS) - count
        rows, columns = inputs_B_T.shape
        index_B_T = pad(packed.index_B_T, (0, bucket(columns) - columns, 0, bucket(rows) - rows))
        cells_U = packed.cell_U // columns * index_B_T.shape[1] + packed.cell_U % columns
        hidden_U_W = llama(
            weights,
            pad(packed.tokens_U, (0, more), value=self.pad_token),
            pad(packed.positions_U, (0, more)),
            CausalAttention(index_B_T, pad(cells_U, (0, more)), self.model.dtype),
        )
        predicting_M, place_N = packed.index_B_T[predicting_B_T].unique(return_inverse=True)
        more = bucket(max(1, len(predicting_M)), steps=_PACKED_STEPS) - len(predicting_M)
        return hidden_U_W.index_select(0, pad(predicting_M, (0, more))), place_N

    def hidden_states(self, tokens_B_T: torch.Tensor, own_B_T: torch.Tensor) -> torch.Tensor:
        """The hidden states (N, W) from which the own tokens are predicted, differentiable.

        Args:
            tokens_B_T: token ids, padded on the right.
            own_B_T: which of them are own; the first column never is.
        """
        inputs_B_T, predicting_B_T = tokens_B_T[:, :-1], own_B_T[:, 1:]
        if self.packed is not None:
            weights = self.packed.weights()
            hidden_M_W, place_N = self._packed_hidden(self.packed, weights, inputs_B_T, predicting_B_T)
            return hidden_M_W[place_N]
        hidden_N_W = self._padded_hidden(*self._padded(inputs_B_T, predicting_B_T))
        return hidden_N_W[: int(predicting_B_T.sum())]

    def _padded_logits(self, inputs_B_T: torch.Tensor, predicting_B_T: torch.Tensor) -> torch.Tensor:
        """Logits (N, V) at the tokens that predict, from Hugging Face's own forward pass."""
        inputs_B_T, predicting_B_T = self._padded(inputs_B_T, predicting_B_T)
        if not self._head_is_linear:
            return self.model(input_ids=inputs_B_T, use_cache=False).logits[predicting_B_T]
        return self._head(self._padded_hidden(inputs_B_T, predicting_B_T))[: int(predicting_B_T.sum())]

    def _head(self, hidden_N_W: torch.Tensor) -> torch.Tensor:
        """Logits (N, V) of hidden states, with what values add to them."""
        logits_N_V = self.model.get_output_embeddings()(hidden_N_W)
        return logits_N_V if self.guide is None else logits_N_V.float() + self.guide(hidden_N_W)

    def _padded(self, inputs_B_T: torch.Tensor, predicting_B_T: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Both, rounded up to one of few shapes."""
        rows, columns = inputs_B_T.shape
        width = max(columns, min(bucket(columns), self.context_length))  # a model may have no position beyond
        padding = (0, width - columns, 0, bucket(rows) - rows)
        return pad(inputs_B_T, padding, value=self.pad_token), pad(predicting_B_T, padding)

    def _padded_hidden(self, inputs_B_T: torch.Tensor, predicting_B_T: torch.Tensor) -> torch.Tensor:
        """Hidden states at the tokens that predict: only they need the vocabulary; their number is rounded up too."""
        hidden_B_T_W = self.model.base_model(input_ids=inputs_B_T, use_cache=False).last_hidden_state
        chosen_N = predicting_B_T.flatten().nonzero().squeeze(-1)
        count = len(chosen_N)
        return hidden_B_T_W.flatten(0, 1)[pad(chosen_N, (0, bucket(max(1, count)) - count))]

    def next_logits(
        self,
        tokens_B_Q: torch.Tensor,
        last_B: torch.Tensor,
        *,
        attention_mask: torch.Tensor,
        position_ids: torch.Tensor,
        cache: Cache,
    ) -> torch.Tensor:
        """Logits (B, V) of the token that follows.

        Args:
            tokens_B_Q: new token ids; those before them are in the cache.
            last_B: the column each row ends at.
            attention_mask: of shape (B, 1, Q, T), in the form the model's attention wants.
            position_ids: of shape (B, Q).
            cache: keys and values, which the pass extends.
        """
        arguments = {
            "input_ids": tokens_B_Q,
            "attention_mask": attention_mask,
            "position_ids": position_ids,
            "past_key_values": cache,
            "use_cache": True,
        }
        rows = torch.arange(len(tokens_B_Q), device=tokens_B_Q.device)
        if self._head_is_linear:
            hidden_B_Q_D = self.model.base_model(**arguments).last_hidden_state
            return self._head(hidden_B_Q_D[rows, last_B])
        return self.model(**arguments).logits[rows, last_B]

    def save(self, folder: Path) -> None:
        """Write the model and tokenizer in Hugging Face's format, and beside them what guides the policy."""
        self.model.save_pretrained(folder)
        self.tokenizer.save_pretrained(folder)
        if self.guide is not None:
            self.guide.save(folder)

    @classmethod
    def load(
        cls, name: str | Path, *, device: str = "auto", precision: Precision = "auto", context_length: int | None = None
    ) -> Policy:
        """Load a Hugging Face causal LM.

        Args:
            name: a folder, or a name on the Hugging Face hub.
            device: `auto`, `cpu`, `cuda` …
            precision: of the weights; `auto` is bfloat16 where the device computes in it, else float32.
            context_length: the longest conversation in tokens; None for what the model allows.

        Raises:
            ValueError: there is no such model, or no such device.
        """
        where = resolve_device(device)
        dtype = resolve_precision(precision, where)
        if not Path(name).is_dir() and (isinstance(name, Path) or name.startswith((".", "/", "~"))):
            raise ValueError(
                f"model {str(name)!r} is not a folder; give one with a Hugging Face causal LM and tokenizer"
            )
        try:
            tokenizer = AutoTokenizer.from_pretrained(name)
            model: Any = AutoModelForCausalLM.from_pretrained(
                name, dtype=dtype, attn_implementation=attention_for(where)
            )
        except (OSError, ValueError) as error:
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise ValueError(
                f"model {str(name)!r} could not be loaded ({reason}); give a folder with a Hugging Face causal LM and "
                "its tokenizer, or a name on the hub that this machine can reach"
            ) from error
        policy = cls(model.to(device=where), tokenizer, context_length=context_length)
        guide = ValueGuide.load(Path(name))
        if guide is not None:
            policy.guided_by(guide)
        return policy


def resolve_precision(precision: Precision, device: torch.device) -> torch.dtype:
    """The number format of a name; `auto` is bfloat16 where the device computes in it, else float32.

    Raises:
        ValueError: the name is unknown.
    """
    if precision == "auto":
        native = torch.cuda.is_bf16_supported() if device.type == "cuda" else _cpu_has_bfloat16()
        return torch.bfloat16 if native else torch.float32
    if precision not in ("float32", "bfloat16"):
        raise ValueError(f"precision must be 'auto', 'float32' or 'bfloat16', got {precision!r}")
    return getattr(torch, precision)


def attention_for(device: torch.device) -> str:
    """The attention that is fastest on a device: on a CPU and short texts, plain matrix products beat fused kernels."""
    return "sdpa" if device.type == "cuda" else "eager"


def _cpu_has_bfloat16() -> bool:
    capabilities = torch.cpu.get_capabilities()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


def _end_tokens(model: Any) -> list[int]:
    """The tokens at which the model's own generation config ends a reply."""
    ends = getattr(model.generation_config, "eos_token_id", None)
    return [ends] if isinstance(ends, int) else list(ends or [])


@torch.no_grad()
def _head_is_linear(model: Any) -> bool:
    """Whether logits are just the output embeddings of the last hidden state (some models scale or cap them)."""
    head = model.get_output_embeddings()
    if head is None or model.base_model is model:
        return False
    tokens_B_T = torch.arange(4, device=model.device)[None] % model.config.vocab_size
    was_training = model.training
    model.eval()
    hidden = model.base_model(input_ids=tokens_B_T, use_cache=False)
    logits = model(input_ids=tokens_B_T, use_cache=False).logits
    model.train(was_training)
    return torch.equal(head(hidden.last_hidden_state), logits)
