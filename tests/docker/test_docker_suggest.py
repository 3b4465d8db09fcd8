"""Nothing is configured: what is suggested in a container of an engine, from inside it and from its host."""

import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from docker_ground import PORT, Container, Done, Engine, Images

pytestmark = pytest.mark.docker

SERVER = "openspg"
PENDING, UNREADABLE = 3, 78
MODELS = ("--model", "qwen2.5:3b", "--model", "bge-m3")


@pytest.fixture(scope="module")
def network(engine: Engine) -> Iterator[str]:
    """Yield the network of OpenSPG's container."""
    with engine.network() as name:
        yield name


@pytest.fixture(scope="module")
def container(engine: Engine, images: Images, network: str) -> Iterator[Container]:
    """Yield OpenSPG's container, in which nothing is configured."""
    with engine.container(images.openspg, "--network", network, name=SERVER) as container:
        yield container


def beside(engine: Engine, images: Images, network: str) -> AbstractContextManager[None]:
    """Keep an Ollama in a container of its own on the network; its port is not published."""
    program = ("-m", "netdiag.lab.servers", "ollama", *MODELS, "--port", str(PORT), "--listen", "0.0.0.0")
    return engine.service("ollama", images.netdiag, *program, options=("--network", network))


def from_host(engine: Engine, *command: str) -> Done:
    """Run netdiag on the containers' host for the server's container."""
    return engine.on_host(sys.executable, "-m", "netdiag", "--container", SERVER, *command, check=False)


def ended(done: Done) -> tuple[int, list[str]]:
    """The status, and the codes of the problems without those that put into words what is proven."""
    report = json.loads(done.stdout)
    said = (each["code"] for each in report["findings"] if each["severity"] == "error")
    return done.returncode, sorted(code for code in said if not "ND585" <= code <= "ND588")


@pytest.mark.parametrize("command", ["fix-base-url", "suggest", "check"])
def test_an_ollama_on_the_host(engine: Engine, container: Container, tmp_path: Path, command: str) -> None:
    """It is found and proven, from inside and from the host alike."""
    expected = UNREADABLE if command == "check" else PENDING
    program = (sys.executable, "-m", "netdiag.lab.servers", "ollama", *MODELS, "--listen", "0.0.0.0")
    with engine.serving(*program, "--port", str(PORT), log=tmp_path / "ollama"):
        for done in (
            container.run("netdiag", command, "--format", "json"),
            from_host(engine, command, "--format", "json"),
        ):
            assert ended(done) == (expected, [] if command == "suggest" else ["ND502"]), done.stdout + done.stderr


def test_an_ollama_beside(engine: Engine, container: Container, images: Images, network: str) -> None:
    """A container on the same network is known from the host only, and is proven by its name there."""
    with beside(engine, images, network):
        assert ended(container.run("netdiag", "suggest", "--format", "json")) == (UNREADABLE, ["ND581"])
        assert ended(from_host(engine, "suggest", "--format", "json")) == (PENDING, [])


def test_on_loopback_only(engine: Engine, container: Container, tmp_path: Path) -> None:
    """From inside nobody is there; from the host it is a fact who listens for the host itself only."""
    with engine.like_ollama("127.0.0.1", tmp_path / "ollama"):
        assert ended(container.run("netdiag", "suggest", "--format", "json")) == (UNREADABLE, ["ND581"])
        assert ended(from_host(engine, "suggest", "--format", "json")) == (UNREADABLE, ["ND270", "ND584"])


def test_nobody(engine: Engine, container: Container) -> None:
    """None at all: from inside ports were tried in vain, from the host it is a fact that nothing listens."""
    assert ended(container.run("netdiag", "suggest", "--format", "json")) == (UNREADABLE, ["ND581"])
    assert ended(from_host(engine, "suggest", "--format", "json")) == (UNREADABLE, ["ND584"])
