"""Agents that speak: language models trained by reinforcement learning in text environments."""

from .agent import LLMAgent
from .algorithms import ALGORITHMS, algorithm_config
from .config import LLMConfig, WarmStartConfig
from .policy import Policy
from .tiny import TinyConfig

__all__ = [
    "ALGORITHMS",
    "LLMAgent",
    "LLMConfig",
    "Policy",
    "TinyConfig",
    "WarmStartConfig",
    "algorithm_config",
]
