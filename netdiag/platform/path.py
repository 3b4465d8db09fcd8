"""The way from this container to its host, station by station, as far as it can be known without walking it. Pure."""

from collections.abc import Iterator
from typing import Final

from netdiag.model.place import Facts, Hop, HopKind, Platform
from netdiag.platform.naming import host
from netdiag.platform.table import Gateway

_BETWEEN: Final[dict[Gateway, tuple[HopKind, ...]]] = {
    "host": ("bridge",),
    "machine": ("bridge", "machine"),
    "wsl": ("bridge", "wsl"),
    "namespace": ("bridge", "namespace"),
    "outer_container": ("bridge", "outer_container"),
    "node": ("bridge", "node"),
    "router": ("router",),
    "nothing": (),
}
"""What lies between a container and its host, by what its default gateway is."""


def path(facts: Facts, platform: Platform) -> tuple[Hop, ...]:
    """Return the stations from the container to the host; both are the same where the network is the host's own."""
    return (Hop("container", ", ".join(_own(facts))), *_between(facts, platform), Hop("host"))


def _own(facts: Facts) -> Iterator[str]:
    for interface in facts.interfaces:
        for address in interface.addresses:
            if interface.name != "lo" and not address.startswith("fe80:"):
                yield f"{address} ({interface.name})"


def _between(facts: Facts, platform: Platform) -> Iterator[Hop]:
    if platform.localhost_is_host:
        return
    gateways = ", ".join(gateway.address for gateway in facts.gateways)
    kinds = _BETWEEN[host(platform).gateway]
    for kind in kinds[1:] if platform.shares_host_network else kinds:  # without a bridge of its own
        yield Hop(kind, gateways if kind in ("bridge", "router") else "")
