"""Small policies and environments for the tests of LLM agents."""

from __future__ import annotations

import pytest
import torch

from palaestra.agents.llm import LLMConfig, Policy, TinyConfig, WarmStartConfig
from palaestra.agents.llm.tiny import build_tiny

TEXTS = ["Guess my number from 1 to 31. You have 5 guesses.", "higher", "lower", "16", "8", "24"]
SMALL = TinyConfig(hidden_size=32, layers=2, heads=2, intermediate_size=64, vocabulary=80, context_length=128)


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture
def policy() -> Policy:
    """A random policy in full precision."""
    return build_tiny(TEXTS, SMALL, seed=0, device="cpu", precision="float32")


@pytest.fixture
def config() -> LLMConfig:
    """Small enough for an update in a fraction of a second, without a warm start."""
    return LLMConfig(
        groups=2,
        group_size=4,
        max_new_tokens=4,
        precision="float32",
        tiny=SMALL,
        warm_start=WarmStartConfig(target_success=0.0, evaluation_episodes=4),
    )
