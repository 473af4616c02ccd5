"""Where the time of a step goes."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Self
from unittest.mock import patch

import torch

from ...agents.llm.generation.readers import NewTokens, PackedReader, PaddedReader
from ...agents.llm.optimizer import MasterAdamW
from ...agents.llm.policy import Policy


class Stopwatch:
    """While it is open, the time spent in the parts of our step is taken; parts do not contain one another.

    On a CPU it is processor time, which others on the machine disturb less.

    Args:
        device: waited for at the end of each part, where it works on its own.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._clock = time.process_time if device.type == "cpu" else time.perf_counter
        self._seconds: dict[str, float] = {}
        self._patches = ExitStack()

    def take(self) -> dict[str, float]:
        """The seconds of each part since the last call."""
        seconds, self._seconds = self._seconds, {}
        return seconds

    def __enter__(self) -> Self:
        def reading(_: Any, new: NewTokens) -> str:
            return "prefill" if new.tokens_R_Q.shape[1] > 1 else "decode"

        self._time(PackedReader, "read", reading)
        self._time(PaddedReader, "read", reading)
        self._time(Policy, "own_tokens", lambda *_: "log-probabilities")
        self._time(torch.Tensor, "backward", lambda *_: "backward")
        self._time(MasterAdamW, "gather", lambda *_: "optimiser")
        self._time(MasterAdamW, "step", lambda *_: "optimiser")
        return self

    def __exit__(self, *_: object) -> None:
        self._patches.close()

    def _time(self, owner: type, name: str, part_of: Callable[..., str]) -> None:
        function = getattr(owner, name)

        def timed(*arguments: Any, **keywords: Any) -> Any:
            began = self._clock()
            result = function(*arguments, **keywords)
            if self._device.type == "cuda":
                torch.cuda.synchronize(self._device)
            part = part_of(*arguments)
            self._seconds[part] = self._seconds.get(part, 0.0) + self._clock() - began
            return result

        self._patches.enter_context(patch.object(owner, name, timed))
