"""`netdiag detect` in the lab: where it says it is, what it makes of name servers, and that it connects to nothing."""

import shutil
import sys

import pytest
from cli.conftest import Place, codes

from netdiag import lab
from netdiag.lab import Service, World
from netdiag.probe.dns import LIMIT_S

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("namespaces")]

DOCKER, IPV6 = "host.docker.internal", "fdc4:f303:9324::254"


def detected(world: World) -> dict:
    """The report of ``netdiag detect`` in a world."""
    with lab.make(world) as inside:
        return Place(inside).report("detect")


@pytest.mark.parametrize(
    ("world", "code"),
    [
        pytest.param(World(), "ND105", id="ordinary: no name is known"),
        pytest.param(World(manners="silent"), "ND106", id="silent"),
        pytest.param(World(manners="late", names=(("10.0.0.9", DOCKER),)), "ND106", id="late"),
        pytest.param(World(manners="servfail"), "ND107", id="servfail"),
        pytest.param(World(manners="refused"), "ND108", id="refused"),
        pytest.param(World(manners="closed", nameserver="127.0.0.53"), "ND109", id="closed"),
        pytest.param(World(nameserver=""), "ND110", id="no server"),
        pytest.param(World(manners="garbage"), "ND111", id="garbage"),
        pytest.param(World(manners="other-question"), "ND111", id="other question"),
        pytest.param(World(manners="truncated"), "ND112", id="truncated"),
        pytest.param(World(manners="no-address"), "ND113", id="no address"),
        pytest.param(World(manners="answers-everything"), "ND114", id="answers everything"),
        pytest.param(World(manners="fake-ip"), "ND115", id="fake-ip"),
        pytest.param(World(manners="null-address"), "ND116", id="null address"),
        pytest.param(World(manners="ipv6-only", names=((IPV6, DOCKER),)), "ND117", id="IPv6 only"),
        pytest.param(
            World(names=(("192.168.5.2", DOCKER),), hosts=(("172.17.0.1", DOCKER),)), "ND118", id="a stale pin"
        ),
        pytest.param(World(names=(("172.17.0.1", DOCKER),)), None, id="a name that leads to the host"),
    ],
)
def test_how_a_name_server_behaves(world, code):
    """Each way to misbehave has a finding of its own and no other, and none takes longer than the time limit."""
    report = detected(world)
    assert codes(report) == ({code} if code else set())
    assert report["duration_ms"] < (LIMIT_S + 1) * 1000
    assert report["platform"]["name"] == "docker-bridge"


@pytest.mark.parametrize(
    ("world", "name", "written", "runner_up"),
    [
        pytest.param(World(), "docker-bridge", "172.17.0.1", None, id="bridge"),
        pytest.param(
            World(networks=(lab.Network("br-1", "172.18.0.1/16", "172.18.0.2/16"),), nameserver="127.0.0.11"),
            "docker-compose",
            "172.18.0.1",
            "172.17.0.1",
            id="compose",
        ),
        pytest.param(
            World(hosts=(("172.17.0.1", DOCKER),)), "docker-bridge", DOCKER, None, id="bridge with host-gateway"
        ),
        pytest.param(World(host_network=True), "host-network", "localhost", None, id="host network"),
        pytest.param(
            World(
                host_network=True,
                kernel="6.12.72-linuxkit",
                beyond=("192.168.65.254",),
                names=(("192.168.65.254", DOCKER),),
            ),
            "machine-network",
            DOCKER,
            "192.168.65.2",
            id="host network of a virtual machine",
        ),
        pytest.param(World(default_route=False), "docker-internal", "172.17.0.1", None, id="internal network"),
        pytest.param(
            World(names=(("192.168.5.2", "host.lima.internal"), ("192.168.5.2", DOCKER))),
            "lima",
            DOCKER,
            "172.17.0.1",
            id="lima, by its name server",
        ),
    ],
)
def test_which_one_would_be_written(world, name, written, runner_up):
    """A stable name before an address, with the next other way beside it."""
    report = detected(world)
    assert report["platform"]["name"] == name
    assert (report["choice"]["host"], report["choice"]["runner_up"]) == (written, runner_up)


def test_it_needs_nobody_but_the_name_server():
    """detect opens no TCP connection: the only sockets it connects go to port 53 over UDP."""
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")
    world = World(services=(Service("ollama", 11434),), hosts=(("172.17.0.1", DOCKER),))
    program = [sys.executable, "-m", "netdiag", "detect"]
    with lab.make(world) as inside:
        done = inside.run(["strace", "-f", "-qq", "-e", "trace=connect,sendto,socket", "-o", "trace", *program])
        trace = (inside.directory / "trace").read_text()
    assert done.returncode == 0, done.stderr
    connects = [line for line in trace.splitlines() if "connect(" in line and "AF_INET" in line]
    assert connects
    assert all("htons(53)" in line for line in connects), connects
    assert "SOCK_STREAM" not in "".join(line for line in trace.splitlines() if "AF_INET" in line)


def test_outside_a_container_nobody_is_asked():
    """Outside a container no name is asked for, and dnspython is not even loaded."""
    snippet = (
        "import sys; from netdiag import cli; code = cli.main(['detect']); "
        "print(sorted(name for name in sys.modules if name.partition('.')[0] in ('dns', 'httpx', 'yaml')))"
    )
    with lab.make(World(host_network=True, dockerenv=False)) as inside:
        done = inside.run([sys.executable, "-c", snippet])
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


def test_it_reads_well():
    """The page for people, as it is printed on a compose network with a pinned name."""
    world = World(
        networks=(lab.Network("br-1", "172.18.0.1/16", "172.18.0.2/16"),),
        nameserver="127.0.0.11",
        hosts=(("172.17.0.1", DOCKER),),
    )
    with lab.make(world) as inside:
        done = Place(inside).netdiag("detect")
    lines = done.stdout.splitlines()
    at = lines.index("would write: host.docker.internal")
    assert lines[at + 1 : at + 3] == [
        "    a name stays right when the network is re-created",
        "    next best: 172.18.0.1 (default gateway of eth0)",
    ]
    assert max(len(line) for line in lines if "[ND" not in line) <= 80
