"""A host, a container, what lies between them, and what goes wrong there: declared as data.

Nothing here touches the system; :func:`netdiag.lab.make` makes a :class:`World` real.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Server = Literal[
    "ollama",
    "vllm",
    "vllm-with-key",
    "llama-cpp-python",
    "web-page",
    "silent",
    "resets",  # accepts, and resets the connection at once
    "closes-unread",  # accepts, and closes without having read anything
    "closes-read",  # accepts, reads a request, and closes
    "crashes",  # Ollama, but for a chat: reads it, and closes, as one that is killed for want of memory
    "drips",  # Ollama, but for a chat: a byte a second of an answer that never ends
    "proxy",  # an HTTP proxy that passes on what it is sent, to addresses and localhost; other names it does not know
    "proxy-login",  # one that answers everything itself: 407, as Squid says it
    "proxy-forbids",  # … 403, as Squid says it
    "proxy-502",  # … 502 and nothing else, as Clash does when it reaches nobody
    "proxy-page",  # … 200 and a page, as the login page of a guest network
    "troubled",  # answers with the ``trouble`` of a provider or server, see netdiag/lab/servers/troubles.json
]
Tls = Literal[
    "",  # plain HTTP
    "trusted",  # a certificate of the lab's own authority, for the host's addresses and names
    "expired",  # … in 2002
    "later",  # … valid from 2090 on
    "later-clock",  # … and the server's clock says so
    "other-name",  # … for models.lab.internal
    "self-signed",  # a certificate of nobody's
    "too-old",  # no version of TLS that a client of today speaks
    "no-certificate",  # none for the name that it is called by, as Caddy says it
]
"""Whether a service speaks TLS, and what is wrong with it. On such a port plain HTTP is answered as nginx does: 400."""

Manners = Literal[
    "ordinary",
    "silent",  # receives, never answers
    "closed",  # nobody listens: the kernel answers "port unreachable", from a bridge six times and then once a second
    "servfail",
    "refused",
    "no-address",  # to everything: the name exists, and has no address
    "garbage",  # bytes that are no DNS message
    "other-question",  # a well-formed answer with the right number, about another name
    "truncated",  # "ask again over TCP", where nobody listens
    "answers-everything",  # any name has one IPv4 address, that of a search page
    "fake-ip",  # any name has an address of 198.18.0.0/15, as Clash and Surge give in TUN mode
    "null-address",  # its names, and all others in .internal, have 0.0.0.0, as ad blockers such as Pi-hole say
    "ipv6-only",  # no name has an IPv4 address; the IPv6 ones of its names are given
    "slow",  # right answers, after 100 ms
    "late",  # right answers, after 3 seconds
]
"""How a name server answers: right, not at all, or wrong in one of the ways that users meet."""


FaultKind = Literal[
    "drop",  # iptables -j DROP, as ufw and most other firewalls do
    "lose-first",  # every other SYN: of connections made one after another the first packet is lost
    "reject-tcp-reset",  # iptables -j REJECT --reject-with …, down to here
    "reject-icmp-port-unreachable",
    "reject-icmp-host-unreachable",
    "reject-icmp-host-prohibited",  # firewalld, up to version 0.6
    "reject-icmp-admin-prohibited",  # firewalld since then
    "reject-icmp-net-unreachable",
    "reject-icmp-proto-unreachable",
    "accept-everything",  # all is redirected to one port, as a tunnel or a service mesh does
    "route-unreachable",  # a route of the container's own that forbids an address, down to here
    "route-prohibit",
    "route-blackhole",
]
"""What goes wrong between the container and the host: a firewall of the host's, or a route of the container's."""


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong with what is sent to ``port`` of ``address``.

    ``None`` stands for every port, or every address. A route has an address and no port; what accepts everything has
    the port to which all is led.
    """

    kind: FaultKind
    port: int | None = None
    address: str | None = None


@dataclass(frozen=True)
class Network:
    """A bridge of the host with the container attached to it; addresses in prefix notation.

    ``gateway6`` and ``container6`` are a second pair on the same bridge, for IPv6 beside IPv4.
    """

    bridge: str
    gateway: str
    container: str
    gateway6: str = ""
    container6: str = ""

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The addresses of the gateway and the container, in each family that the network has."""
        second = ((self.gateway6, self.container6),) if self.gateway6 else ()
        return ((self.gateway, self.container), *second)


DOCKER0 = Network("docker0", gateway="172.17.0.1/16", container="172.17.0.2/16")
"""Docker's default bridge. Every host of the lab has it, attached to the container or not, as a Docker host does."""


@dataclass(frozen=True)
class Service:
    """A server on the ``host``, or one that the container runs itself.

    ``models`` are the names it serves; empty means the one of its recording. ``delay_s`` is how long the model takes
    to load at the first request for it. With ``drop`` a firewall silently drops what arrives for the port. ``trouble``
    names what is wrong with a ``troubled`` one.
    """

    server: Server
    port: int
    listen: str = "0.0.0.0"  # noqa: S104 - a service on all addresses is what most worlds are about
    models: tuple[str, ...] = ()
    on: Literal["host", "container"] = "host"
    delay_s: float = 0.0
    drop: bool = False
    trouble: str = ""
    tls: Tls = ""


@dataclass(frozen=True)
class World:
    """Everything that is real inside the lab.

    The container's interfaces are ``eth0``, ``eth1``… in the order of ``networks``; the default route leads to the
    first gateway. ``hosts`` are ``(address, name)`` lines added to ``/etc/hosts``. A name server answers at
    ``nameserver``; an empty one leaves ``/etc/resolv.conf`` empty. ``names`` are the ``(address, name)`` pairs it
    knows, an A record for each IPv4 address and an AAAA record for each IPv6 one; any other name does not exist
    (NXDOMAIN). ``manners`` is how it behaves: ``ordinary``, or one of the ways to misbehave that :data:`Manners` lists.
    ``beside`` are ``(bridge, address in prefix notation)`` pairs that the host has as well: its own network outside, or
    what stands in for another container on a bridge. ``machines`` are such pairs of others behind the host, on which
    nothing listens; the host's address on the bridge is their way back.
    To every address of ``dead`` there is a route, and nobody is there; ``faults`` are what else goes wrong on the way.
    Linux sends a peer some six errors (ICMP) at once and then one a second; with ``icmp_limit`` off it sends them all.
    With ``host_network`` the container lives in
    the host's network, and ``networks`` and ``default_route`` say nothing about it. That may be a virtual machine's:
    ``kernel`` is the release that the container sees, and ``beyond`` are addresses of the user's computer, which the
    machine reaches and no container has. ``dockerenv`` gives it the marks
    that Docker leaves: ``/.dockerenv``, and an ``/etc/hosts`` mounted from ``/var/lib/docker/containers``.
    ``environment`` are variables that the container was created with; ``first_environment`` are what its first process
    has instead, or beside them, as from a start script. ``kag`` is the release whose package lies in the container,
    where OpenSPG's images up to 0.6 have it.
    """

    networks: tuple[Network, ...] = (DOCKER0,)
    services: tuple[Service, ...] = ()
    hosts: tuple[tuple[str, str], ...] = ()
    nameserver: str = "172.17.0.1"
    names: tuple[tuple[str, str], ...] = ()
    manners: Manners = "ordinary"
    beside: tuple[tuple[str, str], ...] = ()
    machines: tuple[tuple[str, str], ...] = ()
    dead: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    icmp_limit: bool = True
    default_route: bool = True
    host_network: bool = False
    kernel: str = ""
    beyond: tuple[str, ...] = ()
    dockerenv: bool = True
    environment: tuple[tuple[str, str], ...] = ()
    first_environment: tuple[tuple[str, str], ...] = ()
    kag: str = ""


@dataclass(frozen=True)
class Scenario:
    """A world, a configuration in it, and what ``netdiag fix-base-url`` makes of it.

    ``title`` and ``story`` have one text per language, ``en`` and ``zh``. ``expect_config`` is the file afterwards;
    ``None`` means that not a byte of it changes. ``expect_codes`` are the codes of all findings, no more and no fewer.
    ``kag_version`` is the KAG to imitate, empty for whatever is found; ``options`` are given to the command as well.
    """

    name: str
    title: Mapping[str, str]
    story: Mapping[str, str]
    world: World
    config: str
    expect_exit: int
    expect_config: str | None = None
    expect_codes: frozenset[str] = frozenset()
    file_name: str = "llm.json"
    kag_version: str = "0.8"
    options: tuple[str, ...] = ()
