"""TLS in front of any of the lab's servers, with certificates that are right or wrong in one way each."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from netdiag.lab.servers.certificates import FOLDER
from netdiag.lab.servers.http import Application, Reply, Request, converse
from netdiag.lab.topology import Tls

_LATER: Final = "Fri, 01 Jul 2095 12:00:00 GMT"
_HANDSHAKE: Final = b"\x16"  # the type of a TLS record that begins a handshake (RFC 8446, 5.1)
_ALERTS: Final = {  # fatal ones (RFC 8446, 6): protocol_version of TLS 1.0, internal_error of TLS 1.2
    "too-old": b"\x15\x03\x01\x00\x02\x02\x46",
    "no-certificate": b"\x15\x03\x03\x00\x02\x02\x50",
}
_PLAIN: Final = Reply(
    400,
    {"server": "nginx/1.24.0", "content-type": "text/html"},
    b"<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>\r\n<body>\r\n"
    b"<center><h1>400 Bad Request</h1></center>\r\n"
    b"<center>The plain HTTP request was sent to HTTPS port</center>\r\n"
    b"<hr><center>nginx/1.24.0</center>\r\n</body>\r\n</html>\r\n",
)

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class TlsServer:
    """Accepts connections, and looks at the first byte before it decides to speak TLS."""

    def __init__(self, tls: Tls, listening: socket.socket, talk: Talk) -> None:
        self._alert = _ALERTS.get(tls)
        self._context = None if self._alert else _context(tls)
        self._listening = listening
        self._talk = talk
        self._loop = asyncio.get_running_loop()
        self._listening.setblocking(False)
        self._tasks = {self._loop.create_task(self._accept())}

    def close(self) -> None:
        """Stop accepting, and drop what is under way."""
        for task in self._tasks:
            task.cancel()
        self._listening.close()

    async def _accept(self) -> None:
        while True:
            connection, _ = await self._loop.sock_accept(self._listening)
            task = self._loop.create_task(self._meet(connection))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _meet(self, connection: socket.socket) -> None:
        is_tls = await self._first_byte(connection) == _HANDSHAKE
        if is_tls and self._alert:
            with contextlib.suppress(OSError), contextlib.closing(connection):
                await self._loop.sock_recv(connection, 1 << 16)
                await self._loop.sock_sendall(connection, self._alert)
            return
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader, self._talk if is_tls else _talk_plainly)
        with contextlib.suppress(OSError):  # the client does not like what it sees
            await self._loop.connect_accepted_socket(
                lambda: protocol, connection, ssl=self._context if is_tls else None
            )

    async def _first_byte(self, connection: socket.socket) -> bytes:
        connection.setblocking(False)
        arrived = asyncio.Event()
        descriptor = connection.fileno()
        self._loop.add_reader(descriptor, arrived.set)
        try:
            await arrived.wait()
            return connection.recv(1, socket.MSG_PEEK)
        except OSError:
            return b""
        except asyncio.CancelledError:
            connection.close()
            raise
        finally:
            self._loop.remove_reader(descriptor)


def dated(application: Application, tls: Tls) -> Application:
    """Return the application with the server's clock: with ``later-clock`` that of a later year."""
    if tls != "later-clock":
        return application

    async def later(request: Request) -> Reply:
        reply = await application(request)
        return replace(reply, headers={**reply.headers, "date": _LATER})

    return later


async def _talk_plainly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    async def refuse(_: Request) -> Reply:
        return _PLAIN

    await converse(refuse, reader, writer)


def _context(tls: Tls) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(FOLDER / f"{tls.removesuffix('-clock')}.pem", FOLDER / "key.pem")
    return context
