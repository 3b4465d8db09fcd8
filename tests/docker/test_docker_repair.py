"""The main job in real containers: the file is repaired by what was proven, or left alone with the reason."""

import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from docker_ground import BASE_IMAGE, LABEL, PROJECT, TESTS, Container, Engine, Images

pytestmark = pytest.mark.docker

FILE = "/home/admin/project/kag_config.yaml"
CONFIG = """\
# localhost must be changed to the right name, see "reaching the host from a container"
chat_llm: { "type": "ollama", "base_url": "http://localhost:11434/", "model": "qwen2.5:3b" }
"""

Place = Callable[[Engine, Images, Path], AbstractContextManager[Container]]


def repaired(host: str) -> str:
    """Return ``CONFIG`` with nothing but the host of its base_url changed."""
    return CONFIG.replace("http://localhost:", f"http://{host}:")


@contextmanager
def on_default_bridge(engine: Engine, images: Images, _: Path) -> Iterator[Container]:
    """A container as `docker run` makes it."""
    with engine.container(images.openspg) as container:
        yield container


@contextmanager
def on_default_bridge_with_name(engine: Engine, images: Images, _: Path) -> Iterator[Container]:
    """The same, with the name that Docker gives the host on request."""
    with engine.container(images.openspg, "--add-host", "host.docker.internal:host-gateway") as container:
        yield container


@contextmanager
def on_compose_network(engine: Engine, images: Images, folder: Path) -> Iterator[Container]:
    """The server of the compose example, built by compose, on the network that compose makes for it."""
    settings = folder / "settings"
    settings.write_text(f"OPENSPG_IMAGE={images.server}\nNETDIAG_SOURCE={images.context}\n")
    # The builder is to use no network, and the base image of the tests; neither concerns the example.
    ours = folder / "ours.yml"
    ours.write_text(
        f"services: {{server: {{image: {LABEL}/compose, labels: [{LABEL}],\n"
        f"  build: {{network: none, labels: [{LABEL}], args: {{BASE: {BASE_IMAGE}}}}}}}}}\n"
        f"networks: {{default: {{labels: [{LABEL}]}}}}\n"
    )
    files = (TESTS / "docker/openspg-compose.yml", PROJECT / "examples/compose/docker-compose.yml", ours)
    compose = ("compose", "--project-name", LABEL, "--env-file", str(settings))
    for file in files:
        compose += ("--file", str(file))
    try:
        engine.docker(*compose, "up", "--detach", "--build", "--wait", timeout=300)
        yield Container(engine, "openspg")
    finally:
        engine.docker(*compose, "down", "--timeout", "0", check=False)


PLACES = [
    pytest.param(on_default_bridge, None, id="default bridge"),
    pytest.param(on_default_bridge_with_name, "host.docker.internal", id="default bridge with extra_hosts"),
    pytest.param(on_compose_network, None, id="compose network"),
]


@pytest.mark.parametrize(("place", "name"), PLACES)
def test_all_addresses(engine: Engine, images: Images, tmp_path: Path, place: Place, name: str | None) -> None:
    """Ollama on all addresses of the host: the host is rewritten, and a second run has nothing to do."""
    with engine.like_ollama("0.0.0.0", tmp_path / "ollama"), place(engine, images, tmp_path) as container:
        container.write(FILE, CONFIG)
        first = container.run("netdiag", "fix-base-url")
        assert first.returncode == 0, first.stdout + first.stderr
        assert container.read(FILE) == repaired(name or container.gateway())
        second = container.run("netdiag", "fix-base-url")
        assert second.returncode == 0, second.stdout + second.stderr
        assert container.read(FILE) == repaired(name or container.gateway())


@pytest.mark.parametrize(("place", "name"), PLACES)
def test_loopback_only(engine: Engine, images: Images, tmp_path: Path, place: Place, name: str | None) -> None:
    """Ollama on the host's loopback only: nothing is written, the cause is named with the command that mends it."""
    with engine.like_ollama("127.0.0.1", tmp_path / "ollama"), place(engine, images, tmp_path) as container:
        container.write(FILE, CONFIG)
        done = container.run("netdiag", "fix-base-url")
        assert done.returncode == 1, done.stdout + done.stderr
        assert container.read(FILE) == CONFIG
        assert (name or container.gateway()) in done.stdout
    assert "kag_config.yaml:2" in done.stdout
    assert "127.0.0.1" in done.stdout
    assert "systemctl restart ollama" in done.stdout
    assert "launchctl" not in done.stdout  # the host of a Docker Engine's bridge is a Linux


def test_host_network(engine: Engine, images: Images, tmp_path: Path) -> None:
    """On the host's network localhost is the host: it works, is left as it is, and netdiag says so."""
    with (
        engine.like_ollama("127.0.0.1", tmp_path / "ollama"),
        engine.container(images.openspg, "--network", "host") as container,
    ):
        container.write(FILE, CONFIG)
        done = container.run("netdiag", "fix-base-url")
        assert done.returncode == 0, done.stdout + done.stderr
        assert container.read(FILE) == CONFIG
    assert "localhost is the host and is left as it is" in " ".join(done.stdout.split())


def test_bind_mounted_file(engine: Engine, images: Images, tmp_path: Path) -> None:
    """A single file from the host cannot be replaced by a rename: it is rewritten in place, the same file."""
    file = tmp_path / "kag_config.yaml"
    file.write_text(CONFIG)
    inode = file.stat().st_ino
    with (
        engine.like_ollama("0.0.0.0", tmp_path / "ollama"),
        engine.container(images.openspg, "--volume", f"{file}:{FILE}") as container,
    ):
        done = container.run("netdiag", "fix-base-url")
        assert done.returncode == 0, done.stdout + done.stderr
        assert file.read_text() == repaired(container.gateway())
    assert file.stat().st_ino == inode


KILLED_HALF_WAY = """
import os, signal, sys
from netdiag import cli
from netdiag.store import writing

def overwrite(descriptor, content):
    os.pwrite(descriptor, content[:-20], 0)
    os.kill(os.getpid(), signal.SIGKILL)

writing.overwrite = overwrite
sys.exit(cli.main(["fix-base-url"]))
"""


def test_killed_while_writing_a_bind_mounted_file(engine: Engine, images: Images, tmp_path: Path) -> None:
    """Torn by a kill in the middle of the overwriting, it is made whole by the next run, and can be rolled back."""
    file = tmp_path / "kag_config.yaml"
    file.write_text(CONFIG)
    inode = file.stat().st_ino
    with (
        engine.like_ollama("0.0.0.0", tmp_path / "ollama"),
        engine.container(images.openspg, "--volume", f"{file}:{FILE}") as container,
    ):
        after = repaired(container.gateway())
        killed = container.run("/opt/netdiag/bin/python", "-c", KILLED_HALF_WAY)
        assert killed.returncode == 128 + signal.SIGKILL, killed.stdout + killed.stderr
        assert len(file.read_text()) == len(CONFIG)
        assert file.read_text() not in (CONFIG, after)
        done = container.run("netdiag", "fix-base-url")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "ND604" in done.stdout
        assert file.read_text() == after
        assert container.run("ls", "-A", str(Path(FILE).parent)).stdout.split() == ["kag_config.yaml"]
        undone = container.run("netdiag", "rollback")
        assert undone.returncode == 0, undone.stdout + undone.stderr
        assert (file.read_text(), file.stat().st_ino) == (CONFIG, inode)


def test_two_containers_share_a_bind_mounted_file(engine: Engine, images: Images, tmp_path: Path) -> None:
    """Each has a journal of its own: the lock on the file itself makes the second wait, and refuse in the end."""
    file = tmp_path / "kag_config.yaml"
    file.write_text(CONFIG)
    volume = ("--volume", f"{file}:{FILE}")
    with (
        engine.like_ollama("0.0.0.0", tmp_path / "ollama"),
        engine.container(images.openspg, *volume) as one,
        engine.container(images.openspg, *volume, name=f"{LABEL}-other") as other,
    ):
        one.run("sh", "-c", f"flock {FILE} sleep 60 >/dev/null 2>&1 &")
        waiting = other.run("netdiag", "fix-base-url")
        assert waiting.returncode == 77, waiting.stdout + waiting.stderr
        assert "another netdiag is writing" in " ".join(waiting.stdout.split())
        assert file.read_text() == CONFIG


def test_read_only_file(engine: Engine, images: Images, tmp_path: Path) -> None:
    """A file mounted read-only stays as it is, and the status says that the proven repair could not be written."""
    file = tmp_path / "kag_config.yaml"
    file.write_text(CONFIG)
    with (
        engine.like_ollama("0.0.0.0", tmp_path / "ollama"),
        engine.container(images.openspg, "--volume", f"{file}:{FILE}:ro") as container,
    ):
        done = container.run("netdiag", "fix-base-url")
        assert done.returncode == 77, done.stdout + done.stderr
        assert container.gateway() in done.stdout
    assert file.read_text() == CONFIG


def test_small_image_beside_the_server(engine: Engine, images: Images, tmp_path: Path) -> None:
    """netdiag's own image repairs a file of the host, in the network of a container it knows nothing of."""
    file = tmp_path / "kag_config.yaml"
    file.write_text(CONFIG)
    with (
        engine.like_ollama("0.0.0.0", tmp_path / "ollama"),
        engine.container(images.server) as server,
    ):
        options = ("--rm", "--network", f"container:{server.name}", "--volume", f"{tmp_path}:/config")
        engine.docker("run", *options, images.netdiag, "fix-base-url")
        assert file.read_text() == repaired(server.gateway())


def test_as_written(engine: Engine, images: Images, tmp_path: Path) -> None:
    """`docker exec openspg netdiag fix-base-url`, letter by letter."""
    with (
        engine.like_ollama("0.0.0.0", tmp_path / "ollama"),
        engine.container(images.openspg, name="openspg") as container,
    ):
        container.write(FILE, CONFIG)
        engine.command("sh", "-c", "docker exec openspg netdiag fix-base-url")
        assert container.read(FILE) == repaired(container.gateway())


@pytest.mark.parametrize(
    "command",
    [("--container", "openspg", "check"), ("check", "--container", "openspg")],
    ids=["before the command", "after it"],
)
def test_from_the_host(engine: Engine, images: Images, tmp_path: Path, command: tuple[str, ...]) -> None:
    """`netdiag --container openspg check` on the host reports what netdiag in the container sees, and its status."""
    with (
        engine.like_ollama("0.0.0.0", tmp_path / "ollama"),
        engine.container(images.openspg, name="openspg") as container,
    ):
        container.write(FILE, CONFIG)
        done = engine.command(sys.executable, "-m", "netdiag", *command, check=False)
        assert done.returncode == 1, done.stdout + done.stderr
        assert container.gateway() in done.stdout
        assert container.read(FILE) == CONFIG


def test_compose_example_is_valid(engine: Engine, tmp_path: Path) -> None:
    """Compose takes the example beside OpenSPG's own file, also with its option switched on."""
    example = (PROJECT / "examples/compose/docker-compose.yml").read_text()
    switched_on = tmp_path / "example.yml"
    switched_on.write_text(re.sub(r"(?m)^    # (extra_hosts:|  - \")", r"    \1", example))
    base = ("compose", "--file", str(TESTS / "docker/openspg-compose.yml"), "--file", str(switched_on))
    settings = {"OPENSPG_IMAGE": "openspg-server", "NETDIAG_SOURCE": str(PROJECT)}
    valid = Engine(engine.environment | settings).docker(*base, "config").stdout
    assert "container_name: openspg\n" in valid
    assert "host.docker.internal=host-gateway" in valid
