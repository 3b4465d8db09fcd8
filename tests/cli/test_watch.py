"""``netdiag watch`` in the lab: the real program, its lines, its pages, its end."""

import json
import sys

import pytest

from netdiag import lab
from netdiag.lab import Service, World

pytestmark = pytest.mark.lab

DRIVER = """
import json, os, signal, subprocess, sys, time, urllib.error, urllib.request
from pathlib import Path

def get(path):
    try:
        with urllib.request.urlopen(url + path, timeout=20) as answer:
            return [answer.status, answer.read().decode()]
    except urllib.error.HTTPError as error:
        return [error.code, error.read().decode()]

def until(said, count=1, limit=30):
    ends = time.monotonic() + limit
    while Path("said").read_text().count(said) < count and time.monotonic() < ends:
        time.sleep(0.02)

def end(number):
    began = time.monotonic()
    watching.send_signal(number)
    return [watching.wait(20), time.monotonic() - began]

watching = subprocess.Popen(["netdiag", "watch", "--listen", "127.0.0.1:0", *sys.argv[1:]],
    stdout=open("said", "w"), stderr=subprocess.PIPE, text=True)
url = watching.stderr.readline().split()[-1].removesuffix("/metrics")
seen = {}
"""
CONFIG = '{"type": "ollama", "base_url": "http://%s/", "model": "qwen2.5:3b"}'


@pytest.fixture(scope="module")
def place(namespaces):
    """Ollama on the host's 11434, and a server that accepts and says nothing on 12000."""
    with lab.make(World(services=(Service("ollama", 11434), Service("silent", 12000)))) as inside:
        yield inside


def driven(place, steps: str, *options: str) -> dict:
    """Run the agent, and these steps beside it; return what they bound in ``seen``, and the lines it wrote."""
    done = place.run([sys.executable, "-c", f"{DRIVER}{steps}\nprint(json.dumps(seen))", *options])
    assert done.returncode == 0, done.stderr
    return {**json.loads(done.stdout), "lines": (place.directory / "said").read_text().splitlines()}


def test_it_watches_and_ends_with_0(place):
    """A file that is changed is checked at once; its pages follow; SIGTERM ends it within a second."""
    (place.directory / "llm.json").write_text(CONFIG % "172.17.0.1:11434")
    steps = """
until("works")
seen["before"] = get("/readyz")
Path("llm.json").write_text(Path("llm.json").read_text().replace("11434", "11439"))
until("ND201")
seen["after"], seen["health"], seen["metrics"] = get("/readyz"), get("/healthz"), get("/metrics")
seen["end"] = end(signal.SIGTERM)
"""
    seen = driven(place, steps, "--interval", "1h", "llm.json")
    assert seen["before"] == [200, "ok\n"]
    assert seen["after"] == [503, "ND201\n"]
    assert seen["health"] == [200, "ok\n"]
    assert 'netdiag_up{endpoint="llm.json"} 0.0' in seen["metrics"][1]
    assert seen["end"][0] == 0
    first, second = seen["lines"]
    assert first.endswith("Z  llm.json:1  works")
    assert "works -> problem: the host answers, but refuses connections" in second
    assert second.endswith("changed: llm.json)")


def test_it_repairs(place):
    """With --fix what is proven is written, told, and looked at again."""
    file = place.directory / "fix.json"
    file.write_text(CONFIG % "localhost:11434")
    steps = 'until("works")\nseen["end"] = end(signal.SIGTERM)'
    seen = driven(place, steps, "--fix", "fix.json")
    assert file.read_text() == CONFIG % "172.17.0.1:11434"
    assert [line.partition("Z  fix.json:1  ")[2] for line in seen["lines"]] == [
        "to be repaired",
        "repaired: localhost -> 172.17.0.1",
        "to be repaired -> works",
    ]


@pytest.mark.parametrize(("number", "status"), [("SIGTERM", 0), ("SIGINT", 130)])
def test_it_ends_during_a_check(place, number, status):
    """A call that may take two minutes does not hold it up; what a person interrupts ends with 130."""
    (place.directory / "silent.json").write_text(CONFIG % "172.17.0.1:12000")
    steps = f'time.sleep(1)\nseen["ready"] = get("/readyz")\nseen["end"] = end(signal.{number})'
    seen = driven(place, steps, "silent.json")
    assert seen["ready"] == [503, "not checked yet\n"]
    assert seen["end"][0] == status
    assert seen["end"][1] < 10  # the call would have taken 120
    assert seen["lines"] == []


def test_a_port_that_is_taken(place):
    """It says so, and does not run without its pages."""
    (place.directory / "llm.json").write_text(CONFIG % "172.17.0.1:11434")
    steps = 'seen["end"] = watching.wait(20)'
    taken = (
        f"import socket\ntaken = socket.create_server(('127.0.0.1', 9877))\n{DRIVER}{steps}\nprint(json.dumps(seen))"
    )
    command = [sys.executable, "-c", taken.replace("127.0.0.1:0", "127.0.0.1:9877"), "llm.json"]
    done = place.run(command)
    assert json.loads(done.stdout) == {"end": 2}
