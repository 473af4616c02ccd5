"""Reports: one self-contained HTML page about any number of runs."""

from .collect import Collection, collect
from .render import render_page, write_report

__all__ = ["Collection", "collect", "render_page", "write_report"]
