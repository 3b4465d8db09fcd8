"""The little of HTTP/1.1 that a recorded server needs: read a request, send the reply, keep the connection."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

_MAX_BODY: Final = 1 << 20


@dataclass(frozen=True)
class Request:
    """A request: ``path`` as it was sent, ``headers`` by lower-case name."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Reply:
    """A reply: ``headers`` as they are sent, except ``content-length``, which follows the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


Application = Callable[[Request], Awaitable[Reply]]


class BadRequestError(Exception):
    """What arrived is no HTTP/1.x request: a TLS handshake, for one."""


async def converse(application: Application, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer the requests of one connection until the client, or its ``Connection: close``, ends it."""
    try:
        while request := await _read(reader):
            reply = await application(request)
            last = request.headers.get("connection", "").lower() == "close"
            writer.write(encoded(reply, without_body=request.method == "HEAD", last=last))
            await writer.drain()
            if last:
                return
    except BadRequestError:
        writer.write(encoded(Reply(400, {"content-type": "text/plain"}, b"400 Bad Request"), last=True))
    except (ConnectionError, asyncio.IncompleteReadError):
        return  # the client left
    finally:
        writer.close()


def encoded(reply: Reply, *, without_body: bool = False, last: bool = False) -> bytes:
    """Return the bytes of a reply; ``without_body`` answers HEAD, ``last`` announces the end of the connection."""
    headers = dict(reply.headers)
    chunked = headers.get("transfer-encoding") == "chunked"
    if not chunked:
        headers["content-length"] = str(len(reply.body))
    headers.setdefault("date", time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime()))
    if last:
        headers["connection"] = "close"
    head = f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
    if without_body:
        return head.encode("latin-1")
    return head.encode("latin-1") + (_chunks(reply.body) if chunked else reply.body)


def _chunks(body: bytes) -> bytes:
    # one chunk per line, as a streaming server flushes; the recording does not tell where the real one cut
    lines = body.splitlines(keepends=True)
    return b"".join(b"%x\r\n%b\r\n" % (len(line), line) for line in lines) + b"0\r\n\r\n"


async def _read(reader: asyncio.StreamReader) -> Request | None:
    start = await reader.read(1)
    if not start:
        return None
    if not start.isalpha():
        raise BadRequestError  # at once: a TLS handshake need not hold a line's end
    try:
        head = start + await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError as error:
        raise BadRequestError from error
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise BadRequestError
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > _MAX_BODY:
        raise BadRequestError
    return Request(words[0], words[1], headers, await reader.readexactly(int(length)))
