"""`netdiag --container` from the host of the engine: what only the host can know makes causes facts, and ways known."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from docker_ground import LABEL, PORT, Container, Engine, Images

pytestmark = pytest.mark.docker

FILE = "/home/admin/project/kag_config.yaml"
CONFIG = 'chat_llm: { "type": "ollama", "base_url": "http://localhost:11434/", "model": "qwen2.5:3b" }\n'
SERVER = "openspg"
MODELS = f"{LABEL}-models"
OLLAMA = (
    "/opt/netdiag/bin/python",
    "-m",
    "netdiag.lab.servers",
    "ollama",
    "--model",
    "qwen2.5:3b",
    "--port",
    str(PORT),
)
"""The lab's Ollama as the command of a container: netdiag's own image has it."""

OF_COMPOSE = ("--label", "com.docker.compose.project=models", "--label", "com.docker.compose.service=ollama")
"""What compose writes on the containers that it makes."""

READY = "import socket, sys; socket.create_connection((sys.argv[1], 11434), timeout=9).close()"


@pytest.fixture(scope="module")
def network(engine: Engine) -> Iterator[str]:
    """Yield the network of OpenSPG's container."""
    with engine.network() as name:
        yield name


@pytest.fixture(scope="module")
def container(engine: Engine, images: Images, network: str) -> Iterator[Container]:
    """Yield OpenSPG's container."""
    with engine.container(images.openspg, "--network", network, name=SERVER) as container:
        yield container


@pytest.fixture(autouse=True)
def configured(container: Container) -> None:
    """Its configuration names localhost."""
    container.write(FILE, CONFIG)


CONNECTS = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=2)"


@contextmanager
def ollama(engine: Engine, images: Images, *options: str, listen: str = "0.0.0.0") -> Iterator[None]:
    """Ollama in a container."""
    started = (
        "run",
        "--detach",
        "--label",
        LABEL,
        "--stop-timeout",
        "0",
        "--name",
        "ollama",
        "--entrypoint",
        OLLAMA[0],
    )
    try:
        engine.docker(*started, *options, images.netdiag, *OLLAMA[1:], "--listen", listen)
        at = "127.0.0.1" if listen == "0.0.0.0" else listen
        wait = f"for _ in $(seq 50); do {OLLAMA[0]} -c '{READY}' {at} 2>/dev/null && exit 0; sleep 0.1; done; exit 1"
        engine.docker("exec", "ollama", "sh", "-c", wait)
        yield
    finally:
        engine.docker("rm", "--force", "ollama", check=False)


def from_host(engine: Engine, *command: str) -> dict[str, Any]:
    """Run netdiag on the containers' host for the server's container; return the report it printed."""
    done = engine.on_host(
        sys.executable, "-m", "netdiag", "--container", SERVER, *command, "--format", "json", check=False
    )
    report: dict[str, Any] = json.loads(done.stdout or "{}")
    assert report.get("exit_code") == done.returncode, done.stdout + done.stderr
    return report


def told(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What is said of the endpoints, by code."""
    return {finding["code"]: finding for item in report["endpoints"] for finding in item["findings"]}


def test_loopback_only_is_a_fact(engine: Engine, tmp_path: Path) -> None:
    """Ollama on the host's 127.0.0.1: what a container can only guess, the host has seen, with the program."""
    with engine.like_ollama("127.0.0.1", tmp_path / "ollama"):
        found = told(from_host(engine, "check"))
    assert list(found) == ["ND270"]
    (evidence,) = found["ND270"]["evidence"]
    assert evidence.startswith(f"host: 127.0.0.1:{PORT} LISTEN, python")
    assert "systemctl restart ollama" in str(found["ND270"]["remedies"])


def test_nobody_listens_is_a_fact(engine: Engine) -> None:
    """Nothing on the host's port is told as such; from outside its network namespace its sockets are not seen."""
    assert list(told(from_host(engine, "check"))) == ["ND271"]
    command = (sys.executable, "-m", "netdiag", "--container", SERVER, "check", "--format", "json")
    elsewhere = json.loads(engine.command(*command, check=False).stdout)
    assert elsewhere["evidence"]["host"]["listeners"] is None
    assert list(told(elsewhere)) == ["ND201"]


def test_a_firewall_before_a_service_that_is_ready(engine: Engine, tmp_path: Path) -> None:
    """Ollama listens on all addresses and a rule drops what comes for it: the service and the rule are evidence."""
    rule = ("INPUT", "-p", "tcp", "--dport", str(PORT), "!", "-i", "lo", "-j", "DROP")
    with engine.like_ollama("0.0.0.0", tmp_path / "ollama"):
        engine.on_host("iptables", "-I", *rule)
        try:
            found = told(from_host(engine, "check"))
        finally:
            engine.on_host("iptables", "-D", *rule)
    assert list(found) == ["ND209"]
    seen = [line for line in found["ND209"]["evidence"] if line.startswith("host: ")]
    assert seen[0].startswith(f"host: 0.0.0.0:{PORT} LISTEN")
    assert any(line.startswith("host: iptables: -A INPUT") and str(PORT) in line for line in seen)


def test_the_printed_command_joins_the_containers(
    engine: Engine, images: Images, network: str, container: Container
) -> None:
    """Ollama in another compose project, published on loopback: both ways out are named, and the first one works."""
    with (
        engine.network(name=MODELS) as other,
        ollama(engine, images, *OF_COMPOSE, "--network", other, "--publish", f"127.0.0.1:{PORT}:{PORT}"),
    ):
        stopped = from_host(engine, "fix-base-url")
        assert stopped["exit_code"] == 1
        assert container.read(FILE) == CONFIG
        found = told(stopped)
        assert list(found) == ["ND274"]
        connect, join, publish = (remedy["command"] for remedy in found["ND274"]["remedies"])
        assert connect == f"docker network connect {network} ollama"
        assert join.startswith("netdiag fix-compose docker-compose.yml --service ")
        assert join.endswith(f" --network {network}")
        assert publish == f'- "{container.gateway()}:{PORT}:{PORT}"'
        engine.command("sh", "-c", connect)
        repaired = from_host(engine, "fix-base-url")
        assert repaired["exit_code"] == 0, repaired["endpoints"]
        assert container.read(FILE) == CONFIG.replace("localhost", "ollama")
        (item,) = repaired["endpoints"]
        assert item["chosen"] == "ollama"


def test_the_printed_port_is_for_containers_only(
    engine: Engine, images: Images, network: str, container: Container
) -> None:
    """Published on the host's address of this network, Ollama in another one is reached, and by no other address."""
    gateway = container.gateway()
    container.write(FILE, CONFIG)
    with (
        engine.network(name=MODELS) as other,
        ollama(engine, images, *OF_COMPOSE, "--network", other, "--publish", f"{gateway}:{PORT}:{PORT}"),
    ):
        repaired = from_host(engine, "fix-base-url")
        elsewhere = engine.on_host(sys.executable, "-c", CONNECTS, "127.0.0.1", str(PORT), check=False)
    assert repaired["exit_code"] == 0, repaired["endpoints"]
    assert container.read(FILE) == CONFIG.replace("localhost", gateway)
    assert "ConnectionRefusedError" in elsewhere.stderr


def test_a_container_on_the_same_network(engine: Engine, images: Images, network: str, container: Container) -> None:
    """Its name is found and written at once, with its own port where another one is published."""
    container.write(FILE, CONFIG.replace("11434", "8080"))
    with ollama(engine, images, "--network", network, "--publish", f"127.0.0.1:8080:{PORT}"):
        repaired = from_host(engine, "fix-base-url")
    assert repaired["exit_code"] == 0, repaired["endpoints"]
    assert container.read(FILE) == CONFIG.replace("localhost", "ollama")
    assert [edit["part"] for edit in repaired["plan"]["edits"]] == ["host", "port"]


def test_a_container_that_listens_for_itself_only(engine: Engine, images: Images) -> None:
    """Connecting would not help there, so it is not offered: the host sees that it listens on its own loopback."""
    with ollama(engine, images, "--publish", f"{PORT}:{PORT}", listen="127.0.0.1"):
        found = told(from_host(engine, "check"))
    assert list(found) == ["ND275"]
    assert "network connect" not in str(found)
