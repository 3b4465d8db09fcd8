"""``--wait`` in the lab: what is printed where, and how it ends."""

import json
import sys

import pytest
from cli.conftest import Place, codes

from netdiag import lab
from netdiag.lab import Service, World

pytestmark = pytest.mark.lab

REFUSED = '{"type": "ollama", "base_url": "http://localhost:11439/", "model": "qwen2.5:3b"}'
NO_MODEL = '{"type": "ollama", "base_url": "http://172.17.0.1:11434/", "model": "nowhere:1b"}'
LATE = """
import socket, subprocess, sys
listening = socket.socket()
listening.bind(("127.0.0.1", 11439))
waiting = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
first = waiting.stderr.readline()  # it is known to be waiting now
listening.close()
server = ("ollama", "--port", "11439", "--model", "qwen2.5:3b")
serving = subprocess.Popen([sys.executable, "-m", "netdiag.lab.servers", *server], stdout=subprocess.DEVNULL)
said, more = waiting.communicate()
serving.terminate()
serving.wait()
print(said, end="")
print(first + more, end="", file=sys.stderr)
sys.exit(waiting.returncode)
"""
INTERRUPTED = """
import signal, subprocess, sys
waiting = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
waiting.stderr.readline()
waiting.send_signal(signal.SIGINT)
waiting.communicate()
sys.exit(waiting.returncode)
"""


def test_a_service_that_comes_late(place):
    """It is waited for, once told, and the report is that of the run in which all was well."""
    place.write("llm.json", REFUSED)
    done = place.inside.run([sys.executable, "-c", LATE, "netdiag", "check", "--wait", "30s", "llm.json"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("base_urls: 1 working; nothing to repair\nworks: llm.json:1")
    assert done.stderr.splitlines() == [
        "waiting: the host answers, but refuses connections from containers on port 11439  [ND201]"
    ]


def test_a_repair_waits_too(place):
    """What is proven when the service has come is written."""
    file = place.write("fix.json", REFUSED.replace("localhost", "172.17.0.1"))
    done = place.inside.run([sys.executable, "-c", LATE, "netdiag", "fix-base-url", "--wait", "30s", "fix.json"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert "http://localhost:11439/" in file.read_text()


@pytest.mark.parametrize(
    ("language", "said"), [("en", "waiting: the host answers, but"), ("zh", "等待中：")], ids=["en", "zh"]
)
def test_a_service_that_never_comes(place, language, said):
    """124, the cause on standard output in the format asked for, and one line on standard error."""
    place.write("llm.json", REFUSED)
    done = place.netdiag("check", "--wait", "1s", "--lang", language, "--format", "json", "llm.json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["exit_code"], codes(report)) == (124, 124, {"ND201"})
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 1


def test_quiet_says_nothing_while_waiting(place):
    """What -q leaves is the problem, on standard output."""
    place.write("llm.json", REFUSED)
    done = place.netdiag("check", "--wait", "1", "-q", "llm.json")
    assert (done.returncode, done.stderr) == (124, "")
    assert "ND201" in done.stdout


@pytest.mark.parametrize(
    ("config", "status", "code"),
    [(NO_MODEL, 1, "ND403"), ("chat_llm: [", 78, "ND501")],
    ids=["no such model", "no configuration"],
)
def test_what_cannot_heal(place, config, status, code):
    """It ends with the first run's status: an hour would not help."""
    place.write("other.json", config)
    done = place.netdiag("check", "--wait", "1h", "other.json", timeout=30)
    assert (done.returncode, done.stderr) == (status, "")
    assert code in done.stdout


def test_ctrl_c(place):
    """130, as ever."""
    place.write("llm.json", REFUSED)
    done = place.inside.run([sys.executable, "-c", INTERRUPTED, "netdiag", "check", "--wait", "30s", "llm.json"])
    assert done.returncode == 130


def test_an_overloaded_service_is_left_alone(namespaces):
    """A service that asks for a pause longer than the wait is called by one run only."""
    service = Service("troubled", 8000, trouble="overloaded")
    with lab.make(World(services=(service,))) as inside:
        place = Place(inside)
        place.write("llm.json", '{"type": "vllm", "base_url": "http://172.17.0.1:8000/v1", "model": "m"}')
        report = place.report("check", "--kag-version", "0.8", "--wait", "2s", "llm.json")
    assert (report["exit_code"], codes(report)) == (124, {"ND417"})
