"""What the Docker Engine says of containers and networks, as the host's view has it. Pure.

Shapes: https://docs.docker.com/reference/api/engine/, of API 1.41 (Engine 20.10) and newer.
"""

import ipaddress
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from netdiag.model.host import Attached, Listener, Published, Sibling, is_name

_Said = Mapping[str, Any]

_PROJECT: Final = "com.docker.compose.project"
_SERVICE: Final = "com.docker.compose.service"

_UNNAMED: Final = frozenset({"bridge", "host", "none"})
"""Docker's own networks, on which no name of a container is known."""

_NOBODY: Final[Counter[str]] = Counter()

_SHORT_ID: Final = 12
_PORTS: Final = 32
_NETWORKS: Final = 8
_NAMES: Final = 4


def name(said: _Said) -> str:
    """Return a container's name."""
    return str(said["Name"]).removeprefix("/")


def process(said: _Said) -> int:
    """Return its first process, as the engine's machine counts; 0 where it does not run."""
    return int(said["State"].get("Pid") or 0)


def network_owner(said: _Said, inspect: Callable[[str], _Said]) -> _Said:
    """Return the container whose network this one uses: itself, unless it was told to share another's."""
    mode = str(said["HostConfig"].get("NetworkMode", ""))
    return inspect(mode.removeprefix("container:")) if mode.startswith("container:") else said


def networks(said: _Said) -> tuple[str, ...]:
    """Return the networks a container is on."""
    return tuple(_attached(said))


def gateways(listed: Iterable[_Said]) -> set[str]:
    """Return the addresses that the engine's bridges have on its machine."""
    bridges = [each for each in listed if each.get("Driver") == "bridge"]
    return {part["Gateway"] for each in bridges for part in each["IPAM"].get("Config") or () if part.get("Gateway")}


def names_by_network(inspected: Iterable[_Said]) -> Mapping[str, Counter[str]]:
    """Return by network how many running containers each name there stands for; of others no name server knows."""
    known: dict[str, Counter[str]] = {}
    for said in (each for each in inspected if process(each)):
        for network, at in _attached(said).items():
            known.setdefault(network, Counter()).update(set(_names(said, network, at)))
    return known


def sibling(said: _Said, known: Mapping[str, Counter[str]], listeners: tuple[Listener, ...] | None) -> Sibling:
    """Return another container; of its names only those that lead to no other one."""
    open_ = {each.port for each in listeners or () if not each.is_loopback}
    is_the_host = "host" in _attached(said)  # what it serves are sockets of the host's own
    return Sibling(
        name=name(said),
        state=str(said["State"].get("Status", "")),
        project=_label(said, _PROJECT),
        service=_label(said, _SERVICE),
        networks=tuple(
            Attached(
                network,
                str(at.get("IPAddress") or at.get("GlobalIPv6Address") or ""),
                tuple(each for each in _names(said, network, at) if known.get(network, _NOBODY)[each] <= 1),
            )
            for network, at in _attached(said).items()
        ),
        ports=() if is_the_host else tuple(sorted({*_exposed(said), *open_}))[:_PORTS],
        published=() if is_the_host else tuple(_published(said))[:_PORTS],
        listeners=listeners,
    )


def _label(said: _Said, name_: str) -> str:
    """Return a label that is a name: those of compose are; anybody may set one by hand."""
    text = str((said["Config"].get("Labels") or {}).get(name_, ""))
    return text if is_name(text) else ""


def _attached(said: _Said) -> dict[str, _Said]:
    found = said["NetworkSettings"].get("Networks") or {}
    return dict(list(found.items())[:_NETWORKS])


def _names(said: _Said, network: str, at: _Said) -> list[str]:
    """Return the names of a container on a network: its compose service first, which outlives the container."""
    if network in _UNNAMED:
        return []
    service = _label(said, _SERVICE)
    every = [*(at.get("DNSNames") or ()), *(at.get("Aliases") or ())]  # the former since Engine 25
    ordered = [service] if service in every else []
    others = [each for each in every if each != said["Id"][:_SHORT_ID] and is_name(each)]
    return list(dict.fromkeys((*ordered, name(said), *others)))[:_NAMES]


def _exposed(said: _Said) -> Iterator[int]:
    for entry in {**(said["Config"].get("ExposedPorts") or {}), **(said["HostConfig"].get("PortBindings") or {})}:
        port, _, protocol = entry.partition("/")
        if protocol == "tcp" and port.isdigit():
            yield int(port)


def _published(said: _Said) -> Iterator[Published]:
    """Yield what is published: of a container that does not run, what would be."""
    bound = said["NetworkSettings"].get("Ports") or said["HostConfig"].get("PortBindings") or {}
    for entry, bindings in bound.items():
        port, _, protocol = entry.partition("/")
        for binding in bindings or ():
            if protocol == "tcp" and str(binding.get("HostPort", "")).isdigit():
                address = binding.get("HostIp") or str(ipaddress.IPv4Address(0))
                yield Published(int(port), address, int(binding["HostPort"]))
