"""What a run costs, in counts that no load of the machine changes; `python -m bench` takes the times."""

import re
import shutil
import sys
from typing import NamedTuple

import dns.message
import pytest
from cli.conftest import options

from netdiag.lab import scenarios

pytestmark = pytest.mark.lab

HEAVY = frozenset({
    "argparse", "asyncio", "dataclasses", "dns", "docker", "httpx", "jinja2", "netifaces", "prometheus_client",
    "pymysql", "pyroute2", "shtab", "socket", "ssl", "yaml",
})  # fmt: skip
"""What takes some 5 ms or more to import, and is not needed by everything."""

EXPLAINING = frozenset({"argparse", "netifaces", "socket"})
CALLING = EXPLAINING | {"dataclasses", "httpx", "ssl", "yaml"}
CHAT = '{ "type": "ollama", "base_url": "http://localhost:11434/", "model": "qwen2.5:3b" }\n'
YAML = f"chat_llm: {CHAT}"
FILLED = YAML.replace("11434/", "{{ PORT | default(11434) }}/")
COMPOSE = "services:\n  server:\n    image: openspg-server\n"


class Cost(NamedTuple):
    """A command, the heavy modules that it may import, and how many of any kind beyond the interpreter's own."""

    command: str
    may_import: frozenset[str]
    modules: int
    status: int = 0


COSTS = (
    Cost("--version", frozenset(), 25),
    Cost("--help", frozenset({"argparse"}), 50),
    Cost("explain ND201", EXPLAINING, 120),
    Cost("rollback --list", EXPLAINING | {"yaml"}, 225),
    Cost("fix-compose --dry-run docker-compose.yml", EXPLAINING | {"dataclasses", "yaml"}, 230, status=3),
    Cost("detect", EXPLAINING | {"dataclasses", "dns"}, 245),
    Cost("chat --type ollama --base-url http://172.17.0.1:11434 --model qwen2.5:3b", CALLING, 420),
    Cost("suggest", CALLING, 415, status=3),
    Cost("check llm.json", CALLING, 440, status=1),
    Cost("fix-base-url --dry-run llm.json", CALLING, 440, status=3),
    Cost("check kag_config.yaml", CALLING, 440, status=1),
    Cost("check filled.yaml", CALLING | {"asyncio", "jinja2"}, 540, status=1),
    Cost("report -o report.html llm.json", CALLING, 455, status=1),
)
"""Some tenth more modules than were counted: Python's own versions differ among themselves."""


def imported(place, argv: list[str]) -> tuple[set[str], int]:
    """Run a program; return every module that it imported, as -X importtime names them, and its exit status."""
    done = place.inside.run(argv, env={"PYTHONPROFILEIMPORTTIME": "1"})
    told = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip() for line in told[1:]}, done.returncode


@pytest.fixture(scope="module")
def bare(place) -> set[str]:
    """What the interpreter imports for nothing."""
    return imported(place, [sys.executable, "-c", "pass"])[0]


@pytest.mark.parametrize("cost", COSTS, ids=lambda cost: cost.command.partition(" ")[0])
def test_what_a_command_imports(cost, place, bare):
    """Heavy libraries are paid for by the commands that need them, and no command grows unnoticed."""
    place.write("llm.json", CHAT)
    place.write("kag_config.yaml", YAML)
    place.write("filled.yaml", FILLED)
    place.write("docker-compose.yml", COMPOSE)
    seen, status = imported(place, ["netdiag", *cost.command.split()])
    assert status == cost.status
    assert {name.partition(".")[0] for name in seen} & HEAVY <= cost.may_import
    assert len(seen - bare) <= cost.modules


class Traffic(NamedTuple):
    """A scenario, and what repairing it sends: connections over TCP, HTTP requests, and names asked of a name server.

    Of connections and names that is the most: a name server may be late.
    """

    scenario: str
    connections: int
    requests: int
    names: int


TRAFFIC = (
    Traffic("works-by-gateway", connections=6, requests=3, names=5),  # 3 addresses; 3 models
    Traffic("two-dead-addresses", connections=6, requests=1, names=5),  # 5 addresses; 1 model
    Traffic("host-network", connections=4, requests=1, names=0),  # 2 addresses, raced and called; 1 model
    Traffic("slow-name-server", connections=9, requests=3, names=5),  # as configured: of 6 addresses one; 3 models
    Traffic("loopback-only", connections=4, requests=0, names=11),  # 3 addresses and a control; every name of a host
)


@pytest.mark.parametrize("traffic", TRAFFIC, ids=lambda traffic: traffic.scenario)
def test_what_a_repair_sends(traffic, made, require):
    """One connection for each address, one request for each model, and no name but those that may be the host's."""
    if not shutil.which("strace"):
        require("strace", "no strace here; install it: apt-get install strace")
    scenario = scenarios.by_name(traffic.scenario)
    with made(scenario) as (place, _):
        told, status = traced(place, options(scenario))
    assert status == scenario.expect_exit
    assert 1 <= len(re.findall(r"connect\(\d+<TCP", told)) <= traffic.connections
    assert len(requests_sent(told)) == traffic.requests
    # a late answer is asked for again, so it is names that are counted
    assert len(names_asked(told)) <= traffic.names


def traced(place, words: list[str]) -> tuple[str, int]:
    """Repair under strace; return what it tells of connecting and sending, all bytes in hex, and the exit status."""
    log = place.directory / "trace"
    what = ("-e", "trace=connect,sendto,sendmmsg", "-e", "signal=none", "-xx", "-s", "512")
    done = place.inside.run(["strace", "-f", "-qq", "-yy", *what, "-o", str(log), "netdiag", "fix-base-url", *words])
    return log.read_text(), done.returncode


def requests_sent(told: str) -> list[str]:
    """Return the first line of every HTTP request that was sent over TCP."""
    sent = re.findall(r'sendto\(\d+<TCP.*?>, "([^"]+)"', told)
    lines = (bytes.fromhex(each.replace("\\x", "")).partition(b"\r\n")[0].decode("latin-1") for each in sent)
    return [line for line in lines if line.endswith(" HTTP/1.1")]


def names_asked(told: str) -> set[str]:
    """Return the names in the questions that were sent over UDP."""
    sent = re.findall(r'(?:iov_base=|sendto\(\d+<UDP.*?>, )"([^"]+)"', told)
    questions = (dns.message.from_wire(bytes.fromhex(each.replace("\\x", ""))) for each in sent)
    return {str(question.question[0].name) for question in questions}
