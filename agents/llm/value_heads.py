"""Values of states and of tokens, read off a policy's hidden states."""

from __future__ import annotations

from pathlib import Path
from typing import Self

import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import nn

from ..durable import replace_file

_FILE = "value_guide.safetensors"


class ValueHead(nn.Sequential):
    """Two layers over a hidden state, as in ILQL (Snell et al. 2023): linear, twice as wide, ReLU, linear.

    The last layer begins at zero, so that values begin at zero and a policy that they guide begins unguided.

    Args:
        width: of the hidden states.
        outputs: how many values a state has: one, or one a token of the vocabulary.
        generator: of the first layer's weights.
    """

    def __init__(self, width: int, outputs: int, generator: torch.Generator) -> None:
        first, last = nn.Linear(width, 2 * width), nn.Linear(2 * width, outputs)
        super().__init__(first, nn.ReLU(), last)
        with torch.no_grad():
            first.weight.normal_(std=width**-0.5, generator=generator)
            for parameter in (first.bias, last.weight, last.bias):
                parameter.zero_()


class ValueGuide(nn.Module):
    """Token values that steer generation: beta * min_i Q_i(s, a) is added to the logit of every token a.

    softmax(log pi + beta Q) is the policy proportional to pi * exp(beta (Q - V)) of ILQL: the value of the state is the
    same for all tokens and cancels out.

    Args:
        width: of the policy's hidden states.
        vocabulary: how many tokens there are.
        heads: how many estimates of Q; their minimum counts (double Q-learning).
        beta: how much values count.
        seed: of the weights.
    """

    def __init__(self, width: int, vocabulary: int, *, heads: int, beta: float, seed: int = 0) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.width, self.vocabulary, self.beta = width, vocabulary, beta
        self.q = nn.ModuleList([ValueHead(width, vocabulary, generator) for _ in range(heads)])

    def values(self, hidden_N_W: torch.Tensor) -> torch.Tensor:
        """Every head's value of every token, of shape (H, N, V), in float32."""
        return torch.stack([head(hidden_N_W.float()) for head in self.q])

    def forward(self, hidden_N_W: torch.Tensor) -> torch.Tensor:
        """What is added to the logits (N, V)."""
        return self.beta * self.values(hidden_N_W).amin(0)

    def save(self, folder: Path) -> None:
        """Write the heads beside a saved policy."""
        sizes = {"width": self.width, "vocabulary": self.vocabulary, "heads": len(self.q), "beta": self.beta}
        tensors = {name: tensor.cpu().contiguous() for name, tensor in self.state_dict().items()}
        with replace_file(folder / _FILE) as file:
            file.write(save(tensors, {name: str(size) for name, size in sizes.items()}))

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """What `save` wrote into a folder; None where it wrote nothing."""
        file = folder / _FILE
        if not file.is_file():
            return None
        with safe_open(file, "pt") as opened:
            sizes: dict[str, str] = opened.metadata()
            tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118  (no mapping)
        guide = cls(int(sizes["width"]), int(sizes["vocabulary"]), heads=int(sizes["heads"]), beta=float(sizes["beta"]))
        guide.load_state_dict(tensors)
        return guide
