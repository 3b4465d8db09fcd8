"""Addresses and default routes from the kernel's own answers (rtnetlink), where netifaces is not at hand.

netifaces is a compiled package, so it cannot be lent to a container whose Python is another one's. What is here has
its names and gives its shapes, as far as :mod:`netdiag.platform.network` uses them.
"""

import socket
import struct
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import Final

from netdiag.platform import netlink

AF_INET: Final = socket.AF_INET
AF_INET6: Final = socket.AF_INET6

# linux/rtnetlink.h, linux/if_addr.h
_NEWADDR, _GETADDR, _NEWROUTE, _GETROUTE = 20, 22, 24, 26
_IFA_ADDRESS, _IFA_LOCAL = 1, 2
_RTA_OIF, _RTA_GATEWAY, _RTA_PRIORITY, _RTA_TABLE = 4, 5, 6, 15
_MAIN_TABLE: Final = 254


def interfaces() -> list[str]:
    """Return the names of all interfaces."""
    return [name for _, name in socket.if_nameindex()]


def ifaddresses(name: str) -> dict[int, list[dict[str, str]]]:
    """Return the addresses of an interface by family, each with ``addr`` and ``mask`` (``address/length``)."""
    index = socket.if_nametoindex(name)
    found: dict[int, list[dict[str, str]]] = {}
    for message in _dump(_GETADDR, _NEWADDR):
        family, length, _, _, of = struct.unpack_from("BBBBI", message)
        parts = dict(_attributes(message, 8))
        raw = parts.get(_IFA_LOCAL) or parts.get(_IFA_ADDRESS)  # of a point-to-point link ADDRESS is the other end
        if of == index and raw and family in (AF_INET, AF_INET6):
            address = str(ip_address(raw))
            found.setdefault(family, []).append(
                {"addr": address, "mask": str(ip_network(f"{address}/{length}", False))}
            )
    return found


def gateways() -> dict[str, dict[int, tuple[str, str]]]:
    """Return under ``default`` the gateway and interface of each family's default route, the one preferred."""
    best: dict[int, tuple[int, tuple[str, str]]] = {}
    for message in _dump(_GETROUTE, _NEWROUTE):
        family, length, _, _, table = struct.unpack_from("BBBBB", message)
        parts = dict(_attributes(message, 12))
        if length or (_number(parts.get(_RTA_TABLE)) or table) != _MAIN_TABLE:
            continue
        if _RTA_GATEWAY not in parts or _RTA_OIF not in parts:
            continue
        way = (str(ip_address(parts[_RTA_GATEWAY])), socket.if_indextoname(_number(parts[_RTA_OIF])))
        best[family] = min(best.get(family, (1 << 32, way)), (_number(parts.get(_RTA_PRIORITY)), way))
    return {"default": {family: way for family, (_, way) in best.items()}}


def _number(raw: bytes | None) -> int:
    return int(struct.unpack("I", raw)[0]) if raw else 0


def _dump(ask: int, answer: int) -> list[bytes]:
    """Return the body of each message that answers; none where the kernel does not answer at all (gVisor)."""
    try:
        return netlink.dump(socket.NETLINK_ROUTE, ask, struct.pack("Bxxx", socket.AF_UNSPEC), answer)
    except OSError:
        return []


def _attributes(message: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(message):
        length, kind = struct.unpack_from("HH", message, at)
        if length < 4:
            return
        yield kind, message[at + 4 : at + length]
        at += (length + 3) & ~3
