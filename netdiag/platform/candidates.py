"""List every way the host may be reached from here, best first. Pure."""

import ipaddress
from collections.abc import Iterator, Sequence
from typing import Final, Literal

from netdiag.model import Candidate, Facts, Platform

DOCKER0: Final = "172.17.0.1"
"""The default bridge's own address, unless ``bip`` says otherwise; also local to the host when the container sits on
another bridge (moby: daemon/libnetwork/ipamutils). KAG's documentation tells Linux users to write it."""

NAMES: Final = ("host.docker.internal", "host.containers.internal")
"""Names that container engines give to the host: Docker's (also written by Podman) and Podman's."""

PLATFORM_NAMES: Final = {
    "docker-desktop-mac": ("gateway.docker.internal",),
    "docker-desktop-windows": ("gateway.docker.internal",),
    "docker-compose": ("gateway.docker.internal",),
    "docker-bridge": ("gateway.docker.internal",),
}
"""Asked on the Docker rows as well, since only the answer tells Docker Desktop on Windows from an engine in WSL2."""

CONSTANTS: Final = {
    "docker-desktop-mac": ("192.168.65.254",),
    "docker-desktop-windows": ("192.168.65.254",),
}
"""Where Docker Desktop's names point by default (the range can be changed in its settings)."""

_Source = tuple[Literal["user", "loopback", "name", "gateway", "docker0", "constant"], str, str]


def candidates(facts: Facts, platform: Platform, user_hosts: Sequence[str] = ()) -> tuple[Candidate, ...]:
    """Return the candidates in the order of preference, each host once, with the addresses known without asking.

    Where the network is the host's own (outside a container, or ``--network host``) only loopback and what the user
    named is listed: the default gateway there is a router, not the host.
    """
    sources: list[_Source] = [("user", host, "you gave it") for host in user_hosts]
    sources.append(("loopback", "localhost", "this container itself, or a shared network"))
    if platform.in_container and not platform.shares_host_network:
        sources += _names(platform)
        sources += _gateways(facts)
        sources.append(("docker0", DOCKER0, "Docker's default bridge"))
        sources += [("constant", a, f"known address on {platform.name}") for a in CONSTANTS.get(platform.name, ())]
    return tuple(_ranked(facts, sources))


def _names(platform: Platform) -> Iterator[_Source]:
    for host in (*NAMES, *PLATFORM_NAMES.get(platform.name, ())):
        yield "name", host, "name of the host in containers"


def _gateways(facts: Facts) -> Iterator[_Source]:
    for gateway in facts.gateways:
        yield "gateway", gateway.address, f"default gateway of {gateway.interface}"
    if facts.gateways:
        return
    # An internal network has no default route, yet its bridge is still an address of the host (docker docs).
    for interface in facts.interfaces:
        for prefixed in interface.addresses:
            network = ipaddress.ip_interface(prefixed).network
            if network.is_private and not network.is_loopback and not network.is_link_local:
                first = network.network_address + 1
                yield "gateway", str(first), f"first address of {network} on {interface.name} (no default gateway)"


def _ranked(facts: Facts, sources: Sequence[_Source]) -> Iterator[Candidate]:
    seen: set[str] = set()
    for rank, (kind, host, origin) in enumerate(sources):
        if host.lower() in seen:
            continue
        seen.add(host.lower())
        addresses, pinned_at = _known_addresses(facts, host)
        yield Candidate(host, kind, f"{origin}, {pinned_at}" if pinned_at else origin, rank, addresses)


def _known_addresses(facts: Facts, host: str) -> tuple[tuple[str, ...], str]:
    try:
        return (str(ipaddress.ip_address(host.strip("[]"))),), ""
    except ValueError:
        pass
    if host == "localhost":
        return ("127.0.0.1", "::1"), ""
    line = facts.pinned(host)
    return ((line.address,), f"/etc/hosts line {line.line}") if line else ((), "")
