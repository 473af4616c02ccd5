"""`palaestra bench throughput`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import UsageError

if TYPE_CHECKING:
    from rich.table import Table

    from ..throughput import GraderRates, StepRates
    from ..vector_throughput import VectorRates


@dataclass(frozen=True)
class Throughput:
    """Environment steps, generated items and grades a second."""

    id: str | None = None
    """Only this environment; HalfCheetah-v5, Hopper-v5 and Ant-v5 of Gymnasium are known, too."""

    domain: str | None = None
    """Only the environments of this domain; with `robot`, Gymnasium's are stepped in vectors, too. `vision` is `drive`
    and `flight`, whose vectors are measured beside CarRacing's."""

    seconds: float = 0.3
    """How long one repetition takes."""

    repetitions: int = 3
    """How many there are; of single environments the best counts."""

    def run(self) -> None:
        """Measure, and print the tables."""
        import os

        from rich.console import Console

        from ...envs.core import entries
        from ..progress import progress_board
        from ..throughput import EMPTY_ID, TRIVIAL_ID, measure_grader, measure_steps, register_references
        from ..vector_throughput import (
            COUNTS,
            GYMNASIUM_BODIES,
            OTHERS,
            VISION_DOMAINS,
            VISION_OTHERS,
            measure_vectors,
            sees,
        )
        from .lookup import entry_named

        if self.seconds <= 0 or self.repetitions < 1:
            raise UsageError("--seconds must be over 0 and --repetitions 1 or more")
        domains = VISION_DOMAINS if self.domain == "vision" else (self.domain,)
        chosen = [entry for entry in entries() if self.domain is None or entry.domain in domains]
        if not chosen:
            domains = ", ".join(sorted({entry.domain for entry in entries()}))
            raise UsageError(f"no environment is in the domain {self.domain!r}; domains are {domains}")
        guests = [id for id in GYMNASIUM_BODIES if self.domain in (None, "robot") and self.id in (None, id)]
        if self.id is not None:
            chosen = [] if guests else [entry_named(self.id)]
        register_references()
        console = Console()
        ids = [EMPTY_ID, TRIVIAL_ID, *(entry.id for entry in chosen)]
        bodies = [entry.id for entry in chosen if entry.kind == "body" and entry.vector_entry_point is not None]
        settings = [(id, count) for id in [*bodies, *guests] for count in COUNTS]
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
        load = ", ".join(f"{average:.1f}" for average in os.getloadavg())
        console.print(f"{len(os.sched_getaffinity(0))} cores, load averages {load}, {self.repetitions} repetitions")
        console.print(_step_table(steps))
        if graders:
            console.print(_grader_table(graders))
        seeing = [rates for rates in vectors if sees(rates.id)]
        others = [rates for rates in vectors if not sees(rates.id)]
        if others:
            console.print(_vector_table(others, OTHERS))
        if seeing:
            console.print(_vector_table(seeing, VISION_OTHERS))


def _step_table(steps: Sequence[StepRates]) -> Table:
    """Its first row is the environment that does nothing."""
    table = _table(
        "steps/s (best of the repetitions)",
        ("id", "raw", "default wrappers", "wrapped/raw", "of empty, wrapped", "sync vector of 8"),
    )
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
    return table


def _grader_table(graders: Sequence[GraderRates]) -> Table:
    table = _table("single-turn tasks", ("id", "items/s", "grades/s"))
    for rates in graders:
        table.add_row(rates.id, f"{rates.items:,.0f}", f"{rates.grades:,.0f}")
    return table


def _vector_table(vectors: Sequence[VectorRates], others: Sequence[str]) -> Table:
    from statistics import median

    from rich.text import Text

    from ..vector_throughput import GYMNASIUM_BODIES, NATIVE, sees

    ways = (*others, NATIVE)
    table = _table(
        "vectors, steps/s (median), and how many times as fast the native one is (95 % interval)",
        ("id", "bodies", *ways, *(f"/{other}" for other in others)),
    )
    for rates in vectors:
        # EnvPool has all of Gymnasium's
        missing = "not installed" if rates.id in GYMNASIUM_BODIES or sees(rates.id) else "has none"
        absent = {way: "incomplete" if way in rates.broken else missing for way in ways}
        table.add_row(
            rates.id,
            str(rates.count),
            *(f"{median(rates.rates[way]):,.0f}" if way in rates.rates else absent[way] for way in ways),
            *(_ratio(rates, other) if other in rates.rates else "" for other in others),
        )
    troubles = {f"{way} is incomplete: {trouble}" for rates in vectors for way, trouble in rates.broken.items()}
    table.caption = Text("\n".join(sorted(troubles)))
    table.caption_justify = "left"
    return table


def _ratio(rates: VectorRates, other: str) -> str:
    ratio = rates.ratio(other)
    return f"{ratio.estimate:.2f} ({ratio.low:.2f} … {ratio.high:.2f})"


def _table(title: str, columns: Sequence[str]) -> Table:
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for name in columns:
        table.add_column(name, justify="left" if name == "id" else "right", no_wrap=name == "id")
    return table
