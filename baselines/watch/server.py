"""A web server for one reader on this machine: three addresses, nothing of the file system."""

from __future__ import annotations

import errno
import socket
import sys
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from typing import Any

from ..errors import RunError, UsageError
from .live_page import LivePage

LOOPBACK = "127.0.0.1"

_POLL_S = 0.25
_SLOWEST_READER_S = 30.0
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class PageServer(ThreadingMixIn, TCPServer):
    """Serves a live page on loopback: `/` and `/page` are the page, `/version` changes when it does.

    Requests that name another host are refused: a foreign web site whose name was made to point at this machine (DNS
    rebinding) could read along otherwise.

    Args:
        page: what is served.
        port: where; 0 for a free one.
        clock: seconds that go on and on.

    Raises:
        UsageError: there can be no such port.
        RunError: the port is taken, or not for everyone.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, page: LivePage, port: int = 0, *, clock: Callable[[], float] = time.monotonic) -> None:
        if not 0 <= port < 2**16:
            raise UsageError(f"--port must lie between 0 (any that is free) and 65535, got {port}")
        self.page = page
        self._clock = clock
        self._last_request = clock()
        self.timeout = _POLL_S
        try:
            super().__init__((LOOPBACK, port), _Handler)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            reason = "is taken" if error.errno == errno.EADDRINUSE else "is not for everyone"
            raise RunError(f"port {port} {reason}: leave --port out for one that is free") from error

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self.server_address[1]

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"http://{LOOPBACK}:{self.port}/"

    @property
    def hosts(self) -> frozenset[str]:
        """The names under which it may be asked."""
        names = (LOOPBACK, "localhost")
        return frozenset([*(f"{name}:{self.port}" for name in names), *(names if self.port == 80 else ())])

    @property
    def idle_s(self) -> float:
        """Seconds since the last request."""
        return self._clock() - self._last_request

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread of its own."""
        self.touch()
        super().process_request(request, client_address)

    def touch(self) -> None:
        """Note that someone is there."""
        self._last_request = self._clock()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say in one line what went wrong, unless it is a reader who went away."""
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError | TimeoutError):
            print(f"palaestra: {type(error).__name__}: {error}", file=sys.stderr)


class _Handler(BaseHTTPRequestHandler):
    server: PageServer  # pyright: ignore[reportIncompatibleVariableOverride]
    protocol_version = "HTTP/1.1"
    server_version = "palaestra"
    sys_version = ""
    timeout = _SLOWEST_READER_S

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)

    def do_GET(self) -> None:
        self.server.touch()  # a connection that is kept open brings one request after another
        hosts = self.headers.get_all("Host", [])
        if len(hosts) != 1 or hosts[0].lower() not in self.server.hosts:
            self._text(HTTPStatus.FORBIDDEN, f"ask for {self.server.url}")
            return
        path = self.path.partition("?")[0]
        if path == "/version":
            self._text(HTTPStatus.OK, self.server.page.version())
        elif path in ("/", "/page"):
            self._page()
        else:
            self._text(HTTPStatus.NOT_FOUND, f"there is nothing here but {self.server.url}")

    do_HEAD = do_GET

    def _page(self) -> None:
        try:
            snapshot = self.server.page.snapshot()
        except Exception as error:  # the page in the browser stays, and the next version may do
            self._text(HTTPStatus.INTERNAL_SERVER_ERROR, f"the page could not be made: {type(error).__name__}: {error}")
            raise
        headers = {"Content-Type": "text/html; charset=utf-8", "Vary": "Accept-Encoding"}
        if "gzip" in self.headers.get("Accept-Encoding", ""):
            self._answer(HTTPStatus.OK, snapshot.compressed, {**headers, "Content-Encoding": "gzip"})
        else:
            self._answer(HTTPStatus.OK, snapshot.html, headers)

    def _text(self, status: HTTPStatus, text: str) -> None:
        self._answer(status, text.encode(), {"Content-Type": "text/plain; charset=utf-8"})

    def _answer(self, status: HTTPStatus, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**_HEADERS, **headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def serve(server: PageServer, *, idle_timeout_s: float | None, stopped: Callable[[], bool]) -> None:
    """Answer requests until it is time to stop; the server is closed then.

    Args:
        server: made, and so listening already.
        idle_timeout_s: stop after so many seconds without a request; None goes on.
        stopped: whether someone asked to stop; asked several times a second.
    """
    with server:
        while not stopped() and (idle_timeout_s is None or server.idle_s < idle_timeout_s):
            server.handle_request()
