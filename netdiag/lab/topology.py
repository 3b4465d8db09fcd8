"""A host, a container, what lies between them, and what goes wrong there: declared as data.

Nothing here touches the system; :func:`netdiag.lab.make` makes a :class:`World` real.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Server = Literal["ollama", "vllm", "vllm-with-key", "llama-cpp-python", "web-page", "silent"]


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
    first gateway. ``hosts`` are ``(address, name)`` lines added to ``/etc/hosts``. A server that knows no name
    (NXDOMAIN) answers at ``nameserver``; an empty one leaves ``/etc/resolv.conf`` empty. To every address of ``dead``
    there is a route, and nobody is there. With ``host_network`` the container lives in the host's network, and
    ``networks`` and ``default_route`` say nothing about it. ``dockerenv`` gives it the marks that Docker leaves:
    ``/.dockerenv``, and an ``/etc/hosts`` mounted from ``/var/lib/docker/containers``.
    """

    networks: tuple[Network, ...] = (DOCKER0,)
    services: tuple[Service, ...] = ()
    hosts: tuple[tuple[str, str], ...] = ()
    nameserver: str = "172.17.0.1"
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
