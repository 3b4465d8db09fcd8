"""The machine's interfaces and default gateways, from the kernel: addresses by netifaces, drivers by ethtool."""

import array
import fcntl
import ipaddress
import socket
import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from netdiag.model.place import Gateway, Interface
from netdiag.platform import netlink
from netdiag.platform.listening import Socket, named

try:
    import netifaces
except ImportError:  # compiled, so it is not lent to a container
    from netdiag.platform import links as netifaces  # type: ignore[no-redef]

_FAMILIES: Final = (netifaces.AF_INET, netifaces.AF_INET6)

_SIOCETHTOOL: Final = 0x8946  # linux/sockios.h
_ETHTOOL_GDRVINFO: Final = 0x3  # linux/ethtool.h; answered to every user, unlike most of ethtool
_DRVINFO_SIZE: Final = 196
_DRIVER: Final = slice(4, 36)  # struct ethtool_drvinfo: __u32 cmd; char driver[32]; …

_SOCK_DIAG: Final = 4  # NETLINK_SOCK_DIAG, linux/netlink.h
_SOCK_DIAG_BY_FAMILY: Final = 20  # linux/sock_diag.h
_TCP_LISTEN: Final = 10  # include/net/tcp_states.h


class Network(NamedTuple):
    """The interfaces and default gateways of one network namespace."""

    interfaces: tuple[Interface, ...] = ()
    gateways: tuple[Gateway, ...] = ()


def read() -> Network:
    """Return this process's network; nothing is sent, and no privilege is needed."""
    return Network(interfaces(), gateways())


def interfaces() -> tuple[Interface, ...]:
    """Return every interface with its IPv4 and IPv6 addresses in prefix notation, and its driver."""
    # The socket is only a handle for the question: no address is bound and nothing leaves it.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        return tuple(
            Interface(name, tuple(_addresses(name)), _driver(handle.fileno(), name)) for name in netifaces.interfaces()
        )


def gateways() -> tuple[Gateway, ...]:
    """Return the default gateways, IPv4 before IPv6; empty where no route leads out."""
    default = netifaces.gateways().get("default", {})
    return tuple(Gateway(*default[family]) for family in _FAMILIES if family in default)


def _addresses(name: str) -> list[str]:
    found = netifaces.ifaddresses(name)
    return [_prefixed(entry) for family in _FAMILIES for entry in found.get(family, []) if "addr" in entry]


def _prefixed(entry: dict[str, str]) -> str:
    """Return ``172.18.0.2/16`` from what netifaces gives: an IPv4 mask, or an IPv6 ``ffff::/64`` and a ``%scope``."""
    address = entry["addr"].partition("%")[0]
    mask = entry.get("netmask", entry.get("mask", ""))
    if "/" in mask:
        return f"{address}/{mask.rpartition('/')[2]}"
    length = ipaddress.ip_network(f"0.0.0.0/{mask}").prefixlen if mask else 32
    return f"{address}/{length}"


def _driver(handle: int, name: str) -> str:
    """Return the driver of an interface. ``/sys/class/net`` does not tell a macvlan from a veth; the kernel does."""
    info = array.array("B", struct.pack("I", _ETHTOOL_GDRVINFO) + bytes(_DRVINFO_SIZE - 4))
    try:
        fcntl.ioctl(handle, _SIOCETHTOOL, struct.pack("16sP16x", name.encode()[:15], info.buffer_info()[0]))
    except OSError:
        return ""
    return info.tobytes()[_DRIVER].partition(b"\0")[0].decode("ascii", "replace")


def listeners() -> tuple[str, ...] | None:
    """Return where something listens here, ``127.0.0.1:8887``, by port; ``None`` where the kernel does not say.

    It looks at listening sockets only, while for /proc/net/tcp it goes through all that there may be: 8 ms.
    """
    try:
        found = [entry for family in (socket.AF_INET, socket.AF_INET6) for entry in _listening(family)]
    except OSError:
        return None
    return named(found)


def _listening(family: int) -> Iterator[Socket]:
    # linux/inet_diag.h: inet_diag_req_v2 is asked, inet_diag_msg answers, with the port in network byte order at 4
    asked = struct.pack("BBBxI48x", family, socket.IPPROTO_TCP, 0, 1 << _TCP_LISTEN)
    size = 4 if family == socket.AF_INET else 16
    for message in netlink.dump(_SOCK_DIAG, _SOCK_DIAG_BY_FAMILY, asked, _SOCK_DIAG_BY_FAMILY):
        (port,) = struct.unpack_from(">H", message, 4)
        (inode,) = struct.unpack_from("I", message, 68)
        yield Socket(port, str(ipaddress.ip_address(message[8 : 8 + size])), str(inode))
