"""Agents that keep the costs of an episode within a limit."""

from .pcpo import PCPO
from .ppo_lagrangian import PPOLagrangian

__all__ = ["PCPO", "PPOLagrangian"]
