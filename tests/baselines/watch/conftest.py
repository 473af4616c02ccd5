"""The run folders and the browser of the report's tests."""

from ..report.conftest import browser, make_run

__all__ = ["browser", "make_run"]
