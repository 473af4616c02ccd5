"""What SQIRL fits Q functions with: a table, or a network."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from gymnasium import spaces
from numpy.typing import NDArray
from stable_baselines3.common.policies import BasePolicy
from stable_baselines3.common.preprocessing import get_flattened_obs_dim
from stable_baselines3.common.torch_layers import FlattenExtractor, create_mlp
from stable_baselines3.common.type_aliases import Schedule
from torch import nn
from torch.func import functional_call

from .random_play import RandomPlay, q_iteration_targets
from .replay import ReturnReplayBuffer


@dataclass(frozen=True, slots=True)
class Regression:
    """How Q functions are fitted.

    Attributes:
        depth: k; Q¹ is fitted to returns, Q² to Q^k each to the one before.
        gamma: the discount.
        batch_size: transitions of a gradient step.
        n_epochs: gradient steps × batch size, over the steps that were collected.
        max_grad_norm: the longest gradient.
        learning_rate: of the optimiser.
    """

    depth: int
    gamma: float
    batch_size: int
    n_epochs: int
    max_grad_norm: float
    learning_rate: float


class SQIRLPolicy(BasePolicy):
    """A way to fit Q^k; what was fitted for a step is handed out, and stays as it is.

    Class attributes:
        replays: whether transitions are kept in a replay buffer.
    """

    replays: ClassVar[bool]
    action_space: spaces.Discrete

    @abstractmethod
    def regress(self, play: RandomPlay, step: int, settings: Regression, replay: ReturnReplayBuffer | None) -> Any:
        """Fit Q^k at a step of the episode.

        Args:
            play: what was just collected; from `step` on, its actions are random.
            step: how many actions came before.
            settings: how to fit.
            replay: what was collected before, `play` included, where the policy replays.

        Returns:
            What `q_values` takes; it holds no tensors.
        """

    @abstractmethod
    def q_values(self, fitted: Any, observation_N: NDArray[Any]) -> NDArray[np.floating[Any]]:
        """Q^k_N_A of what `regress` returned."""

    def _predict(self, observation: Any, deterministic: bool = False) -> torch.Tensor:
        raise NotImplementedError("which Q function counts depends on the step: SQIRL.predict knows it")


class TablePolicy(SQIRLPolicy):
    """A mean for each pair of state and action: least squares over one-hot vectors.

    As in the paper's algorithm: Q^i is fitted only to what was just collected, at step t + k - i. An action that was
    never tried in a state counts as worse than all that were; in a state that was never seen, all count alike.

    Args:
        observation_space: a `Discrete` one.
        action_space: a `Discrete` one.
        lr_schedule: not used.

    Raises:
        ValueError: the observation space is another one.
    """

    replays = False

    def __init__(
        self, observation_space: spaces.Space[Any], action_space: spaces.Discrete, lr_schedule: Schedule
    ) -> None:
        if not isinstance(observation_space, spaces.Discrete):
            raise ValueError(f"TablePolicy needs a Discrete observation space, got {observation_space}")
        super().__init__(observation_space, action_space)
        self._shape = (int(observation_space.n), int(action_space.n))

    def regress(
        self, play: RandomPlay, step: int, settings: Regression, replay: ReturnReplayBuffer | None
    ) -> NDArray[np.float64]:
        """Q^k at a step; fewer iterations where episodes end before."""
        last = min(step + settings.depth - 1, int(play.step_N.max()))
        rows = play.at_step(last)
        q_S_A = self._means(rows, rows.return_N)
        for at in reversed(range(step, last)):
            rows = play.at_step(at)
            q_N_A = q_S_A[rows.next_observation_N]
            q_S_A = self._means(rows, q_iteration_targets(rows.reward_N, rows.ended_N, q_N_A, settings.gamma))
        return q_S_A

    def q_values(self, fitted: NDArray[np.float64], observation_N: NDArray[Any]) -> NDArray[np.float64]:
        """Rows of the table."""
        return fitted[observation_N]

    def _means(self, rows: RandomPlay, target_N: NDArray[np.float64]) -> NDArray[np.float64]:
        count_S_A, sum_S_A = np.zeros(self._shape), np.zeros(self._shape)
        pairs = (rows.observation_N, rows.action_N)
        np.add.at(count_S_A, pairs, 1.0)
        np.add.at(sum_S_A, pairs, target_N)
        mean_S_A = np.where(count_S_A > 0, sum_S_A / np.maximum(count_S_A, 1.0), -np.inf)
        mean_S_A[count_S_A.sum(axis=-1) == 0] = target_N.mean()
        return mean_S_A


class MlpPolicy(SQIRLPolicy):
    """A network with k outputs for each action, one for each Q^i.

    As in the authors' code: the network is trained on from step to step, on all random play that was collected so far,
    whatever its step; the step is no input.

    Args:
        observation_space: of vectors or numbers.
        action_space: a `Discrete` one.
        lr_schedule: of the optimiser.
        depth: k.
        net_arch: the sizes of the hidden layers.
        activation_fn: what is between them.
        optimizer_class: of the optimiser.
        optimizer_kwargs: its other arguments.
    """

    replays = True

    def __init__(
        self,
        observation_space: spaces.Space[Any],
        action_space: spaces.Discrete,
        lr_schedule: Schedule,
        depth: int = 1,
        net_arch: list[int] | None = None,
        activation_fn: type[nn.Module] = nn.ReLU,
        optimizer_class: type[torch.optim.Optimizer] = torch.optim.Adam,
        optimizer_kwargs: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(
            observation_space,
            action_space,
            features_extractor_class=FlattenExtractor,
            optimizer_class=optimizer_class,
            optimizer_kwargs=optimizer_kwargs,
        )
        self.depth = depth
        self.features_extractor = self.make_features_extractor()
        size, hidden = get_flattened_obs_dim(observation_space), [64, 64] if net_arch is None else net_arch
        self.q_net = nn.Sequential(*create_mlp(size, depth * int(action_space.n), hidden, activation_fn))
        self.optimizer = optimizer_class(self.parameters(), lr=lr_schedule(1), **self.optimizer_kwargs)  # pyright: ignore[reportCallIssue]

    def regress(
        self, play: RandomPlay, step: int, settings: Regression, replay: ReturnReplayBuffer | None
    ) -> dict[str, NDArray[Any]]:
        """Train on, and copy the weights."""
        if replay is None:
            raise ValueError("replay must be a buffer, got None")
        for group in self.optimizer.param_groups:
            group["lr"] = settings.learning_rate
        self.set_training_mode(True)
        for _ in range(math.ceil(len(play.action_N) * settings.n_epochs / settings.batch_size)):
            self._step(replay.draw(settings.batch_size), settings)
        self.set_training_mode(False)
        return {name: tensor.detach().cpu().numpy().copy() for name, tensor in self.q_net.state_dict().items()}

    def q_values(self, fitted: dict[str, NDArray[Any]], observation_N: NDArray[Any]) -> NDArray[np.float32]:
        """The last output of the network with those weights."""
        weights = {name: torch.as_tensor(array, device=self.device) for name, array in fitted.items()}
        with torch.no_grad():
            q_N_KA = functional_call(self.q_net, weights, (self._features(observation_N),))
        return self._by_depth(q_N_KA)[:, -1].cpu().numpy()

    def losses(self, rows: RandomPlay, gamma: float) -> torch.Tensor:
        """The mean squared error of each Q^i, of shape (k,)."""
        targets = [rows.return_N]
        if self.depth > 1:
            with torch.no_grad():
                next_q_N_K_A = self._by_depth(self.q_net(self._features(rows.next_observation_N))).cpu().numpy()
            targets += [
                q_iteration_targets(rows.reward_N, rows.ended_N, next_q_N_K_A[:, i], gamma)
                for i in range(self.depth - 1)
            ]
        target_N_K = torch.as_tensor(np.stack(targets, axis=-1), dtype=torch.float32, device=self.device)
        q_N_K_A = self._by_depth(self.q_net(self._features(rows.observation_N)))
        action_N = torch.as_tensor(rows.action_N, device=self.device)
        chosen_N_K = q_N_K_A[torch.arange(len(action_N), device=self.device), :, action_N]
        return ((chosen_N_K - target_N_K) ** 2).mean(dim=0)

    def _step(self, rows: RandomPlay, settings: Regression) -> None:
        loss = self.losses(rows, settings.gamma).mean()
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.parameters(), settings.max_grad_norm)
        self.optimizer.step()

    def _features(self, observation_N: NDArray[Any]) -> torch.Tensor:
        tensor, _ = self.obs_to_tensor(observation_N)
        return self.extract_features(tensor, self.features_extractor)  # pyright: ignore[reportArgumentType]

    def _by_depth(self, q_N_KA: torch.Tensor) -> torch.Tensor:
        return q_N_KA.reshape(len(q_N_KA), self.depth, -1)
