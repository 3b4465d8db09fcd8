"""From marks to the platform's name: signs that contradict each other, and what name servers add."""

import pytest

from netdiag import platform
from netdiag.model.place import Fact, Facts, Gateway, HostsLine, Interface, NameAnswer
from netdiag.platform import names
from netdiag.platform.naming import possible


def facts(marks: str, *pinned: tuple[str, str]) -> Facts:
    """Facts with these marks, and these names in /etc/hosts."""
    lines = tuple(HostsLine(address, (name,), number) for number, (name, address) in enumerate(pinned, 2))
    return Facts(tuple(Fact(mark, "x", "test") for mark in marks.split()), hosts=lines)


def answers(*known: str, server: str = "192.0.2.53") -> tuple[NameAnswer, ...]:
    """What a name server says that knows these names, each ``name=address``."""
    pairs = dict(each.split("=") for each in known)
    return tuple(
        NameAnswer(name, server, (pairs[name],)) if name in pairs else NameAnswer(name, server, failure="dns_nxdomain")
        for name in (*names.ALL, names.CONTROL)
    )


DESKTOP = answers("host.docker.internal=192.168.65.254", "gateway.docker.internal=192.168.65.1")
RANCHER = answers("host.rancher-desktop.internal=192.168.127.254", "gateway.docker.internal=192.168.127.1")
FAKE = answers(*(f"{name}=198.18.0.{number}" for number, name in enumerate(names.ALL, 3)))
EVERYTHING = answers(*(f"{name}=203.0.113.9" for name in (*names.ALL, names.CONTROL)))

MIXED = [
    # kernel against name server
    ("dockerenv kernel_wsl2", DESKTOP, "docker-desktop-windows", "certain"),
    ("dockerenv kernel_wsl2", (), "docker-in-wsl2", "certain"),
    ("dockerenv kernel_wsl2 embedded_dns", answers(), "docker-in-wsl2", "certain"),
    ("dockerenv kernel_wsl2", RANCHER, "rancher-desktop", "certain"),
    ("dockerenv kernel_wsl2", answers("host.wslc.internal=172.20.96.1"), "wslc", "certain"),
    ("dockerenv wsl_dns", (), "docker-in-wsl2", "certain"),
    ("dockerenv kernel_linuxkit", (), "docker-desktop", "certain"),
    ("dockerenv kernel_linuxkit embedded_dns", DESKTOP, "docker-desktop", "certain"),
    ("dockerenv host_mark", (), "docker-desktop", "certain"),
    ("dockerenv", answers("host.lima.internal=192.168.5.2"), "lima", "certain"),
    ("dockerenv rootless_namespace", answers("host.lima.internal=192.168.5.2"), "lima", "certain"),
    ("dockerenv kernel_orbstack", answers("host.lima.internal=192.168.5.2"), "orbstack", "certain"),
    # a name server that cannot be believed names nothing
    ("dockerenv", FAKE, "docker-bridge", "certain"),
    ("dockerenv", EVERYTHING, "docker-bridge", "certain"),
    ("dockerenv kernel_wsl2", FAKE, "docker-in-wsl2", "certain"),
    ("dockerenv", answers("host.orb.internal=0.0.0.0"), "docker-bridge", "certain"),
    ("dockerenv", answers("host.orb.internal=198.19.248.254"), "orbstack", "certain"),
    # marks of two engines
    ("containerenv dockerenv", (), "podman", "likely"),
    ("podman_mount dockerenv", (), "podman", "likely"),
    ("containerenv dockerenv own_tap rootless_namespace", (), "podman-rootless-slirp", "likely"),
    ("containerenv kernel_wsl2", (), "podman-in-wsl2", "certain"),
    ("containerenv", answers("host.containers.internal=192.168.127.254"), "podman-machine", "certain"),
    ("containerenv kernel_wsl2", answers("host.containers.internal=192.168.127.254"), "podman-machine", "certain"),
    ("nerdctl_mount dockerenv", (), "nerdctl", "likely"),
    ("container_variable lxc_variable dockerenv docker_mount", (), "docker-bridge", "certain"),
    ("docker_mount", (), "docker-bridge", "certain"),
    # whose network it is
    ("dockerenv host_interfaces", (), "host-network", "certain"),
    ("dockerenv host_interfaces own_tun", (), "host-network", "certain"),
    ("dockerenv host_interfaces embedded_dns", (), "host-network", "likely"),
    ("dockerenv host_interfaces own_veth", (), "docker-in-docker", "likely"),
    ("dockerenv host_interfaces rootless_namespace own_tap", (), "docker-rootless", "certain"),
    ("containerenv host_interfaces rootless_namespace", (), "host-network", "certain"),
    ("dockerenv hardware", (), "host-network", "likely"),
    ("dockerenv hardware own_veth", (), "docker-bridge", "certain"),
    ("dockerenv hardware kata", (), "docker-bridge", "certain"),
    ("dockerenv no_network", (), "no-network", "certain"),
    ("containerenv own_tap slirp_dns", (), "podman", "certain"),
    ("dockerenv own_macvlan", (), "macvlan", "certain"),
    ("dockerenv own_macvlan own_veth embedded_dns", (), "docker-compose", "certain"),
    ("dockerenv own_macvlan host_interfaces", (), "host-network", "certain"),
    ("containerenv own_macvlan", (), "podman", "certain"),
    ("dockerenv remapped_namespace embedded_dns", (), "docker-userns-remap", "certain"),
    ("dockerenv no_default_route remapped_namespace", (), "docker-internal", "certain"),
    # no container at all
    ("kernel", (), "linux-host", "likely"),
    ("kernel host_interfaces hardware", (), "linux-host", "likely"),
    ("kernel kernel_wsl2", (), "linux-host", "likely"),
    ("github_actions kernel", (), "linux-host", "likely"),
    ("container_variable", (), "unknown-container", "likely"),
]


@pytest.mark.parametrize(("marks", "said", "name", "confidence"), MIXED)
def test_mixed_signals(marks, said, name, confidence):
    """Each combination has one name, a confidence, and evidence; what contradicts it lowers the confidence."""
    found = platform.name(facts(marks), said)
    assert (found.name, found.confidence) == (name, confidence)
    assert found.evidence


@pytest.mark.parametrize(
    ("marks", "said", "name", "below"),
    [
        ("kubernetes", (), "kubernetes", ""),
        ("kubernetes kernel_linuxkit", DESKTOP, "kubernetes", "docker-desktop"),
        ("kubernetes kernel_wsl2", DESKTOP, "kubernetes", "docker-desktop-windows"),
        ("kubernetes kernel_orbstack", (), "kubernetes", "orbstack"),
        ("service_account", answers("host.lima.internal=192.168.5.2"), "kubernetes", "lima"),
        ("kubelet_mount", RANCHER, "kubernetes", "rancher-desktop"),
        ("kubernetes dockerenv docker_mount", (), "kubernetes", "docker-bridge"),
        ("codespaces dockerenv embedded_dns", (), "codespaces", "docker-compose"),
        ("github_actions dockerenv", (), "github-actions", "docker-bridge"),
        ("others_files containerenv own_tap rootless_namespace", (), "shared-network", "podman-rootless-slirp"),
        ("others_files docker_mount rootless_namespace", (), "shared-network", "docker-rootless"),
    ],
)
def test_what_carries_it(marks, said, name, below):
    """An orchestrator, or a network that is another container's, has a platform below it that tells the host."""
    found = platform.name(facts(marks), said)
    assert (found.name, found.below) == (name, below)


def test_a_pod_on_its_nodes_network_shares_it():
    """hostNetwork makes localhost the node, and nothing else is tried."""
    found = platform.name(facts("kubernetes host_interfaces"))
    assert (found.name, found.below, found.shares_host_network) == ("kubernetes", "host-network", True)


def test_a_pinned_name_is_no_evidence():
    """Anybody can write a name into /etc/hosts, which the C library reads too; only a name server's word counts."""
    pin = ("gateway.docker.internal", "192.168.65.1")
    by_library = (NameAnswer(pin[0], "", (pin[1],)),)
    assert platform.name(facts("dockerenv kernel_wsl2", pin), by_library).name == "docker-in-wsl2"
    assert platform.name(facts("dockerenv kernel_wsl2", pin), DESKTOP).name == "docker-desktop-windows"


def test_a_second_server_is_believed_where_the_first_is_silent():
    """Names count whichever of the servers knows them."""
    silent = tuple(NameAnswer(name, "192.0.2.1", failure="dns_timed_out") for name in names.ALL)
    assert platform.name(facts("dockerenv"), (*silent, *RANCHER)).name == "rancher-desktop"


def test_what_a_name_server_might_still_tell():
    """Before anybody is asked, the platforms that only names give away are possible beside what the files say."""
    rows = [row.name for row in possible(facts("dockerenv"))]
    assert rows == ["orbstack", "rancher-desktop", "docker-desktop", "lima", "docker-bridge"]
    assert [row.name for row in possible(facts("containerenv"))] == ["podman-machine", "podman"]


ETH0 = Interface("eth0", ("172.20.0.5/16",), "veth")


@pytest.mark.parametrize(
    ("facts", "user", "expected"),
    [
        (
            Facts((Fact("dockerenv", "x", "t"),), gateways=(Gateway("172.17.0.1", "eth0"),)),
            ("10.1.2.3", "models.lan"),
            ["10.1.2.3", "models.lan", "localhost", "host.docker.internal", "172.17.0.1"],
        ),
        (
            Facts((Fact("dockerenv", "x", "t"),), gateways=(Gateway("172.18.0.1", "eth0"), Gateway("fd00::1", "eth0"))),
            ("172.17.0.1",),
            ["172.17.0.1", "localhost", "host.docker.internal", "172.18.0.1", "fd00::1"],
        ),
        (
            Facts((Fact("dockerenv", "x", "t"),), gateways=(Gateway("fe80::1", "eth0"),)),
            (),
            ["localhost", "host.docker.internal", "172.17.0.1"],
        ),
        (
            Facts((Fact("dockerenv", "x", "t"),), interfaces=(ETH0, Interface("eth1", ("fd00:7::2/64",), "veth"))),
            (),
            ["localhost", "host.docker.internal", "172.20.0.1", "fd00:7::1", "172.17.0.1"],
        ),
    ],
    ids=["the user's first", "no host twice", "a link-local gateway is unusable in a URL", "no gateway, two networks"],
)
def test_candidates_in_order(facts, user, expected):
    """The order is the user's, loopback, names, gateways, docker0; each host is listed once."""
    listed = platform.candidates(facts, platform.name(facts), user, answers())
    assert [candidate.host for candidate in listed] == expected
    assert [candidate.rank for candidate in listed] == sorted({candidate.rank for candidate in listed})


def test_where_a_candidate_comes_from():
    """A pinned name has its line, a known one its server, a gateway its interface."""
    pin = HostsLine("172.17.0.1", ("host.docker.internal",), 7)
    place = Facts((Fact("dockerenv", "x", "t"),), (ETH0,), (Gateway("172.18.0.1", "eth0"),), hosts=(pin,))
    said = answers("host.docker.internal=192.168.5.2", "host.lima.internal=192.168.5.2")
    listed = platform.candidates(place, platform.name(place, said), (), said)
    known = {(c.host, c.kind, c.source, c.addresses) for c in listed}
    assert ("host.docker.internal", "name", "/etc/hosts:7", ("172.17.0.1",)) in known
    assert ("host.lima.internal", "name", "192.0.2.53", ("192.168.5.2",)) in known
    assert ("192.168.5.2", "answer", "host.docker.internal", ("192.168.5.2",)) in known
    assert ("172.18.0.1", "gateway", "eth0", ("172.18.0.1",)) in known


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (("172.17.0.2/16",), ("192.168.65.254",)),
        (("172.17.0.2/16", "fe80::2/64"), ("192.168.65.254",)),
        (("172.17.0.2/16", "fd00::2/64"), ("192.168.65.254", "fdc4:f303:9324::254")),
    ],
    ids=["no IPv6", "link-local only", "IPv6"],
)
def test_ipv6_answers_need_ipv6(own, expected):
    """Docker Desktop's AAAA leads nowhere from a container without IPv6, so it is not counted as an address there."""
    place = Facts(interfaces=(Interface("lo", ("::1/128",)), Interface("eth0", own, "veth")))
    assert platform.routed(place, ("192.168.65.254", "fdc4:f303:9324::254")) == expected
