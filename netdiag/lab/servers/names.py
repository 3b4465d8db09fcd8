"""A name server that knows no name: it answers NXDOMAIN at once, as a healthy one does for the host's names."""

import asyncio
import struct
from typing import Any, Final

_NXDOMAIN: Final = 0x8183  # RFC 1035 4.1.1: a response, recursion desired and available, name error
_RESPONSE: Final = 0x8000
_HEADER: Final = struct.Struct("!6H")


def no_such_name(query: bytes) -> bytes | None:
    """Return the answer "no such name" to a DNS query of one question, or ``None`` for what is none."""
    end = query.find(b"\0", _HEADER.size) + 5  # the end of the name, its type and its class
    if len(query) < _HEADER.size or not _HEADER.size < end <= len(query):
        return None
    number, flags, *_ = _HEADER.unpack_from(query)
    if flags & _RESPONSE:
        return None
    return _HEADER.pack(number, _NXDOMAIN, 1, 0, 0, 0) + query[_HEADER.size : end]


class NameServer(asyncio.DatagramProtocol):
    """Answers every query with :func:`no_such_name`."""

    def connection_made(self, transport: Any) -> None:
        """Keep the way to answer."""
        self._transport: asyncio.DatagramTransport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """Answer one query."""
        if answer := no_such_name(data):
            self._transport.sendto(answer, addr)
