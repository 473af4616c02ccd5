"""The report page, live: served on loopback from run folders while they are written."""

from .live_page import LivePage
from .server import PageServer, serve

__all__ = ["LivePage", "PageServer", "serve"]
