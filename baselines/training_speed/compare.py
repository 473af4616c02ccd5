"""The measurement: contestants in turn, repetition by repetition, beside what the processor can do."""

from __future__ import annotations

import importlib.util
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Literal

from . import ours, trl
from .setting import Setting
from .turns import Contestant, Process, Turn

OURS, TRL = "palaestra", "TRL"
Clock = Literal["wall", "processor"]
_PEAK_SIZE = 1024  # rows and columns of the product that shows what the processor can do


@dataclass(slots=True)
class Measurement:
    """What was measured, repetition by repetition.

    Attributes:
        setting: what everyone computed.
        turns: of each contestant, by name.
        peak: floating-point operations a second of a large product of matrices in the same precision.
    """

    setting: Setting
    turns: dict[str, list[Turn]] = field(default_factory=dict)
    peak: list[float] = field(default_factory=list)

    def seconds(self, name: str, clock: Clock = "wall") -> list[float]:
        """Of each step of a contestant."""
        return [turn.seconds if clock == "wall" else turn.processor_seconds for turn in self.turns[name]]

    def ratios(self, clock: Clock = "wall") -> list[float]:
        """How many times as fast as TRL we were, pair by pair: neighbours in time suffer the same disturbance."""
        return [theirs / mine for mine, theirs in zip(self.seconds(OURS, clock), self.seconds(TRL, clock), strict=True)]

    def phases(self) -> dict[str, float]:
        """The median seconds of each part of our step, what no part accounts for last."""
        turns = self.turns[OURS]
        names = list(dict.fromkeys(name for turn in turns for name in turn.phases))
        seconds = {name: statistics.median(turn.phases.get(name, 0.0) for turn in turns) for name in names}
        whole = "processor" if self.setting.device == "cpu" else "wall"
        rest = statistics.median(
            total - sum(turn.phases.values()) for total, turn in zip(self.seconds(OURS, whole), turns, strict=True)
        )
        return seconds | {"the rest": rest}

    def limit(self) -> float:
        """The seconds of a step that is nothing but products with weights, at the processor's best."""
        return self.setting.flops() / max(self.peak)


def trl_is_installed() -> bool:
    """Whether TRL can be measured."""
    return importlib.util.find_spec("trl") is not None


def measure(
    setting: Setting, *, repetitions: int, with_trl: bool, progress: Callable[[int], None] | None = None
) -> Measurement:
    """Have the contestants take turns.

    Args:
        setting: what they compute.
        repetitions: steps of each that count; two more come before, for kernels and caches to be made.
        with_trl: whether TRL takes part.
        progress: called after each repetition with its number.

    Raises:
        RunError: a contestant cannot go on.
    """
    contestants: dict[str, Contestant] = {OURS: ours.run}
    if with_trl:
        contestants[TRL] = trl.run
    measurement = Measurement(setting, {name: [] for name in contestants})
    with ExitStack() as stack:
        processes = {
            name: stack.enter_context(Process(contestant, setting, name)) for name, contestant in contestants.items()
        }
        for repetition in range(-2, repetitions):
            for name, process in processes.items():
                turn = process.step()
                if repetition >= 0:
                    measurement.turns[name].append(turn)
            measurement.peak.append(_peak(setting))
            if progress is not None:
                progress(repetition + 3)
    return measurement


def _peak(setting: Setting) -> float:
    """Operations a second of one large product."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(setting.threads)
    left, right = torch.randn(
        2, _PEAK_SIZE, _PEAK_SIZE, dtype=getattr(torch, setting.precision), device=setting.device
    ).unbind()
    clock = time.process_time if setting.device == "cpu" and setting.threads == 1 else time.perf_counter
    best = float("inf")
    for _ in range(10):
        began = clock()
        product = left @ right.T
        product[0, 0].item()  # waits for a device that works on its own
        best = min(best, clock() - began)
    torch.set_num_threads(before)
    return 2 * _PEAK_SIZE**3 / best
