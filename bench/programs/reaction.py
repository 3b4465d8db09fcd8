"""How long after ``listen(2)`` a waiting command ends: ``reaction.py COMMAND…``; port 21434 of 127.0.0.1.

The port is bound beforehand, so that connecting to it is refused until the service comes up, at a random point of the
command's rhythm. Prints ``{"to_connection_ms", "to_end_ms"}``.
"""

import asyncio
import json
import random
import socket
import sys
import time

from instant import Instant

_SETTLED_S = 2.0
_RHYTHM_S = 1.5


async def _main(argv):
    seen = {}

    class Watched(Instant):
        def connection_made(self, transport):
            seen.setdefault("connection", time.monotonic())
            super().connection_made(transport)

    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", 21434))
        nothing = asyncio.subprocess.DEVNULL
        waiting = await asyncio.create_subprocess_exec(*argv, stdin=nothing, stdout=nothing, stderr=nothing)
        await asyncio.sleep(_SETTLED_S + _RHYTHM_S * random.random())
        assert waiting.returncode is None, "it did not wait"
        up = time.monotonic()
        await asyncio.get_running_loop().create_server(Watched, sock=listening)
        status = await waiting.wait()
        ended = time.monotonic()
    assert status == 0, f"it ended with {status}"
    print(json.dumps({"to_connection_ms": (seen["connection"] - up) * 1000, "to_end_ms": (ended - up) * 1000}))


asyncio.run(_main(sys.argv[1:]))
