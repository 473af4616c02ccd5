"""The forward pass of a plain Llama on packed tokens, with fewer and larger operations than Hugging Face's.

It reads the weights of the Hugging Face module it was given and computes what that computes: the queries, keys and
values of a layer in one product, its gate and up projections in another, and no padding. How tokens attend to one
another is the caller's: to a cache while a reply is generated, to one's own past in training.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import nn
from torch.nn.functional import embedding, linear, scaled_dot_product_attention, silu
from transformers import LlamaForCausalLM


class Attend(Protocol):
    """How tokens look at one another."""

    def __call__(
        self, layer: int, query_N_H_D: torch.Tensor, key_N_J_D: torch.Tensor, value_N_J_D: torch.Tensor, /
    ) -> torch.Tensor:
        """What N tokens see, of shape (N, H, D): H heads of the queries, J of keys and values, D wide."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class _LayerWeights:
    attention_norm_W: torch.Tensor
    query_key_value_E_W: torch.Tensor
    output_W_E: torch.Tensor
    feed_forward_norm_W: torch.Tensor
    gate_up_F_W: torch.Tensor
    down_W_F: torch.Tensor


@dataclass(frozen=True, slots=True, eq=False)
class LlamaWeights:
    """The weights of a Llama as the forward pass reads them.

    Attributes:
        embedding_V_W: of the tokens.
        layers: of each layer.
        final_norm_W: of the norm after the last one.
        head_V_W: from the last hidden state to logits.
    """

    embedding_V_W: torch.Tensor
    layers: tuple[_LayerWeights, ...]
    final_norm_W: torch.Tensor
    head_V_W: torch.Tensor


class PackedLlama:
    """Runs a Hugging Face Llama on packed tokens.

    Args:
        model: a model that `fits`.
    """

    def __init__(self, model: Any) -> None:
        config = model.config
        self._model = model
        self.layers: int = config.num_hidden_layers
        self._heads: int = config.num_attention_heads
        self._key_heads: int = config.num_key_value_heads
        self._width: int = config.head_dim
        self._epsilon: float = config.rms_norm_eps

    @staticmethod
    def fits(model: Any) -> bool:
        """Whether a model is a Llama without biases, adapters or tensors that are not plain."""
        if type(model) is not LlamaForCausalLM:
            return False
        config = model.config
        plain = not config.attention_bias and not config.mlp_bias and config.hidden_act == "silu"
        return plain and not config.attention_dropout and all(map(_is_plain, model.model.layers))

    def weights(self) -> LlamaWeights:
        """The present weights, the projections that read the same input joined; differentiable."""
        base = self._model.model
        return LlamaWeights(
            base.embed_tokens.weight,
            tuple(_layer_weights(layer) for layer in base.layers),
            base.norm.weight,
            self._model.lm_head.weight,
        )

    def __call__(
        self, weights: LlamaWeights, tokens_N: torch.Tensor, positions_N: torch.Tensor, attend: Attend
    ) -> torch.Tensor:
        """The last hidden states (N, W), after the final norm.

        Args:
            weights: what `weights` returned.
            tokens_N: token ids.
            positions_N: where each stands in its conversation.
            attend: how they look at one another and at what came before.
        """
        count, turned = len(tokens_N), self._heads + self._key_heads
        hidden_N_W = embedding(tokens_N, weights.embedding_V_W)
        cos_N_1_D, sin_N_1_D = self._rotation(hidden_N_W, positions_N)
        for index, layer in enumerate(weights.layers):
            normed_N_W = _rms_norm(hidden_N_W, layer.attention_norm_W, self._epsilon)
            joined_N_H_D = linear(normed_N_W, layer.query_key_value_E_W).view(count, -1, self._width)
            turned_N_H_D, value_N_J_D = joined_N_H_D.split((turned, self._key_heads), dim=1)
            turned_N_H_D = _rotate(turned_N_H_D, cos_N_1_D, sin_N_1_D)
            query_N_H_D, key_N_J_D = turned_N_H_D.split((self._heads, self._key_heads), dim=1)
            seen_N_H_D = attend(index, query_N_H_D, key_N_J_D, value_N_J_D)
            hidden_N_W = hidden_N_W + linear(seen_N_H_D.reshape(count, -1), layer.output_W_E)
            normed_N_W = _rms_norm(hidden_N_W, layer.feed_forward_norm_W, self._epsilon)
            gate_N_F, up_N_F = linear(normed_N_W, layer.gate_up_F_W).chunk(2, dim=-1)
            hidden_N_W = hidden_N_W + linear(silu(gate_N_F) * up_N_F, layer.down_W_F)
        return _rms_norm(hidden_N_W, weights.final_norm_W, self._epsilon)

    def _rotation(self, like: torch.Tensor, positions_N: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Cosine and sine of the rotary angles, the sine of the first half negated: it multiplies the second half."""
        cos_1_N_D, sin_1_N_D = self._model.model.rotary_emb(like, positions_N[None])
        half = self._width // 2
        signed_N_D = torch.cat([-sin_1_N_D[0, :, :half], sin_1_N_D[0, :, half:]], dim=-1)
        return cos_1_N_D[0, :, None], signed_N_D[:, None]


def attention(
    query_B_H_Q_D: torch.Tensor, key_B_J_T_D: torch.Tensor, value_B_J_T_D: torch.Tensor, hidden_B_1_Q_T: torch.Tensor
) -> torch.Tensor:
    """Softmax attention, of shape (B, H, Q, D).

    On a CPU and short texts plain products beat the fused kernel: seven times in bfloat16, 64 new tokens over 48 each.

    Args:
        query_B_H_Q_D: of Q tokens in each of B sequences.
        key_B_J_T_D: of T tokens; each of the J heads serves H / J heads of the queries.
        value_B_J_T_D: likewise.
        hidden_B_1_Q_T: added to the scores: 0 where a token may look, the lowest number where it may not.
    """
    batch, heads, queries, width = query_B_H_Q_D.shape
    key_heads, keys = key_B_J_T_D.shape[1:3]
    if query_B_H_Q_D.device.type != "cpu":
        return scaled_dot_product_attention(
            query_B_H_Q_D, key_B_J_T_D, value_B_J_T_D, attn_mask=hidden_B_1_Q_T, enable_gqa=heads != key_heads
        )
    rows = heads // key_heads * queries  # heads that share keys are more queries
    bias_M_R_T = hidden_B_1_Q_T.expand(batch, heads, queries, keys).reshape(batch * key_heads, rows, keys)
    score_M_R_T = torch.baddbmm(
        bias_M_R_T,
        query_B_H_Q_D.reshape(batch * key_heads, rows, width),
        key_B_J_T_D.reshape(batch * key_heads, keys, width).transpose(1, 2),
        alpha=width**-0.5,
    )
    share_M_R_T = score_M_R_T.softmax(-1, dtype=torch.float32).to(value_B_J_T_D.dtype)
    seen_M_R_D = torch.bmm(share_M_R_T, value_B_J_T_D.reshape(batch * key_heads, keys, width))
    return seen_M_R_D.view(batch, heads, queries, width)


def hidden_from(visible: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """A mask of what is visible, in the form that is added to scores."""
    return torch.zeros(visible.shape, dtype=dtype, device=visible.device).masked_fill_(~visible, torch.finfo(dtype).min)


def _is_plain(layer: Any) -> bool:
    """Whether all projections are linear layers and nothing else, as adapters and quantised ones are not."""
    attention_, mlp = layer.self_attn, layer.mlp
    projections = [attention_.q_proj, attention_.k_proj, attention_.v_proj, attention_.o_proj]
    return all(type(module) is nn.Linear for module in (*projections, mlp.gate_proj, mlp.up_proj, mlp.down_proj))


def _layer_weights(layer: Any) -> _LayerWeights:
    attention_, mlp = layer.self_attn, layer.mlp
    return _LayerWeights(
        layer.input_layernorm.weight,
        torch.cat([attention_.q_proj.weight, attention_.k_proj.weight, attention_.v_proj.weight]),
        attention_.o_proj.weight,
        layer.post_attention_layernorm.weight,
        torch.cat([mlp.gate_proj.weight, mlp.up_proj.weight]),
        mlp.down_proj.weight,
    )


def _rms_norm(hidden_N_W: torch.Tensor, weight_W: torch.Tensor, epsilon: float) -> torch.Tensor:
    full_N_W = hidden_N_W.float()
    scale_N_1 = torch.rsqrt(full_N_W.square().mean(-1, keepdim=True) + epsilon)
    return weight_W * (full_N_W * scale_N_1).to(hidden_N_W.dtype)


def _rotate(heads_N_H_D: torch.Tensor, cos_N_1_D: torch.Tensor, sin_N_1_D: torch.Tensor) -> torch.Tensor:
    half = heads_N_H_D.shape[-1] // 2
    swapped_N_H_D = torch.cat([heads_N_H_D[..., half:], heads_N_H_D[..., :half]], dim=-1)
    return heads_N_H_D * cos_N_1_D + swapped_N_H_D * sin_N_1_D
