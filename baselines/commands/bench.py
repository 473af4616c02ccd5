"""`palaestra bench`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import tyro

from .bench_sandbox import SandboxSpeed
from .bench_throughput import Throughput
from .bench_training import Training


@dataclass(frozen=True)
class Bench:
    """Measure this machine: environments, training, or the sandbox."""

    what: tyro.conf.OmitArgPrefixes[
        tyro.conf.OmitSubcommandPrefixes[
            Annotated[Throughput, tyro.conf.subcommand("throughput")]
            | Annotated[Training, tyro.conf.subcommand("training")]
            | Annotated[SandboxSpeed, tyro.conf.subcommand("sandbox")]
        ]
    ]

    def run(self) -> None:
        """Measure, and print tables."""
        self.what.run()
