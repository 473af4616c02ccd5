"""Agents that speak: language models trained by reinforcement learning in text environments."""

from .agent import LLMAgent
from .config import ALGORITHMS, LLMConfig, WarmStartConfig
from .policy import Policy
from .tiny import TinyConfig

__all__ = ["ALGORITHMS", "LLMAgent", "LLMConfig", "Policy", "TinyConfig", "WarmStartConfig"]
