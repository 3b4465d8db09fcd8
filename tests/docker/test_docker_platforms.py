"""Where am I, and which address leads to the host: on real engines, and networks of every kind they make."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest
from docker_ground import LABEL, Container, Done, Engine, Images

pytestmark = pytest.mark.docker

FILE = "/home/admin/project/kag_config.yaml"
CONFIG = 'chat_llm: { "type": "ollama", "base_url": "http://localhost:11434/", "model": "qwen2.5:3b" }\n'

STRACE = shutil.which("strace")

Place = Callable[[Engine, str], AbstractContextManager[Container]]


def run_with(*options: str) -> Place:
    """Return the place that `docker run` with these options makes."""
    return lambda engine, image: engine.container(image, *options)


def on_network(*options: str) -> Place:
    """Return a place on a network that `docker network create` makes with these options."""

    @contextmanager
    def place(engine: Engine, image: str) -> Iterator[Container]:
        with engine.network(*options) as network, engine.container(image, "--network", network) as container:
            yield container

    return place


@contextmanager
def on_internal_network_since_engine_25(engine: Engine, image: str) -> Iterator[Container]:
    """On an internal network as Engine 25 and newer leave it: without the default route (moby#46603)."""
    with on_network("--internal")(engine, image) as container:
        process = engine.docker("inspect", "--format", "{{.State.Pid}}", container.name).stdout.strip()
        engine.command("nsenter", "--target", process, "--net", "ip", "route", "delete", "default")
        yield container


@contextmanager
def in_the_network_of_another(engine: Engine, image: str) -> Iterator[Container]:
    """In the network of another container, as a sidecar is."""
    with (
        engine.container(image, name=f"{LABEL}-other") as other,
        engine.container(image, "--network", f"container:{other.name}") as container,
    ):
        yield container


@contextmanager
def on_macvlan(engine: Engine, image: str) -> Iterator[Container]:
    """On a macvlan network: a machine of its own on the network that its host is on."""
    card = "test-lan"
    engine.on_host("ip", "link", "add", card, "type", "bridge")
    try:
        engine.on_host("ip", "link", "set", card, "up")
        engine.on_host("ip", "address", "add", "10.222.0.2/24", "dev", card)
        addresses = ("--subnet", "10.222.0.0/24", "--gateway", "10.222.0.1", "--ip-range", "10.222.0.128/25")
        with on_network("--driver", "macvlan", "--opt", f"parent={card}", *addresses)(engine, image) as container:
            yield container
    finally:
        engine.on_host("ip", "link", "delete", card)


GATEWAY = "the gateway, as the engine knows it"
UNCHANGED = "localhost"


@dataclass(frozen=True)
class Ground:
    """A real ground: its place, its true name, and the host that the file holds afterwards."""

    place: Place
    platform: str
    host: str
    engine: str = "engine"
    listen: str = "0.0.0.0"
    exit_code: int = 0


HOST_GATEWAY = ("--add-host", "host.docker.internal:host-gateway")

GROUNDS = {
    "default bridge": Ground(run_with(), "docker-bridge", GATEWAY),
    "user-defined network": Ground(on_network(), "docker-compose", GATEWAY),
    "default bridge with host-gateway": Ground(run_with(*HOST_GATEWAY), "docker-bridge", "host.docker.internal"),
    "host network": Ground(run_with("--network", "host"), "host-network", UNCHANGED),
    # Up to Engine 24 nothing in the container tells an internal network from another, and its gateway is as good.
    "internal network": Ground(on_network("--internal"), "docker-compose", GATEWAY),
    "internal network since Engine 25": Ground(on_internal_network_since_engine_25, "docker-internal", GATEWAY),
    "network of another container": Ground(in_the_network_of_another, "shared-network", "172.17.0.1"),
    "macvlan": Ground(on_macvlan, "macvlan", UNCHANGED, exit_code=1),
    "remapped users": Ground(run_with(), "docker-userns-remap", "10.201.0.1", engine="remapped"),
    "remapped users with host-gateway": Ground(
        run_with(*HOST_GATEWAY), "docker-userns-remap", "host.docker.internal", engine="remapped"
    ),
    "remapped users, service on IPv6 only": Ground(
        run_with(), "docker-userns-remap", "[fd00:dead::1]", engine="remapped", listen="fd00:dead::1"
    ),
    # With cgroup namespaces, as this engine makes them, nothing in the container tells that its network is another's.
    "remapped users, network of another container": Ground(
        in_the_network_of_another, "docker-userns-remap", "10.201.0.1", engine="remapped"
    ),
    "Podman": Ground(run_with(), "podman", "host.containers.internal", engine="podman"),
    "Podman, network of another container": Ground(
        in_the_network_of_another, "shared-network", "host.containers.internal", engine="podman"
    ),
    "Podman, host network": Ground(run_with("--network", "host"), "host-network", UNCHANGED, engine="podman"),
    "rootless Podman": Ground(run_with(), "podman-rootless-slirp", "host.containers.internal", engine="rootless"),
    # The gateway of such a network is Podman's, in a network namespace of the user's, and not the host.
    "rootless Podman, user-defined network": Ground(
        on_network(), "podman-rootless", "host.containers.internal", engine="rootless"
    ),
    # What has no way out has none to the host either, which is out of that namespace.
    "rootless Podman, internal network": Ground(
        on_network("--internal"), "podman-rootless", UNCHANGED, engine="rootless", exit_code=1
    ),
}


@dataclass(frozen=True)
class Visit:
    """What two runs of netdiag said on a ground, and what the file held after each."""

    ground: Ground
    gateway: str
    runs: tuple[Done, Done]
    files: tuple[str, str]

    @property
    def expected(self) -> str:
        """Return what the file should hold."""
        host = self.gateway if self.ground.host == GATEWAY else self.ground.host
        return CONFIG.replace("http://localhost:", f"http://{host}:")


@pytest.fixture(scope="module", params=GROUNDS.values(), ids=GROUNDS)
def visit(request: pytest.FixtureRequest, images: Images, tmp_path_factory: pytest.TempPathFactory) -> Visit:
    """Return what came of a visit to a ground where Ollama listens on the host."""
    ground: Ground = request.param
    engine: Engine = request.getfixturevalue(ground.engine)
    log = tmp_path_factory.mktemp("visit") / "ollama"
    with ground.place(engine, images.openspg) as container, engine.like_ollama(ground.listen, log):
        container.write(FILE, CONFIG)
        first = container.run("netdiag", "fix-base-url", "--format", "json")
        after_first = container.read(FILE)
        second = container.run("netdiag", "fix-base-url", "--format", "json")
        files = (after_first, container.read(FILE))
        return Visit(ground, container.gateway(), (first, second), files)


def test_platform(visit: Visit) -> None:
    """The platform is called by its name."""
    assert json.loads(visit.runs[0].stdout)["platform"]["name"] == visit.ground.platform


def test_repair(visit: Visit) -> None:
    """The file holds the address of the host that suits the ground, or what it held where there is none."""
    first = visit.runs[0]
    assert first.returncode == visit.ground.exit_code, first.stdout + first.stderr
    assert visit.files[0] == visit.expected


def test_second_run(visit: Visit) -> None:
    """A second run comes to the same end and leaves the file as it is."""
    second = visit.runs[1]
    assert second.returncode == visit.ground.exit_code, second.stdout + second.stderr
    assert visit.files[1] == visit.files[0]


@contextmanager
def traced(engine: Engine, container: Container, log: Path) -> Iterator[None]:
    """Trace what ``docker exec`` starts in the container: its processes descend from the container's shim."""
    process = engine.docker("inspect", "--format", "{{.State.Pid}}", container.name).stdout.strip()
    shim = re.search(r"(?m)^PPid:\s*(\d+)", Path(f"/proc/{process}/status").read_text())
    assert shim
    # -yy names the protocol of a socket.
    command = (STRACE or "strace", "-f", "-yy", "-e", "trace=connect", "-e", "signal=none", "-o", log, "-p", shim[1])
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
        try:
            assert tracer.stderr
            assert "attached" in (said := tracer.stderr.readline()), said
            yield
        finally:
            tracer.terminate()  # it writes what it saw and lets go


def tcp_connections(log: Path) -> list[str]:
    """Return the TCP connections that were begun."""
    return re.findall(r"connect\(\d+<TCP.*", log.read_text())


def test_detect_connects_to_nothing(
    engine: Engine, images: Images, tmp_path: Path, require: Callable[[str, str], NoReturn]
) -> None:
    """`netdiag detect` gives the platform the same name as a repair does, and begins no TCP connection."""
    if not STRACE:
        require("strace", "no strace here; install it: apt-get install strace")
    with engine.container(images.openspg) as container, engine.like_ollama("0.0.0.0", tmp_path / "ollama"):
        container.write(FILE, CONFIG)
        with traced(engine, container, tmp_path / "check.strace"):
            container.run("netdiag", "check")
        with traced(engine, container, tmp_path / "detect.strace"):
            detected = container.run("netdiag", "detect", "--format", "json")
    assert tcp_connections(tmp_path / "check.strace"), "the tracing sees nothing"
    assert detected.returncode == 0, detected.stdout + detected.stderr
    assert json.loads(detected.stdout)["platform"]["name"] == "docker-bridge"
    assert tcp_connections(tmp_path / "detect.strace") == []
