"""Remedies that were run: the command that netdiag prints is given to the host, and the same run succeeds."""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import pytest
from docker_ground import CACHE, TESTS, Container, Engine, Images

from netdiag import findings
from netdiag.model.report import Finding

pytestmark = pytest.mark.docker

FILE = "/home/admin/project/kag_config.yaml"
CONFIG = 'chat_llm: { "type": "ollama", "base_url": "http://localhost:11434/", "model": "qwen2.5:3b" }\n'
FIREWALLS = CACHE / "debian-firewalls.tar"
CONNECTS = "import socket, sys; socket.create_connection((sys.argv[1], 11434), timeout=1)"
_DONE = "the command has ended with"


class Host:
    """A root shell in the network of the containers' host, with Debian's ufw and firewalld around it."""

    def __init__(self, shell: "subprocess.Popen[str]") -> None:
        self._shell = shell

    def run(self, command: str) -> str:
        """Run a command as a person would who pastes it, and return what it printed; it has to succeed."""
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        self._shell.stdin.write(f"{command}\necho; echo {_DONE} $?\n")
        self._shell.stdin.flush()
        printed = ""
        for line in self._shell.stdout:
            if line.startswith(_DONE):
                assert line.split()[-1] == "0", f"{command}\n{printed}"
                return printed
            printed += line
        pytest.fail(f"the shell ended at {command}\n{printed}")


@pytest.fixture(scope="module")
def debian(require: Callable[[str, str], NoReturn], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpack the Debian in which the firewalls live."""
    if not FIREWALLS.exists():
        require("firewalls", f"{FIREWALLS} is not there; make it, as root: tests/grounds/up firewalls")
    root = tmp_path_factory.mktemp("debian")
    subprocess.run(("tar", "-C", root, "-xf", FIREWALLS), check=True)
    return root


@pytest.fixture
def host(engine: Engine, debian: Path) -> Iterator[Host]:
    """Yield the host; its firewall is put back as the engine had made it."""
    before = {name: engine.on_host(f"{name}-save").stdout for name in ("iptables", "ip6tables")}
    inside = (
        'mount --bind "$1" "$1" && mount -t proc proc "$1/proc" && mount -t sysfs sysfs "$1/sys" && exec chroot "$1" sh'
    )
    shell = subprocess.Popen(
        (
            *(str(TESTS / "grounds/host"), "--of", engine.host),
            *("unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-euc", inside, "sh", str(debian)),
        ),
        env={**engine.environment, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield Host(shell)
    finally:
        assert shell.stdin is not None
        assert shell.stdout is not None
        shell.stdin.close()
        shell.wait(timeout=20)
        shell.stdout.close()
        for name, rules in before.items():
            engine.command(str(TESTS / "grounds/host"), "--of", engine.host, f"{name}-restore", stdin=rules)


@contextmanager
def ufw(host: Host) -> Iterator[None]:
    """ufw with what it does unless told otherwise: what comes in is dropped."""
    host.run("ufw --force enable")
    try:
        yield
    finally:
        host.run("ufw --force reset && ufw default deny incoming")


@contextmanager
def ufw_against_the_port(host: Host) -> Iterator[None]:
    """ufw that lets all in but what comes for Ollama."""
    host.run("ufw default allow incoming && ufw deny 11434/tcp && ufw --force enable")
    try:
        yield
    finally:
        host.run("ufw --force reset && ufw default deny incoming")


@contextmanager
def firewalld(host: Host) -> Iterator[None]:
    """firewalld as Debian configures it."""
    host.run("mkdir -p /run/dbus && rm -f /run/dbus/pid && dbus-daemon --system --fork --nopidfile")
    host.run("firewalld --nofork >/var/log/firewalld.out 2>&1 & echo $! >/run/firewalld.id")
    host.run("n=0; until firewall-cmd --state; do n=$((n + 1)); [ $n -lt 50 ]; sleep 0.2; done")
    try:
        yield
    finally:
        # it takes its rules with it
        host.run("kill $(cat /run/firewalld.id); while kill -0 $(cat /run/firewalld.id); do sleep 0.1; done; true")
        host.run("rm -f /etc/firewalld/zones/trusted.xml*")


@contextmanager
def a_rule(host: Host) -> Iterator[None]:
    """A single rule of iptables, and no firewall around it."""
    host.run("iptables -I INPUT ! -i lo -p tcp --dport 11434 -j DROP")
    yield


class Case(NamedTuple):
    """A firewall, the code that names it, and the remedy to be run: the one for that kind of host."""

    firewall: Callable[[Host], AbstractContextManager[None]]
    code: str
    on: str


CASES = {
    "ufw": Case(ufw, "ND210", "Linux with ufw"),
    "ufw, against the port": Case(ufw_against_the_port, "ND209", "Linux with ufw"),
    "firewalld": Case(firewalld, "ND212", "Linux with firewalld"),
    "iptables": Case(a_rule, "ND209", "Linux with neither"),
}


def report(container: Container) -> dict[str, Any]:
    """Run the repair and return its report."""
    found: dict[str, Any] = json.loads(container.run("netdiag", "fix-base-url", "--format", "json").stdout)
    return found


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_printed_command_opens_the_way(
    engine: Engine, images: Images, host: Host, tmp_path: Path, case: Case
) -> None:
    """A real firewall stops the container and is named; the command for it is run as printed; the file is repaired.

    Only this container's network is let in: one on another network is stopped as before.
    """
    with (
        engine.like_ollama("0.0.0.0", tmp_path / "ollama"),
        engine.container(images.openspg) as container,
        engine.network(name="netdiag-test-others") as others,
        engine.container(images.openspg, "--network", others, name="netdiag-test-other") as other,
    ):
        container.write(FILE, CONFIG)
        with case.firewall(host):
            stopped = report(container)
            assert container.read(FILE) == CONFIG
            (finding,) = [each for item in stopped["endpoints"] for each in item["findings"]]
            assert (stopped["exit_code"], finding["code"]) == (1, case.code), finding["evidence"]
            (command,) = [remedy["command"] for remedy in finding["remedies"] if remedy["on"] == case.on]
            host.run(command)
            repaired = report(container)
            assert repaired["exit_code"] == 0, repaired["endpoints"]
            assert container.read(FILE) == CONFIG.replace("localhost", container.gateway())
            assert other.run("python3", "-c", CONNECTS, container.gateway()).returncode == 1


def test_other_machines_are_kept_out(engine: Engine, images: Images, host: Host, tmp_path: Path) -> None:
    """Beside a service on all addresses, the rules for a rootless engine leave the host's own loopback alone."""
    said = findings.words(Finding("ND201", values={"platform": "docker-rootless", "port": "11434"}))
    (command,) = [remedy.command for remedy in said.remedies if "-i lo" in remedy.command]
    with engine.like_ollama("0.0.0.0", tmp_path / "ollama"), engine.container(images.openspg) as container:
        assert container.run("python3", "-c", CONNECTS, container.gateway()).returncode == 0
        host.run(command)
        assert container.run("python3", "-c", CONNECTS, container.gateway()).returncode == 1
        engine.on_host("python3", "-c", CONNECTS, "127.0.0.1")
