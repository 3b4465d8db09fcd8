"""Ports on loopback that behave: one that accepts, one that is closed, one whose packets are dropped."""

import contextlib
import select
import socket
from collections.abc import Iterator


@contextlib.contextmanager
def listening(address: str = "127.0.0.1", port: int = 0) -> Iterator[int]:
    """Yield a port that accepts connections."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as server:
        server.bind((address, port))
        server.listen(64)
        yield server.getsockname()[1]


@contextlib.contextmanager
def closed() -> Iterator[int]:
    """Yield a port that nobody listens on: bound, so that nobody else can take it meanwhile."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@contextlib.contextmanager
def dropping(address: str = "127.0.0.1") -> Iterator[int]:
    """Yield a port whose packets vanish, as a firewall's DROP makes them.

    The queue of connections nobody accepts is full, and Linux then drops further SYNs (net/ipv4/tcp_input.c,
    tcp_conn_request) unless net.ipv4.tcp_abort_on_overflow is set.
    """
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.bind((address, 0))
        server.listen(0)
        for _ in range(8):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(server.getsockname())
            if not select.select([], [waiting], [], 0.2)[1]:
                break
        yield server.getsockname()[1]
