"""Other containers as ways to the service: which, by which name, on which port, and in which place among the others."""

import pytest
from host_views import OWN, sibling, view

from netdiag import platform
from netdiag.model.place import Fact, Facts, Gateway

NEAR = {"network": OWN}

FOUND = {
    # containers, configured ports → (host, port, for which configured ports) of those meant, of those alike
    "published on loopback": ([sibling(**NEAR, publish="127.0.0.1")], (11434,), [("ollama", 11434, (11434,))], []),
    "published on another port": (
        [sibling(**NEAR, publish="127.0.0.1", host_port=8080)],
        (8080,),
        [("ollama", 11434, (8080,))],
        [],
    ),
    "both ports are configured": (
        [sibling(**NEAR, publish="127.0.0.1", host_port=8080)],
        (8080, 11434),
        [("ollama", 11434, (8080, 11434))],
        [],
    ),
    "the same port, not published": ([sibling(**NEAR)], (11434,), [], [("ollama", 11434, (11434,))]),
    "a port that nobody configured": ([sibling(**NEAR)], (8000,), [], []),
    "on another network": ([sibling(publish="0.0.0.0")], (11434,), [], []),
    "stopped": ([sibling(**NEAR, state="exited", publish="0.0.0.0")], (11434,), [], []),
    "without a name": (
        [sibling(**NEAR, names=(), publish="0.0.0.0")],
        (11434,),
        [],
        [("172.20.0.2", 11434, (11434,))],
    ),
    "who publishes before who is alike": (
        [sibling(**NEAR, name="a", names=("a",)), sibling(**NEAR, name="b", names=("b",), publish="0.0.0.0")],
        (11434,),
        [("b", 11434, (11434,))],
        [("a", 11434, (11434,))],
    ),
}


@pytest.mark.parametrize(("containers", "ports", "meant", "alike"), FOUND.values(), ids=FOUND)
def test_which_containers_are_ways(containers, ports, meant, alike):
    """What publishes a configured port is what localhost means on the host; what only has it is tried at the end."""
    found = platform.siblings(view(siblings=tuple(containers)), ports)
    assert [[(c.host, c.port, c.instead_of) for c in each] for each in found] == [meant, alike]


def test_where_they_stand_among_the_others():
    """A name that lasts beats an address: after the host's names, before its addresses; who is alike comes last."""
    facts = Facts(
        marks=(Fact("dockerenv", "", ""), Fact("embedded_dns", "", "")), gateways=(Gateway("172.18.0.1", "eth0"),)
    )
    near = (sibling(**NEAR, publish="127.0.0.1"), sibling(**NEAR, name="vllm", names=("vllm",)))
    found = platform.siblings(view(siblings=near), (11434,))
    listed = platform.candidates(facts, platform.name(facts), ("10.0.0.9",), (), found)
    order = [candidate.host for candidate in listed]
    assert order == ["10.0.0.9", "localhost", "host.docker.internal", "ollama", "172.18.0.1", "172.17.0.1", "vllm"]
    assert [candidate.rank for candidate in listed] == sorted(candidate.rank for candidate in listed)


def test_on_the_hosts_own_network_nobody_else_is_asked():
    """Outside a container, or on its host's network, localhost is the host and containers publish there."""
    outside = Facts(marks=(Fact("kernel", "6.1", ""),))
    found = platform.siblings(view(siblings=(sibling(**NEAR, publish="127.0.0.1"),)), (11434,))
    assert [c.host for c in platform.candidates(outside, platform.name(outside), siblings=found)] == ["localhost"]


CONCERNED = {
    # configured ports, hosts that base_urls name → the containers that a report may tell of
    "by its port": ((11434,), (), ["a"]),
    "by a name of it": ((), ("b-alias",), ["b"]),
    "by nothing": ((80,), ("localhost",), []),
}


@pytest.mark.parametrize(("ports", "hosts", "left"), CONCERNED.values(), ids=CONCERNED)
def test_what_is_of_no_concern_is_not_told(ports, hosts, left):
    """Reports are shown to others: of the host's containers they hold only those that a base_url can mean."""
    both = (sibling(name="a", names=("a",)), sibling(name="b", names=("b-alias",), ports=(9000,)))
    assert [each.name for each in platform.concerning(view(siblings=both), ports, hosts).siblings] == left
