"""Ctrl-C at any moment ends a run within a second: no thread, lock or import holds it, and no traceback is shown."""

import json
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import netdiag

pytestmark = pytest.mark.lab

RUNS = int(os.environ.get("NETDIAG_INTERRUPTS", "24"))
"""How many runs are interrupted; `.ci/nightly` makes more."""

LANES = 4
"""How many are under way at the same time: they wait more than they work. No divisor of COMMANDS below."""

CONFIG = "chat_llm:\n  type: ollama\n  model: qwen2.5:3b\n  base_url: http://localhost:{}/\n"
TWO = CONFIG.format(11434) + CONFIG.format(8000).replace("chat_llm", "openie_llm").replace("ollama", "maas")

SOAK = """
import json, os, pathlib, random, signal, subprocess, sys, time

COMMANDS = (["fix-base-url", "llm.yaml"], ["check", "llm.yaml", "slow.yaml"], ["check", "slow.yaml"],
            ["check", "--wait", "20", "slow.yaml"], ["fix-base-url", "two.yaml"], ["suggest"], ["detect"],
            ["report", "-o", "page.html", "llm.yaml"], ["check", "--format", "jsonl", "name.yaml"])
texts = json.loads(sys.argv[2])

def threads(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("Threads:"):
            return int(line.split()[1])
    return 0

for at in range(*map(int, sys.argv[1].split())):
    for name, text in texts.items():
        pathlib.Path(name).write_text(text)
    command = COMMANDS[at % len(COMMANDS)]
    run = subprocess.Popen(["netdiag", *command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, text=True)
    while run.poll() is None and threads(run.pid) < 2:
        time.sleep(0.001)
    after = random.random() ** 2 * 0.8
    time.sleep(after)
    began = time.monotonic()
    run.send_signal(signal.SIGINT)
    try:
        out, err = run.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        run.kill()
        out, err = run.communicate()
        err += "HUNG"
    took = time.monotonic() - began
    whole = {name: pathlib.Path(name).read_text() in (text, text.replace("localhost", "172.17.0.1", 1))
             for name, text in texts.items()}
    left = [str(path) for path in pathlib.Path(".").glob(".*netdiag-*")]
    said = [command, round(after, 4), round(took, 3), run.returncode, err, all(whole.values()), left]
    print(json.dumps(said), flush=True)
"""
"""Interrupts one run after another, each once netdiag is at work: what comes sooner is Python's to answer."""


def test_runs_that_are_interrupted(place):
    """Each is over within a second with 130, or with the status of a run that was over, and files are whole."""
    texts = {
        "llm.yaml": CONFIG.format(11434),
        "two.yaml": TWO,
        "slow.yaml": CONFIG.format(12000),
        "name.yaml": CONFIG.format(11434).replace("localhost", "nowhere.invalid"),
    }

    def interrupted(lane: int) -> str:
        directory = place.directory / f"lane-{lane}"
        directory.mkdir()
        numbers = f"{lane} {RUNS} {LANES}"
        argv = [sys.executable, "-c", SOAK, numbers, json.dumps(texts)]
        return place.inside.run(argv, cwd=directory, timeout=RUNS * 12).stdout

    with ThreadPoolExecutor(LANES) as pool:
        told = "".join(pool.map(interrupted, range(LANES)))
    seen = [json.loads(line) for line in told.splitlines()]
    if log := os.environ.get("NETDIAG_INTERRUPTS_LOG"):
        Path(log).write_text(told)
    assert len(seen) == RUNS
    for command, after, took, status, err, whole, left in seen:
        at = f"{command} after {after} s: {status} in {took} s, {left}: {err}"
        assert "Traceback" not in err, at
        assert "Exception ignored" not in err, at
        assert took < 1.0, at
        assert status in (0, 1, 3, 78, 130), at
        assert whole, at
        assert not left, at
    assert 130 in {status for _, _, _, status, _, _, _ in seen}


HOOK = """
import _thread, sys
main = _thread.get_ident()

def hook(event, arguments):
    if event == "import" and _thread.get_ident() != main:
        with open("imported", "a") as log:
            print(arguments[0], file=log)

sys.addaudithook(hook)
"""
"""Notes what is imported in a thread; Python imports a module of this name before any program's."""


@pytest.mark.parametrize(
    "command",
    [
        "fix-base-url --dry-run two.yaml",
        "check -v two.yaml name.yaml",
        "suggest",
        "detect",
        "report -o page.html two.yaml",
    ],
)
def test_no_thread_imports(place, command):
    """A thread that imported could wait for ever for the lock of a module whose import was interrupted."""
    place.write("sitecustomize.py", HOOK)
    place.write("two.yaml", TWO)
    place.write("name.yaml", CONFIG.format(11434).replace("localhost", "nowhere.invalid"))
    paths = os.pathsep.join([str(place.directory), str(Path(netdiag.__file__).parents[1])])
    log = place.directory / "imported"
    log.unlink(missing_ok=True)
    done = place.netdiag(*command.split(), env={"PYTHONPATH": paths})
    assert done.returncode in (0, 1, 3)
    assert not log.exists(), log.read_text()


def test_threads_are_made_in_one_place():
    """A thread made elsewhere might not be a daemon, and the end of the interpreter would wait for it."""
    root = Path(netdiag.__file__).parent
    # the lab and boot.py are programs of their own
    makers = [
        path
        for path in root.rglob("*.py")
        if re.search(r"Thread\(|Timer\(|ThreadPool|concurrent", path.read_text("utf-8"))
    ]
    assert {str(path.relative_to(root)) for path in makers} == {
        "background.py",
        "container/boot.py",
        "lab/container.py",
        "probe/cutoff.py",  # a timer that is a daemon, and called off
    }


def test_a_lookup_that_does_not_end(place):
    """getaddrinfo cannot be called off, and the main thread is in it: what waits for the signal ends the process."""
    place.write("stuck.py", STUCK)
    done = place.inside.run([sys.executable, "stuck.py"], env={"PYTHONPATH": str(Path(netdiag.__file__).parents[1])})
    assert (done.returncode, "interrupted" in done.stderr, "Traceback" in done.stderr) == (130, True, False)


STUCK = """
import ctypes, os, signal, threading
from netdiag import cli
from netdiag.cli import commands

def stuck(_):
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    ctypes.CDLL(None).sleep(50)  # a C function, like getaddrinfo: Python's handler does not run before its end
    ctypes.CDLL(None).sleep(50)

commands.run = stuck
import sys
sys.argv = ["netdiag", "detect"]
cli.main()
"""


def test_an_interrupt_that_python_wraps(place):
    """CPython up to 3.11 makes a RuntimeError of what comes in ``__set_name__``, which many imports call."""
    place.write("wrapped.py", WRAPPED)
    done = place.inside.run([sys.executable, "wrapped.py"], env={"PYTHONPATH": str(Path(netdiag.__file__).parents[1])})
    assert (done.returncode, "interrupted" in done.stderr, "ND701" in done.stderr) == (130, True, False)


WRAPPED = """
import os, signal, sys
from netdiag import cli
from netdiag.cli import commands

class Descriptor:
    def __set_name__(self, owner, name):
        os.kill(os.getpid(), signal.SIGINT)

def importing(_):
    class Described:
        described = Descriptor()

commands.run = importing
sys.argv = ["netdiag", "detect"]
cli.main()
"""


def test_an_ignored_signal_stays_ignored(place):
    """A shell starts background jobs so, nohup and CI services commands that the terminal must not end."""
    place.write("llm.yaml", CONFIG.format(11434))
    ignored = "trap '' INT; netdiag check llm.yaml & sleep 0.1; kill -INT $!; wait $!"
    done = place.inside.run(["sh", "-c", ignored])
    assert (done.returncode, "interrupted" in done.stderr) == (1, False)
