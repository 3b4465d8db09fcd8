"""Which address is this container's own host, by evidence that no other container can forge. Pure.

Who answers there, and how, is no evidence: any container can listen on the port and speak like a model service. Nor is
what a name server says, since a network's name server knows every container by the names its maker chose.
"""

import ipaddress
from collections.abc import Iterator, Sequence

from netdiag.model.place import Candidate, Facts, Platform
from netdiag.platform.candidates import DOCKER0, routed
from netdiag.platform.naming import host


def is_host(candidate: Candidate, addresses: Sequence[str], facts: Facts, platform: Platform) -> bool:
    """Tell whether ``candidate``, whose name stands for ``addresses``, is surely the host, or what it publishes.

    That is loopback where the network is the host's own; what this container's ``/etc/hosts`` pins; the default
    gateway, unless it is a router; an address that the platform itself gives its host, and docker0's on a Docker of
    Linux, where they lie outside the container's own networks; and another container that is known to publish the
    configured port on the host. A name counts only if every address that it stands for, and that there is a way to,
    counts.
    """
    if candidate.kind == "loopback":
        return not platform.has_own_network
    if candidate.is_container:
        return candidate.kind == "sibling"
    if facts.pinned(candidate.host):
        return True
    known = frozenset(_addresses(facts, platform))
    return bool(addresses) and known.issuperset(routed(facts, addresses) or addresses)


def machine(candidate: Candidate, platform: Platform) -> str:
    """Return the same word for candidates that are one machine; the host, by whatever address, is the empty one.

    Loopback is this container itself, unless the network is the host's; every other container is one of its own.
    """
    is_host_ = not candidate.is_container and (candidate.kind != "loopback" or not platform.has_own_network)
    if is_host_:
        return ""
    return "localhost" if candidate.kind == "loopback" else candidate.host


def _addresses(facts: Facts, platform: Platform) -> Iterator[str]:
    """Yield the addresses that are the host's, or lead to it alone, whoever else is on the container's networks."""
    row = host(platform)
    if not platform.has_own_network or row.gateway in ("router", "node", "nothing"):
        gateways: list[str] = []
    else:
        gateways = [gateway.address for gateway in facts.gateways]
    yield from gateways
    is_docker = row.name.startswith("docker-") and "linux" in row.systems
    has_docker0 = is_docker and row.gateway in ("host", "wsl", "outer_container")
    own = [ipaddress.ip_interface(each).network for link in facts.interfaces for each in link.addresses]
    for address in (*row.constants, *([DOCKER0] if has_docker0 else [])):
        if not any(ipaddress.ip_address(address) in network for network in own):
            yield address
