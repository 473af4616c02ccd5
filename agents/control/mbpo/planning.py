"""Uncertainty-aware policy-guided model-predictive control (UP-MPC), as COPlanner plans.

Source: Wang et al., COPlanner: Plan to roll out conservatively but to explore optimistically for model-based RL (ICLR
2024), and umd-huang-lab/COPlanner, DMC-MBPO-COPlanner/mbrl/third_party/pytorch_sac_pranz24/sac.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from .dynamics import EnsembleDynamics


@dataclass(frozen=True, slots=True)
class Planner:
    """How plans are made.

    Attributes:
        candidates: K, first actions that are drawn from the policy.
        horizon: H, steps that each is followed.
        reward_gamma: discount of predicted rewards.
        uncertainty_gamma: discount of uncertainties.
    """

    candidates: int
    horizon: int
    reward_gamma: float
    uncertainty_gamma: float

    def plan(
        self, dynamics: EnsembleDynamics, policy: Callable[[Tensor], Tensor], state_N_S: Tensor, rate: float
    ) -> Tensor:
        """The first action of the best of K plans for each state.

        Each plan draws its actions from the policy, and its states from the dynamics. Where an end is predicted,
        nothing counts after it.

        Args:
            dynamics: that plans are played in.
            policy: draws actions.
            state_N_S: where the plans begin.
            rate: what a unit of uncertainty is worth: c_o > 0 to seek it, -c_c to shun it.
        """
        count = len(state_N_S)
        state_NK_S = state_N_S.repeat_interleave(self.candidates, dim=0)
        first_NK_A = action_NK_A = policy(state_NK_S)
        alive_NK = torch.ones(len(state_NK_S), device=state_N_S.device)
        rewards, uncertainties = [], []
        for step in range(self.horizon):
            if step:
                action_NK_A = policy(state_NK_S)
            outcome = dynamics.predict(state_NK_S, action_NK_A)
            rewards.append((alive_NK * outcome.reward_B).view(count, -1))
            uncertainties.append((alive_NK * outcome.uncertainty_B).view(count, -1))
            alive_NK = alive_NK * ~outcome.ended_B
            state_NK_S = outcome.state_B_S
        score_N_K = plan_scores(
            torch.stack(rewards), torch.stack(uncertainties), self.reward_gamma, self.uncertainty_gamma, rate
        )
        best_N = score_N_K.argmax(dim=1)
        return first_NK_A.view(count, self.candidates, -1)[torch.arange(count), best_N]


def plan_scores(
    reward_H_N_K: Tensor, uncertainty_H_N_K: Tensor, reward_gamma: float, uncertainty_gamma: float, rate: float
) -> Tensor:
    """Σ_i γ_r^i r_i + c Σ_i γ_u^i u_i of each plan, i from 0; c is negative for plans that shun uncertainty."""
    step_H_1_1 = torch.arange(len(reward_H_N_K), device=reward_H_N_K.device)[:, None, None]
    rewards_N_K = (reward_gamma**step_H_1_1 * reward_H_N_K).sum(dim=0)
    return rewards_N_K + rate * (uncertainty_gamma**step_H_1_1 * uncertainty_H_N_K).sum(dim=0)
