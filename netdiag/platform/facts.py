"""Read what can be known about this machine without sending anything and without privilege.

Files are read below an injected root, and the network is a value, so that a fixture of any platform can stand in for
the real one. What the texts give away is told by :mod:`netdiag.platform.marks`.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from netdiag.model.place import Fact, Facts
from netdiag.platform import marks, network, resolving
from netdiag.platform.files import read_text
from netdiag.platform.listening import listeners

_PRESENT: Final = (
    ("dockerenv", ".dockerenv"),  # dockerd's init layer (moby: daemon/initlayer/setup_unix.go); can be baked in
    ("containerenv", "run/.containerenv"),  # Podman (libpod/container_internal_common.go)
    ("service_account", "var/run/secrets/kubernetes.io/serviceaccount"),
    ("incus_device", "dev/incus"),
    ("incus_device", "dev/lxd"),
)


def read(
    root: Path = Path("/"), environ: Mapping[str, str] = os.environ, links: network.Network | None = None
) -> Facts:
    """Return the facts of the machine below ``root``; what cannot be read is simply not among them.

    ``links`` are its interfaces and gateways; without them this process's own are taken. ``NETDIAG_PROCESS`` names the
    process whose mounts they are, for one that sees another container's files (netdiag/container/boot.py).
    """
    found = network.read() if links is None else links
    process = root / "proc" / environ.get("NETDIAG_PROCESS", "self")
    asked = network.listeners() if links is None and root == Path("/") else None
    hosts = resolving.hosts(read_text(root / "etc/hosts"))
    resolver = resolving.resolver(read_text(root / "etc/resolv.conf"))
    seen = (
        *_present(root),
        *marks.of_kernel(read_text(root / "proc/sys/kernel/osrelease").strip()),
        *marks.of_command_line(read_text(root / "proc/cmdline")),
        *marks.of_mounts(read_text(process / "mountinfo"), read_text(process / "cgroup")),
        *marks.of_user_namespace(read_text(process / "uid_map")),
        *marks.of_environment(environ, _first_environment(root), read_text(root / "run/systemd/container").strip()),
        *marks.of_resolver(resolver),
        *marks.of_hosts(hosts),
        *marks.of_network(found, resolver, read_text(root / "proc/1/comm").strip()),
    )
    # A mark that shows in two places counts once, by the first.
    unique = {mark.name: mark for mark in reversed(seen)}
    ordered = tuple(mark for mark in seen if unique[mark.name] is mark)
    return Facts(
        marks=ordered,
        interfaces=found.interfaces,
        gateways=found.gateways,
        hosts=hosts,
        nameservers=resolver.nameservers,
        host_nameservers=resolver.host_nameservers,
        listeners=_listeners(root) if asked is None else asked,
    )


def _listeners(root: Path) -> tuple[str, ...]:
    return listeners(read_text(root / "proc/net/tcp"), read_text(root / "proc/net/tcp6"))


def _present(root: Path) -> Iterator[Fact]:
    for name, path in _PRESENT:
        if (root / path).exists():
            yield Fact(name, "present", f"/{path}")


def _first_environment(root: Path) -> Mapping[str, str]:
    """Return of the first process's environment the one variable wanted here: LXC sets ``container`` nowhere else."""
    for entry in read_text(root / "proc/1/environ").split("\0"):
        name, _, value = entry.partition("=")
        if name == "container":
            return {name: value}
    return {}
