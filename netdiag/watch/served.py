"""``/metrics``, ``/healthz`` and ``/readyz``.

The standard library's server, and not prometheus-client's: that one answers every path with the metrics, and the other
two are needed as well. One thread for each request, few at a time, none for long.
"""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from netdiag import background

Answer = tuple[int, str, bytes]
"""Status, content type, body."""

PATIENCE_S: Final = 5.0
"""A client that sends nothing, or takes nothing, for so long is left."""

AT_ONCE: Final = 16
"""Requests answered at the same time; one more is closed at once."""


LOOK_EVERY_S: Final = 0.25
"""How often the server looks whether it is to end."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 16

    def __init__(self, address: tuple[str, int], answers: Callable[[str], Answer]) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.answers = answers
        self._room = threading.BoundedSemaphore(AT_ONCE)
        super().__init__(address, _Handler)

    def process_request(self, request: object, client_address: object) -> None:
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)  # type: ignore[arg-type]
        else:
            self.shutdown_request(request)  # type: ignore[arg-type]

    def process_request_thread(self, request: object, client_address: object) -> None:
        try:
            super().process_request_thread(request, client_address)  # type: ignore[arg-type]
        finally:
            self._room.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that went away."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = PATIENCE_S
    server_version = "netdiag"
    sys_version = ""

    def do_GET(self) -> None:
        status, kind, body = self.server.answers(self.path.partition("?")[0])
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


@contextlib.contextmanager
def serving(host: str, port: int, answers: Callable[[str], Answer]) -> Iterator[tuple[str, int]]:
    """Answer in the background what ``answers`` says of a path; yield the address and port.

    Raises :exc:`OSError` where the address cannot be listened on.
    """
    server = _Server((host, port), answers)
    background.start(lambda: server.serve_forever(LOOK_EVERY_S), "http")
    try:
        address = server.server_address
        yield str(address[0]), int(address[1])
    finally:
        server.shutdown()  # takes up to half a second, which is how often the server looks for it
        server.server_close()


def text(status: int, line: str) -> Answer:
    """Return an answer of one line."""
    return status, "text/plain; charset=utf-8", f"{line}\n".encode()
