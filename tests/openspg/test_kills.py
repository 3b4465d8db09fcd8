"""Killed at every step of a run that writes a file and two rows: all of it is old or all of it is new, and stays so."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from openspg import tables
from openspg.beside import HOST

from netdiag import openspg
from netdiag.store import Store

FILE = "chat_llm: {type: ollama, model: 'qwen2.5:3b', base_url: 'http://localhost:1'}\n"
KILLED = -9


class Ground:
    """A directory with a file and a journal, and a database."""

    def __init__(self, database, directory: Path, version: str, driver: subprocess.Popen[str]) -> None:
        self.database, self.directory, self.driver = database, directory, driver
        database.filled(version, tables.rows(version, 1))
        self.old = database.configs()
        self.fresh()

    def fresh(self) -> None:
        """Make everything old, and the journal empty."""
        with self.database.connected() as root:
            for name, text in self.old.items():
                table, number = name.split("/")
                root.execute(f"UPDATE {table} SET config = CONVERT(%s USING utf8mb4) WHERE id = {number}", text)
        (self.directory / "kag_config.yaml").write_text(FILE)
        for path in (self.directory / "state").glob("*"):
            path.unlink()

    def run(self, do: str, at: int = 0, when: str = "before") -> tuple[int, dict]:
        """Do it in a process of its own; returns its status and, when it was not killed, what it did."""
        order = {"do": do, "at": at, "when": when, "port": self.database.port, "directory": str(self.directory)}
        self.driver.stdin.write(json.dumps(order | {"host": HOST}) + "\n")
        self.driver.stdin.flush()
        status, said = json.loads(self.driver.stdout.readline())
        assert status in (0, KILLED)
        return status, said

    def contents(self) -> tuple:
        """Everything that can be written."""
        return self.database.configs(), (self.directory / "kag_config.yaml").read_text()

    def recover(self) -> set[str]:
        """Recover as the next start does; returns what became of what was unfinished."""
        database = self.database.database()
        server = openspg.Server(port=1, listens=False, database=database)
        store = Store(self.directory / "state", patience_s=0).beside(openspg.rows(server))
        outcomes = {each.outcome for each in store.recover()}
        assert store.recover() == ()
        return outcomes


@pytest.fixture(scope="module")
def driver():
    """The process that forks for each order."""
    program = [sys.executable, str(Path(__file__).with_name("driver.py"))]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.stdin.close()


@pytest.fixture(params=["0.7", "0.8"])
def ground(database, driver, request):
    """A ground for one version, in memory where there is a place for that: a kill is no power failure."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as directory:
        yield Ground(database, Path(directory), request.param, driver)


def points(steps: list[str]) -> list[tuple[int, str]]:
    """Before every step that changes something (so after the one before it), and around the commit."""
    found = []
    for at, name in enumerate(steps, start=1):
        if name in ("Connection.rows", "Connection.close", "Connection.__init__"):
            continue
        found += [(at, when) for when in ("before", *(("sent", "after") if name == "Connection.commit" else ()))]
    return found


@pytest.mark.parametrize("do", ["write", "rollback"])
def test_killed_at_every_step(ground, do):
    """Nothing lost: after recovery the file and the rows are all old or all new, and the run can be made or undone."""
    old = ground.contents()
    ground.run("write")
    new = ground.contents()
    assert new != old
    if do == "rollback":
        _, whole = ground.run("rollback")
    else:
        ground.fresh()
        _, whole = ground.run("write")
    start, end = (old, new) if do == "write" else (new, old)
    assert ground.contents() == end
    ends = []
    for at, when in points(whole["steps"]):
        ground.fresh()
        if do == "rollback":
            ground.run("write")
        status, _ = ground.run(do, at, when)
        assert status == KILLED, (at, when)
        assert ground.recover() <= {"done", "undone"}
        settled = ground.contents()
        assert settled in (start, end), (whole["steps"][at - 1], when)
        ends.append(settled == end)
        if settled == start:
            ground.run(do)
        assert ground.contents() == end, (whole["steps"][at - 1], when)
    assert set(ends) == {True, False}


def test_the_recovery_is_killed_too(ground):
    """Killed between the file and the commit, and again at every step of putting that right: the rows follow."""
    old = ground.contents()
    _, whole = ground.run("write")
    new = ground.contents()
    commit = whole["steps"].index("Connection.commit") + 1
    ground.fresh()
    ground.run("write", commit, "before")
    assert ground.contents()[0] == old[0]
    assert ground.contents()[1] == new[1]
    _, recovery = ground.run("recover")
    assert ground.contents() == new
    for at, when in points(recovery["steps"]):
        ground.fresh()
        ground.run("write", commit, "before")
        assert ground.run("recover", at, when)[0] == KILLED
        assert ground.recover() <= {"done", "undone"}
        assert ground.contents() == new, (recovery["steps"][at - 1], when)
