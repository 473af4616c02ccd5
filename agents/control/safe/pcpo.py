"""TRPO whose steps are projected to where costs are within their limit."""

from __future__ import annotations

import copy
import math
from functools import partial
from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from sb3_contrib import TRPO
from sb3_contrib.common.utils import conjugate_gradient_solver, flat_grad
from stable_baselines3.common.distributions import kl_divergence
from stable_baselines3.common.utils import explained_variance, obs_as_tensor
from torch import Tensor, nn
from torch.nn import functional as F

from .constrained import ConstrainedOnPolicy


class PCPO(ConstrainedOnPolicy, TRPO):
    """Projection-based constrained policy optimisation (Yang, Rosca, Narasimhan and Ramadge, ICLR 2020).

    A step of TRPO, then a projection, in the metric of the KL divergence, to the policies whose expected cost is
    within the limit to first order. A line search shortens the step until the divergence is within `target_kl` and the
    costs rise by no more than the limit leaves. The distance to the limit, a sum over an episode, is divided by the
    mean length of an episode to match the cost surrogate, a mean over steps, as in openai/safety-starter-agents.

    Args:
        policy: of an actor and a critic.
        env: with a `cost` in the infos of every step.
        **more: `cost_limit`, `cost_gamma`, and what TRPO takes.
    """

    def train(self) -> None:
        """Update the policy once, and both critics `n_critic_updates` times."""
        self.policy.set_training_mode(True)
        self._update_learning_rate(self.policy.optimizer)
        self.fit_cost_critic(self.n_critic_updates, self.batch_size)
        actor_params = self._update_policy()
        value_losses = []
        for _ in range(self.n_critic_updates):
            for batch in self.rollout_buffer.get(self.batch_size):
                loss = F.mse_loss(self.policy.predict_values(batch.observations).flatten(), batch.returns)
                self.policy.optimizer.zero_grad()
                loss.backward()
                for param in actor_params:
                    param.grad = None  # layers that the actor shares move with its step alone
                self.policy.optimizer.step()
                value_losses.append(loss.item())
        self._n_updates += 1
        explained = explained_variance(self.rollout_buffer.values.flatten(), self.rollout_buffer.returns.flatten())
        self.logger.record("train/value_loss", np.mean(value_losses))
        self.logger.record("train/explained_variance", explained)
        self.logger.record("train/n_updates", self._n_updates, exclude="tensorboard")

    def excess_cost(self) -> float:
        """How far the costs are over the limit (below: negative), for each step; -∞ before an episode has ended."""
        if self.episode_cost is None or not self.ep_info_buffer:
            return -math.inf
        length = float(np.mean([info["l"] for info in self.ep_info_buffer]))
        return (self.episode_cost - self.cost_limit) / length

    def _update_policy(self) -> list[nn.Parameter]:
        assert self.costs is not None
        buffer = self.rollout_buffer
        observations = obs_as_tensor(self._rows(buffer.observations), self.device)
        actions = self._tensor(self._rows(buffer.actions))
        if isinstance(self.action_space, spaces.Discrete):
            actions = actions.long().flatten()
        old_logp_B = self._tensor(buffer.log_probs.reshape(-1))
        advantage_B = self._tensor(buffer.advantages.reshape(-1))
        if self.normalize_advantage:
            advantage_B = (advantage_B - advantage_B.mean()) / (advantage_B.std() + 1e-8)
        cost_advantage_B = self._tensor(self.costs.advantage_T_N.reshape(-1))
        cost_advantage_B = cost_advantage_B - cost_advantage_B.mean()
        with torch.no_grad():
            old_distribution = copy.copy(self.policy.get_distribution(observations))

        def surrogates() -> tuple[Tensor, Tensor, Tensor]:
            """The gain, the cost and the divergence of the policy as it is now."""
            distribution = self.policy.get_distribution(observations)
            ratio_B = (distribution.log_prob(actions) - old_logp_B).exp()
            divergence = kl_divergence(distribution, old_distribution).mean()
            return (ratio_B * advantage_B).mean(), (ratio_B * cost_advantage_B).mean(), divergence

        gain, cost, divergence = surrogates()
        params, gradient, kl_gradient, shapes = self._compute_actor_grad(divergence, gain)
        cost_gradient = flat_grad(cost, params, retain_graph=True)
        product = partial(self.hessian_vector_product, params, kl_gradient)
        natural = conjugate_gradient_solver(product, gradient, max_iter=self.cg_max_steps)
        natural_cost = conjugate_gradient_solver(product, cost_gradient, max_iter=self.cg_max_steps)
        excess = self.excess_cost()
        step = projected_step(gradient, cost_gradient, natural, natural_cost, excess, self.target_kl)

        old_params = [param.detach().clone() for param in params]
        pieces = [
            piece.view(shape) for piece, shape in zip(step.split([p.numel() for p in params]), shapes, strict=True)
        ]
        accepted = False
        with torch.no_grad():
            for trial in range(self.line_search_max_iter):
                fraction = self.line_search_shrinking_factor**trial
                for param, old, piece in zip(params, old_params, pieces, strict=True):
                    param.copy_(old + fraction * piece)
                new_gain, new_cost, divergence = surrogates()
                accepted = bool(divergence <= self.target_kl and new_cost - cost <= max(0.0, -excess))
                if accepted:
                    break
            else:
                for param, old in zip(params, old_params, strict=True):
                    param.copy_(old)
                new_gain, _, divergence = surrogates()
        self.logger.record("train/policy_objective", new_gain.item())
        self.logger.record("train/kl_divergence_loss", divergence.item())
        self.logger.record("train/is_line_search_success", float(accepted))
        self.logger.record("train/excess_cost", excess)
        return params

    def _tensor(self, array: Any) -> Tensor:
        return torch.as_tensor(array, device=self.device)


def projected_step(
    gradient: Tensor, cost_gradient: Tensor, natural: Tensor, natural_cost: Tensor, excess: float, target_kl: float
) -> Tensor:
    """√(2δ / gᵀH⁻¹g) H⁻¹g - max(0, (√(2δ / gᵀH⁻¹g) aᵀH⁻¹g + b) / aᵀH⁻¹a) H⁻¹a: eq. 3 with L = H of the paper.

    Args:
        gradient: g, of the gain.
        cost_gradient: a, of the cost.
        natural: H⁻¹g, H the Hessian of the divergence.
        natural_cost: H⁻¹a.
        excess: b, how far the cost is over its limit.
        target_kl: δ, how large a step is.
    """
    scale = torch.sqrt(2.0 * target_kl / (gradient @ natural))
    curvature = cost_gradient @ natural_cost
    if curvature <= torch.finfo(curvature.dtype).tiny:  # no step changes the cost
        return scale * natural
    overshoot = (scale * (cost_gradient @ natural) + excess) / curvature
    return scale * natural - overshoot.clamp(min=0.0) * natural_cost
