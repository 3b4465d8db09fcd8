"""A world seen from inside its container: what was declared is there, and nothing else."""

import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from netdiag.lab import Lab, LabError, Network, Service, World, make
from netdiag.lab.topology import DOCKER0, Manners

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("namespaces")]

Look = Callable[[Lab, str], Any]

COMPOSE = Network("br-0123456789ab", gateway="172.18.0.1/16", container="172.18.0.2/16")
LOOK = """
import fcntl, os, socket, struct
def address(name):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            answer = fcntl.ioctl(probe, 0x8915, struct.pack("256s", name.encode()))  # SIOCGIFADDR
            return socket.inet_ntoa(answer[20:24])
        except OSError:
            return None
def lines(path):
    with open(path) as file:
        return file.read().splitlines()
routes = [line.split() for line in lines("/proc/net/route")[1:]]
seen = {
    "interfaces": {name: address(name) for _, name in socket.if_nameindex()},
    "in sysfs": sorted(os.listdir("/sys/class/net")),
    "default route": [socket.inet_ntoa(struct.pack("=I", int(r[2], 16))) for r in routes if r[1] == r[7] == "00000000"],
    "ipv6": [line.split()[0] for line in lines("/proc/net/if_inet6")],
    "dockerenv": os.path.exists("/.dockerenv"),
    "hosts": [line.split() for line in lines("/etc/hosts")],
    "resolv.conf": lines("/etc/resolv.conf"),
    "hosts mounted from": [line.split()[3] for line in lines("/proc/self/mountinfo") if " /etc/hosts " in line],
    "hostname": socket.gethostname(),
    "uid map": lines("/proc/self/uid_map")[0].split(),
    "first process": os.getppid() != 0 and os.path.exists("/proc/1/environ"),
    "run": [name for name in os.listdir("/run") if not os.path.islink("/run/" + name)],
}
"""
LOOPBACK = {"lo": "127.0.0.1"}
LOCALHOST = [["127.0.0.1", "localhost"], ["::1", "localhost", "ip6-localhost", "ip6-loopback"]]
IPV6_LOOPBACK = "0" * 31 + "1"


@dataclass(frozen=True)
class Seen:
    """A world, and what can be seen of it."""

    world: World
    facts: dict[str, Any]


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            Seen(
                World(),
                {
                    "interfaces": LOOPBACK | {"eth0": "172.17.0.2"},
                    "in sysfs": ["eth0", "lo"],
                    "default route": ["172.17.0.1"],
                    "ipv6": [IPV6_LOOPBACK],
                    "dockerenv": True,
                    "hosts": [*LOCALHOST, ["172.17.0.2", "openspg"]],
                    "resolv.conf": ["nameserver 172.17.0.1"],
                    "hosts mounted from": ["/var/lib/docker/containers/" + "5eed" * 16 + "/hosts"],
                    "hostname": "openspg",
                    "uid map": ["0", "0", "1"],
                    "first process": True,
                    "run": [],
                },
            ),
            id="default-bridge",
        ),
        pytest.param(
            Seen(
                World(networks=(COMPOSE,), nameserver="127.0.0.11"),
                {
                    "interfaces": LOOPBACK | {"eth0": "172.18.0.2"},
                    "default route": ["172.18.0.1"],
                    "resolv.conf": ["nameserver 127.0.0.11"],
                },
            ),
            id="compose-network",
        ),
        pytest.param(
            Seen(
                World(networks=(COMPOSE, DOCKER0)),
                {
                    "interfaces": LOOPBACK | {"eth0": "172.18.0.2", "eth1": "172.17.0.2"},
                    "default route": ["172.18.0.1"],
                    "hosts": [*LOCALHOST, ["172.18.0.2", "openspg"], ["172.17.0.2", "openspg"]],
                },
            ),
            id="two-networks",
        ),
        pytest.param(
            Seen(
                World(networks=(COMPOSE,), host_network=True),
                {
                    "interfaces": LOOPBACK | {"docker0": "172.17.0.1", COMPOSE.bridge: "172.18.0.1"},
                    "in sysfs": [COMPOSE.bridge, "docker0", "lo"],
                    "default route": [],
                    "hosts": LOCALHOST,
                },
            ),
            id="host-network",
        ),
        pytest.param(
            Seen(World(networks=()), {"interfaces": LOOPBACK, "default route": [], "hosts": LOCALHOST}),
            id="no-network",
        ),
        pytest.param(
            Seen(World(default_route=False), {"default route": [], "interfaces": LOOPBACK | {"eth0": "172.17.0.2"}}),
            id="internal-network",
        ),
        pytest.param(
            Seen(
                World(
                    hosts=(("192.168.65.254", "host.docker.internal"),),
                    nameserver="",
                    dockerenv=False,
                ),
                {
                    "hosts": [*LOCALHOST, ["192.168.65.254", "host.docker.internal"], ["172.17.0.2", "openspg"]],
                    "resolv.conf": [],
                    "dockerenv": False,
                    "hosts mounted from": [],
                },
            ),
            id="a-pinned-name-and-no-marks",
        ),
    ],
)
def test_what_is_declared_is_there(case: Seen, look: Look) -> None:
    """Interfaces, addresses, routes, names and marks are those of the world."""
    with make(case.world) as lab:
        seen = look(lab, LOOK)
    assert {name: seen[name] for name in case.facts} == case.facts


CONNECT = """
import errno, socket
def connect(address, port):
    try:
        socket.create_connection((address, port), 0.5).close()
    except TimeoutError:
        return "timed out"
    except OSError as error:
        return errno.errorcode[error.errno]
    return "connected"
def neighbour(address):
    for line in open("/proc/net/arp"):
        if line.startswith(address + " "):
            return line.split()[2]
"""


@pytest.fixture(scope="module")
def crowded(namespaces: None) -> Iterator[Lab]:
    """A container on a compose network, and a service of every kind of listening."""
    world = World(
        networks=(COMPOSE,),
        nameserver="127.0.0.11",
        dead=("10.99.0.9", "10.99.0.53"),
        services=(
            Service("ollama", 1001),
            Service("ollama", 1002, listen="127.0.0.1"),
            Service("ollama", 1003, listen="172.18.0.1"),
            Service("ollama", 1004, drop=True),
            Service("silent", 1005),
            Service("ollama", 1006, listen="127.0.0.1", on="container"),
        ),
    )
    with make(world) as lab:
        yield lab


@pytest.mark.parametrize(
    ("target", "expected", "arp"),
    [
        pytest.param(("172.18.0.1", 1001), "connected", "0x2", id="all-addresses-by-gateway"),
        pytest.param(("172.17.0.1", 1001), "connected", None, id="all-addresses-by-docker0"),
        pytest.param(("127.0.0.1", 1001), "ECONNREFUSED", None, id="localhost-is-the-container"),
        pytest.param(("172.18.0.1", 1002), "ECONNREFUSED", "0x2", id="loopback-only"),
        pytest.param(("172.18.0.1", 1003), "connected", "0x2", id="gateway-only"),
        pytest.param(("172.17.0.1", 1003), "ECONNREFUSED", None, id="gateway-only-by-docker0"),
        pytest.param(("172.18.0.1", 1004), "timed out", "0x2", id="dropped"),
        pytest.param(("172.18.0.1", 1005), "connected", "0x2", id="silent"),
        pytest.param(("127.0.0.1", 1006), "connected", None, id="in-the-container"),
        pytest.param(("172.18.0.1", 1006), "ECONNREFUSED", "0x2", id="in-the-container-only"),
        pytest.param(("172.18.0.1", 9), "ECONNREFUSED", "0x2", id="nobody-listens"),
        pytest.param(("10.99.0.9", 1001), "timed out", "0x0", id="dead"),
        pytest.param(("172.18.0.77", 1001), "timed out", "0x0", id="unused-on-the-link"),
        pytest.param(("192.0.2.1", 80), "ENETUNREACH", None, id="no-way-out"),
    ],
)
def test_connecting(crowded: Lab, look: Look, target: tuple[str, int], expected: str, arp: str | None) -> None:
    """A connection from inside ends as facts about real networks say, down to the neighbour table."""
    snippet = f"{CONNECT}\nseen = [connect{target}, neighbour({target[0]!r})]"
    assert look(crowded, snippet) == [expected, arp]


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        ("/api/version", "host.docker.internal", 200),
        ("/api/version", "dockerhost", 403),
        ("/v1/models", "localhost", 200),
    ],
)
def test_a_service_on_loopback_checks_the_host_header(look: Look, path: str, host: str, status: int) -> None:
    """In the host's network the loopback-bound Ollama is reached, and minds by which name."""
    world = World(host_network=True, services=(Service("ollama", 11434, listen="127.0.0.1"),))
    snippet = f"""
import http.client
connection = http.client.HTTPConnection("127.0.0.1", 11434, timeout=5)
connection.request("GET", {path!r}, headers={{"Host": {host!r}}})
seen = connection.getresponse().status
"""
    with make(world) as lab:
        assert look(lab, snippet) == status


def test_the_machine_of_the_network_may_be_a_virtual_one(look: Look) -> None:
    """The container sees that machine's kernel, and reaches a service beyond it by the computer's address alone."""
    beyond = "192.168.65.254"
    world = World(
        host_network=True,
        kernel="6.12.72-linuxkit",
        beyond=(beyond,),
        services=(Service("ollama", 11434, listen=beyond),),
    )
    snippet = f"""
import socket
seen = [open("/proc/sys/kernel/osrelease").read()]
for address in ("127.0.0.1", {beyond!r}):
    with socket.socket() as probe:
        seen.append(probe.connect_ex((address, 11434)) == 0)
"""
    with make(world) as lab:
        assert look(lab, snippet) == ["6.12.72-linuxkit\n", False, True]


@pytest.mark.parametrize(
    ("world", "expected"),
    [
        pytest.param(World(), "EAI_NONAME", id="by-the-bridge"),
        pytest.param(World(nameserver="127.0.0.11"), "EAI_NONAME", id="embedded"),
        pytest.param(World(host_network=True, nameserver="127.0.0.53"), "EAI_NONAME", id="host-network"),
        pytest.param(World(hosts=(("10.0.0.9", "host.docker.internal"),)), "10.0.0.9", id="pinned"),
        pytest.param(World(names=(("10.0.0.9", "host.docker.internal"),)), "10.0.0.9", id="known"),
    ],
)
def test_names(look: Look, world: World, expected: str) -> None:
    """A name that neither /etc/hosts nor the nameserver knows does not exist, and the latter says so at once."""
    snippet = """
import socket
try:
    seen = socket.getaddrinfo("host.docker.internal", 80, socket.AF_INET)[0][4][0]
except socket.gaierror as error:
    seen = next(name for name in ("EAI_AGAIN", "EAI_NONAME") if getattr(socket, name) == error.errno)
"""
    with make(world) as lab:
        assert look(lab, snippet) == expected


HOST = "host.docker.internal"
ASK = """
import dns.exception, dns.flags, dns.message, dns.rcode, errno, socket
def ask(server, name, kind, limit_s):
    query = dns.message.make_query(name, kind)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(limit_s)
        udp.connect((server, 53))
        udp.send(query.to_wire())
        try:
            answer = dns.message.from_wire(udp.recv(512))
        except TimeoutError:
            return "timed out"
        except OSError as error:
            return errno.errorcode[error.errno]
        except dns.exception.DNSException:
            return "no message"
    assert answer.id == query.id
    addresses = [record.address for records in answer.answer for record in records]
    about = [] if answer.question == query.question else [answer.question[0].name.to_text()]
    truncated = ["TC"] if answer.flags & dns.flags.TC else []
    return " ".join([dns.rcode.to_text(answer.rcode()), *truncated, *about, *addresses])
"""


@pytest.mark.parametrize(
    ("manners", "expected"),
    [
        ("ordinary", ["NOERROR 10.0.0.9 10.0.0.10", "NOERROR fd00::9", "NXDOMAIN"]),
        ("silent", ["timed out"] * 3),
        ("closed", ["ECONNREFUSED"] * 3),
        ("servfail", ["SERVFAIL"] * 3),
        ("refused", ["REFUSED"] * 3),
        ("no-address", ["NOERROR"] * 3),
        ("garbage", ["no message"] * 3),
        (
            "other-question",
            [f"NOERROR elsewhere.example. {address}" for address in ("10.99.0.98", "fd00:99::98", "10.99.0.98")],
        ),
        ("truncated", ["NOERROR TC"] * 3),
        ("answers-everything", ["NOERROR 10.99.0.99", "NOERROR", "NOERROR 10.99.0.99"]),
        ("fake-ip", ["NOERROR 198.18.178.2", "NOERROR", "NOERROR 198.18.69.215"]),
        ("null-address", ["NOERROR 0.0.0.0", "NOERROR", "NXDOMAIN"]),
        ("ipv6-only", ["NOERROR", "NOERROR fd00::9", "NOERROR"]),
        ("slow", ["NOERROR 10.0.0.9 10.0.0.10", "NOERROR fd00::9", "NXDOMAIN"]),
        ("late", ["timed out"] * 3),
    ],
)
def test_a_name_server_has_manners(look: Look, manners: Manners, expected: list[str]) -> None:
    """Asked from inside, the server says what it is declared to, or nothing."""
    world = World(names=(("10.0.0.9", HOST), ("10.0.0.10", HOST), ("fd00::9", HOST)), manners=manners)
    # half a second is not a limit for those that answer: on a busy machine they may need it
    limit_s = 0.5 if "timed out" in expected else 10
    questions = ((HOST, "A"), (HOST, "AAAA"), ("no.such.name", "A"))
    with make(world) as lab:
        seen = look(lab, f"{ASK}\nseen = [ask('172.17.0.1', *each, {limit_s}) for each in {questions}]")
    assert seen == expected


def test_nobody_listens_in_the_container_either(look: Look) -> None:
    """An embedded name server that is closed is refused by the container's own kernel."""
    with make(World(nameserver="127.0.0.11", manners="closed")) as lab:
        assert look(lab, f"{ASK}\nseen = ask('127.0.0.11', {HOST!r}, 'A', 10)") == "ECONNREFUSED"


def test_late_is_right_in_the_end(look: Look) -> None:
    """Who waits for more than three seconds gets the address."""
    snippet = f"""
import time
{ASK}
before = time.monotonic()
answer = ask("172.17.0.1", {HOST!r}, "A", 10)
seen = [answer, time.monotonic() - before >= 3]
"""
    with make(World(names=(("10.0.0.9", HOST),), manners="late")) as lab:
        assert look(lab, snippet) == ["NOERROR 10.0.0.9", True]


def test_a_truncated_answer_has_no_whole_one(look: Look) -> None:
    """Nobody listens on TCP, to which a truncated answer sends (RFC 7766)."""
    with make(World(manners="truncated")) as lab:
        assert look(lab, f"{CONNECT}\nseen = connect('172.17.0.1', 53)") == "ECONNREFUSED"


def test_a_nameserver_can_be_dead(look: Look) -> None:
    """Nobody answers at a nameserver that is one of the dead addresses, and the world is made all the same."""
    with make(World(nameserver="10.99.0.53", dead=("10.99.0.53",))) as lab:
        assert look(lab, "seen = open('/etc/resolv.conf').read()") == "nameserver 10.99.0.53\n"


def test_a_world_that_cannot_be_says_why() -> None:
    """A service on an address that the host does not have is one plain line."""
    world = World(services=(Service("ollama", 11434, listen="203.0.113.9"),))
    with pytest.raises(LabError, match=r"\(listen on 203.0.113.9 port 11434: Cannot assign requested address\)"):
        make(world).__enter__()


def test_the_machine_is_out_of_reach(crowded: Lab, look: Look) -> None:
    """A server on the machine's own loopback is not the lab's."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert look(crowded, f"{CONNECT}\nseen = connect('127.0.0.1', {port})") == "ECONNREFUSED"


def test_the_container_has_no_power_over_its_network(crowded: Lab) -> None:
    """Like root in a container, root inside may not change routes or mounts."""
    snippet = "import os, ctypes; print(os.getuid(), ctypes.CDLL(None).mount(b'x', b'/mnt', b'tmpfs', 0, None))"
    assert crowded.run([sys.executable, "-c", snippet]).stdout == "0 -1\n"
