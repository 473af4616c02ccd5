"""Checkpoints: a training run that can be stopped at any moment and go on to the same numbers.

A checkpoint holds a pickle (the environments' snapshots): load only what you have written.
"""

from __future__ import annotations

import pickle
from pathlib import Path

import torch

from ..durable import replace_file
from .agent import LLMAgent

_STATE_FILE = "training.pt"


def save_checkpoint(agent: LLMAgent, folder: Path) -> None:
    """Write everything the rest of training depends on; a kill in the middle leaves the former checkpoint whole.

    Args:
        agent: between two updates.
        folder: of this checkpoint alone.

    Raises:
        OSError: the disk is full or not writable.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with replace_file(folder / _STATE_FILE) as file:
        torch.save(agent.get_training_state(), file)


def load_checkpoint(agent: LLMAgent, folder: Path) -> None:
    """Bring an agent that was made with the same arguments to where a checkpoint was written.

    Raises:
        ValueError: the folder holds no checkpoint of an LLM agent, or one of a model of another size.
    """
    file = folder / _STATE_FILE
    if not file.is_file():
        raise ValueError(f"folder {str(folder)!r} holds no checkpoint of an LLM agent: {_STATE_FILE} is missing")
    try:
        state = torch.load(file, weights_only=True, map_location=agent.policy.device)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise ValueError(f"checkpoint {str(file)!r} is damaged and cannot be read") from error
    try:
        agent.set_training_state(state)
    except (RuntimeError, KeyError, ValueError) as error:
        raise ValueError(f"checkpoint {str(file)!r} does not fit this agent: {error}") from error
