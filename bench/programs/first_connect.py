"""From exec to the first connection: ``first_connect.py COMMAND…``; port 21435 of 127.0.0.1.

Stamped by the server as it accepts, on the same clock as the start; the command is ended there. Prints
``{"to_connection_ms"}``.
"""

import json
import os
import select
import signal
import socket
import sys
import time

_LIMIT_S = 30

with socket.create_server(("127.0.0.1", 21435)) as listening:
    nothing = os.open(os.devnull, os.O_WRONLY)
    actions = [(os.POSIX_SPAWN_DUP2, nothing, 1), (os.POSIX_SPAWN_DUP2, nothing, 2)]
    began = time.monotonic()
    child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=actions)
    ready = select.select([listening], [], [], _LIMIT_S)[0]
    accepted = time.monotonic()
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
assert ready, "it never connected"
print(json.dumps({"to_connection_ms": (accepted - began) * 1000}))
