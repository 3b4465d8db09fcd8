"""The lab's servers behind TLS, in a thread of this process, on loopback."""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Iterator

from netdiag.lab import Service
from netdiag.lab.listeners import listen
from netdiag.lab.servers import serve
from netdiag.lab.topology import Server, Tls


@contextlib.contextmanager
def serving_tls(tls: Tls, server: Server = "ollama") -> Iterator[int]:
    """Serve with this certificate on 127.0.0.1 while the block runs; yields the port."""
    service = Service(server, 0, "127.0.0.1", tls=tls)
    with listen(service) as listening:
        stop = asyncio.Event()
        loops: queue.SimpleQueue[asyncio.AbstractEventLoop] = queue.SimpleQueue()

        async def until_stopped() -> None:
            running = await serve(service, listening)
            loops.put(asyncio.get_running_loop())
            await stop.wait()
            running.close()

        port = listening.getsockname()[1]
        thread = threading.Thread(target=asyncio.run, args=(until_stopped(),))
        thread.start()
        try:
            loop = loops.get(timeout=10)
            yield port
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join()
