"""From facts to the platform's name, and to the candidates."""

import pytest

from netdiag import platform
from netdiag.model import Fact, Facts, Gateway, HostsLine, Interface

DOCKERENV = Fact("dockerenv", "present", "/.dockerenv")
MOUNT = Fact("docker_mount", "/docker/containers/0123", "/proc/self/mountinfo")
EMBEDDED = Fact("embedded_dns", "127.0.0.11", "/etc/resolv.conf")
LINUXKIT = Fact("kernel_linuxkit", "6.12.72-linuxkit", "/proc/sys/kernel/osrelease")
WSL2 = Fact("kernel_wsl2", "6.6.36.3-microsoft-standard-WSL2", "/proc/sys/kernel/osrelease")
HOST_NICS = Fact("host_interfaces", "docker0", "network interfaces")
PODMAN = Fact("containerenv", "present", "/run/.containerenv")
KERNEL = Fact("kernel", "6.1.0-18-amd64", "/proc/sys/kernel/osrelease")

DESKTOP_DNS = {"gateway.docker.internal": ("192.168.65.1",)}


@pytest.mark.parametrize(
    ("marks", "resolved", "name", "confidence"),
    [
        ((KERNEL, DOCKERENV), {}, "docker-bridge", "certain"),
        ((KERNEL, MOUNT), {}, "docker-bridge", "certain"),
        ((KERNEL, DOCKERENV, EMBEDDED), {}, "docker-compose", "certain"),
        ((KERNEL, DOCKERENV, HOST_NICS), {}, "docker-host-network", "certain"),
        ((DOCKERENV, LINUXKIT), {}, "docker-desktop-mac", "certain"),
        ((DOCKERENV, EMBEDDED, LINUXKIT), {}, "docker-desktop-mac", "certain"),
        ((DOCKERENV, WSL2), DESKTOP_DNS, "docker-desktop-windows", "certain"),
        ((DOCKERENV, WSL2), {}, "docker-bridge", "certain"),
        ((DOCKERENV, WSL2, EMBEDDED), {}, "docker-compose", "certain"),
        ((DOCKERENV, PODMAN), {}, "docker-bridge", "guess"),
        ((KERNEL, PODMAN), {}, "unknown-container", "likely"),
        ((KERNEL,), {}, "linux-host", "likely"),
        ((KERNEL, HOST_NICS), {}, "linux-host", "likely"),
        ((), {}, "linux-host", "likely"),
    ],
)
def test_the_name_follows_from_the_marks(marks, resolved, name, confidence):
    """Each combination of marks has one name, a confidence, and evidence that can be looked at."""
    found = platform.name(Facts(marks=marks), resolved)
    assert (found.name, found.confidence) == (name, confidence)
    assert found.evidence


def test_a_pinned_desktop_name_is_no_evidence():
    """Anybody can write gateway.docker.internal into /etc/hosts; only an answer of the name server counts."""
    facts = Facts((DOCKERENV, WSL2), hosts=(HostsLine("192.168.65.1", ("gateway.docker.internal",), 3),))
    assert platform.name(facts, DESKTOP_DNS).name == "docker-bridge"


def hosts(facts: Facts, *user: str) -> list[str]:
    """The hosts of the candidates, in order."""
    return [candidate.host for candidate in platform.candidates(facts, platform.name(facts), user)]


NAMES = ["host.docker.internal", "host.containers.internal", "gateway.docker.internal"]
ETH0 = Gateway("172.18.0.1", "eth0")


@pytest.mark.parametrize(
    ("facts", "user", "expected"),
    [
        (Facts((DOCKERENV,), gateways=(ETH0,)), (), ["localhost", *NAMES, "172.18.0.1", "172.17.0.1"]),
        (
            Facts((DOCKERENV,), gateways=(Gateway("172.17.0.1", "eth0"),)),
            ("10.1.2.3", "models.lan"),
            ["10.1.2.3", "models.lan", "localhost", *NAMES, "172.17.0.1"],
        ),
        (
            Facts((DOCKERENV,), gateways=(ETH0, Gateway("fd00::1", "eth0"))),
            ("172.17.0.1",),
            ["172.17.0.1", "localhost", *NAMES, "172.18.0.1", "fd00::1"],
        ),
        (
            Facts((DOCKERENV, LINUXKIT), gateways=(ETH0,)),
            (),
            ["localhost", *NAMES, "172.18.0.1", "172.17.0.1", "192.168.65.254"],
        ),
        (
            Facts((DOCKERENV,), interfaces=(Interface("lo", ("127.0.0.1/8",)), Interface("eth0", ("172.20.0.5/16",)))),
            (),
            ["localhost", *NAMES, "172.20.0.1", "172.17.0.1"],
        ),
        (Facts((DOCKERENV, HOST_NICS), gateways=(ETH0,)), (), ["localhost"]),
        (Facts((KERNEL,), gateways=(ETH0,)), ("10.0.0.9",), ["10.0.0.9", "localhost"]),
    ],
    ids=[
        "compose",
        "bridge, user first",
        "two families",
        "desktop",
        "internal network",
        "host network",
        "no container",
    ],
)
def test_candidates_in_order(facts, user, expected):
    """The order is the user's, loopback, names, gateway, docker0, constants; a router is never taken for the host."""
    assert hosts(facts, *user) == expected


def test_a_pinned_name_has_its_address_and_line():
    """A name in /etc/hosts needs no lookup, and its origin says which line to open."""
    facts = Facts((DOCKERENV,), gateways=(ETH0,), hosts=(HostsLine("172.17.0.1", ("host.docker.internal",), 7),))
    pinned = platform.candidates(facts, platform.name(facts))[1]
    assert pinned.addresses == ("172.17.0.1",)
    assert "/etc/hosts line 7" in pinned.origin


def test_ranks_are_distinct():
    """Two candidates never share a rank, so the choice among working ones is deterministic."""
    facts = Facts((DOCKERENV,), gateways=(ETH0,))
    ranks = [candidate.rank for candidate in platform.candidates(facts, platform.name(facts), ("10.0.0.1",))]
    assert sorted(set(ranks)) == ranks
