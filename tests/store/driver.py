"""A light process in which the store works: it is traced, killed, mounted around or stripped of its rights.

Run as ``python -I -S driver.py`` it forks for each order (a line of JSON); the child prints its process id,
waits for another line while a tracer attaches, and how it ended is printed.
``--once ORDER`` follows one order without forking and prints the outcome as JSON.
"""

import ctypes
import json
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.dont_write_bytecode = True

from netdiag.model.endpoint import Span  # noqa: E402
from netdiag.model.plan import Edit  # noqa: E402
from netdiag.store import CannotWrite, Change, Store  # noqa: E402

WRITTEN, REFUSED, BROKEN = 0, 77, 1


def change(path: Path, *pairs: tuple[bytes, bytes]) -> Change:
    """Return the change that replaces the first of each pair, where it is found first, by the second."""
    old = new = path.read_bytes()
    edits = []
    for before, after in pairs:
        start = old.index(before)
        edits.append(Edit(str(path), 1, "chat_llm", Span(start, start + len(before)), before, after, "host"))
        new = new.replace(before, after, 1)
    return Change(path, old, new, tuple(edits))


def prepared(order: dict) -> Callable[[], object]:
    """Return what is to be done with the store for ``order``; whatever has to be read for it has been read then.

    With a ``user`` in the order all rights of root are given up first.
    """
    if user := order.get("user"):
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
    store = Store(Path(order["state"]), patience_s=0)
    files = [Path(file) for file in order.get("files", ())]
    if order["do"] == "write":
        pairs = [(before.encode(), after.encode()) for before, after in order["pairs"]]
        changes = [change(file, *pairs) for file in files]
        return lambda: [[each.source, each.how] for each in store.write(changes, store.new_run())]
    if order["do"] == "rollback":
        return lambda: [[each.source, each.how] for each in store.rollback(files)]
    if order["do"] == "recover":
        return lambda: [each.outcome for each in store.recover()]
    return lambda: [store.writable(file) for file in files]


def outcome(action: Callable[[], object]) -> tuple[int, object]:
    """Return the exit code of ``action`` and its result, the reason of its refusal, or a traceback."""
    try:
        return WRITTEN, action()
    except CannotWrite as refusal:
        return REFUSED, [refusal.reason, str(refusal)]
    except BaseException:  # noqa: BLE001 - reported by the caller
        return BROKEN, traceback.format_exc()


def serve() -> None:
    """Fork for each order; the child follows it when the next line comes."""
    orders = sys.stdin.buffer.raw
    while line := orders.readline():
        child = os.fork()
        if child == 0:
            action = prepared(json.loads(line))
            ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1))  # PR_SET_PTRACER_ANY, where Yama asks for it
            print(os.getpid(), flush=True)
            orders.readline()
            code, told = outcome(action)
            if code == BROKEN:
                sys.stderr.write(str(told))
            os._exit(code)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--once"]:
        print(json.dumps(outcome(prepared(json.loads(sys.argv[2])))))
    else:
        serve()
