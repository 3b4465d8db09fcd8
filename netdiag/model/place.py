"""What is known of the place: facts, the platform, what name servers said, and the ways to the host."""

from typing import Final, Literal, NamedTuple

Confidence = Literal["certain", "likely", "guess"]
CandidateKind = Literal[
    "user",
    "loopback",
    "name",
    "answer",
    "gateway",
    "first_address",
    "docker0",
    "constant",
    "host_nameserver",
    "sibling",
    "alike",
]
Reason = Literal["named_by_you", "own_network", "stable_name", "no_name_known"]
HopKind = Literal["container", "bridge", "router", "namespace", "machine", "wsl", "outer_container", "node", "host"]


MACHINE_NETWORK: Final = "machine-network"
"""The platform of a container whose network is that of the virtual machine which carries the containers."""


class Fact(NamedTuple):
    """One thing seen about this machine: its ``name``, its ``value`` and the ``source`` where it can be seen again."""

    name: str
    value: str
    source: str


class Interface(NamedTuple):
    """A network interface with its addresses in prefix notation: ``172.18.0.2/16``, ``fd00::2/64``.

    ``driver`` is the kernel's word for what makes it: ``veth``, ``bridge``, ``macvlan``, ``tun``, ``virtio_net``…;
    empty where the kernel does not tell (loopback, gVisor).
    """

    name: str
    addresses: tuple[str, ...]
    driver: str = ""


class Gateway(NamedTuple):
    """A default gateway and the interface that leads to it."""

    address: str
    interface: str


class HostsLine(NamedTuple):
    """One line of ``/etc/hosts``; ``line`` counts from 1."""

    address: str
    names: tuple[str, ...]
    line: int


class Facts(NamedTuple):
    """All that can be read about this machine without sending anything."""

    marks: tuple[Fact, ...] = ()
    interfaces: tuple[Interface, ...] = ()
    gateways: tuple[Gateway, ...] = ()
    hosts: tuple[HostsLine, ...] = ()
    nameservers: tuple[str, ...] = ()
    host_nameservers: tuple[str, ...] = ()
    """The name servers of the engine's machine, which Docker notes in ``/etc/resolv.conf`` (``# ExtServers``)."""
    listeners: tuple[str, ...] = ()
    """Where something listens in this network: ``127.0.0.1:8887``, by port."""

    def mark(self, name: str) -> Fact | None:
        """Return the mark called ``name``, or ``None`` where it was not seen."""
        return next((fact for fact in self.marks if fact.name == name), None)

    def pinned(self, name: str) -> HostsLine | None:
        """Return the first line of ``/etc/hosts`` that names ``name``; names compare without case (RFC 4343)."""
        wanted = name.lower()
        return next((line for line in self.hosts if wanted in (n.lower() for n in line.names)), None)

    @property
    def own_names(self) -> tuple[str, ...]:
        """The names, in lower case, that ``/etc/hosts`` gives loopback addresses only: ``ip6-localhost``…"""
        elsewhere = {name.lower() for line in self.hosts if not _is_loopback(line.address) for name in line.names}
        own = (name.lower() for line in self.hosts if _is_loopback(line.address) for name in line.names)
        return tuple(name for name in dict.fromkeys(own) if name not in elsewhere)


def _is_loopback(address: str) -> bool:
    return address.startswith("127.") or address == "::1"


class NameAnswer(NamedTuple):
    """What ``server`` said of ``name``: its ``addresses``, IPv4 first, or the ``failure`` to get any.

    ``server`` is a name server's address, asked directly; empty where the C library was asked, which reads
    ``/etc/hosts`` too.
    """

    name: str
    server: str = ""
    addresses: tuple[str, ...] = ()
    failure: str | None = None
    detail: str = ""
    duration_ms: float = 0.0


class Platform(NamedTuple):
    """What kind of place this is, how sure that is, and what speaks for and against it.

    ``below`` names what carries it where that is known too: Kubernetes on Docker Desktop, a codespace on Docker.
    ``systems`` are those its host may have (``linux``, ``macos``, ``windows``, ``cloud``), and ``reaches_loopback``
    tells whether a service that listens on the host's 127.0.0.1 only can be reached from here.
    """

    name: str
    in_container: bool
    shares_host_network: bool
    confidence: Confidence
    evidence: tuple[Fact, ...] = ()
    against: tuple[Fact, ...] = ()
    below: str = ""
    systems: tuple[str, ...] = ()
    reaches_loopback: bool = False

    @property
    def has_own_network(self) -> bool:
        """Tell whether this is a container with a network of its own: localhost is not the host there."""
        return self.in_container and not self.shares_host_network

    @property
    def localhost_is_host(self) -> bool:
        """Tell whether localhost is the host: outside a container, and in the network of a host.

        The network of a virtual machine that carries the containers is not that of the user's computer.
        """
        return not self.has_own_network and self.name != MACHINE_NETWORK


class Candidate(NamedTuple):
    """One way the host may be reached.

    ``host`` is what would be written into a base_url (an address or a name), ``addresses`` are the IP addresses
    behind it (empty until a name is resolved), ``kind`` and ``source`` tell where it comes from (a ``gateway`` of
    ``eth0``, a ``name`` of ``/etc/hosts:7``), and ``rank`` orders candidates: the smallest working one is chosen.
    Another container has a ``port`` of its own, and is a way to what is configured on certain ports only:
    ``instead_of``. A ``sibling`` publishes such a port on the host, one that is ``alike`` only has the same.
    ``aliases`` are other names of the same: those to which this machine's ``/etc/hosts`` gives loopback addresses only.
    ``contested`` tells that several containers publish the port, each on another address of the host.
    """

    host: str
    kind: CandidateKind
    source: str
    rank: int
    addresses: tuple[str, ...] = ()
    port: int = 0
    instead_of: tuple[int, ...] = ()
    aliases: tuple[str, ...] = ()
    contested: bool = False

    @property
    def is_container(self) -> bool:
        """Tell whether it is another container and no address of the host."""
        return self.kind in ("sibling", "alike")

    def at(self, port: int) -> int | None:
        """Return the port to connect to where ``port`` is configured; ``None`` where this is no way to that."""
        if not self.port:
            return port
        return self.port if port in self.instead_of else None


class Choice(NamedTuple):
    """The candidate that would be written, the one after it, and why: a word of ``findings/terms.yaml``."""

    candidate: Candidate
    reason: Reason
    runner_up: Candidate | None = None


class Hop(NamedTuple):
    """One station on the way from this container to the model service; ``detail`` is an address, a name or a product.

    ``kind`` ``bridge`` is an address of the host itself; the others lie between it and the host.
    """

    kind: HopKind
    detail: str = ""
