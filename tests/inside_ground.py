"""netdiag on the host, and containers with nothing of netdiag in them: what the suites of `--container` share."""

import contextlib
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from docker_ground import BASE_IMAGE, CACHE, LABEL, PORT, Container, Done, Engine, Podman

from netdiag.container.allowed import template

FILE = "/srv/kag_config.yaml"
CONFIG = 'chat_llm: { "type": "ollama", "base_url": "http://localhost:11434/", "model": "qwen2.5:3b" }\n'
NO_PYTHON_IMAGE = f"{LABEL}/no-python"

USER = ("--user", "1234:1234")
READ_ONLY = ("--read-only",)

Netdiag = Callable[..., Done]

_REQUEST = re.compile(rb"^(GET|HEAD|POST|PUT|DELETE) (\S+) HTTP/1\.1\r\n")


def on_host(engine: Engine, state: Path, **more: str) -> Netdiag:
    """Return netdiag on the host: it knows the engine, and keeps its journals in the directory ``state``."""
    fixed = {"NETDIAG_STATE_DIR": str(state), "LANG": "C.UTF-8", **more}

    def run(*arguments: str, stdin: str = "", **environment: str) -> Done:
        there = Engine(engine.environment | fixed | environment)
        return there.command(sys.executable, "-m", "netdiag", *arguments, check=False, stdin=stdin)

    return run


@contextmanager
def bare(
    engine: Engine, tmp_path: Path, *options: str, image: str = BASE_IMAGE, name: str = "bare"
) -> Iterator[Container]:
    """A container without netdiag, its configuration on a mount."""
    folder = tmp_path / "srv"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o777)
    (folder / "kag_config.yaml").write_text(CONFIG)
    (folder / "kag_config.yaml").chmod(0o666)
    with engine.container(image, "--volume", f"{folder}:/srv", *options, name=f"{LABEL}-{name}") as container:
        yield container


def without_python(engine: Engine, context: Path) -> str:
    """Return an image that has a shell and no Python at all."""
    context.mkdir(exist_ok=True)
    (context / "Dockerfile").write_text(f"FROM {BASE_IMAGE}\nRUN rm -f /usr/bin/python3*\n")
    engine.build(NO_PYTHON_IMAGE, context)
    return NO_PYTHON_IMAGE


def repaired(address: str) -> str:
    """What the file holds after a repair."""
    return CONFIG.replace("localhost", address)


def left(engine: Engine, container: Container) -> list[str]:
    """What is in the container that was not in its image, and in its temporary file systems."""
    changed = engine.docker("diff", container.name).stdout.splitlines()
    return changed + container.run("find", "/dev/shm", "/tmp", "-mindepth", "1").stdout.splitlines()


def check_repair_and_rollback(engine: Engine, netdiag: Netdiag, container: Container, *options: str) -> None:
    """Repair the file from the host, look again, and put it back; nothing is left in the container at any time."""
    before, at = left(engine, container), ("--container", container.name, *options)
    done = netdiag(*at, "fix-base-url", FILE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"http://(\d+\.\d+\.\d+\.1|host\.containers\.internal):11434/", container.read(FILE))
    assert f"`netdiag --container {container.name} rollback`" in " ".join(done.stdout.split())
    assert left(engine, container) == before
    again = netdiag(*at, "check", FILE)
    assert again.returncode == 0, again.stdout + again.stderr
    undone = netdiag(*at, "rollback")
    assert undone.returncode == 0, undone.stdout + undone.stderr
    assert container.read(FILE) == CONFIG
    assert left(engine, container) == before


def waiting_run(engine: Engine, container: Container, tmp_path: Path) -> "subprocess.Popen[str]":
    """Start a run that waits for a service that does not come, and return it when it is under way in the container."""
    container.write(FILE, CONFIG.replace(str(PORT), "9"))
    command = (sys.executable, "-m", "netdiag", "--container", container.name, "fix-base-url", FILE, "--wait", "60s")
    environment = engine.environment | {"NETDIAG_STATE_DIR": str(tmp_path / "state")}
    started = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert started.stderr
    assert "waiting" in started.stderr.readline()
    assert pythons(container)
    return started


def pythons(container: Container) -> list[str]:
    """The Python processes of the container: netdiag's, since nothing else runs there."""
    said = container.run("sh", "-c", "cat /proc/[0-9]*/comm").stdout.split()
    return [name for name in said if name.startswith("python")]


class Recorder:
    """Stands before an engine's socket, and notes each request as the engine gets it."""

    def __init__(self, path: Path, engine: str) -> None:
        self.calls: set[str] = set()
        self._engine = engine
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(path))
        self._server.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._server.accept()
                threading.Thread(target=self._stand_between, args=(client,), daemon=True).start()

    def _stand_between(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as engine:
            engine.connect(self._engine)
            answers = threading.Thread(target=self._pass, args=(engine, client), daemon=True)
            answers.start()
            self._pass(client, engine, note=True)
            answers.join()

    def _pass(self, source: socket.socket, to: socket.socket, *, note: bool = False) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                if note and (match := _REQUEST.match(data)):
                    self.calls.add(template(match[1].decode(), match[2].decode()))
                    note = b"upgrade: tcp" not in data.lower()  # what follows is the process's
                to.sendall(data)
            to.shutdown(socket.SHUT_WR)


@pytest.fixture
def netdiag(engine: Engine, tmp_path: Path) -> Netdiag:
    """Return netdiag on the host, with a state directory of the test's."""
    return on_host(engine, tmp_path / "state")


@pytest.fixture(scope="module")
def ollama(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """An Ollama on the host, for all tests of a module."""
    with engine.like_ollama("0.0.0.0", tmp_path_factory.mktemp("ollama") / "log"):
        yield


@pytest.fixture(scope="module")
def shared(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    """A container with Python, for the tests of a module."""
    with bare(engine, tmp_path_factory.mktemp("shared"), name="shared") as container:
        yield container


@pytest.fixture
def plain(engine: Engine, shared: Container, ollama: None) -> Iterator[Container]:
    """The container with Python that tests share: each finds it as it was at first, and leaves nothing in it."""
    shared.write(FILE, CONFIG)
    yield shared
    assert left(engine, shared) == []


@pytest.fixture(scope="module")
def podman_api(
    engine: Engine, require: Callable[[str, str], NoReturn], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Podman]:
    """Yield Podman, with its service that speaks Docker's API, and an Ollama on its host."""
    path = CACHE / "podman/root/netdiag.sock"  # which is /var/lib/containers on its host
    found = Podman(engine.environment | {"DOCKER_HOST": f"unix://{path}"}, who="root")
    if found.docker("image", "exists", BASE_IMAGE, check=False).returncode:
        require("podman", f"there is no Podman, or no image {BASE_IMAGE} in it; run, as root: tests/grounds/up podman")
    path.unlink(missing_ok=True)
    command = (*found.client, "system", "service", "--time", "0", "unix:///var/lib/containers/netdiag.sock")
    log = tmp_path_factory.mktemp("podman")
    with subprocess.Popen(command, env=found.environment, stderr=subprocess.DEVNULL) as service:
        try:
            for _ in range(200):
                if path.exists():
                    break
                time.sleep(0.05)
            with found.like_ollama("0.0.0.0", log / "ollama"):
                found.sweep()
                yield found
        finally:
            service.terminate()
