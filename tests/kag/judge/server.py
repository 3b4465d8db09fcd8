"""Servers on 127.0.0.1 that answer like the lab's recorded ones and keep every request they get."""

import asyncio
import json
import queue
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final, NamedTuple

from netdiag.lab.servers import ollama, openai_compatible
from netdiag.lab.servers.http import Reply, Request, converse

Answers = Callable[[Request], Reply]

MODELS: Final = {
    "ollama": ollama.MODEL,
    "vllm": openai_compatible.VLLM.model,
    "vllm-with-key": openai_compatible.VLLM.model,
    "llama-cpp-python": openai_compatible.LLAMA_CPP_PYTHON.model,
    "canned": "m",
}
"""The servers, each with the model it serves. What ``canned`` answers is for the test to set: ``Capture.canned``."""

_OPENAI_COMPATIBLE: Final = {
    "vllm": openai_compatible.VLLM,
    "vllm-with-key": openai_compatible.VLLM_WITH_KEY,
    "llama-cpp-python": openai_compatible.LLAMA_CPP_PYTHON,
}


class Kept(NamedTuple):
    """What one request says: the path as it was sent, and the body's JSON, or its text where it is none."""

    method: str
    path: str
    host: str
    authorization: str | None
    body: Any

    @classmethod
    def of(cls, request: Request) -> "Kept":
        """Return what is kept of ``request``."""
        try:
            body = json.loads(request.body, parse_constant=str)
        except ValueError:
            body = request.body.decode("utf-8", "replace")
        headers = request.headers
        return cls(request.method, request.path, headers.get("host", ""), headers.get("authorization"), body)


class Capture:
    """The servers of one client, which is asked one thing after another: what it sent since is :meth:`first`."""

    def __init__(self) -> None:
        self.ports: dict[str, int] = {}
        self._kept: list[Kept] = []
        self.canned: Answers = lambda _: Reply(404, {})

    def can(self, status: int, content_type: str, body: str) -> None:
        """Let the server ``canned`` give this answer to everything."""
        self.canned = lambda _: Reply(status, {"content-type": content_type}, body.encode())

    def first(self) -> Kept | None:
        """Return the first request since the last time, if there was one; whoever has its answer was kept before."""
        kept, self._kept = self._kept, []
        return kept[0] if kept else None

    def answers(self, server: str) -> Answers:
        """Return how ``server`` answers."""
        if server == "canned":
            return lambda request: self.canned(request)  # noqa: PLW0108 - what it is then
        if server == "ollama":
            return lambda request: ollama.answer(request, (ollama.MODEL,), on_loopback=True)
        kind = _OPENAI_COMPATIBLE[server]
        return lambda request: openai_compatible.answer(request, kind, (kind.model,))

    async def serve(self, server: str, listening: socket.socket) -> asyncio.Server:
        """Answer on a listening socket as ``server``, and keep what comes."""
        answers = self.answers(server)

        async def application(request: Request) -> Reply:
            self._kept.append(Kept.of(request))
            return answers(request)

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(asyncio.CancelledError):  # at the end, when a client keeps its connection
                await converse(application, reader, writer)

        self.ports[server] = listening.getsockname()[1]
        return await asyncio.start_server(talk, sock=listening)


@contextmanager
def capture() -> Iterator[Capture]:
    """Run every server of :data:`MODELS` on a port of its own."""
    found = Capture()
    started: queue.SimpleQueue[asyncio.AbstractEventLoop] = queue.SimpleQueue()
    stop = asyncio.Event()

    async def until_stopped() -> None:
        sockets = {server: socket.create_server(("127.0.0.1", 0)) for server in MODELS}
        servers = [await found.serve(server, listening) for server, listening in sockets.items()]
        started.put(asyncio.get_running_loop())
        await stop.wait()
        for server in servers:
            server.close()

    thread = threading.Thread(target=asyncio.run, args=(until_stopped(),))
    thread.start()
    loop = started.get(timeout=10)
    try:
        yield found
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
