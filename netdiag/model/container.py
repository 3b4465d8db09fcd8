"""A container and its engine, as the engine's own API tells of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ContainerNetwork:
    """A network that a container is on; of one in another's network namespace there is none.

    ``driver`` and ``internal`` are empty and ``False`` where the network itself was not asked for.
    """

    name: str
    ip: str = ""
    ipv6: str = ""
    gateway: str = ""
    ipv6_gateway: str = ""
    aliases: tuple[str, ...] = ()
    driver: str = ""
    internal: bool = False


@dataclass(frozen=True)
class Mount:
    """Something mounted in a container: ``kind`` is bind, volume or tmpfs, ``source`` a path of the host, or a name."""

    kind: str
    source: str
    target: str
    writable: bool


@dataclass(frozen=True)
class Compose:
    """What Docker Compose noted about a container it made; ``files`` are paths of the host."""

    project: str
    service: str
    directory: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Container:
    """One container. ``proxies`` are its proxy variables as they may be shown; other variables are not kept.

    ``network_mode`` is ``container:ID`` for one in another's network namespace, ``host`` for one in the host's.
    ``user`` is empty for the image's own default, which is root where the image says nothing.
    """

    id: str
    name: str
    status: str
    image: str
    networks: tuple[ContainerNetwork, ...] = ()
    network_mode: str = "default"
    extra_hosts: tuple[str, ...] = ()
    proxies: Mapping[str, str] = field(default_factory=dict)
    mounts: tuple[Mount, ...] = ()
    user: str = ""
    read_only: bool = False
    restart: str = ""
    health: str = ""
    system: str = "linux"
    compose: Compose | None = None


@dataclass(frozen=True)
class Engine:
    """The engine: ``name`` is docker or podman, ``system`` the operating system its containers' host calls itself."""

    name: str
    version: str
    api_version: str
    system: str
    architecture: str
    rootless: bool = False
    desktop: bool = False
