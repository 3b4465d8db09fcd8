"""Ports on loopback that behave: one that accepts, one that is closed, one whose packets are dropped."""

import contextlib
import ctypes
import socket
import struct
from collections.abc import Iterator

SO_ATTACH_FILTER = 26
"""asm-generic/socket.h"""


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
    """Yield a port whose packets vanish, as a firewall's DROP makes them: a socket filter that accepts nothing."""
    with socket.socket() as server:
        server.bind((address, 0))
        accept_nothing = struct.pack("HBBI", 0x06, 0, 0, 0)  # BPF_RET | BPF_K, 0 bytes (linux/filter.h)
        program = ctypes.create_string_buffer(accept_nothing)
        server.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HxxxxxxP", 1, ctypes.addressof(program)))
        server.listen(64)
        yield server.getsockname()[1]
