"""`palaestra watch`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import tyro


@dataclass(frozen=True)
class Watch:
    """Serve the report page on this machine, live from the folders of running runs."""

    paths: tyro.conf.Positional[tuple[Path, ...]] = (Path("runs"),)
    """Run folders, folders with runs somewhere below, now or later, or .parquet files of runs."""

    port: int = 0
    """Where to serve it; 0 takes a port that is free."""

    open: tyro.conf.FlagCreatePairsOff[bool] = False
    """Open the page in the browser."""

    idle_timeout: str = "30m"
    """Stop after this time without a request (90s, 30m, 1.5h), or never. A page that is open asks all the time."""

    def run(self) -> None:
        """Print the address, and serve until Ctrl-C or until nobody looks."""
        from ..stopping import stop_on_signals
        from ..store.sources import find_sources
        from ..watch.durations import parse_duration

        idle_timeout_s = parse_duration(self.idle_timeout, "--idle-timeout")
        for path in self.paths:
            if path.is_file():  # a folder may be empty now; a file that holds no runs never will
                find_sources([path])

        from ..watch import LivePage, PageServer, serve

        server = PageServer(LivePage(self.paths), self.port)
        with stop_on_signals() as stop:
            print(f"watching {', '.join(map(str, self.paths))} at {server.url} (Ctrl-C stops)", flush=True)
            if self.open:
                import webbrowser

                webbrowser.open(server.url)
            serve(server, idle_timeout_s=idle_timeout_s, stopped=lambda: stop.requested)
        if not stop.requested:
            print(f"stopped: nobody looked for {self.idle_timeout}")
