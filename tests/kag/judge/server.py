"""Servers on 127.0.0.1 that answer like the lab's recorded ones and keep every request they get."""

import asyncio
import json
import queue
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from netdiag.lab.servers import ollama, openai_compatible
from netdiag.lab.servers.http import Reply, Request, converse

Answers = Callable[[Request], Reply]

MODELS: Final = {
    "ollama": ollama.MODEL,
    "vllm": openai_compatible.VLLM.model,
    "vllm-with-key": openai_compatible.VLLM.model,
    "llama-cpp-python": openai_compatible.LLAMA_CPP_PYTHON.model,
    "canned": "m",
    "elsewhere": "m",
}
"""The servers, each with the model it serves. What ``canned`` answers is for the test to set: :meth:`Capture.can`.
``elsewhere`` goes on with the same answers at another port: redirects may lead there.
"""

_OPENAI_COMPATIBLE: Final = {
    "vllm": openai_compatible.VLLM,
    "vllm-with-key": openai_compatible.VLLM_WITH_KEY,
    "llama-cpp-python": openai_compatible.LLAMA_CPP_PYTHON,
}


@dataclass(frozen=True)
class Canned:
    """One answer: after ``delay_s`` seconds, and how it ends: ``after`` it the connection is kept, closed or reset.

    ``raw`` is sent as it stands in place of status, headers and body; a pause of 50 ms is between its parts. In
    headers ``{canned}`` and ``{elsewhere}`` stand for the ports of the two servers.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    delay_s: float = 0.0
    raw: tuple[bytes, ...] | None = None
    after: Literal["", "close", "reset"] = ""


class Kept(NamedTuple):
    """What one request says: the path as it was sent, and the body's JSON, or its text where it is none."""

    method: str
    path: str
    host: str
    authorization: str | None
    content_type: str | None
    body: Any

    @classmethod
    def of(cls, request: Request) -> "Kept":
        """Return what is kept of ``request``."""
        try:
            body = json.loads(request.body, parse_constant=str)
        except ValueError:
            body = request.body.decode("utf-8", "replace")
        headers = request.headers
        said = (headers.get("authorization"), headers.get("content-type"))
        return cls(request.method, request.path, headers.get("host", ""), *said, body)


class Capture:
    """The servers of one client, which is asked one thing after another: what it sent since is :meth:`taken`.

    ``canned`` answers in place of what :meth:`can` says, where a test sets it.
    """

    def __init__(self) -> None:
        self.ports: dict[str, int] = {}
        self._kept: list[Kept] = []
        self._canned: tuple[Canned, ...] = (Canned(404),)
        self.canned: Answers | None = None

    def can(self, *canned: Canned) -> None:
        """Let ``canned`` and ``elsewhere`` give these answers, one to each request, and then the last one for ever."""
        self._canned = canned

    def taken(self) -> tuple[Kept, ...]:
        """Return the requests since the last time; whoever has the answer to one was kept before."""
        kept, self._kept = self._kept, []
        return tuple(kept)

    def answers(self, server: str) -> Answers:
        """Return how ``server`` answers that is not canned."""
        if server == "ollama":
            return lambda request: ollama.answer(request, (ollama.MODEL,), on_loopback=True)
        kind = _OPENAI_COMPATIBLE[server]
        return lambda request: openai_compatible.answer(request, kind, (kind.model,))

    async def serve(self, server: str, listening: socket.socket) -> asyncio.Server:
        """Answer on a listening socket as ``server``, and keep what comes."""
        is_canned = server in ("canned", "elsewhere")
        answers = None if is_canned else self.answers(server)

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            async def application(request: Request) -> Reply:
                self._kept.append(Kept.of(request))
                if answering := self.canned if is_canned else answers:
                    return answering(request)
                return await self._given(self._canned[min(len(self._kept), len(self._canned)) - 1], writer)

            with suppress(asyncio.CancelledError):  # at the end, when a client keeps its connection
                await converse(application, reader, writer)

        self.ports[server] = listening.getsockname()[1]
        return await asyncio.start_server(talk, sock=listening)

    async def _given(self, canned: Canned, writer: asyncio.StreamWriter) -> Reply:
        """Return the reply, or send what is none and raise :exc:`ConnectionError`, which ends the conversation."""
        await asyncio.sleep(canned.delay_s)
        headers = {name: value.format(**self.ports) for name, value in canned.headers.items()}
        if canned.raw is None and not canned.after:
            return Reply(canned.status, headers, canned.body)
        for part, more in enumerate(canned.raw or ()):
            await asyncio.sleep(0.05 if part else 0)
            writer.write(more)
            await writer.drain()
        if canned.after == "reset":
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        raise ConnectionResetError


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
