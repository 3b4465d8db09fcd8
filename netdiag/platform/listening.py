"""Which TCP ports something listens on in this network namespace, as ``/proc/net/tcp`` tells everybody. Pure."""

import ipaddress
import struct
from collections.abc import Iterator
from typing import Final

_LISTEN: Final = "0A"  # TCP_LISTEN, include/net/tcp_states.h


def listeners(tcp: str, tcp6: str) -> tuple[str, ...]:
    """Return ``address:port`` of every listening socket in the texts of ``/proc/net/tcp`` and ``tcp6``, by port.

    Docker's resolver at 127.0.0.11 is left out: it listens in every container on a compose network.
    """
    found = {entry for text in (tcp, tcp6) for entry in _entries(text) if not entry[1].startswith("127.0.0.11")}
    return tuple(f"[{address}]:{port}" if ":" in address else f"{address}:{port}" for port, address in sorted(found))


def _entries(text: str) -> Iterator[tuple[int, str]]:
    for line in text.splitlines()[1:]:
        fields = line.split()
        if len(fields) > 3 and fields[3] == _LISTEN:
            address, _, port = fields[1].partition(":")
            try:
                yield int(port, 16), _address(address)
            except (ValueError, struct.error):
                continue


def _address(text: str) -> str:
    """Return an address that the kernel printed as words of 32 bits in the machine's own byte order."""
    words = [int(text[at : at + 8], 16) for at in range(0, len(text), 8)]
    return str(ipaddress.ip_address(struct.pack(f"={len(words)}I", *words)))
