"""A host, a container, what lies between them, and what goes wrong there: declared as data.

Nothing here touches the system; :func:`netdiag.lab.make` makes a :class:`World` real.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Server = Literal["ollama", "vllm", "vllm-with-key", "llama-cpp-python", "web-page", "silent"]
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
    "late",  # right answers, after 3 seconds
]
"""How a name server answers: right, not at all, or wrong in one of the ways that users meet."""


@dataclass(frozen=True)
class Network:
    """A bridge of the host with the container attached to it; both addresses in prefix notation."""

    bridge: str
    gateway: str
    container: str


DOCKER0 = Network("docker0", gateway="172.17.0.1/16", container="172.17.0.2/16")
"""Docker's default bridge. Every host of the lab has it, attached to the container or not, as a Docker host does."""


@dataclass(frozen=True)
class Service:
    """A server on the ``host``, or one that the container runs itself.

    ``models`` are the names it serves; empty means the one of its recording. ``delay_s`` is how long the model takes
    to load at the first request for it. With ``drop`` a firewall silently drops what arrives for the port.
    """

    server: Server
    port: int
    listen: str = "0.0.0.0"  # noqa: S104 - a service on all addresses is what most worlds are about
    models: tuple[str, ...] = ()
    on: Literal["host", "container"] = "host"
    delay_s: float = 0.0
    drop: bool = False


@dataclass(frozen=True)
class World:
    """Everything that is real inside the lab.

    The container's interfaces are ``eth0``, ``eth1``… in the order of ``networks``; the default route leads to the
    first gateway. ``hosts`` are ``(address, name)`` lines added to ``/etc/hosts``. A name server answers at
    ``nameserver``; an empty one leaves ``/etc/resolv.conf`` empty. ``names`` are the ``(address, name)`` pairs it
    knows, an A record for each IPv4 address and an AAAA record for each IPv6 one; any other name does not exist
    (NXDOMAIN). ``manners`` is how it behaves: ``ordinary``, or one of the ways to misbehave that :data:`Manners` lists.
    To every address of ``dead`` there is a route, and nobody is there. With ``host_network`` the container lives in
    the host's network, and ``networks`` and ``default_route`` say nothing about it. ``dockerenv`` gives it the marks
    that Docker leaves: ``/.dockerenv``, and an ``/etc/hosts`` mounted from ``/var/lib/docker/containers``.
    """

    networks: tuple[Network, ...] = (DOCKER0,)
    services: tuple[Service, ...] = ()
    hosts: tuple[tuple[str, str], ...] = ()
    nameserver: str = "172.17.0.1"
    names: tuple[tuple[str, str], ...] = ()
    manners: Manners = "ordinary"
    dead: tuple[str, ...] = ()
    default_route: bool = True
    host_network: bool = False
    dockerenv: bool = True


@dataclass(frozen=True)
class Scenario:
    """A world, a configuration in it, and what ``netdiag fix-base-url`` makes of it.

    ``title`` and ``story`` have one text per language, ``en`` and ``zh``. ``expect_config`` is the file afterwards;
    ``None`` means that not a byte of it changes. ``expect_codes`` are the codes of all findings, no more and no fewer.
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
