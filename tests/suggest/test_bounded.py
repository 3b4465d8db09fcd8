"""Bounded reach: what is connected to where nothing is configured, as the kernel saw it; and nothing where it is."""

import shutil
import time

import pytest
from suggest.ground import COMPOSE, HOST, OLLAMA, Container, container

from netdiag.lab import World
from netdiag.model.host import Attached, HostView, Listener, Published, Sibling
from netdiag.suggest.ports import DEFAULTS, PORTS

pytestmark = pytest.mark.lab

CONFIGURED = "chat_llm: {type: ollama, base_url: http://localhost:11434/, model: 'qwen2.5:3b'}\n"
SERVER = ("127.0.0.1", 8887)
"""OpenSPG's own server in this container, which is asked what it holds."""
STRANGER = "172.18.0.77"
"""A container beside this one, to which the network's name server gives a host's name."""


@pytest.fixture(scope="module")
def beside_a_stranger(namespaces, require):
    """A container on a compose network whose name server gives another container the name of a host."""
    if not shutil.which("strace"):
        require("strace", "no strace here; install it: apt-get install strace")
    names = ((STRANGER, "host.docker.internal"),)
    with container(World(networks=(COMPOSE,), nameserver="127.0.0.11", services=(OLLAMA,), names=names)) as made:
        yield made


def of_host(*ports: int) -> set[tuple[str, int]]:
    """The addresses of the host with each of these ports."""
    return {(address, port) for address in HOST for port in ports}


def test_the_table():
    """Ten ports of thirteen servers; each says where its default is written down."""
    assert PORTS == (11434, 8000, 30000, 9997, 1234, 8080, 12434, 3000, 4000, 7997)
    assert all(each.source for each in DEFAULTS)


@pytest.mark.parametrize("command", ["fix-base-url", "check", "suggest"])
def test_nothing_is_configured(beside_a_stranger: Container, command):
    """Exactly the host's addresses and the table's ports: no other container, whatever a name server says of it."""
    assert beside_a_stranger.connects(command) - {SERVER} == of_host(*PORTS)


EMPTY = {
    "a file without a model": ("kag_config.yaml", "project: {id: 1}\n", of_host(*PORTS)),
    "a file that cannot be read": ("kag_config.yaml", "chat_llm: {type: [\n", set()),
}


@pytest.mark.parametrize(("name", "text", "reached"), EMPTY.values(), ids=EMPTY)
def test_a_file(beside_a_stranger: Container, name, text, reached):
    """A file that was read and holds no model is as good as none; one that could not be read may hold one."""
    (beside_a_stranger.directory / name).write_text(text)
    try:
        assert beside_a_stranger.connects("check", name) == reached
    finally:
        (beside_a_stranger.directory / name).unlink()


@pytest.mark.parametrize("command", ["fix-base-url", "check"])
def test_something_is_configured(beside_a_stranger: Container, command):
    """One model that is configured, and only its port is connected to, as ever."""
    (beside_a_stranger.directory / "llm.yaml").write_text(CONFIGURED)
    assert {port for _, port in beside_a_stranger.connects(command, "llm.yaml")} == {11434}


def test_a_port_more(beside_a_stranger: Container):
    """A port that the user names is one of the table's for that run."""
    assert beside_a_stranger.connects("suggest", "--port", "5000", "--port", "6000") == of_host(5000, 6000, *PORTS)


def test_an_address_more(beside_a_stranger: Container):
    """An address that the user names is looked at beside the host's own."""
    named = {(STRANGER, port) for port in PORTS}
    assert beside_a_stranger.connects("suggest", "--host", STRANGER) == of_host(*PORTS) | named


def test_an_address_more_with_the_host_s_view(beside_a_stranger: Container):
    """What listens at an address that the user names the host has not shown: there it is the table's ports."""
    named = {(STRANGER, port) for port in PORTS}
    assert beside_a_stranger.connects("suggest", "--host", STRANGER, view=view(SSH)) == named


def view(*listeners: Listener, siblings: tuple[Sibling, ...] = ()) -> HostView:
    """What the host shows now."""
    return HostView(int(time.time()), "Debian", "openspg", ("release_default",), listeners, (), siblings)


SSH = Listener("0.0.0.0", 22, "sshd")
SPG = Listener("0.0.0.0", 8887, "docker-proxy")
NEO4J = Sibling(
    "neo4j", "running", networks=(Attached("release_default", "172.18.0.4", ("neo4j",)),), ports=(7474, 7687),
    published=(Published(7687, "0.0.0.0", 17687),), listeners=(Listener("0.0.0.0", 7687),),
)  # fmt: skip
VLLM = Sibling(
    "vllm", "running", networks=(Attached("release_default", "172.18.0.5", ("vllm",)),), ports=(8000,),
    listeners=(Listener("0.0.0.0", 8000),),
)  # fmt: skip
ELSEWHERE = VLLM._replace(name="far", networks=(Attached("other", "172.30.0.5", ("far",)),))

SEEN = {
    "the real listener instead of the table": (
        view(SSH, SPG, Listener("0.0.0.0", 5005, "llama-server")),
        of_host(5005),
    ),
    "what listens for the host only": (view(Listener("127.0.0.1", 11434, "ollama")), set()),
    "what listens on an address of the host": (view(Listener("172.18.0.1", 9999, "python3")), of_host(9999)),
    "what listens on another address": (view(Listener("192.168.7.7", 9999, "python3")), set()),
    "a part of OpenSPG, published": (
        view(Listener("0.0.0.0", 17687, "docker-proxy"), siblings=(NEO4J,)),
        set(),
    ),
    "a container on a shared network": (view(siblings=(VLLM, NEO4J)), {("172.18.0.5", 8000)}),
    "a container on another network": (view(siblings=(ELSEWHERE,)), set()),
    "nothing at all": (view(SSH), set()),
}


@pytest.mark.parametrize(("seen", "reached"), SEEN.values(), ids=SEEN)
def test_with_the_host_s_view(beside_a_stranger: Container, seen, reached):
    """What listens on the host is known from there: what is OpenSPG's, the system's or out of reach is left alone."""
    assert beside_a_stranger.connects("suggest", view=seen._replace(seen=int(time.time()))) == reached


def test_in_the_host_s_network(namespaces, require):
    """Where the network is the host's own, its loopback is the host, and nothing else is."""
    if not shutil.which("strace"):
        require("strace", "no strace here; install it: apt-get install strace")
    with container(World(networks=(), default_route=False, host_network=True, services=(OLLAMA,))) as made:
        assert {address for address, _ in made.connects("suggest")} <= {"127.0.0.1", "::1"}
