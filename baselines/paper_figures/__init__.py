"""Static figures for papers: learning curves, aggregates, performance profiles, probability of improvement."""

from .write import FORMATS, write_figures

__all__ = ["FORMATS", "write_figures"]
