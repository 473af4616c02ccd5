"""Dynamics learned from experience: an ensemble of networks, each of which says how sure it is."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..stacked_layers import StackedLinear

LEAST_LOG_VARIANCE = -10.0
MOST_LOG_VARIANCE = 0.5
"""Bounds of what a member says of its variance (Chua et al., 2018), of targets with a variance of 1."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What comes of a batch of actions.

    Attributes:
        state_B_S: the next state, as one member, drawn anew for each row, samples it.
        reward_B: as it samples the reward.
        ended_B: whether it takes the episode to end there.
        uncertainty_B: how far the next states that the members sample are apart.
    """

    state_B_S: Tensor
    reward_B: Tensor
    ended_B: Tensor
    uncertainty_B: Tensor


class EnsembleDynamics(nn.Module):
    """Members predict the change of the state and the reward, as Gaussians, and whether the episode ends.

    Inputs and targets are standardised by what was last fitted. Members differ by their first weights and by the
    batches that each draws.

    Args:
        state_size: numbers of a state.
        action_size: numbers of an action.
        members: of the ensemble.
        net_arch: sizes of the hidden layers.
        learning_rate: of Adam.
        weight_decay: of Adam.
    """

    input_mean: Tensor
    input_scale: Tensor
    target_mean: Tensor
    target_scale: Tensor

    def __init__(
        self,
        state_size: int,
        action_size: int,
        members: int,
        net_arch: list[int],
        learning_rate: float,
        weight_decay: float,
    ) -> None:
        super().__init__()
        self.members, self.state_size = members, state_size
        sizes = [state_size + action_size, *net_arch]
        self.hidden = nn.ModuleList(StackedLinear(members, *pair) for pair in zip(sizes, net_arch, strict=False))
        self.head = StackedLinear(members, sizes[-1], 2 * (state_size + 1) + 1)
        for name, size in (("input", sizes[0]), ("target", state_size + 1)):
            self.register_buffer(f"{name}_mean", torch.zeros(size))
            self.register_buffer(f"{name}_scale", torch.ones(size))
        self.optimizer = torch.optim.Adam(self.parameters(), lr=learning_rate, weight_decay=weight_decay)

    def forward(self, input_E_B_I: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Mean and log-variance of the standardised targets, and the logit of an end, of every member."""
        x = (input_E_B_I - self.input_mean) / self.input_scale
        for layer in self.hidden:
            x = F.silu(layer(x, None))
        mean_E_B_T, log_variance_E_B_T, logit_E_B_1 = self.head(x, None).split(
            [self.state_size + 1, self.state_size + 1, 1], dim=-1
        )
        return mean_E_B_T, soft_bounds(log_variance_E_B_T), logit_E_B_1.squeeze(-1)

    def fit(self, input_N_I: Tensor, target_N_T: Tensor, ended_N: Tensor, steps: int, batch_size: int) -> float:
        """Take steps of the negative log-likelihood on batches that each member draws for itself.

        Args:
            input_N_I: states and actions.
            target_N_T: changes of the state, and rewards.
            ended_N: 1.0 where the episode ended.
            steps: of the optimiser.
            batch_size: rows for each member.

        Returns:
            The mean loss.
        """
        for name, values in (("input", input_N_I), ("target", target_N_T)):
            getattr(self, f"{name}_mean").copy_(values.mean(dim=0))
            # a number that hardly varies is left as it is: there is nothing to learn of it
            scale = values.std(dim=0, correction=0)
            getattr(self, f"{name}_scale").copy_(torch.where(scale > 1e-6, scale, 1.0))
        target_N_T = (target_N_T - self.target_mean) / self.target_scale
        total = 0.0
        for _ in range(steps):
            rows_E_B = torch.randint(len(input_N_I), (self.members, batch_size)).to(input_N_I.device)
            mean_E_B_T, log_variance_E_B_T, logit_E_B = self(input_N_I[rows_E_B])
            loss = gaussian_loss(mean_E_B_T, log_variance_E_B_T, target_N_T[rows_E_B])
            loss = loss + F.binary_cross_entropy_with_logits(logit_E_B, ended_N[rows_E_B])
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            total += loss.item()
        return total / max(1, steps)

    @torch.no_grad()
    def predict(self, state_B_S: Tensor, action_B_A: Tensor) -> Prediction:
        """What comes of actions, sampled; u is as in COPlanner: the mean over the state of the members' deviation."""
        input_B_I = torch.cat([state_B_S, action_B_A], dim=1)
        mean_E_B_T, log_variance_E_B_T, logit_E_B = self(input_B_I.expand(self.members, *input_B_I.shape))
        drawn_E_B_T = mean_E_B_T + (0.5 * log_variance_E_B_T).exp() * torch.randn_like(mean_E_B_T)
        drawn_E_B_T = drawn_E_B_T * self.target_scale + self.target_mean
        member_B = torch.randint(self.members, (len(state_B_S),)).to(state_B_S.device)
        chosen = member_B, torch.arange(len(state_B_S), device=state_B_S.device)
        row_B_T = drawn_E_B_T[chosen]
        return Prediction(
            state_B_S + row_B_T[:, :-1],
            row_B_T[:, -1],
            logit_E_B[chosen] > 0.0,
            disagreement(drawn_E_B_T[..., :-1]),
        )


def soft_bounds(log_variance: Tensor) -> Tensor:
    """A log-variance, bent smoothly to its bounds."""
    below = MOST_LOG_VARIANCE - F.softplus(MOST_LOG_VARIANCE - log_variance)
    return LEAST_LOG_VARIANCE + F.softplus(below - LEAST_LOG_VARIANCE)


def gaussian_loss(mean: Tensor, log_variance: Tensor, target: Tensor) -> Tensor:
    """½ mean of (target - mean)² / σ² + log σ²: the negative log-likelihood, but for a constant."""
    return 0.5 * ((target - mean).square() * (-log_variance).exp() + log_variance).mean()


def disagreement(state_E_B_S: Tensor) -> Tensor:
    """u: the standard deviation over the members, averaged over the numbers of a state."""
    return state_E_B_S.std(dim=0).mean(dim=-1)
