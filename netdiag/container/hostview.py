"""What netdiag sees of the host before it runs inside a container: sockets, firewalls, other containers.

Nothing is sent to any of them: what listens in a container the kernel tells of its process (``/proc/PID/net/tcp``,
which every user may read), so whether another container's service accepts connections is known without knocking. The
engine is only asked, never told anything.
"""

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_interface
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from netdiag import platform
from netdiag.container import engine_says
from netdiag.container.refusal import Refused
from netdiag.model.host import Firewall, HostView, Listener, Sibling, Started, to_json
from netdiag.platform.files import read_text
from netdiag.platform.firewalls import UFW_CONF, firewalls
from netdiag.platform.listening import sockets
from netdiag.platform.started import started

if TYPE_CHECKING:
    from docker import APIClient

_LISTENERS: Final = 200
_SIBLINGS: Final = 48
_ADDRESSES: Final = 64
_PROCESSES: Final = 4000
_COMMAND_LIMIT_S: Final = 3.0
_OWNERS_LIMIT_S: Final = 0.5
"""A machine with thousands of processes has millions of descriptors to look at; a port without a name will do."""

_PROC: Final = Path("/proc")


def seen(client: "APIClient", identity: str) -> str:
    """Return the host's view as it is handed to netdiag inside; empty where nothing could be seen.

    To run inside without it is as good as ever, so no trouble stops anything: neither the engine's, nor an answer of
    another shape, as Podman's API has some.
    """
    from docker.errors import DockerException  # noqa: PLC0415 - the extra `netdiag[docker]`, which who calls has

    try:
        return to_json(look(client, identity))
    except (DockerException, Refused, OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return ""


def look(client: "APIClient", identity: str) -> HostView:
    """Return what is seen from here for the container of this ``identity``; raises the SDK's errors.

    The engine is asked four things: ``GET /containers/json``, ``/containers/{id}/json``, ``/networks`` and ``/info``.
    """
    own = engine_says.network_owner(client.inspect_container(identity), client.inspect_container)
    is_here = _carries(own, client.networks())
    return HostView(
        seen=int(time.time()),
        engine=str(client.info().get("OperatingSystem", "")),
        container=engine_says.name(own),
        networks=engine_says.networks(own),
        listeners=tuple(_listeners()) if is_here else None,
        firewalls=_firewalls() if is_here else (),
        siblings=tuple(_siblings(client, own))[:_SIBLINGS],
        addresses=tuple(_addresses())[:_ADDRESSES] if is_here else (),
    )


def _siblings(client: "APIClient", own: Mapping[str, Any]) -> Iterator[Sibling]:
    """Yield the other containers that serve something, or may once they run; running ones first."""
    listed = sorted(client.containers(all=True), key=lambda each: each.get("State") != "running")
    inspected = [*_inspected(client, (each["Id"] for each in listed[: 2 * _SIBLINGS]))]
    known = engine_says.names_by_network(inspected)
    for said in inspected:
        if said["Id"] != own["Id"]:
            sibling = engine_says.sibling(said, known, _inside(said))
            if sibling.ports or sibling.published or not sibling.is_running:
                yield sibling


def _inspected(client: "APIClient", identities: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    from docker.errors import NotFound  # noqa: PLC0415

    for identity in identities:
        with contextlib.suppress(NotFound):  # removed since it was listed
            yield client.inspect_container(identity)


def _inside(said: Mapping[str, Any]) -> tuple[Listener, ...] | None:
    """Return what listens in a container; ``None`` where its process is not one of this machine's."""
    process = engine_says.process(said)
    if not process or not _is_of(process, said["Id"]):
        return None
    net = _PROC / str(process) / "net"
    try:
        texts = (net / "tcp").read_text("ascii", "replace"), (net / "tcp6").read_text("ascii", "replace")
    except OSError:
        return None
    return tuple(Listener(each.address, each.port) for each in sockets(*texts) if each.port)[:_LISTENERS]


def _carries(own: Mapping[str, Any], networks: list[Mapping[str, Any]]) -> bool:
    """Tell whether this machine carries the container: its process is seen here, and a bridge's address is this one's.

    Neither alone would do: a process may be seen from within another network namespace, and every engine's default
    bridge has the same address.
    """
    here = {each.partition("/")[0] for link in platform.network.interfaces() for each in link.addresses}
    return _is_of(engine_says.process(own), own["Id"]) and not here.isdisjoint(engine_says.gateways(networks))


def _addresses() -> Iterator[str]:
    """Yield the host's addresses that a base_url may hold: no loopback, and none that needs an interface beside it."""
    for link in platform.network.interfaces():
        for prefixed in link.addresses:
            address = ip_interface(prefixed).ip
            if not address.is_loopback and not address.is_link_local:
                yield str(address)


def _is_of(process: int, identity: str) -> bool:
    """Tell whether a process of this machine is that container's: its control group is named after it."""
    return process > 0 and identity in read_text(_PROC / str(process) / "cgroup")


def _listeners() -> Iterator[Listener]:
    found = sockets(read_text(_PROC / "net/tcp"), read_text(_PROC / "net/tcp6"))[:_LISTENERS]
    owners = _owners({each.inode for each in found})
    for each in found:
        if each.port:
            yield Listener(each.address, each.port, *owners.get(each.inode, ()))


def _owners(inodes: set[str]) -> dict[str, tuple[str, Started]]:
    """Return the program that holds each socket, and how it was started: all of them for root, one's own for others."""
    found: dict[str, tuple[str, Started]] = {}
    until = time.monotonic() + _OWNERS_LIMIT_S
    for process in _processes():
        if len(found) == len(inodes) or time.monotonic() > until:
            break
        for inode in inodes.intersection(_sockets_of(process)):
            program = read_text(process / "comm").strip()[:32]
            found.setdefault(inode, (program, started(read_text(process / "cgroup"), program)))
    return found


def _sockets_of(process: Path) -> Iterator[str]:
    """Yield the inodes of a process's sockets; none of somebody else's process, or of one that is over."""
    with contextlib.suppress(OSError):
        for entry in (process / "fd").iterdir():
            kind, _, inode = str(entry.readlink()).partition(":[")
            if kind == "socket":
                yield inode.removesuffix("]")


def _processes() -> list[Path]:
    return [path for path in _PROC.iterdir() if path.name.isdigit()][:_PROCESSES]


def _firewalls() -> tuple[Firewall, ...]:
    names = {read_text(process / "comm").strip() for process in _processes()}
    return firewalls(
        read_text(Path("/") / UFW_CONF), names, _printed("iptables-save"), _printed("nft", "list", "ruleset")
    )


def _printed(*command: str) -> str | None:
    """Return what a command that only root may run prints; ``None`` for others, and where there is none."""
    program = shutil.which(command[0], path="/usr/sbin:/sbin:/usr/bin:/bin")
    if os.geteuid() != 0 or not program:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - a system program, by its own path
            (program, *command[1:]), capture_output=True, text=True, timeout=_COMMAND_LIMIT_S, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None
