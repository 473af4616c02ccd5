"""When what was compiled before will do: a number for the source of all kernels of this folder."""

from __future__ import annotations

from pathlib import Path

from ...vision.kernels.compiling import number_of_sources

SOURCES = number_of_sources(Path(__file__).parent)
"""A number that changes with the source of any kernel here; kernels that Python calls close over it."""
