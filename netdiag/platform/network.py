"""The machine's interfaces and default gateways, from the kernel: addresses by netifaces, drivers by ethtool."""

import array
import fcntl
import ipaddress
import socket
import struct
from typing import Final, NamedTuple

from netdiag.model.place import Gateway, Interface

try:
    import netifaces
except ImportError:  # compiled, so it is not lent to a container
    from netdiag.platform import links as netifaces  # type: ignore[no-redef]

_FAMILIES: Final = (netifaces.AF_INET, netifaces.AF_INET6)

_SIOCETHTOOL: Final = 0x8946  # linux/sockios.h
_ETHTOOL_GDRVINFO: Final = 0x3  # linux/ethtool.h; answered to every user, unlike most of ethtool
_DRVINFO_SIZE: Final = 196
_DRIVER: Final = slice(4, 36)  # struct ethtool_drvinfo: __u32 cmd; char driver[32]; …


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
