"""Which candidates are surely the host: only those whose address no other container can take."""

import pytest
from places import PLACES

from netdiag.model.place import Candidate, Facts, Gateway, HostsLine, Interface, NameAnswer, Platform
from netdiag.platform import is_host, machine, name, read
from netdiag.platform.table import BY_NAME

ETH0 = Interface("eth0", ("172.18.0.2/16",), "veth")
PINNED = HostsLine("172.17.0.1", ("host.docker.internal",), 7)


def facts(*addresses: str, gateway: str = "172.18.0.1") -> Facts:
    """What a container with these addresses and a pinned name knows."""
    link = Interface("eth0", addresses or ETH0.addresses, "veth")
    return Facts(interfaces=(link,), gateways=(Gateway(gateway, "eth0"),) if gateway else (), hosts=(PINNED,))


def place(platform: str) -> Platform:
    """A platform as its row has it."""
    row = BY_NAME[platform]
    return Platform(row.name, row.in_container, row.shares_host_network, "certain", systems=tuple(row.systems))


@pytest.mark.parametrize(
    ("platform", "kind", "host", "addresses", "expected"),
    [
        ("docker-compose", "gateway", "172.18.0.1", ("172.18.0.1",), True),
        ("macvlan", "gateway", "172.18.0.1", ("172.18.0.1",), False),
        ("kubernetes", "gateway", "172.18.0.1", ("172.18.0.1",), False),
        ("docker-compose", "first_address", "172.18.0.9", ("172.18.0.9",), False),
        ("docker-compose", "docker0", "172.17.0.1", ("172.17.0.1",), True),
        ("podman", "docker0", "172.17.0.1", ("172.17.0.1",), False),
        ("unknown-container", "docker0", "172.17.0.1", ("172.17.0.1",), False),
        ("docker-desktop", "constant", "192.168.65.254", ("192.168.65.254",), True),
        ("docker-compose", "constant", "192.168.65.254", ("192.168.65.254",), False),
        ("docker-desktop", "name", "gateway.docker.internal", ("192.168.65.254",), True),
        ("docker-desktop", "name", "gateway.docker.internal", ("192.168.65.254", "192.168.65.1"), False),
        ("docker-desktop", "name", "gateway.docker.internal", ("192.168.65.254", "fdc4:f303:9324::254"), True),
        ("docker-compose", "name", "gateway.docker.internal", ("172.18.0.1",), True),
        ("docker-compose", "name", "gateway.docker.internal", ("172.18.0.7",), False),
        ("docker-compose", "name", "gateway.docker.internal", (), False),
        ("docker-compose", "name", "host.docker.internal", ("172.17.0.1",), True),
        ("docker-compose", "answer", "172.18.0.7", ("172.18.0.7",), False),
        ("docker-in-wsl2", "host_nameserver", "172.29.0.1", ("172.29.0.1",), False),
        ("docker-compose", "sibling", "ollama", ("172.18.0.7",), True),
        ("docker-compose", "alike", "ollama", ("172.18.0.7",), False),
        ("docker-compose", "loopback", "localhost", ("127.0.0.1",), False),
        ("host-network", "loopback", "localhost", ("127.0.0.1",), True),
        ("linux-host", "loopback", "localhost", ("127.0.0.1",), True),
        ("host-network", "user", "172.18.0.1", ("172.18.0.1",), False),
    ],
)
def test_what_is_surely_the_host(platform, kind, host, addresses, expected):
    """A gateway, a platform's own constant, docker0, what is pinned, and names that stand for nothing else."""
    candidate = Candidate(host, kind, "test", 0, addresses)
    assert is_host(candidate, addresses, facts(), place(platform)) is expected


@pytest.mark.parametrize(
    ("own", "address", "platform"),
    [("172.17.0.9/16", "172.17.0.1", "docker-compose"), ("192.168.65.7/24", "192.168.65.254", "docker-desktop")],
    ids=["docker0", "constant"],
)
def test_an_address_in_the_containers_own_network_may_be_anybodys(own, address, platform):
    """Another container can be given any address of a common network but its gateway's."""
    candidate = Candidate(address, "constant", "test", 0, (address,))
    assert not is_host(candidate, (address,), facts(own, gateway="172.30.0.1"), place(platform))
    assert is_host(candidate, (address,), facts(own, gateway=address), place(platform))


def test_a_name_servers_word_for_a_platform_makes_no_neighbour_the_host():
    """Whoever is called gateway.docker.internal on a common network makes this look like Docker Desktop, no more."""
    known = Facts(interfaces=(ETH0,), gateways=(Gateway("172.18.0.1", "eth0"),))
    invented = NameAnswer("gateway.docker.internal", "127.0.0.11", ("172.18.0.7",))
    candidate = Candidate("gateway.docker.internal", "name", "test", 0)
    assert not is_host(candidate, invented.addresses, known, name(known, [invented]))


@pytest.mark.parametrize(
    ("platform", "kind", "host", "expected"),
    [
        ("docker-compose", "gateway", "172.18.0.1", ""),
        ("docker-compose", "user", "10.0.0.5", ""),
        ("docker-compose", "loopback", "localhost", "localhost"),
        ("docker-compose", "sibling", "ollama", "ollama"),
        ("docker-compose", "alike", "vllm", "vllm"),
        ("host-network", "loopback", "localhost", ""),
    ],
)
def test_which_candidates_are_one_machine(platform, kind, host, expected):
    """All addresses of the host are one; this container is another, unless it is in the host's network."""
    assert machine(Candidate(host, kind, "test", 0), place(platform)) == expected


@pytest.mark.parametrize(
    ("where", "way", "expected"),
    [
        ("docker-desktop-host-network", ("name", "host.docker.internal", "192.168.65.254"), True),
        ("docker-desktop-host-network", ("constant", "192.168.65.254", "192.168.65.254"), True),
        ("docker-desktop-host-network", ("name", "host.docker.internal", "172.17.0.9"), False),
        ("docker-desktop-host-network", ("loopback", "localhost", "127.0.0.1"), False),
        ("lima-host-network", ("name", "host.lima.internal", "192.168.5.2"), True),
        ("lima-host-network-without-its-names", ("constant", "192.168.5.2", "192.168.5.2"), False),
        ("docker-in-wsl2-host-network", ("gateway", "172.29.0.1", "172.29.0.1"), False),
        ("docker-in-mirrored-wsl2-host-network", ("loopback", "localhost", "127.0.0.1"), True),
    ],
)
def test_whose_addresses_count_in_a_machines_network(tmp_path, where, way, expected):
    """Those that the platform gives the computer; not the machine's own localhost, nor what is only a guess."""
    kind, host, address = way
    found = PLACES[where]
    known = read(found.root(tmp_path), found.environ, found.links)
    candidate = Candidate(host, kind, "test", 0, (address,))
    assert is_host(candidate, (address,), known, name(known, found.answers)) == expected


def test_a_name_server_alone_makes_no_machine_of_a_host(tmp_path):
    """In the network of a Linux host, who invents Lima's name gets no key: the address may be anybody's."""
    found = PLACES["lima-host-network"]
    known = read(found.root(tmp_path), found.environ, PLACES["host-network"].links)
    named = name(known, found.answers)
    assert named.below == "lima"
    way = Candidate("host.lima.internal", "name", "test", 0, ("192.168.5.2",))
    assert not is_host(way, way.addresses, known, named)
