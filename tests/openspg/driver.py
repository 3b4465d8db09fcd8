"""A process that repairs a file and the rows of a server, and is killed from inside at a chosen step.

For each line of standard input, an order, it forks; the child does it, and its status and what it said are printed as
a line. Each call that reaches the database, the journal or the file is a step; at the one of that number the child is
killed before, after or, of a COMMIT, between what is sent and what comes back.
"""

import functools
import json
import os
import signal
import sys
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.dont_write_bytecode = True

from netdiag import config, openspg, repair, sources  # noqa: E402
from netdiag.model.report import Examined  # noqa: E402
from netdiag.openspg.connection import Connection  # noqa: E402
from netdiag.store import Store  # noqa: E402
from netdiag.store.journal import Journal  # noqa: E402
from netdiag.store.writing import Writing  # noqa: E402
from netdiag.text import Secret  # noqa: E402

STEPS = (
    (Connection, ("__init__", "begin", "rows", "change", "commit", "close")),
    (Journal, ("begin", "record")),
    (Writing, ("stage", "commit", "clean_up")),
)


def die() -> None:
    """End as a kill does."""
    os.kill(os.getpid(), signal.SIGKILL)


class Counter:
    """Counts steps, and kills at one of them."""

    def __init__(self, at: int, when: str) -> None:
        self.at = at
        self.when = when
        self.count = 0
        self.names: list[str] = []

    def wrap(self, kind: type, name: str) -> None:
        """Make a method a step."""
        method = getattr(kind, name)

        @functools.wraps(method)
        def step(this, *arguments, **options):
            self.count += 1
            self.names.append(f"{kind.__name__}.{name}")
            is_here = self.count == self.at
            if is_here and self.when == "before":
                die()
            if is_here and self.when == "sent" and name == "commit" and kind is Connection:
                this._connection._execute_command(3, "COMMIT")  # COM_QUERY; the answer is not waited for
                die()
            result = method(this, *arguments, **options)
            if is_here and self.when == "after":
                die()
            return result

        setattr(kind, name, step)


def done(order: dict) -> dict:
    """Repair what is there, undo it or recover; returns the steps and the codes."""
    database = openspg.Database("127.0.0.1", order["port"], "root", Secret("openspg"), "openspg")
    server = openspg.Server(port=1, listens=False, database=database)
    directory = Path(order["directory"])
    os.chdir(directory)
    store = Store(directory / "state").beside(openspg.rows(server))
    counter = Counter(order["at"], order["when"])
    codes = []
    if order["do"] == "write":
        found = sources.gather([], directory, beside=sources.Beside(server))
        items = [
            Examined(each, "repairable", proven_url=config.with_host(each.base_url, order["host"]))
            for each in found.endpoints
        ]
        plan, _ = repair.plan(items, found.documents)
    for kind, names in STEPS:
        for name in names:
            counter.wrap(kind, name)
    if order["do"] == "write":
        codes = [finding.code for finding in repair.write(plan, found.documents, lambda: store).findings]
    elif order["do"] == "rollback":
        store.rollback()
    else:
        store.recover()
    return {"steps": counter.names, "codes": codes}


def serve() -> None:
    """Fork for each order."""
    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.write(writing, json.dumps(done(json.loads(line))).encode())
            except BaseException:  # noqa: BLE001 - told by the parent
                os.write(2, traceback.format_exc().encode())
                os._exit(1)
            os._exit(0)
        os.close(writing)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        with os.fdopen(reading) as said:
            print(json.dumps([status, json.loads(said.read() or "{}")]), flush=True)


if __name__ == "__main__":
    serve()
