"""The engines of ``tests/grounds`` and images built from the ``Dockerfile``, as fixtures of the real suites.

The engines are the tests' own and know no way out: ``Engine.serving`` runs a server on the host its containers see.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn

import pytest

TESTS = Path(__file__).parent
PROJECT = TESTS.parent
CACHE = Path(os.environ.get("NETDIAG_GROUNDS") or Path.home() / ".cache/netdiag-grounds")
BASE_IMAGE = "netdiag-test/debian-python:bookworm"
LABEL = "netdiag-test"
UP = "tests/grounds/up engine image compose"
PORT = 11434  # Ollama's own; free, because the host is a network namespace of the engine's

Done = subprocess.CompletedProcess[str]

_LOCAL = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""Where what listens on all addresses is reached on its own machine."""

_ACCEPTS = """
import socket, sys, time
for _ in range(200):
    try:
        socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=1).close()
    except OSError:
        time.sleep(0.05)
    else:
        sys.exit(0)
sys.exit("nothing listens at " + " port ".join(sys.argv[1:]))
"""


@dataclass(frozen=True)
class Container:
    """A running container."""

    engine: "Engine"
    name: str

    def run(self, *command: str) -> Done:
        """Run a command in the container, in its working directory."""
        return self.engine.docker("exec", self.name, *command, check=False)

    def write(self, path: str, text: str) -> None:
        """Write a file of the container, in place."""
        self.engine.docker("exec", "-i", self.name, "sh", "-c", 'cat > "$0"', path, stdin=text)

    def read(self, path: str) -> str:
        """Return what a file of the container holds."""
        return self.engine.docker("exec", self.name, "cat", path).stdout

    def gateway(self) -> str:
        """Return the host's address on the container's network, as the engine knows it."""
        gateways = "{{range .NetworkSettings.Networks}}{{.Gateway}}{{end}}"
        return self.engine.docker("inspect", "--format", gateways, self.name).stdout.strip()


@dataclass(frozen=True)
class Engine:
    """A Docker Engine of the tests': ``environment`` leads its command to it.

    ``host`` is what ``tests/grounds/host --of`` calls the host of its containers.
    """

    environment: dict[str, str]
    host: str = "engine"

    @property
    def client(self) -> tuple[str, ...]:
        """Return the words that its command begins with."""
        return ("docker",)

    def command(self, *command: str, check: bool = True, stdin: str = "", timeout: float = 120) -> Done:
        """Run a command that is to find this engine; with ``check`` a failure shows what it printed."""
        done = subprocess.run(
            command, env=self.environment, input=stdin, capture_output=True, text=True, timeout=timeout, check=False
        )
        if check and done.returncode:
            pytest.fail(f"{' '.join(command)} exited with {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def docker(self, *arguments: str, check: bool = True, stdin: str = "", timeout: float = 120) -> Done:
        """Run ``docker``, or the command that takes its place, with these arguments."""
        return self.command(*self.client, *arguments, check=check, stdin=stdin, timeout=timeout)

    def build(self, tag: str, context: Path, *options: str, check: bool = True) -> Done:
        """Build an image without a network."""
        fixed = ("--network", "none", "--force-rm", "--label", LABEL, "--tag", tag)
        return self.docker("build", *fixed, *options, str(context), check=check, timeout=300)

    @contextmanager
    def container(self, image: str, *options: str, name: str = f"{LABEL}-container") -> Iterator[Container]:
        """Run a container that only sleeps, and remove it afterwards."""
        # Without an init of its own the container would not heed the signal that asks it to stop.
        fixed = ("--detach", "--stop-timeout", "0", "--label", LABEL, "--name", name, "--entrypoint", "sleep")
        try:
            self.docker("run", *fixed, *options, image, "infinity")
            yield Container(self, name)
        finally:
            self.docker("rm", "--force", "--volumes", name, check=False)

    @contextmanager
    def service(self, name: str, image: str, *program: str, options: Sequence[str]) -> Iterator[None]:
        """Keep a server in a container of netdiag's ``image``, from when it accepts connections on ``PORT``.

        ``program`` are the arguments of the Python there.
        """
        fixed = ("--detach", "--label", LABEL, "--stop-timeout", "0", "--name", name)
        python = "/opt/netdiag/bin/python"
        try:
            self.docker("run", *fixed, *options, "--entrypoint", python, image, *program)
            ready = f"import socket; socket.create_connection(('127.0.0.1', {PORT}), timeout=9).close()"
            wait = f'for _ in $(seq 50); do {python} -c "{ready}" 2>/dev/null && exit 0; sleep 0.1; done; exit 1'
            self.docker("exec", name, "sh", "-c", wait)
            yield
        finally:
            self.docker("rm", "--force", name, check=False)

    @contextmanager
    def network(self, *options: str, name: str = f"{LABEL}-network") -> Iterator[str]:
        """Make a network, and remove it afterwards."""
        try:
            self.docker("network", "create", "--label", LABEL, *options, name)
            yield name
        finally:
            self.docker("network", "rm", name, check=False)

    def on_host(self, *command: str, check: bool = True) -> Done:
        """Run a command on the containers' host: in the network namespace that it is."""
        return self.command(str(TESTS / "grounds/host"), "--of", self.host, *command, check=check)

    @contextmanager
    def serving(
        self, *command: str, log: Path, at: str = "127.0.0.1", port: int = PORT, **environment: str
    ) -> Iterator[None]:
        """Keep a server running on the containers' host, from when it accepts connections; it prints to ``log``."""
        with log.open("wb") as output:
            server = subprocess.Popen(
                (str(TESTS / "grounds/host"), "--of", self.host, *command),
                cwd=PROJECT,
                env=self.environment | environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            waited = self.on_host(sys.executable, "-c", _ACCEPTS, at, str(port), check=False)
            if waited.returncode:
                pytest.fail(f"{' '.join(command)}: {waited.stderr}\n{log.read_text()}")
            yield
        finally:
            server.terminate()
            server.wait(timeout=20)

    def like_ollama(self, listen: str, log: Path) -> AbstractContextManager[None]:
        """Keep the lab's Ollama running on the containers' host: it answers byte for byte like the real one."""
        program = (sys.executable, "-m", "netdiag.lab.servers", "ollama", "--model", "qwen2.5:3b")
        at = _LOCAL.get(listen, listen)
        return self.serving(*program, "--listen", listen, "--port", str(PORT), log=log, at=at)

    def take_over(self, image: str, source: "Engine") -> None:
        """Take over an image from another engine."""
        with tempfile.TemporaryFile() as archive:
            subprocess.run((*source.client, "save", image), env=source.environment, stdout=archive, check=True)
            archive.seek(0)
            loading = (*self.client, "load", "--quiet")
            subprocess.run(loading, env=self.environment, stdin=archive, stdout=subprocess.DEVNULL, check=True)

    def sweep(self) -> None:
        """Remove all that tests made on this engine, and the layers their builds left."""
        for kind, listing, removal in (
            ("container", ("ps", "--all"), ("rm", "--force", "--volumes")),
            ("network", ("network", "ls"), ("network", "rm")),
            ("image", ("images",), ("rmi", "--force")),
        ):
            found = self.docker(*listing, "--quiet", "--filter", f"label={LABEL}").stdout.split()
            if found:
                self.docker(*removal, *dict.fromkeys(found), check=kind != "image")
        self.docker("image", "prune", "--force")


@dataclass(frozen=True)
class Podman(Engine):
    """Podman as ``root`` or as an ordinary ``user``, whose command line is Docker's."""

    host: str = "podman"
    who: str = "root"

    @property
    def client(self) -> tuple[str, ...]:
        """Return the words that its command begins with."""
        return (str(TESTS / "grounds/podman-as"), self.who)


def _locked(file: IO[str]) -> bool:
    """Take the lock, unless another process holds it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _alone(require: Callable[[str, str], NoReturn]) -> Iterator[None]:
    """Hold the engine for one test session: container names, ports and images are the engine's, not a session's."""
    with (CACHE / "tests.lock").open("w") as lock:
        for _ in range(600):
            if _locked(lock):
                break
            time.sleep(1)
        else:
            require("docker", f"another test session has held the engine for ten minutes (lock: {lock.name})")
        yield


def _environment(home: Path = CACHE) -> dict[str, str]:
    """Lead the ``docker`` command to the engine that lives there, and the grounds' scripts to the cache."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DOCKER_")}
    return environment | {
        "DOCKER_HOST": f"unix://{home}/docker.sock",
        "DOCKER_CONFIG": str(CACHE / "docker-config"),
        "NETDIAG_GROUNDS": str(CACHE),
    }


@contextmanager
def _swept(found: Engine) -> Iterator[Engine]:
    """Yield an engine, swept before and after."""
    found.sweep()
    try:
        yield found
    finally:
        found.sweep()


@pytest.fixture(scope="session")
def engine(require: Callable[[str, str], NoReturn]) -> Iterator[Engine]:
    """Yield the tests' engine, swept before and after."""
    found = Engine(_environment())
    if not shutil.which("docker"):
        require("docker", f"there is no docker command; install it and run, as root: {UP}")
    for needed, missing in (
        (("info",), f"no engine answers at {found.environment['DOCKER_HOST']}"),
        (("image", "inspect", BASE_IMAGE), f"there is no image {BASE_IMAGE}"),
        (("compose", "version"), "there is no Docker Compose v2"),
    ):
        if found.docker(*needed, check=False).returncode:
            require("docker", f"{missing}; run, as root: {UP}")
    with _alone(require), _swept(found):
        yield found


@dataclass(frozen=True)
class Images:
    """Images made from the ``Dockerfile``: the two targets, what ``openspg`` was made from, and the build's context."""

    netdiag: str
    openspg: str
    server: str
    context: Path


@pytest.fixture(scope="session")
def context(
    engine: Engine,
    require: Callable[[str, str], NoReturn],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Return a build context that needs no network: the ``Dockerfile`` and wheels."""
    fetched = engine.command(str(TESTS / "grounds/wheels"), check=False)
    if fetched.returncode:
        require("docker", f"the wheels for the images cannot be fetched:\n{fetched.stderr}")
    made = tmp_path_factory.mktemp("context")
    for name in ("Dockerfile", ".dockerignore"):
        shutil.copy(PROJECT / name, made)
    shutil.copytree(CACHE / "wheels", made / "wheels")
    command = (CACHE / "python/bin/python", "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation")
    subprocess.run((*command, "--wheel-dir", made / "wheels", PROJECT), check=True)
    return made


@pytest.fixture(scope="session")
def images(engine: Engine, context: Path) -> Images:
    """Return the project's images, built from the working tree."""
    made = Images(f"{LABEL}/netdiag", f"{LABEL}/openspg", f"{LABEL}/openspg-server", context)
    base = ("--build-arg", f"BASE={BASE_IMAGE}")
    engine.build(made.server, TESTS / "docker/openspg-0.8", *base)
    engine.build(made.netdiag, context, "--target", "netdiag", *base)
    engine.build(made.openspg, context, "--target", "openspg", *base, "--build-arg", f"OPENSPG_IMAGE={made.server}")
    return made


@pytest.fixture(scope="session")
def remapped(engine: Engine, images: Images, require: Callable[[str, str], NoReturn]) -> Iterator[Engine]:
    """Yield the engine that remaps users, with the server's image."""
    home = CACHE / "remapped"
    found = Engine(_environment(home), host="remapped")
    if found.docker("info", check=False).returncode:
        require("docker", f"no engine answers at unix://{home}/docker.sock; run, as root: tests/grounds/up remapped")
    with _swept(found):
        found.take_over(images.openspg, engine)
        yield found


def _podman(who: str, engine: Engine, images: Images, require: Callable[[str, str], NoReturn]) -> Iterator[Podman]:
    found = Podman(_environment(), who=who)
    if found.docker("image", "exists", BASE_IMAGE, check=False).returncode:
        missing = f"there is no Podman on a host of the tests' own, or no image {BASE_IMAGE} in it"
        require("podman", f"{missing}; run, as root: tests/grounds/up podman")
    with _swept(found):
        found.take_over(images.openspg, engine)
        yield found


@pytest.fixture(scope="session")
def podman(engine: Engine, images: Images, require: Callable[[str, str], NoReturn]) -> Iterator[Podman]:
    """Yield Podman as root runs it, with the server's image."""
    yield from _podman("root", engine, images, require)


@pytest.fixture(scope="session")
def rootless(engine: Engine, images: Images, require: Callable[[str, str], NoReturn]) -> Iterator[Podman]:
    """Yield Podman as an ordinary user runs it, with the server's image."""
    yield from _podman("user", engine, images, require)
