"""The container's file tree: the machine's own, with the files replaced that tell a container what it is.

An ordinary user may not create ``/.dockerenv``, nor a mount point beside it, so the root is a new tmpfs with an entry
for everything the machine's root holds. ``/etc`` is made the same way, which also copes with an ``/etc/resolv.conf``
that is a dangling symbolic link. ``/proc`` and ``/sys`` are new and show this container's processes and interfaces;
``/run`` is new and holds no socket of a real Docker, ``/dev`` has what every container has.
"""

import os
from collections.abc import Callable
from ipaddress import ip_interface
from pathlib import Path
from typing import Final

from netdiag.lab.namespaces import NODEV, NOEXEC, NOSUID, bind, change_root, detach, mount
from netdiag.lab.topology import World

HOSTNAME: Final = "openspg"

_MACHINE: Final = Path("/.machine")
_OWN: Final = frozenset({_MACHINE.name, ".dockerenv", "dev", "etc", "openspg_venv", "proc", "run", "sys"})
_DEVICES: Final = frozenset({"full", "null", "ptmx", "pts", "random", "shm", "tty", "urandom", "zero"})
_PACKAGES: Final = "/openspg_venv/lib/python3.8/site-packages"
_DOCKER: Final = Path("/var/lib/docker/containers", "5eed" * 16)
"""Where Docker keeps a container's files: mountinfo shows it as the source of ``/etc/hosts``."""


def make_root(world: World) -> None:
    """Give this process, which has new mount and process namespaces, the container's file tree."""
    # nothing mounted here spreads to the machine: in a user namespace's copy no mount is shared
    # (mount_namespaces(7)). Any directory serves to mount on: what this hides is back below the old root
    mount("tmpfs", "/proc", options="mode=755")
    old = Path("/proc", _MACHINE.name)
    old.mkdir()
    change_root("/proc", str(old))
    files = {"hosts": _hosts(world), "resolv.conf": _resolv_conf(world), "hostname": f"{HOSTNAME}\n"}
    _mirror("/etc", lambda entry: entry.name not in files)
    _write(files, world)
    _mirror("/", lambda entry: entry.name not in _OWN)
    if world.kag:
        Path(f"{_PACKAGES}/openspg_kag-{world.kag}.dist-info").mkdir(parents=True)
    _mirror("/dev", lambda entry: entry.name in _DEVICES or entry.is_symlink())
    _mirror("/run", lambda entry: entry.is_symlink())  # NixOS has its programs behind one
    for kind in ("proc", "sysfs"):
        folder = Path("/", kind.removesuffix("fs"))
        folder.mkdir()
        mount(kind, str(folder), flags=NOSUID | NODEV | NOEXEC)
    if world.kernel:
        Path("/run/osrelease").write_text(f"{world.kernel}\n")
        bind("/run/osrelease", "/proc/sys/kernel/osrelease")
    detach(str(_MACHINE))
    _MACHINE.rmdir()


def _mirror(folder: str, wanted: Callable[["os.DirEntry[str]"], bool]) -> None:
    """Make ``folder`` with the ``wanted`` entries of the machine's."""
    Path(folder).mkdir(exist_ok=True)
    for entry in filter(wanted, os.scandir(f"{_MACHINE}{folder}")):
        target = Path(folder, entry.name)
        if entry.is_symlink():
            target.symlink_to(Path(entry.path).readlink())
            continue
        if entry.is_dir():
            target.mkdir(exist_ok=True)
        else:
            target.touch()
        bind(entry.path, str(target))


def _write(files: dict[str, str], world: World) -> None:
    # written below /var before the machine's /var is mounted over it
    folder = _DOCKER if world.dockerenv else Path("/etc")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)
        if world.dockerenv:
            Path("/etc", name).touch()
            bind(str(folder / name), f"/etc/{name}")
    if world.dockerenv:
        Path("/.dockerenv").touch(mode=0o755)  # moby daemon/initlayer/setup_unix.go


def _hosts(world: World) -> str:
    lines = [("127.0.0.1", "localhost"), ("::1", "localhost ip6-localhost ip6-loopback"), *world.hosts]
    if not world.host_network:
        lines += [(str(ip_interface(network.container).ip), HOSTNAME) for network in world.networks]
    return "".join(f"{address}\t{name}\n" for address, name in lines)


def _resolv_conf(world: World) -> str:
    return f"nameserver {world.nameserver}\n" if world.nameserver else ""
