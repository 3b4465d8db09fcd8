"""HTTP proxies: one that passes on what it is sent, and some that answer everything themselves."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from netdiag.lab.servers.http import Reply, Request, encoded

_SQUID: Final = {"server": "squid/6.6", "via": "1.1 lab (squid/6.6)", "content-type": "text/html;charset=utf-8"}
_SQUIDS_PAGE: Final = b"<!DOCTYPE html>\n<html><head><title>ERROR</title></head><body><h1>ERROR</h1>%b</body></html>\n"
_LOGIN: Final = Reply(
    407,
    {**_SQUID, "x-squid-error": "ERR_CACHE_ACCESS_DENIED 0", "proxy-authenticate": 'Basic realm="lab"'},
    _SQUIDS_PAGE % b"<p>Cache Access Denied.</p>",
)
_FORBIDDEN: Final = Reply(
    403, {**_SQUID, "x-squid-error": "ERR_ACCESS_DENIED 0"}, _SQUIDS_PAGE % b"<p>Access Denied.</p>"
)
_GUESTS: Final = b"<!doctype html>\n<html><head><title>Guest network</title></head><body>Please log in</body></html>\n"

THEMSELVES: Final[Mapping[str, Callable[[Request], Reply]]] = {
    "proxy-login": lambda _: _LOGIN,
    "proxy-forbids": lambda _: _FORBIDDEN,
    "proxy-502": lambda _: Reply(502, {}),
    "proxy-page": lambda _: Reply(200, {"content-type": "text/html"}, _GUESTS),
}
"""What these say to whatever they are asked."""


async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass one request on, or one tunnel, and close; what cannot be reached is answered as Squid does."""
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError), contextlib.closing(writer):
        first, *headers = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").rstrip("\r\n").split("\r\n")
        method, target, _ = first.split(" ")
        url = urlsplit(f"//{target}" if method == "CONNECT" else target)
        try:
            there, onward = await asyncio.open_connection(_address(url.hostname or ""), url.port or 80)
        except OSError:
            writer.write(encoded(_unreached(url.hostname or ""), last=True))
            return
        with contextlib.closing(onward):
            if method == "CONNECT":
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                path = f"{url.path or '/'}{'?' if url.query else ''}{url.query}"
                onward.write(_head(f"{method} {path} HTTP/1.1", headers))
            await asyncio.wait(
                [asyncio.ensure_future(_pour(reader, onward)), asyncio.ensure_future(_pour(there, writer))],
                return_when=asyncio.FIRST_COMPLETED,
            )


def _head(first: str, headers: list[str]) -> bytes:
    kept = [line for line in headers if not line.lower().startswith(("proxy-", "connection:"))]
    return "\r\n".join([first, *kept, "connection: close", "", ""]).encode("latin-1")


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()


def _address(host: str) -> str:
    """Return an address as it is, and for localhost the proxy's own; any other name is unknown, and nobody is asked."""
    try:
        return "127.0.0.1" if host == "localhost" else str(ip_address(host))
    except ValueError as error:
        raise OSError(host) from error


def _unreached(host: str) -> Reply:
    known = host.replace(".", "").isdecimal() or host == "localhost"
    word = "ERR_CONNECT_FAIL 111" if known else "ERR_DNS_FAIL 0"
    said = b"<p>Connection failed.</p>" if known else b"<p>The name is unknown.</p>"
    return Reply(503, {**_SQUID, "x-squid-error": word}, _SQUIDS_PAGE % said)
