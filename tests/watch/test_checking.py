"""Checks that hang: on a pipe that nobody writes to, which no limit of netdiag's own ends."""

import os
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from netdiag import watch
from netdiag.job import Job
from netdiag.watch import Agent, Machine, Rhythm, checking, machine
from netdiag.watch.agent import Unfinished
from netdiag.watch.history import Change
from netdiag.watch.metrics import Metrics


class _Told:
    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.errors: list[Exception] = []

    def changed(self, change: Change) -> None:
        self.changes.append(change)

    def failed(self, error: Exception) -> None:
        self.errors.append(error)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a check 0.3 s without an event, in place of 20."""
    monkeypatch.setattr(checking, "SILENT_S", 0.3)
    monkeypatch.setattr(machine, "LOOK_EVERY_S", 0.05)


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """A configuration whose reader hangs in open(2), as on a share that is away, until somebody writes."""
    path = tmp_path / "kag_config.yaml"
    os.mkfifo(path)
    return path


def release(path: Path) -> None:
    """Write to the pipe whatever waits for it."""
    deadline = time.monotonic() + 10
    while any(thread.name == "check" for thread in threading.enumerate()) and time.monotonic() < deadline:
        with suppress(OSError):  # nobody has got to reading
            os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
        time.sleep(0.02)


def test_the_next_check_is_made(impatient, pipe, monkeypatch):
    """A check that hangs is given up in its time, four at most hang at once, and none is left when the disk is back."""
    monkeypatch.setattr(checking.engine, "run", lambda *_: pipe.read_bytes())
    here = Machine(pipe.parent)
    began = time.monotonic()
    for _ in range(machine.LEFT_BEHIND + 2):
        with pytest.raises(Unfinished):
            here.run(Job("watch", answer_s=0.1))
    assert time.monotonic() - began < machine.LEFT_BEHIND * 0.5 + 1
    assert sum(thread.name == "check" for thread in threading.enumerate()) == machine.LEFT_BEHIND
    assert here.still_s() < 1
    release(pipe)
    monkeypatch.undo()
    (pipe.parent / "other.yaml").write_text("{}")
    assert here.run(Job("watch", files=(str(pipe.parent / "other.yaml"),), answer_s=0.1)).findings


def test_what_was_left_behind_writes_nothing(impatient, tmp_path):
    """It ends at its next event, and the edits of a plan are events."""
    told, written = threading.Event(), threading.Event()

    def slow(_: Job, tell):
        told.wait(10)
        tell(None)
        written.set()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(checking.engine, "run", slow)
        with pytest.raises(Unfinished):
            Machine(tmp_path).run(Job("watch", answer_s=0.1))
    told.set()
    deadline = time.monotonic() + 5
    while any(thread.name == "check" for thread in threading.enumerate()) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not written.is_set()


def test_pages_of_a_loop_that_stands_still(tmp_path):
    """Where the loop itself hangs, in the stamp of a file for one, the pages say so by themselves."""
    agent = Agent(Job("watch"), Rhythm(30.0), Machine(tmp_path), _Told())
    agent.seen = agent.seen._replace(ready=True, examined=True, checked=1.0, up={"llm.json": True})
    metrics = Metrics(lambda: watch.shown(agent.seen, 11.0))
    assert watch.answer("/healthz", agent, metrics, 9.0)[0] == 200
    assert watch.answer("/healthz", agent, metrics, 11.0)[::2] == (503, b"the check does not end: ND240\n")
    assert watch.answer("/readyz", agent, metrics, 11.0)[::2] == (503, b"ND240\n")
    assert b'netdiag_up{endpoint="llm.json"} 0.0' in metrics.page()


def test_the_pages_of_a_check_that_does_not_end(impatient, tmp_path, monkeypatch):
    """From well to down within the check's time, in pages and lines, and well again with the next check that ends."""
    told = _Told()
    here = Machine(tmp_path)
    (tmp_path / "llm.yaml").write_text("{}")
    agent = Agent(Job("watch", files=(str(tmp_path / "llm.yaml"),), answer_s=0.1), Rhythm(0.2), here, told)
    metrics = Metrics(lambda: watch.shown(agent.seen, here.still_s()))
    agent.seen = agent.seen._replace(ready=True, examined=True, checked=1.0, up={"llm.json": True})
    hangs, ends = threading.Event(), iter((False, True))
    real = checking.engine.run

    def run(*given):
        if next(ends, True):
            return real(*given)
        monkeypatch.setattr(checking, "SILENT_S", 20.0)  # the next one may be slow, on a machine with much to do
        return hangs.wait(20)

    monkeypatch.setattr(checking.engine, "run", run)
    loop = threading.Thread(target=agent.run)
    loop.start()
    try:
        deadline = time.monotonic() + 5
        while watch.answer("/healthz", agent, metrics)[0] == 200 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert watch.answer("/healthz", agent, metrics)[::2] == (503, b"the check does not end: ND240\n")
        assert b'netdiag_up{endpoint="llm.json"} 0.0' in metrics.page()
        assert b'netdiag_findings{code="ND240",severity="error"} 1.0' in metrics.page()
        deadline = time.monotonic() + 20
        while not agent.seen.ends and time.monotonic() < deadline:
            time.sleep(0.01)
        assert agent.seen.ends
    finally:
        here.stopped_by = 15
        here._rouse()
        hangs.set()
        loop.join(10)
    assert next(cause.code for change in told.changes for cause in change.causes) == "ND240"
    assert told.errors == []
