"""`palaestra bench sandbox`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import tyro

from ..errors import RunError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from ..sandbox_soak import Sample
    from ..sandbox_speed import Contender, Turn


@dataclass(frozen=True)
class SandboxSpeed:
    """Programs a second in the sandbox, beside bubblewrap, bare interpreters and forks; or what many leave behind."""

    threads: Annotated[tuple[int, ...], tyro.conf.arg(metavar="N [N ...]")] = (1, 2, 4)
    """How many programs run at a time; the others run as many as there are cores."""

    rounds: int = 5
    """Turns of each; they take turns."""

    seconds: float = 2.0
    """How long a turn takes."""

    soak: int | None = None
    """Run so many programs of all kinds instead, and look for what they leave behind; exit status 1 if anything."""

    def run(self) -> None:
        """Measure, and print a table."""
        from rich.console import Console

        from ...envs.code.sandbox import SandboxUnavailable

        if not self.threads or min(self.threads) < 1:
            raise UsageError(f"--threads must be 1 or more, got {self.threads}")
        if self.rounds < 1 or self.seconds <= 0:
            raise UsageError("--rounds must be 1 or more and --seconds over 0")
        if self.soak is not None and self.soak < 1:
            raise UsageError(f"--soak must be 1 or more, got {self.soak}")
        try:
            if self.soak is None:
                self._measure(Console())
            else:
                self._soak(self.soak, Console())
        except SandboxUnavailable as error:
            raise RunError(str(error)) from error

    def _measure(self, console: Console) -> None:
        import os
        from contextlib import ExitStack, closing

        from rich.console import Console

        from ...envs.code.sandbox import SandboxUnavailable, make_sandbox
        from ..progress import progress_board
        from ..sandbox_speed import (
            bare_forks,
            fresh_interpreter,
            fresh_interpreter_in_bubblewrap,
            sandboxed,
            take_turns,
        )

        cores = len(os.sched_getaffinity(0))
        with ExitStack() as sandboxes:
            full = sandboxes.enter_context(closing(make_sandbox()))
            ours = [sandboxed(full, "the sandbox", threads) for threads in sorted(set(self.threads))]
            others = []
            try:
                bubblewrap = sandboxes.enter_context(closing(make_sandbox("bubblewrap")))
                others.append(sandboxed(bubblewrap, "isolation 'bubblewrap'", cores))
            except SandboxUnavailable as error:
                console.print(str(error), markup=False)
            others += [
                contender
                for contender in (
                    fresh_interpreter_in_bubblewrap("bwrap python -I -S -c", cores),
                    fresh_interpreter("python -I -S -c alone", cores),
                    bare_forks("fork and exit alone", cores),
                )
                if contender is not None
            ]
            contenders = [*ours, *others]
            with progress_board(["sandbox"], console=Console(stderr=True)) as (sink,):
                total = self.rounds * len(contenders)
                turns = take_turns(
                    contenders,
                    rounds=self.rounds,
                    seconds=self.seconds,
                    progress=lambda done: sink(done, total, "turns"),
                )
        one, five, fifteen = os.getloadavg()
        console.print(f"{cores} cores, load averages {one:.1f} {five:.1f} {fifteen:.1f}, {self.rounds} rounds")
        _print_rates(turns, console)
        _print_ratios(ours, others, turns, console)

    def _soak(self, programs: int, console: Console) -> None:
        from ...envs.code.sandbox import make_sandbox
        from ..sandbox_soak import soak

        threads = max(self.threads)
        console.print(f"{programs:,} programs from {threads} threads; MB are of memory in use")
        console.print(_SOAK_ROW.format("programs", *_SOAK_COLUMNS), markup=False, soft_wrap=True)
        found = soak(
            make_sandbox,
            programs=programs,
            threads=threads,
            on_sample=lambda sample: console.print(_soak_row(sample), markup=False, soft_wrap=True),
        )
        for surprise, times in found.surprises.items():
            console.print(f"{times} times: {surprise}", markup=False, soft_wrap=True)
        leaks = found.leaks()
        if leaks or found.surprises:
            raise RunError("; ".join([*leaks, *(["programs ended as they should not"] if found.surprises else [])]))
        console.print("nothing leaked")


_SOAK_ROW = "{:>9} {:>9} {:>10} {:>12} {:>20} {:>7} {:>16} {:>8} {:>11}"
_SOAK_COLUMNS = (
    "seconds",
    "processes",
    "descriptors",
    "sandbox's descriptors",
    "mounts",
    "temporary files",
    "MB",
    "sandbox MB",
)


def _soak_row(sample: Sample) -> str:
    usage = sample.usage
    return _SOAK_ROW.format(
        f"{sample.programs:,}",
        f"{sample.seconds:,.0f}",
        usage.processes,
        usage.descriptors,
        usage.sandbox_descriptors,
        usage.mounts,
        usage.temporary_files,
        f"{usage.memory / 1e6:.1f}",
        f"{usage.sandbox_memory / 1e6:.1f}",
    )


def _print_rates(turns: dict[Contender, list[Turn]], console: Console) -> None:
    from statistics import median

    import numpy as np
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in ("", "at a time", "programs/s", "least", "most", "ms, p50", "p99"):
        table.add_column(name, justify="right" if name else "left")
    for contender, taken in turns.items():
        rates = [turn.rate for turn in taken]
        half, most = np.quantile([latency for turn in taken for latency in turn.latencies], (0.5, 0.99))
        table.add_row(
            contender.name,
            f"{contender.threads}",
            *(f"{rate:,.0f}" for rate in (median(rates), min(rates), max(rates))),
            *(f"{1000 * seconds:.1f}" for seconds in (half, most)),
        )
    console.print(table)


def _print_ratios(
    ours: Sequence[Contender], others: Sequence[Contender], turns: dict[Contender, list[Turn]], console: Console
) -> None:
    from statistics import median

    from ..sandbox_speed import ratios

    for contender in ours:
        spent = median(turn.processor_seconds / len(turn.latencies) for turn in turns[contender])
        console.print(
            f"{contender.name}, {contender.threads} at a time, takes {1000 * spent:.1f} ms of a core each, and is"
        )
        for other in others:
            values = ratios(turns[contender], turns[other])
            console.print(
                f"    {median(values):.3g} times as fast as {other.name} ({min(values):.3g} to {max(values):.3g})",
                markup=False,
                highlight=False,
            )
