"""`palaestra bench`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import tyro

from .bench_throughput import Throughput
from .bench_training import Training


@dataclass(frozen=True)
class Bench:
    """Measure this machine: environments, or training."""

    what: tyro.conf.OmitArgPrefixes[
        tyro.conf.OmitSubcommandPrefixes[
            Annotated[Throughput, tyro.conf.subcommand("throughput")]
            | Annotated[Training, tyro.conf.subcommand("training")]
        ]
    ]

    def run(self) -> None:
        """Measure, and print tables."""
        self.what.run()
