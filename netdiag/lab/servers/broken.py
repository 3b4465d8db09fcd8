"""What accepts connections and never answers: port forwarders whose target is down, and a server that cannot end."""

import asyncio
import socket
import struct
from collections.abc import Callable, Mapping
from typing import Final, cast

from netdiag.lab.servers.http import Reply, Request, converse

Answers = Callable[[Request], Reply]

_UNREAD_S: Final = 0.05
"""Seconds in which a request arrives; closed with it unread, the kernel resets the connection (RFC 2525, 2.17)."""

_DRIP_S: Final = 1.0
_HEAD: Final = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
_BLANK: Final = b"1\r\n \r\n"
"""A chunk of one blank: JSON may begin with any number of them."""


class _Resets(asyncio.Protocol):
    """Accepts, and resets the connection at once."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        linger = struct.pack("ii", 1, 0)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        cast("asyncio.Transport", transport).abort()


class _ClosesUnread(asyncio.Protocol):
    """Accepts, and closes with the request unread, as docker-proxy does when it cannot reach its container."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        connection = cast("asyncio.Transport", transport)
        loop = asyncio.get_running_loop()
        loop.call_soon(connection.pause_reading)  # up to Python 3.10 reading begins after this, paused or not
        loop.call_later(_UNREAD_S, connection.abort)


class _ClosesRead(asyncio.Protocol):
    """Accepts, reads what comes first, and closes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._connection = cast("asyncio.Transport", transport)

    def data_received(self, _: bytes) -> None:
        self._connection.close()


PROTOCOLS: Final[Mapping[str, type[asyncio.Protocol]]] = {
    "resets": _Resets,
    "closes-unread": _ClosesUnread,
    "closes-read": _ClosesRead,
}


async def crash(answers: Answers, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer as ``answers`` says, but to a POST with nothing: the connection is closed."""

    async def application(request: Request) -> Reply:
        if request.method == "POST":
            raise ConnectionAbortedError
        return answers(request)

    await converse(application, reader, writer)


async def drip(answers: Answers, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer as ``answers`` says, but to a POST with a byte a second, well formed and without an end."""

    async def application(request: Request) -> Reply:
        if request.method == "POST":
            writer.write(_HEAD)
            while True:
                writer.write(_BLANK)
                await writer.drain()  # a ConnectionError when the client has left
                await asyncio.sleep(_DRIP_S)
        return answers(request)

    await converse(application, reader, writer)


CONVERSATIONS: Final = {"crashes": crash, "drips": drip}
"""What answers as Ollama does until it is asked to chat."""
