"""Discovery and proof without the start-up: ``discovery.py FILE GOOD [HOST…]`` repairs FILE in a dry run.

The first time a process of its own learns which modules a run imports; this one imports them, and only then takes the
time: of the floor, which is one connection and one chat at the address GOOD that is known here, and of netdiag's whole
run, in random order. Prints ``{"floor_ms", "run_ms"}``.
"""

import importlib
import json
import random
import subprocess
import sys
import time
from pathlib import Path

from floor import chat

from netdiag import engine
from netdiag.job import Job

_PORT = 11434
_LEARNED = Path("modules.json")


def _once(file, hosts):
    report = engine.run(Job("fix-base-url", files=(file,), hosts=tuple(hosts)), lambda *_: None)
    assert report.endpoints[0].proven_url, report


def _modules(argv):
    if not _LEARNED.exists():
        command = [sys.executable, __file__, "--modules", *argv]
        _LEARNED.write_bytes(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    return json.loads(_LEARNED.read_bytes())


def _ms(act):
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def main(file, good, *hosts):
    """Print both."""
    for name in _modules([file, good, *hosts]):
        importlib.import_module(name)
    chat(good, _PORT)  # the server has read its recordings now
    acts = {"floor_ms": lambda: chat(good, _PORT), "run_ms": lambda: _once(file, hosts)}
    print(json.dumps({name: _ms(acts[name]) for name in random.sample(sorted(acts), len(acts))}))


if sys.argv[1] == "--modules":
    _once(sys.argv[2], sys.argv[4:])
    # in the order in which they came, and without those that are kept from being imported
    print(json.dumps([name for name, module in sys.modules.items() if module and name != "__main__"]))
else:
    main(*sys.argv[1:])
