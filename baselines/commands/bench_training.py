"""`palaestra bench training`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ..errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from ..training_speed.compare import Measurement


@dataclass(frozen=True)
class Training:
    """A whole GRPO step, ours beside TRL's: completion tokens a second, rollout and update together."""

    parameters: Literal["0.34M", "3.28M", "0.5B"] = "3.28M"
    """The size of the model, a Llama with random weights."""

    precision: Literal["bfloat16", "float32"] = "bfloat16"
    """Of its weights."""

    device: str = "cpu"
    """Where it is."""

    groups: int = 8
    """Prompts a step."""

    group_size: int = 8
    """Completions a prompt."""

    prompt_tokens: int = 16
    """How long each prompt is."""

    completion_tokens: int = 32
    """How long each completion is."""

    threads: int = 1
    """Of the processor."""

    engine: Literal["native", "vllm"] = "native"
    """What generates on our side."""

    trl_attention: Literal["eager", "sdpa"] | None = None
    """The attention on TRL's side; left out, the one that is faster for it: eager on a processor, sdpa elsewhere."""

    repetitions: int = 10
    """Steps of each that count; the two take turns."""

    profile: bool = False
    """Print where the time of our step goes."""

    def run(self) -> None:
        """Measure, and print a table."""
        from rich.console import Console

        from ...agents.devices import resolve_device
        from ..progress import progress_board
        from ..training_speed.compare import measure, trl_is_installed
        from ..training_speed.setting import Setting

        if self.repetitions < 1:
            raise UsageError(f"--repetitions must be 1 or more, got {self.repetitions}")
        try:
            device = str(resolve_device(self.device))
            setting = Setting(
                parameters=self.parameters,
                precision=self.precision,
                device=device,
                groups=self.groups,
                group_size=self.group_size,
                prompt_tokens=self.prompt_tokens,
                completion_tokens=self.completion_tokens,
                threads=self.threads,
                engine=self.engine,
                trl_attention=self.trl_attention or ("eager" if device == "cpu" else "sdpa"),
            )
        except ValueError as error:
            raise UsageError(f"--{str(error).replace('_', '-')}") from error
        console = Console()
        with progress_board(["training"], console=Console(stderr=True)) as (sink,):
            measurement = measure(
                setting,
                repetitions=self.repetitions,
                with_trl=trl_is_installed(),
                progress=lambda done: sink(done, self.repetitions + 2, "steps"),
            )
        _print(measurement, console)
        if self.profile:
            _print_profile(measurement, console)
        if not trl_is_installed():
            console.print('TRL was not measured, it is not installed: pip install "palaestra[bench]"', markup=False)


def _print(measurement: Measurement, console: Console) -> None:
    from statistics import median

    from rich.table import Table

    from ..training_speed.compare import OURS, TRL, Clock

    setting = measurement.setting
    console.print(
        f"one step of GRPO: {setting.parameters} parameters, {setting.precision}, {setting.device}, {setting.threads} "
        f"threads, {setting.completions} completions × {setting.completion_tokens} tokens, groups of "
        f"{setting.group_size}, prompts of {setting.prompt_tokens}"
    )
    table = Table(box=None, pad_edge=False)
    for name in ("", "tokens/s", "seconds", "least", "most", "processor seconds"):
        table.add_column(name, justify="right" if name else "left")
    for name in measurement.turns:
        seconds = measurement.seconds(name)
        processor_seconds = median(measurement.seconds(name, "processor"))
        values = (median(seconds), min(seconds), max(seconds), processor_seconds)
        table.add_row(name, f"{setting.tokens / median(seconds):,.0f}", *(f"{value:.3f}" for value in values))
    limit = measurement.limit()
    table.add_row("limit", f"{setting.tokens / limit:,.0f}", f"{limit:.3f}")
    console.print(table)
    on_processor = setting.device == "cpu" and setting.threads == 1
    share = limit / median(measurement.seconds(OURS, "processor" if on_processor else "wall"))
    console.print(
        f"limit: {setting.flops() / 1e9:,.0f} GFLOP of products with weights at {max(measurement.peak) / 1e9:,.0f} "
        f"GFLOP/s, the best of one large {setting.precision} product here; {OURS} is at {share:.0%} of it"
    )
    if TRL in measurement.turns:
        by: tuple[tuple[Clock, str], ...] = (("wall", "by the clock"), ("processor", "by processor time"))
        for clock, words in by:
            low, middle, high = _quartiles(measurement.ratios(clock))
            console.print(
                f"{words}: {middle:.2f} times as fast as {TRL} with {setting.trl_attention} attention (median of "
                f"{len(measurement.turns[TRL])} pairs; half of them between {low:.2f} and {high:.2f})"
            )


def _quartiles(values: list[float]) -> tuple[float, float, float]:
    import numpy as np

    low, middle, high = np.quantile(values, (0.25, 0.5, 0.75))
    return float(low), float(middle), float(high)


def _print_profile(measurement: Measurement, console: Console) -> None:
    from rich.table import Table

    table = Table(title="our step", title_justify="left", box=None, pad_edge=False)
    for name in ("part", "ms, median", "share"):
        table.add_column(name, justify="left" if name == "part" else "right")
    phases = measurement.phases()
    for name, seconds in phases.items():
        table.add_row(name, f"{1000 * seconds:.1f}", f"{seconds / sum(phases.values()):.0%}")
    console.print(table)
