"""What an on-policy agent knows of costs: a critic, and advantages."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from stable_baselines3.common.policies import ActorCriticPolicy, BaseModel
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor, create_mlp
from torch import Tensor, nn


class CostCritic(BaseModel):
    """V_C(s): the costs still to come, by a network like that of the policy's own critic.

    Args:
        policy: whose observations, layers and optimiser it shares the shape of, and no weight.
        learning_rate: of its optimiser at the beginning.
    """

    features_extractor: BaseFeaturesExtractor

    def __init__(self, policy: ActorCriticPolicy, learning_rate: float) -> None:
        extractor = policy.make_features_extractor()
        super().__init__(
            policy.observation_space,
            policy.action_space,
            features_extractor=extractor,
            normalize_images=policy.normalize_images,
        )
        sizes = policy.net_arch["vf"] if isinstance(policy.net_arch, dict) else policy.net_arch
        self.value = nn.Sequential(*create_mlp(extractor.features_dim, 1, list(sizes), policy.activation_fn))
        rate: Any = {"lr": learning_rate, **policy.optimizer_kwargs}
        self.optimizer = policy.optimizer_class(self.parameters(), **rate)

    def forward(self, obs: Any) -> Tensor:
        """The values of a batch of observations, one number each."""
        return self.value(self.extract_features(obs, self.features_extractor)).squeeze(-1)


def cost_advantages(
    cost_T_N: NDArray[Any],
    value_T_N: NDArray[Any],
    last_value_N: NDArray[Any],
    start_T_N: NDArray[Any],
    last_done_N: NDArray[Any],
    *,
    gamma: float,
    gae_lambda: float,
) -> NDArray[np.float32]:
    """Generalised advantages of costs: A_t = δ_t + γλ A_{t+1}, δ_t = c_t + γ V(s_{t+1}) - V(s_t), within an episode.

    Source: Schulman et al., High-dimensional continuous control using generalized advantage estimation (2016).

    Args:
        cost_T_N: of each step and environment.
        value_T_N: of the states before them.
        last_value_N: of the states after the last.
        start_T_N: whether an episode began at a step.
        last_done_N: whether one ended with the last step.
        gamma: discount.
        gae_lambda: how far ahead costs are trusted more than values.
    """
    advantage_T_N = np.zeros_like(cost_T_N, dtype=np.float32)
    next_value_N, going_on_N, next_advantage_N = last_value_N, 1.0 - last_done_N, np.zeros_like(last_value_N)
    for t in reversed(range(len(cost_T_N))):
        delta_N = cost_T_N[t] + gamma * going_on_N * next_value_N - value_T_N[t]
        next_advantage_N = delta_N + gamma * gae_lambda * going_on_N * next_advantage_N
        advantage_T_N[t] = next_advantage_N
        next_value_N, going_on_N = value_T_N[t], 1.0 - start_T_N[t]
    return advantage_T_N
