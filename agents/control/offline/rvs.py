"""Goal-conditioned behaviour cloning, with temporal data augmentation."""

from __future__ import annotations

from typing import Any

from stable_baselines3.common.type_aliases import Schedule

from ....envs.core.arguments import check_integer, check_number
from ....envs.core.bodies.offline_data import OfflineDataset
from .bc import BC
from .data import data_seed
from .networks import ActorPolicy


class RvS(BC):
    """Behaviour cloning towards goals that the data reached later (Emmons et al., RvS, 2022).

    Such an agent does not put together ways that it never saw in one episode. With `augmentation` it is shown some:
    with that probability a goal is swapped for one that another episode reached from nearby (Ghugare, Geist, Berseth
    and Eysenbach, Closing the gap between TD learning and supervised learning, 2024; its code has a learning rate of
    1e-3, batches of 256, ε = 0.5, and 20, 40 or 80 cells for a small, medium or large maze).

    Args:
        policy: `MlpPolicy`.
        env: with vectors for observations, part of which is the goal.
        augmentation: ε, the share of goals that are swapped.
        cells: into how many cells what is achieved is split, by k-means.
        learning_rate: of the optimiser.
        **more: what every offline algorithm takes (`OfflineAlgorithm`); `goals` must be given.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    def __init__(
        self,
        policy: str | type[ActorPolicy],
        env: Any,
        *,
        augmentation: float = 0.0,
        cells: int = 40,
        learning_rate: float | Schedule = 1e-3,
        **more: Any,
    ) -> None:
        super().__init__(policy, env, learning_rate=learning_rate, **more)
        if not 0.0 <= check_number("augmentation", augmentation) <= 1.0:
            raise ValueError(f"augmentation must lie in [0, 1], got {augmentation}")
        self.augmentation, self.cells = augmentation, check_integer("cells", cells, 1)

    def _setup_model(self) -> None:
        if self.goals is None:
            raise ValueError("goals must be given: RvS learns to reach goals that the data reached")
        super()._setup_model()

    def fill(self, dataset: OfflineDataset) -> None:
        """Make these the data, split into cells."""
        super().fill(dataset)
        if self.augmentation:
            self.replay_buffer.split_into_cells(self.cells, self.augmentation, data_seed(self.seed))
