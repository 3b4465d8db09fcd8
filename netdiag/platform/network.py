"""The machine's interfaces and default gateways, from the kernel through netifaces."""

import ipaddress

import netifaces

from netdiag.model import Gateway, Interface

_FAMILIES = (netifaces.AF_INET, netifaces.AF_INET6)


def interfaces() -> tuple[Interface, ...]:
    """Return every interface with its IPv4 and IPv6 addresses in prefix notation."""
    return tuple(Interface(name, tuple(_addresses(name))) for name in netifaces.interfaces())


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
