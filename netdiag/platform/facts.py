"""Read what can be known about this machine without sending anything and without privilege.

Files are read below an injected root, so that a fixture of any platform can stand in for the real one. How far each
sign can be trusted is discussed in docs/architecture.md.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from netdiag.model import Fact, Facts, HostsLine
from netdiag.platform import network

EMBEDDED_DNS = "127.0.0.11"
"""Docker's own name server, present on user-defined networks only (moby: daemon/libnetwork/sandbox_dns_unix.go)."""

_HOST_INTERFACES = ("docker0", "br-", "veth")
"""Interfaces of a Docker host; seeing them from inside a container means that its network is the host's."""

_LIMIT = 256 * 1024


def read(root: Path = Path("/"), environ: Mapping[str, str] = os.environ) -> Facts:
    """Return the facts of the machine below ``root``; what cannot be read is simply not among them."""
    hosts = tuple(_hosts(_text(root / "etc/hosts")))
    nameservers = tuple(_nameservers(_text(root / "etc/resolv.conf")))
    interfaces = network.interfaces()
    marks = [*_files(root), *_kernel(root), *_mounts(root), *_environment(environ)]
    if EMBEDDED_DNS in nameservers:
        marks.append(Fact("embedded_dns", EMBEDDED_DNS, "/etc/resolv.conf"))
    of_host = [i.name for i in interfaces if i.name.startswith(_HOST_INTERFACES)]
    if of_host:
        marks.append(Fact("host_interfaces", ", ".join(of_host), "network interfaces"))
    return Facts(tuple(marks), interfaces, network.gateways(), hosts, nameservers)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_LIMIT).decode("utf-8", "replace")
    except OSError:
        return ""


def _files(root: Path) -> Iterator[Fact]:
    for name, path in (("dockerenv", ".dockerenv"), ("containerenv", "run/.containerenv")):
        if (root / path).exists():
            yield Fact(name, "present", f"/{path}")


def _kernel(root: Path) -> Iterator[Fact]:
    release = _text(root / "proc/sys/kernel/osrelease").strip()
    source = "/proc/sys/kernel/osrelease"
    if release:
        yield Fact("kernel", release, source)
    if release.endswith("-linuxkit"):
        yield Fact("kernel_linuxkit", release, source)
    if "microsoft" in release.lower():
        yield Fact("kernel_wsl2", release, source)


def _mounts(root: Path) -> Iterator[Fact]:
    """Docker mounts ``/etc/hosts`` from ``/docker/containers/<id>/``: a sign that no image can carry along."""
    for line in _text(root / "proc/self/mountinfo").splitlines():
        fields = line.split(" ")
        if len(fields) > 4 and fields[4] in {"/etc/hosts", "/etc/hostname"}:
            before, found, after = fields[3].partition("/docker/containers/")
            if found:
                yield Fact("docker_mount", f"{before}{found}{after[:12]}", "/proc/self/mountinfo")
                return


def _environment(environ: Mapping[str, str]) -> Iterator[Fact]:
    if environ.get("container"):
        yield Fact("container_variable", environ["container"], "environment: container")
    if environ.get("KUBERNETES_SERVICE_HOST"):
        yield Fact("kubernetes", environ["KUBERNETES_SERVICE_HOST"], "environment: KUBERNETES_SERVICE_HOST")


def _hosts(text: str) -> Iterator[HostsLine]:
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].split()
        if len(words) > 1:
            yield HostsLine(words[0], tuple(words[1:]), number)


def _nameservers(text: str) -> Iterator[str]:
    for line in text.splitlines():
        words = line.split()
        if len(words) > 1 and words[0] == "nameserver":
            yield words[1]
