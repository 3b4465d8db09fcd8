"""How many sockets a command has open at once: ``sockets.py COMMAND…`` looks every millisecond at /proc/PID/fd.

Prints ``{"sockets", "threads"}``, the most that was seen of each.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

_EVERY_S = 0.001


def _sockets(process):
    return sum(_is_socket(each) for each in process.joinpath("fd").iterdir())


def _is_socket(link):
    try:
        return str(link.readlink()).startswith("socket:")
    except OSError:  # closed in between
        return False


command = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
process = Path("/proc", str(command.pid))
sockets = threads = 0
while command.poll() is None:
    try:
        sockets = max(sockets, _sockets(process))
        threads = max(threads, sum(1 for _ in process.joinpath("task").iterdir()))
    except OSError:  # it has ended
        break
    time.sleep(_EVERY_S)
print(json.dumps({"sockets": sockets, "threads": threads}))
sys.exit(command.wait())
