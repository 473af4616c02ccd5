"""What utterances are worth: two estimates of Q and two of V, learned from replayed turns."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from ..optimizer import MasterAdamW
from .encoders import Encoder
from .turns import Imagined, Turns

HEADS = 2
"""Estimates of each kind."""


@dataclass(slots=True, eq=False)
class TurnValues:
    """What turns are worth to each of H heads.

    Attributes:
        q_H_N: the return expected after each utterance, discounted by turns.
        v_H_N: the return expected before it.
    """

    q_H_N: torch.Tensor
    v_H_N: torch.Tensor


class UtteranceCritic(nn.Module):
    """Two Q heads on (history, utterance) and two V heads on the history, over one encoder (Zhou et al. 2024, ArCHer).

    Args:
        encoder: turns histories and utterances into vectors.
        generator: of the heads' weights.
    """

    def __init__(self, encoder: Encoder, generator: torch.Generator) -> None:
        super().__init__()
        self.encoder = encoder
        device = next(encoder.parameters()).device
        self.q = nn.ModuleList([_head(2 * encoder.width, encoder.width, generator) for _ in range(HEADS)]).to(device)
        self.v = nn.ModuleList([_head(encoder.width, encoder.width, generator) for _ in range(HEADS)]).to(device)

    def forward(self, turns: Turns) -> TurnValues:
        """The values of turns, differentiable."""
        state_N_W, reply_N_W = self.encoder(turns)
        both_N_W = torch.cat([state_N_W, reply_N_W], -1)
        return TurnValues(
            torch.stack([head(both_N_W).squeeze(-1) for head in self.q]),
            torch.stack([head(state_N_W).squeeze(-1) for head in self.v]),
        )


def _head(inputs: int, width: int, generator: torch.Generator) -> nn.Sequential:
    """Three layers with ReLU between them, as in the paper's code; the last begins at zero, and so do values."""
    layers = [nn.Linear(inputs, width), nn.Linear(width, width), nn.Linear(width, 1)]
    with torch.no_grad():
        for layer in layers:
            layer.weight.normal_(std=layer.in_features**-0.5, generator=generator)
            layer.bias.zero_()
        layers[-1].weight.zero_()
    return nn.Sequential(layers[0], nn.ReLU(), layers[1], nn.ReLU(), layers[2])


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """What a critic's H heads are to learn of N turns.

    Attributes:
        q_H_N: of Q.
        v_H_N: of V.
        slow_v_H_N: what the target copy says V is, which `q_H_N` was made from.
    """

    q_H_N: torch.Tensor
    v_H_N: torch.Tensor
    slow_v_H_N: torch.Tensor


def q_target(reward_N: torch.Tensor, next_v_H_N: torch.Tensor, ends_N: torch.Tensor, *, gamma: float) -> torch.Tensor:
    """What Q should be: r + gamma * V'(s'), and r alone after the last turn; each head by its own target (H, N).

    Args:
        reward_N: of each turn.
        next_v_H_N: the target copies' values of the history that follows.
        ends_N: whether none follows.
        gamma: discount a turn.
    """
    return reward_N + gamma * next_v_H_N.masked_fill(ends_N, 0.0)


def value_of_next(v_H_N: torch.Tensor) -> torch.Tensor:
    """The value of the turn after each, where turns of a conversation stand one after the other; 0 after the last."""
    return torch.cat([v_H_N[:, 1:], torch.zeros_like(v_H_N[:, :1])], 1)


@torch.no_grad()
def values_of(critic: UtteranceCritic, turns: Turns, *, most_tokens: int) -> TurnValues:
    """The values of turns, without gradient.

    Args:
        critic: the critic.
        turns: the turns.
        most_tokens: the most tokens, padding included, of one pass.
    """
    parts = [(chosen_N, critic(part)) for chosen_N, part in turns.parts(most_tokens)]
    order_N = torch.cat([chosen_N for chosen_N, _ in parts]).argsort()
    return TurnValues(
        torch.cat([values.q_H_N for _, values in parts], 1)[:, order_N],
        torch.cat([values.v_H_N for _, values in parts], 1)[:, order_N],
    )


def advantages(values: TurnValues) -> torch.Tensor:
    """min_i Q_i(s, a) - min_i V_i(s) of utterances (N,), as in the paper's code."""
    return values.q_H_N.amin(0) - values.v_H_N.amin(0)


class SlowCopy:
    """A copy of a module that follows it slowly, kept in full precision however the module computes.

    Attributes:
        module: the copy.

    Args:
        source: what is copied.
    """

    def __init__(self, source: UtteranceCritic) -> None:
        self.module = copy.deepcopy(source).requires_grad_(False)
        # a step of tau times a small difference would be lost in the few digits of a bfloat16
        self._masters = [parameter.detach().float() for parameter in self.module.parameters()]

    @torch.no_grad()
    def follow(self, source: UtteranceCritic, tau: float) -> None:
        """Move every weight by a share tau of the way to the source's."""
        for parameter, master, wanted in zip(self.module.parameters(), self._masters, source.parameters(), strict=True):
            master.lerp_(wanted.float(), tau)
            parameter.copy_(master)

    def get_state(self) -> list[torch.Tensor]:
        """The weights."""
        return self._masters

    @torch.no_grad()
    def set_state(self, state: list[torch.Tensor]) -> None:
        """Return to weights."""
        for parameter, master, saved in zip(self.module.parameters(), self._masters, state, strict=True):
            master.copy_(saved)
            parameter.copy_(master)


@dataclass(frozen=True, slots=True)
class CriticMetrics:
    """Means over the turns of an update's last pass.

    Attributes:
        q_loss: squared error of Q against its target, summed over heads.
        v_loss: squared error of V against its target, summed over heads.
        q_mean: Q of the utterances that were played.
        v_mean: V.
        target_distance: absolute difference of V and of what the target copy said when the targets were made.
        critic_grad_norm: the largest norm before clipping.
    """

    q_loss: float
    v_loss: float
    q_mean: float
    v_mean: float
    target_distance: float
    critic_grad_norm: float


class CriticTrainer:
    """Trains a critic towards its own slowly following copy.

    Args:
        critic: the critic.
        gamma: discount a turn.
        tau: how far the target copy follows after every step.
        learning_rate: step size.
        max_grad_norm: gradients are scaled down to this norm.
    """

    def __init__(
        self, critic: UtteranceCritic, *, gamma: float, tau: float, learning_rate: float, max_grad_norm: float
    ) -> None:
        self.critic = critic
        self._target = SlowCopy(critic)
        self._gamma, self._tau = gamma, tau
        self._learning_rate, self._max_grad_norm = learning_rate, max_grad_norm
        self.reset_optimizer()

    def targets(self, turns: Imagined, *, most_tokens: int) -> Targets:
        """What is to be learned of turns, as the target copy sees it now.

        Q_i(s, a) is to be r + gamma * V'_i(s') and V_i(s) is to be Q'_i(s, a~), where a~ is the present policy's own
        reply and primes mark the target copy (Zhou et al. 2024, eqs. 2 and 3, and YifeiZhou02/ArCHer, critic_loss).

        Args:
            turns: played turns and what the policy would say in them.
            most_tokens: the most tokens, padding included, of one pass.
        """
        device = next(self.critic.parameters()).device
        slow_v_H_N = values_of(self._target.module, turns.taken, most_tokens=most_tokens).v_H_N
        return Targets(
            q_target(turns.reward_N.to(device), value_of_next(slow_v_H_N), turns.ends_N.to(device), gamma=self._gamma),
            values_of(self._target.module, turns.imagined, most_tokens=most_tokens).q_H_N,
            slow_v_H_N,
        )

    def step(self, turns: Imagined, targets: Targets, *, most_tokens: int, refuse_norm: float) -> CriticMetrics:
        """One step of the optimiser towards targets, then one of the target copy.

        Args:
            turns: played turns.
            targets: of these turns.
            most_tokens: the most tokens, padding included, of one pass.
            refuse_norm: a gradient's norm over this stops training.

        Raises:
            TrainingDiverged: the norm of the gradient is not finite or over `refuse_norm`; the weights stay.
        """
        known_N = turns.known_N.to(next(self.critic.parameters()).device)
        q_H_N, v_H_N = torch.empty_like(targets.q_H_N), torch.empty_like(targets.v_H_N)
        q_loss = v_loss = 0.0
        for chosen_N, part in turns.taken.parts(most_tokens):
            values = self.critic(part)
            q_error_H_N = (values.q_H_N - targets.q_H_N[:, chosen_N]) * known_N[chosen_N]
            v_error_H_N = values.v_H_N - targets.v_H_N[:, chosen_N]
            q_part = q_error_H_N.square().sum() / known_N.sum().clamp(min=1)
            v_part = v_error_H_N.square().sum() / len(turns.taken)
            (q_part + v_part).backward()
            self._optimizer.gather()
            q_H_N[:, chosen_N], v_H_N[:, chosen_N] = values.q_H_N.detach(), values.v_H_N.detach()
            q_loss, v_loss = q_loss + float(q_part.detach()), v_loss + float(v_part.detach())
        norm = self._optimizer.step(
            learning_rate=self._learning_rate, max_norm=self._max_grad_norm, refuse_norm=refuse_norm
        )
        self._target.follow(self.critic, self._tau)
        return CriticMetrics(
            q_loss=q_loss,
            v_loss=v_loss,
            q_mean=float(q_H_N.mean()),
            v_mean=float(v_H_N.mean()),
            target_distance=float((v_H_N - targets.slow_v_H_N).abs().mean()),
            critic_grad_norm=norm,
        )

    def reset_optimizer(self) -> None:
        """Forget the optimiser's moments."""
        parameters = [parameter for parameter in self.critic.parameters() if parameter.requires_grad]
        self._optimizer = MasterAdamW(
            parameters, learning_rate=self._learning_rate, setting="learner.critic_learning_rate"
        )

    def get_state(self) -> dict[str, Any]:
        """The optimiser with the critic's weights, and the target copy's."""
        return {"optimizer": self._optimizer.state_dict(), "target": self._target.get_state()}

    def set_state(self, state: dict[str, Any]) -> None:
        """Return to a state; the optimiser writes its weights into the critic."""
        self._optimizer.load_state_dict(state["optimizer"])
        self._target.set_state(state["target"])
