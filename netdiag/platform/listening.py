"""Which TCP ports something listens on in this network namespace, as ``/proc/net/tcp`` tells everybody. Pure."""

import ipaddress
import struct
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from netdiag.platform.resolving import EMBEDDED_DNS
from netdiag.text import host_port

_LISTEN: Final = "0A"  # TCP_LISTEN, include/net/tcp_states.h


class Socket(NamedTuple):
    """A listening socket; ``inode`` is by what its owner's ``/proc/PID/fd`` names it: ``socket:[…]``."""

    port: int
    address: str
    inode: str


def listeners(tcp: str, tcp6: str) -> tuple[str, ...]:
    """Return ``address:port`` of every listening socket in the texts of ``/proc/net/tcp`` and ``tcp6``, by port."""
    return named(sockets(tcp, tcp6))


def named(found: Iterable[Socket]) -> tuple[str, ...]:
    """Return ``address:port`` of each socket once, by port, without Docker's resolver."""
    places = sorted({(each.port, each.address) for each in found if each.address != EMBEDDED_DNS})
    return tuple(host_port(address, port) for port, address in places)


def sockets(tcp: str, tcp6: str) -> tuple[Socket, ...]:
    """Return every listening socket in the texts of ``/proc/net/tcp`` and ``tcp6``, by port.

    Docker's resolver at 127.0.0.11 is left out: it listens in every container on a compose network.
    """
    return tuple(sorted(each for text in (tcp, tcp6) for each in _entries(text) if each.address != EMBEDDED_DNS))


def _entries(text: str) -> Iterator[Socket]:
    for line in text.splitlines()[1:]:
        fields = line.split()
        if len(fields) > 3 and fields[3] == _LISTEN:
            address, _, port = fields[1].partition(":")
            try:
                yield Socket(int(port, 16), _address(address), fields[9] if len(fields) > 9 else "")
            except (ValueError, struct.error):
                continue


def _address(text: str) -> str:
    """Return an address that the kernel printed as words of 32 bits in the machine's own byte order."""
    words = [int(text[at : at + 8], 16) for at in range(0, len(text), 8)]
    return str(ipaddress.ip_address(struct.pack(f"={len(words)}I", *words)))
