"""Which address is this container's own host, by evidence that no other container can forge. Pure.

Who answers there, and how, is no evidence: any container can listen on the port and speak like a model service. Nor is
what a name server says, since a network's name server knows every container by the names its maker chose.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal, NamedTuple

from netdiag.model.place import MACHINE_NETWORK, Candidate, Facts, Platform
from netdiag.platform import names
from netdiag.platform.candidates import DOCKER0, routed
from netdiag.platform.naming import host
from netdiag.platform.table import BY_NAME, MACHINE_LINKS, MACHINE_MARKS, Gateway, Row

Distrust = Literal["", "neighbour", "public", "router", "unproven", "unresolved", "loopback", "container"]
"""Why an address is not trusted: it lies in an own network and is not the gateway; it is public; it is a gateway, but
not the host's; nothing proves that it is the host's; the name stands for nothing; it is this container itself; it is a
container that the host's view does not prove to be the only one that publishes the port."""


class Trust(NamedTuple):
    """Whether the secrets of an endpoint may go to a place.

    ``distrust`` is why not, empty where they may. ``address`` is then the first that does not count, and ``network``
    the own network that it lies in. Else ``addresses`` are all that a connection may lead to; ``None`` stands for any.
    """

    distrust: Distrust = ""
    address: str = ""
    network: str = ""
    addresses: frozenset[str] | None = None

    @property
    def is_trusted(self) -> bool:
        """Tell whether secrets may go there."""
        return not self.distrust


WHEREVER_IT_LEADS: Final = Trust()
"""What is configured, or was named by the user."""

_LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})

_MACVLAN: Final = frozenset({"macvlan", "ipvlan"})
"""Drivers of interfaces whose gateway is a router of the network outside (docker docs: macvlan, ipvlan)."""

_ANYBODYS_GATEWAY: Final = frozenset({"lxc", "unknown-container"})
"""Platforms whose bridge may be that of a whole network, as vmbr0 of Proxmox: its gateway is a router then."""


def judge(
    candidate: Candidate, addresses: Sequence[str], facts: Facts, platform: Platform, named: Sequence[str] = ()
) -> Trust:
    """Return whether ``candidate``, whose name stands for ``addresses``, is surely the host, or what it publishes.

    That is what the user ``named``; loopback where the network is the host's own; what this container's ``/etc/hosts``
    pins the name to; the default gateway of a bridge; an address that the platform itself gives its host, and docker0's
    on a Docker of Linux, where they lie outside the container's own networks; and another container that alone is known
    to publish the configured port on the host. A name counts only if every address that it stands for, and that there
    is a way to, counts.
    """
    if candidate.kind == "user" or candidate.host.lower() in {each.lower() for each in named}:
        return WHEREVER_IT_LEADS
    if candidate.kind == "loopback":
        return Trust(addresses=_LOOPBACK) if platform.localhost_is_host else Trust("loopback")
    if candidate.is_container:
        return _of_container(candidate, addresses)
    known = frozenset((*_addresses(facts, platform), *_pinned(facts, candidate.host), *named))
    usable = routed(facts, addresses) or addresses
    strange = next((each for each in usable if each not in known), "")
    if strange or not usable:
        return _untrusted(strange, facts)
    return Trust(addresses=known)


def is_host(candidate: Candidate, addresses: Sequence[str], facts: Facts, platform: Platform) -> bool:
    """Tell whether ``candidate`` is surely the host, or what it publishes (:func:`judge`)."""
    return candidate.kind != "user" and judge(candidate, addresses, facts, platform).is_trusted


_BETWEEN: Final[Mapping[Gateway, str]] = {
    "machine": "gateway_of_machine",
    "namespace": "gateway_of_namespace",
    "outer_container": "gateway_of_container",
}
"""Gateways that belong to what carries the container, and are no address of the host itself."""


def not_hosts(candidate: Candidate, address: str, facts: Facts, platform: Platform) -> str:
    """Return why what ``address`` answers is not known to be the host's own answer; empty where it is the host's.

    A gateway may be trusted with a key, since it leads to nobody else, and still answer in the host's place.
    """
    row = host(platform)
    if address in row.constants:
        return ""
    if row.gateway in _BETWEEN and address in {DOCKER0, *(gateway.address for gateway in facts.gateways)}:
        return _BETWEEN[row.gateway]
    return "" if judge(candidate, (address,), facts, platform).is_trusted else "host_unproven"


def machine(candidate: Candidate, platform: Platform) -> str:
    """Return the same word for candidates that are one machine; the host, by whatever address, is the empty one.

    Loopback is this container itself, or the virtual machine that carries it, unless the network is the host's; every
    other container is one of its own.
    """
    is_host_ = not candidate.is_container and (candidate.kind != "loopback" or platform.localhost_is_host)
    if is_host_:
        return ""
    return "localhost" if candidate.kind == "loopback" else candidate.host


def _of_container(candidate: Candidate, addresses: Sequence[str]) -> Trust:
    """Return the trust in another container: its name must stand for the address that the host's view has of it.

    Where several containers publish the port, on different addresses of the host, nobody knows which one is meant.
    """
    strange = next((each for each in addresses if each not in candidate.addresses), "")
    if candidate.kind != "sibling" or candidate.contested or strange or not addresses:
        return Trust("container", strange or next(iter(addresses), ""))
    return Trust(addresses=frozenset(candidate.addresses))


def _untrusted(address: str, facts: Facts) -> Trust:
    """Return why an address is not trusted; an empty one is that of a name that stands for nothing."""
    if not address:
        return Trust("unresolved")
    if network := names.own_network(facts, address):
        return Trust("neighbour", address, network)
    if address in {gateway.address for gateway in facts.gateways}:
        return Trust("router", address)
    return Trust("unproven" if names.is_private(address) else "public", address)


def _pinned(facts: Facts, name: str) -> Iterator[str]:
    """Yield the addresses of a name in ``/etc/hosts``: the container's owner wrote them, or its engine for him."""
    wanted = name.lower()
    yield from (line.address for line in facts.hosts if wanted in (each.lower() for each in line.names))


def _addresses(facts: Facts, platform: Platform) -> Iterator[str]:
    """Yield the addresses that are the host's, or lead to it alone, whoever else is on the container's networks."""
    row = host(platform)
    if platform.has_own_network and platform.confidence != "guess" and _has_hosts_gateway(row):
        drivers = {link.name: link.driver for link in facts.interfaces}
        yield from (each.address for each in facts.gateways if drivers.get(each.interface) not in _MACVLAN)
    is_docker = row.name.startswith("docker-") and "linux" in row.systems
    has_docker0 = is_docker and row.gateway in ("host", "wsl", "outer_container")
    below = BY_NAME[platform.below].constants if platform.below else ()
    if platform.name == MACHINE_NETWORK and not _is_surely_a_machines(facts, platform):
        return
    for address in dict.fromkeys((*row.constants, *below, *([DOCKER0] if has_docker0 else []))):
        if not names.own_network(facts, address) and not (platform.has_own_network and _is_gateway(facts, address)):
            yield address


def _has_hosts_gateway(row: Row) -> bool:
    """Tell whether the default gateway of a bridge is the host, or leads to nobody else."""
    is_engines = row.name not in _ANYBODYS_GATEWAY and not row.on_top
    return is_engines and row.gateway not in ("router", "node", "nothing")


def _is_gateway(facts: Facts, address: str) -> bool:
    return address in {gateway.address for gateway in facts.gateways}


def _is_surely_a_machines(facts: Facts, platform: Platform) -> bool:
    """Tell whether a host's network is a virtual machine's by more than a gateway, or what a name server says alone.

    A Linux host may have such a gateway too, and then its constants are addresses of other machines.
    """
    return platform.confidence != "guess" and any(map(facts.mark, (*MACHINE_MARKS, *MACHINE_LINKS)))
