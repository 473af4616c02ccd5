import gzip
import http.client
import socket
import threading
import time

import pytest

from palaestra.baselines.errors import RunError, UsageError
from palaestra.baselines.watch import PageServer, serve
from palaestra.baselines.watch.live_page import Snapshot


class Page:
    """A page of two words; it breaks when it is told to."""

    error: Exception | None = None

    def version(self):
        return "v1"

    def snapshot(self):
        if self.error is not None:
            raise self.error
        return Snapshot("v1", b"the page", gzip.compress(b"the page"))


@pytest.fixture
def page():
    return Page()


@pytest.fixture
def server(page):
    server = PageServer(page)
    over = threading.Event()
    thread = threading.Thread(target=serve, args=(server,), kwargs={"idle_timeout_s": None, "stopped": over.is_set})
    thread.start()
    yield server
    over.set()
    thread.join(5)


def ask(server, path="/", method="GET", host=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    if host is not None:
        headers["Host"] = host
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


@pytest.mark.parametrize("path", ["/", "/page", "/?from=mail"])
def test_the_page_is_at_two_addresses(server, path):
    answer, body = ask(server, path)
    assert (answer.status, body) == (200, b"the page")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_version_is_plain_text(server):
    answer, body = ask(server, "/version")
    assert (answer.status, body) == (200, b"v1")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_who_reads_gzip_gets_gzip(server):
    answer, body = ask(server, **{"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body) == b"the page"


def test_head_has_no_body(server):
    answer, body = ask(server, method="HEAD")
    assert (answer.status, answer.headers["Content-Length"], body) == (200, "8", b"")


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "/../../etc/passwd", "//etc/passwd", "/run.json", "/versions", "/page/"]
)
def test_there_is_nothing_else(server, path):
    answer, body = ask(server, path)
    assert answer.status == 404
    assert b"the page" not in body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_can_be_sent(server, method):
    assert ask(server, "/", method)[0].status == 501


@pytest.mark.parametrize("path", ["/", "/page", "/version"])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.evil"])
def test_another_host_is_refused(server, path, host):
    answer, body = ask(server, path, host=host.format(port=server.port))
    assert answer.status == 403
    assert b"the page" not in body
    assert body != b"v1"


def test_two_hosts_or_none_are_refused(server):
    for lines in ("", f"Host: 127.0.0.1:{server.port}\r\nHost: evil.example\r\n"):
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as raw:
            raw.sendall(f"GET / HTTP/1.1\r\n{lines}Connection: close\r\n\r\n".encode())
            assert raw.recv(100).startswith(b"HTTP/1.1 403")


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST"])
def test_localhost_is_this_host(server, name):
    assert ask(server, host=f"{name}:{server.port}")[0].status == 200


def test_it_listens_on_loopback_alone(server):
    assert server.server_address[0] == "127.0.0.1"
    assert server.url == f"http://127.0.0.1:{server.port}/"


def test_a_page_that_cannot_be_made_is_said_in_one_line_and_the_server_goes_on(server, page, capfd):
    page.error = ValueError("no such colour")
    answer, body = ask(server)
    assert answer.status == 500
    assert body == b"the page could not be made: ValueError: no such colour"
    page.error = None
    assert ask(server)[0].status == 200
    assert capfd.readouterr().err.splitlines() == ["palaestra: ValueError: no such colour"]


def test_a_reader_who_goes_away_is_no_error(server, capfd):
    with socket.create_connection(("127.0.0.1", server.port)) as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # close with a reset
        raw.sendall(b"GET / HT")
    assert ask(server)[0].status == 200
    time.sleep(0.05)
    assert capfd.readouterr().err == ""


def test_a_reader_who_says_nothing_holds_nobody_up(server):
    with socket.create_connection(("127.0.0.1", server.port)):
        assert ask(server)[0].status == 200


def test_it_stops_when_nobody_asks_any_more(page):
    server = PageServer(page)
    began = time.monotonic()
    serve(server, idle_timeout_s=0.3, stopped=lambda: False)
    assert 0.3 <= time.monotonic() - began < 2
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), timeout=1)


def test_a_connection_that_is_kept_open_keeps_it_going_by_its_requests(page):
    server = PageServer(page)
    thread = threading.Thread(target=serve, args=(server,), kwargs={"idle_timeout_s": 0.6, "stopped": lambda: False})
    thread.start()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    for _ in range(5):
        connection.request("GET", "/version")
        assert connection.getresponse().read() == b"v1"
        time.sleep(0.3)
    assert thread.is_alive()
    thread.join(5)
    assert not thread.is_alive()


def test_a_port_that_is_taken_is_one_line(page):
    with PageServer(page) as first, pytest.raises(RunError, match=f"port {first.port} is taken: leave --port out"):
        PageServer(page, first.port)


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_cannot_be_is_wrong_usage(page, port):
    with pytest.raises(UsageError, match=f"got {port}"):
        PageServer(page, port)
