"""Reports: one self-contained HTML file about any number of run folders."""

from .render import write_report

__all__ = ["write_report"]
