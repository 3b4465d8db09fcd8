"""Servers that accept and do not answer: what a client meets at each, byte for byte."""

import socket
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from netdiag.lab import Service
from netdiag.lab.topology import Server

Served = Callable[[Service], AbstractContextManager[int]]

GET = b"GET /api/version HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /api/chat HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"


def said(port: int, request: bytes, seconds: float) -> bytes | str:
    """Return what came back within so many seconds, or how the connection was broken."""
    came, end = b"", time.monotonic() + seconds
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as connection:
            connection.sendall(request)
            while (left := end - time.monotonic()) > 0:
                connection.settimeout(left)
                part = connection.recv(4096)
                if not part:
                    return came or "closed"
                came += part
    except (ConnectionResetError, BrokenPipeError):
        return "reset"
    except TimeoutError:
        pass
    return came or "silence"


@pytest.mark.parametrize(
    ("server", "ends"),
    [
        ("resets", {"reset"}),
        ("closes-unread", {"reset"}),
        ("closes-read", {"closed"}),
        ("silent", {"silence"}),
    ],
)
def test_each_ends_in_its_way(served: Served, server: Server, ends: set[str]) -> None:
    """A reset, the end of the stream, or nothing: never a byte."""
    with served(Service(server, 0)) as port:
        assert {said(port, GET, 0.3) for _ in range(5)} == ends


def test_a_drip_is_ollama_until_it_is_to_answer(served: Served) -> None:
    """The question who is there is answered at once; a chat gets a head, then a byte a second of valid chunks."""
    with served(Service("drips", 0)) as port:
        version, chat = said(port, GET, 0.2), said(port, POST, 1.5)
    assert b"200 OK" in version
    assert b'"version"' in version
    head, _, body = chat.partition(b"\r\n\r\n")
    assert b"transfer-encoding: chunked" in head
    assert body == b"1\r\n \r\n" * 2


def test_one_that_crashes_is_ollama_until_it_is_to_answer(served: Served) -> None:
    """The question who is there is answered at once; a chat gets the end of the connection and not a byte."""
    with served(Service("crashes", 0)) as port:
        version = said(port, GET, 0.2)
        assert said(port, POST, 0.5) == "closed"
    assert b'"version"' in version
