"""The names by which platforms let containers reach their host, and which answers about them can be believed. Pure."""

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from netdiag.model.place import Fact, Facts, NameAnswer

DOCKER: Final = "host.docker.internal"
DESKTOP_GATEWAY: Final = "gateway.docker.internal"
PODMAN: Final = "host.containers.internal"
ORBSTACK: Final = "host.orb.internal"
LIMA: Final = "host.lima.internal"
RANCHER: Final = "host.rancher-desktop.internal"
WSLC: Final = "host.wslc.internal"
K3D: Final = "host.k3d.internal"
MINIKUBE: Final = "host.minikube.internal"
APPLE: Final = "host.container.internal"

ALL: Final = (DOCKER, DESKTOP_GATEWAY, PODMAN, ORBSTACK, LIMA, RANCHER, WSLC, K3D, MINIKUBE, APPLE)

CONTROL: Final = "no-such-host.netdiag.internal"
"""A name nobody has: a server that knows it answers everything. ``.internal`` is kept for private use (ICANN, 2024)."""

_FAKE: Final = ipaddress.ip_network("198.18.0.0/15")
_ONCE_ORBSTACK: Final = ipaddress.ip_network("198.19.248.0/23")
"""Clash, mihomo and Surge hand out addresses of the first range (RFC 2544's, for benchmarks) while they tunnel
everything; OrbStack's own host and machines used to be in the second, which is part of it."""


def is_fake(address: str) -> bool:
    """Tell whether an address is one that a tunnelling proxy invents for names (fake-ip)."""
    parsed = ipaddress.ip_address(address)
    return parsed in _FAKE and parsed not in _ONCE_ORBSTACK


def is_null(address: str) -> bool:
    """Tell whether an address says "blocked", as ad blockers answer, or would lead back into this container."""
    parsed = ipaddress.ip_address(address)
    return parsed.is_unspecified or parsed.is_loopback


_PRIVATE: Final = tuple(
    map(
        ipaddress.ip_network,
        (
            *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),  # RFC 1918
            *("127.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10"),  # loopback, RFC 3927, RFC 6598
            *("0.250.250.0/24", str(_ONCE_ORBSTACK)),  # OrbStack
            "203.0.113.113/32",  # what Apple's documentation gives host.container.internal (apple/container: how-to.md)
            *("::1/128", "fc00::/7", "fe80::/10"),  # RFC 4291, RFC 4193
        ),
    )
)
"""Where a machine's own host may have an address. What :mod:`ipaddress` calls private is more: 203.0.113.0/24 too."""


def bare(host: str) -> str:
    """Return a name as it is compared: in lower case, without the final dot."""
    return host.removesuffix(".").lower()


def is_private(address: str) -> bool:
    """Tell whether an address is one that networks give out for themselves."""
    parsed = ipaddress.ip_address(address)
    mapped = getattr(parsed, "ipv4_mapped", None)
    return any((mapped or parsed) in network for network in _PRIVATE)


_OF_MACHINES: Final = ("host_interfaces", "lima_link", "gvproxy_link")
"""Marks of a network that is a machine's, not a container's."""


def own_network(facts: Facts, address: str) -> str:
    """Return the container's own network that an address lies in, where it is not the gateway; empty elsewhere.

    Any other container on that network may have the address. Where the network is that of the machine which carries
    the containers, these are on its bridges only.
    """
    if address in {gateway.address for gateway in facts.gateways}:
        return ""
    is_machines = any(map(facts.mark, _OF_MACHINES)) and not facts.mark("own_veth")
    parsed = ipaddress.ip_address(address)
    links = (link for link in facts.interfaces if link.name != "lo" and (not is_machines or link.driver == "bridge"))
    networks = (ipaddress.ip_interface(each).network for link in links for each in link.addresses)
    return next((str(network) for network in networks if parsed in network), "")


def is_strange(facts: Facts, address: str) -> bool:
    """Tell whether an address that a host's name stands for is no host's: another container has it, or it is public."""
    return bool(own_network(facts, address)) or not is_private(address)


def liars(answers: Sequence[NameAnswer]) -> frozenset[str]:
    """Return the servers that know a name which nobody has: nothing that they say is believed."""
    return frozenset(answer.server for answer in answers if answer.name == CONTROL and answer.addresses)


def believable(facts: Facts, answers: Sequence[NameAnswer]) -> Mapping[str, NameAnswer]:
    """Return the answers that say where a name leads, by name: of several servers the first that knew it.

    Left out are names that are no host's, pinned names that were asked through ``/etc/hosts``, addresses that mean
    nothing, those of other containers and public ones, and all of a server that answers what nobody can know.
    """
    known: dict[str, NameAnswer] = {}
    lying = liars(answers)
    for answer in answers:
        is_useless = any(
            is_fake(address) or is_null(address) or is_strange(facts, address) for address in answer.addresses
        )
        is_pinned = not answer.server and facts.pinned(answer.name)
        is_hosts = answer.name.lower() in (*ALL, CONTROL)
        if answer.addresses and is_hosts and not is_useless and not is_pinned and answer.server not in lying:
            known.setdefault(answer.name, answer)
    return known


def others(answers: Sequence[NameAnswer]) -> Mapping[str, NameAnswer]:
    """Return the answers about names that are no host's, by name, where their server does not invent them."""
    known: dict[str, NameAnswer] = {}
    lying = liars(answers)
    for answer in answers:
        is_invented = any(is_fake(address) or is_null(address) for address in answer.addresses)
        if answer.addresses and answer.name not in (*ALL, CONTROL) and not is_invented and answer.server not in lying:
            known.setdefault(answer.name, answer)
    return known


def marks(known: Mapping[str, NameAnswer]) -> Iterator[Fact]:
    """Yield a mark ``dns:NAME`` for every name that a name server knows."""
    for name, answer in known.items():
        source = f"name server {answer.server}" if answer.server else "name lookup"
        yield Fact(f"dns:{name}", ", ".join(answer.addresses), source)
