"""`palaestra bench throughput`."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import UsageError


@dataclass(frozen=True)
class Throughput:
    """Environment steps, generated items and grades a second."""

    id: str | None = None
    """Only this environment."""

    domain: str | None = None
    """Only the environments of this domain."""

    seconds: float = 0.3
    """How long one repetition takes."""

    repetitions: int = 3
    """How many there are; the best counts."""

    def run(self) -> None:
        """Measure, and print the tables."""
        from rich.console import Console
        from rich.table import Table

        from ...envs.core import entries
        from ..progress import progress_board
        from ..throughput import EMPTY_ID, TRIVIAL_ID, measure_grader, measure_steps, register_references
        from ..vector_throughput import COUNTS, measure_vectors
        from .lookup import entry_named

        if self.seconds <= 0 or self.repetitions < 1:
            raise UsageError("--seconds must be over 0 and --repetitions 1 or more")
        chosen = [entry for entry in entries() if self.domain in (None, entry.domain)]
        if not chosen:
            domains = ", ".join(sorted({entry.domain for entry in entries()}))
            raise UsageError(f"no environment is in the domain {self.domain!r}; domains are {domains}")
        if self.id is not None:
            chosen = [entry_named(self.id)]
        register_references()
        console = Console()
        ids = [EMPTY_ID, TRIVIAL_ID, *(entry.id for entry in chosen)]
        bodies = [entry.id for entry in chosen if entry.kind == "body" and entry.vector_entry_point is not None]
        settings = [(id, count) for id in bodies for count in COUNTS]
        total = len(ids) + len(settings)
        with progress_board(["throughput"], console=Console(stderr=True)) as (sink,):
            steps = []
            for number, id in enumerate(ids):
                sink(number, total, id)
                steps.append(measure_steps(id, seconds=self.seconds, repetitions=self.repetitions))
            graders = [
                rates
                for entry in chosen
                if (rates := measure_grader(entry, seconds=self.seconds, repetitions=self.repetitions)) is not None
            ]
            vectors = []
            for number, (id, count) in enumerate(settings, start=len(ids)):
                sink(number, total, f"{count} of {id} in vectors")
                vectors.append(measure_vectors(id, count, seconds=self.seconds, repetitions=self.repetitions))
            sink(total, total, "")
        table = Table(title="steps/s (best of the repetitions)", title_justify="left", box=None, pad_edge=False)
        for name in ("id", "raw", "default wrappers", "wrapped/raw", "of empty, wrapped", "sync vector of 8"):
            table.add_column(name, justify="left" if name == "id" else "right", no_wrap=name == "id")
        empty = steps[0]
        for rates in steps:
            table.add_row(
                rates.id,
                f"{rates.raw:,.0f}",
                f"{rates.wrapped:,.0f}",
                f"{rates.wrapped / rates.raw:.2f}",
                f"{rates.wrapped / empty.wrapped:.2f}",
                f"{rates.vector:,.0f}",
            )
        console.print(table)
        if graders:
            table = Table(title="single-turn tasks", title_justify="left", box=None, pad_edge=False)
            for name in ("id", "items/s", "grades/s"):
                table.add_column(name, justify="left" if name == "id" else "right")
            for rates in graders:
                table.add_row(rates.id, f"{rates.items:,.0f}", f"{rates.grades:,.0f}")
            console.print(table)
        if vectors:
            table = Table(title="vectors, steps/s", title_justify="left", box=None, pad_edge=False)
            for name in ("id", "bodies", "sync", "async", "native", "native/sync", "native/async"):
                table.add_column(name, justify="left" if name == "id" else "right", no_wrap=name == "id")
            for rates in vectors:
                table.add_row(
                    rates.id,
                    str(rates.count),
                    f"{rates.sync:,.0f}",
                    f"{rates.async_:,.0f}",
                    f"{rates.native:,.0f}",
                    f"{rates.native / rates.sync:.2f}",
                    f"{rates.native / rates.async_:.2f}",
                )
            console.print(table)
