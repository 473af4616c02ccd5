"""`palaestra bench renderer`."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import UsageError


@dataclass(frozen=True)
class RendererSpeed:
    """Pictures a second of the renderer, beside the same loops in C++, its back end on torch, and whatever else of its
    kind is installed."""

    threads: int = 1
    """Of the renderer, and of torch where it draws on the processor; the others have one."""

    device: str = "auto"
    """Where torch draws: auto takes the GPU if there is one."""

    rounds: int = 5
    """Turns of each; they take turns."""

    seconds: float = 0.5
    """How long a turn takes."""

    def run(self) -> None:
        """Measure, and print a table."""
        import os
        from statistics import median

        from rich.console import Console
        from rich.table import Table

        from ...agents.devices import resolve_device
        from ..progress import progress_board
        from ..renderer_speed.contenders import contenders, rate, wall_rate

        if self.rounds < 1 or self.seconds <= 0 or self.threads < 1:
            raise UsageError("--threads and --rounds must be 1 or more, --seconds over 0")
        try:
            device = resolve_device(self.device)
        except ValueError as error:
            raise UsageError(str(error)) from error
        chosen = contenders(threads=self.threads, device=device)
        for contender in chosen:  # what is compiled first is compiled now
            contender.draw()
        rates: dict[str, list[float]] = {contender.name: [] for contender in chosen}
        with progress_board(["renderer"], console=Console(stderr=True)) as (sink,):
            for number in range(self.rounds):
                for place, contender in enumerate(chosen):
                    measure = wall_rate if self.threads > 1 or contender.elsewhere else rate
                    rates[contender.name].append(measure(contender, self.seconds))
                    sink(number * len(chosen) + place + 1, self.rounds * len(chosen), contender.name)
        one, five, fifteen = os.getloadavg()
        clock = "a second of processor time" if self.threads == 1 else "a second"
        if self.threads == 1 and device.type != "cpu":
            clock += f" (on {device}, by the clock)"
        console = Console()
        console.print(
            f"pictures {clock}, 64 × 64 RGB where nothing else is said, {self.threads} thread(s), "
            f"load averages {one:.1f} {five:.1f} {fifteen:.1f}"
        )
        table = Table(box=None, pad_edge=False)
        for name in ("", "median", "least", "most", "C++ is so many times as fast"):
            table.add_column(name, justify="right" if name else "left")
        for contender in chosen:
            own = rates[contender.name]
            against = ""
            if contender.equal is not None:
                shares = [theirs / mine for mine, theirs in zip(own, rates[contender.equal], strict=True)]
                against = f"{median(shares):.2f} ({min(shares):.2f} to {max(shares):.2f})"
            table.add_row(contender.name, *(f"{value:,.0f}" for value in (median(own), min(own), max(own))), against)
        console.print(table)
