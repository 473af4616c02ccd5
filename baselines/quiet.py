"""Keeps libraries from writing on the screen what a user can do nothing about."""

from __future__ import annotations

import logging
import os
import warnings


def silence_libraries() -> None:
    """Quiet what the libraries log and warn of; errors still come through."""
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    warnings.filterwarnings("ignore")
    logging.getLogger().setLevel(logging.ERROR)

    import gymnasium

    gymnasium.logger.min_level = gymnasium.logger.ERROR
