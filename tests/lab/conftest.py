"""What the lab's tests share: the ground itself, a server outside it, and a look from inside."""

import asyncio
import json
import queue
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from netdiag.lab import Lab, Service
from netdiag.lab.listeners import listen
from netdiag.lab.servers import serve


@pytest.fixture(scope="session")
def served() -> Callable[[Service], AbstractContextManager[int]]:
    """Return the way to run a server of the lab in this process, on 127.0.0.1; it yields the port."""

    @contextmanager
    def run(service: Service) -> Iterator[int]:
        with listen(Service(service.server, 0, "127.0.0.1")) as listening:
            stop = asyncio.Event()
            loops: queue.SimpleQueue[asyncio.AbstractEventLoop] = queue.SimpleQueue()

            async def until_stopped() -> None:
                server = await serve(service, listening)
                loops.put(asyncio.get_running_loop())
                await stop.wait()
                server.close()

            thread = threading.Thread(target=asyncio.run, args=(until_stopped(),))
            thread.start()
            try:
                loop = loops.get(timeout=10)
                yield listening.getsockname()[1]
            finally:
                loop.call_soon_threadsafe(stop.set)
                thread.join()

    return run


@pytest.fixture(scope="session")
def look() -> Callable[[Lab, str], Any]:
    """Return the way to run a Python snippet in a container and get what it binds to ``seen``."""

    def run(lab: Lab, snippet: str) -> Any:
        done = lab.run([sys.executable, "-c", f"import json\n{snippet}\nprint(json.dumps(seen))"])
        assert (done.stderr, done.returncode) == ("", 0)
        return json.loads(done.stdout)

    return run
