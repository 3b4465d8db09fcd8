"""``/metrics``, ``/healthz`` and ``/readyz``.

One thread answers everybody without ever waiting for one client, and the standard library reads what they ask. Not
prometheus-client's server, which answers every path with the metrics, and not ``http.server``'s either: that one has a
thread for each connection, which a client that sends a byte now and then keeps for ever. Here a connection has one time
limit for all it does, and where room is needed the oldest one is closed.
"""

import contextlib
import io
import re
import selectors
import socket
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from typing import Final

from netdiag import background

Answer = tuple[int, str, bytes]
"""Status, content type, body."""

LIMIT_S: Final = 5.0
"""A connection is closed after so long, whatever it does: Prometheus and probes ask in one packet."""

AT_ONCE: Final = 64
"""Connections that are open at the same time; one more closes the oldest."""

HEAD_LIMIT: Final = 16 * 1024
"""Bytes of a request's line and headers. What Prometheus, curl and kubelet send has some 300."""

DRAINED_S: Final = 0.5
DRAINED: Final = 256 * 1024
"""How long, and how much, is read of what nobody asked for (a body, a second request) before the connection is closed:
a socket with unread bytes is reset, and the client might lose the answer (RFC 9112, 9.6)."""

WAITING: Final = 1024
"""Connections that the kernel keeps until they are accepted; where it keeps fewer, a client tries again in a second."""

LOOK_EVERY_S: Final = 0.25
"""How often the server looks whether it is to end, and which connections have taken too long."""

_END: Final = re.compile(rb"\r?\n\r?\n")
_PIECE: Final = 16 * 1024


class _Connection:
    """One client: what it sent, what is still to be sent to it, and until when what else comes is read."""

    def __init__(self, client: socket.socket) -> None:
        client.setblocking(False)
        self.client = client
        self.ends = time.monotonic() + LIMIT_S
        self.received = bytearray()
        self.left: memoryview | None = None
        self.drained = 0

    def go_on(self, answers: Callable[[str], Answer]) -> int:
        """Do what can be done without waiting; return what to wait for, 0 where the connection is over."""
        if self.left is None:
            piece = self.client.recv(_PIECE)
            self.received += piece
            is_whole = _END.search(self.received) is not None
            if not is_whole and len(self.received) < HEAD_LIMIT:
                return selectors.EVENT_READ if piece else 0
            self.left = memoryview(_Reply(bytes(self.received), answers, is_whole=is_whole).said())
        if self.left:
            self.left = self.left[self.client.send(self.left) :]
            if self.left:
                return selectors.EVENT_WRITE
            self.client.shutdown(socket.SHUT_WR)
            self.ends = min(self.ends, time.monotonic() + DRAINED_S)
            return selectors.EVENT_READ
        piece = self.client.recv(_PIECE)
        self.drained += len(piece)
        return selectors.EVENT_READ if piece and self.drained < DRAINED else 0


class _Reply(BaseHTTPRequestHandler):
    """What is answered to one request, whose head is there, or is longer than it may be."""

    default_request_version = "HTTP/1.0"  # what is no HTTP is refused with a status, too
    server_version = "netdiag"
    sys_version = ""

    def __init__(self, head: bytes, answers: Callable[[str], Answer], *, is_whole: bool) -> None:
        # BaseRequestHandler's would read from a socket
        self.answers = answers
        self.rfile = io.BytesIO(head)
        self.wfile = self._written = io.BytesIO()
        self.client_address = ("", 0)
        self.close_connection = True
        self._is_whole = is_whole

    def said(self) -> bytes:
        """Return status, headers and body."""
        if self._is_whole:
            self.handle_one_request()
        else:
            self.command, self.requestline, self.request_version = "", "", self.default_request_version
            self.send_error(431)
        return self._written.getvalue()

    def do_GET(self) -> None:
        status, kind, body = self.answers(self.path.partition("?")[0])
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815 - http.server's name

    def log_message(self, *_: object) -> None:
        """Requests are nobody's business."""


class _Server:
    """Accepts, and lets every connection go on when it can. For one thread, but for ``is_over``."""

    def __init__(self, listening: socket.socket, answers: Callable[[str], Answer]) -> None:
        self.is_over = False
        self._listening = listening
        self._answers = answers
        self._selector = selectors.DefaultSelector()
        self._selector.register(listening, selectors.EVENT_READ)
        self._open: dict[socket.socket, _Connection] = {}

    def serve(self) -> None:
        """Answer until it is over; then close what is open."""
        while not self.is_over:
            for key, _ in self._selector.select(LOOK_EVERY_S):
                connection: _Connection | None = key.data
                if connection is None:
                    self._accept()
                elif connection.client in self._open:  # it was not closed for one that came in the meantime
                    self._go_on(connection)
            now = time.monotonic()
            for connection in [each for each in self._open.values() if each.ends < now]:
                self._close(connection)
        for connection in list(self._open.values()):
            self._close(connection)
        self._selector.close()
        self._listening.close()

    def _accept(self) -> None:
        try:
            client, _ = self._listening.accept()
        except OSError:  # it is gone already, or there is no descriptor for it
            time.sleep(0.01)
            return
        if len(self._open) >= AT_ONCE:
            self._close(next(iter(self._open.values())))
        self._open[client] = _Connection(client)
        self._selector.register(client, selectors.EVENT_READ, self._open[client])

    def _go_on(self, connection: _Connection) -> None:
        try:
            waits_for = connection.go_on(self._answers)
        except BlockingIOError:
            return
        except Exception:  # noqa: BLE001 - a client that went away, or a page that failed: the others are answered
            waits_for = 0
        if waits_for:
            self._selector.modify(connection.client, waits_for, connection)
        else:
            self._close(connection)

    def _close(self, connection: _Connection) -> None:
        del self._open[connection.client]
        self._selector.unregister(connection.client)
        connection.client.close()


@contextlib.contextmanager
def serving(host: str, port: int, answers: Callable[[str], Answer]) -> Iterator[tuple[str, int]]:
    """Answer in the background what ``answers`` says of a path; yield the address and port.

    Raises :exc:`OSError` where the address cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    both = family == socket.AF_INET6 and socket.has_dualstack_ipv6()
    listening = socket.create_server((host, port), family=family, backlog=WAITING, dualstack_ipv6=both)
    listening.setblocking(False)
    address = listening.getsockname()
    server = _Server(listening, answers)
    thread = background.start(server.serve, "http")
    try:
        yield str(address[0]), int(address[1])
    finally:
        server.is_over = True
        thread.join(2 * LOOK_EVERY_S)


def text(status: int, line: str) -> Answer:
    """Return an answer of one line."""
    return status, "text/plain; charset=utf-8", f"{line}\n".encode()
