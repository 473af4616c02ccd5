"""`palaestra bench`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import tyro

from .bench_renderer import RendererSpeed
from .bench_sandbox import SandboxSpeed
from .bench_throughput import Throughput
from .bench_training import Training


@dataclass(frozen=True)
class Bench:
    """Measure this machine: environments, training, the renderer, or the sandbox."""

    what: tyro.conf.OmitArgPrefixes[
        tyro.conf.OmitSubcommandPrefixes[
            Annotated[Throughput, tyro.conf.subcommand("throughput")]
            | Annotated[Training, tyro.conf.subcommand("training")]
            | Annotated[RendererSpeed, tyro.conf.subcommand("renderer")]
            | Annotated[SandboxSpeed, tyro.conf.subcommand("sandbox")]
        ]
    ]

    def run(self) -> None:
        """Measure, and print tables."""
        self.what.run()
