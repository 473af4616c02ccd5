"""Keeps off the screen what libraries write and a user can do nothing about."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from typing import Any


def silence_libraries() -> None:
    """Quiet what the libraries log and warn of; the package's own warnings come through as one line each."""
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    warnings.filterwarnings("ignore")
    warnings.filterwarnings("default", module=r"palaestra\.")
    warnings.showwarning = _show
    logging.getLogger().setLevel(logging.ERROR)

    import gymnasium

    gymnasium.logger.min_level = gymnasium.logger.ERROR


def _show(message: Warning | str, *where: Any, **more: Any) -> None:
    print(f"palaestra: warning: {' '.join(str(message).split())}", file=sys.stderr)
