"""Ctrl-C at any moment ends a run within a second: no thread, lock or import holds it, and it says nothing of Python's."""

import json
import os
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.lab

RUNS = int(os.environ.get("NETDIAG_INTERRUPTS", "24"))
"""How many runs are interrupted; `.ci/nightly` makes more."""

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

for at in range(int(sys.argv[1])):
    for name, text in texts.items():
        pathlib.Path(name).write_text(text)
    command = COMMANDS[at % len(COMMANDS)]
    run = subprocess.Popen(["netdiag", *command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, text=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
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
    whole = {name: pathlib.Path(name).read_text() in (text, text.replace("localhost", "172.17.0.1"))
             for name, text in texts.items()}
    left = [str(path) for path in pathlib.Path(".").glob(".*netdiag-*")]
    print(json.dumps([command, round(after, 4), round(took, 3), run.returncode, err, all(whole.values()), left]), flush=True)
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
    done = place.inside.run([sys.executable, "-c", SOAK, str(RUNS), json.dumps(texts)], timeout=RUNS * 12)
    seen = [json.loads(line) for line in done.stdout.splitlines()]
    if log := os.environ.get("NETDIAG_INTERRUPTS_LOG"):
        Path(log).write_text(done.stdout)
    assert len(seen) == RUNS, done.stderr
    for command, after, took, status, err, whole, left in seen:
        at = f"{command} after {after} s: {status} in {took} s, {left}: {err}"
        assert "Traceback" not in err, at
        assert "Exception ignored" not in err, at
        assert took < 1.0, at
        assert status in (0, 1, 3, 78, 130), at
        assert whole, at
        assert not left, at
    assert 130 in {status for _, _, _, status, _, _, _ in seen}
