"""Model servers that answer byte for byte like the recorded ones, and some that are none or are broken.

The recorded answers are replayed as they are, with the model's name put in where a request or a world uses another;
an answer without a recording says so (501). The random text of a chat is that of the recording.
"""

import asyncio
import socket
from collections.abc import Callable
from ipaddress import ip_address
from typing import Final, Protocol, get_args

from netdiag.lab.servers import broken, ollama, openai_compatible, proxy, troubled
from netdiag.lab.servers.http import Application, Reply, Request, converse
from netdiag.lab.topology import Server, Service

SERVERS: Final[tuple[Server, ...]] = get_args(Server)

_PAGE: Final = b"<!doctype html>\n<html><head><title>Welcome</title></head><body><h1>It works</h1></body></html>\n"
_KINDS: Final = {
    "vllm": openai_compatible.VLLM,
    "vllm-with-key": openai_compatible.VLLM_WITH_KEY,
    "llama-cpp-python": openai_compatible.LLAMA_CPP_PYTHON,
}


class Serving(Protocol):
    """What answers until it is closed."""

    def close(self) -> None:
        """Stop accepting."""


async def serve(service: Service, listening: socket.socket) -> Serving:
    """Answer on a listening socket as ``service`` declares."""
    if service.server == "silent":
        return await asyncio.start_server(_say_nothing, sock=listening)
    if service.server in broken.PROTOCOLS:
        return await asyncio.get_running_loop().create_server(broken.PROTOCOLS[service.server], sock=listening)
    if service.server in broken.CONVERSATIONS:
        answers, converse_so = _answers(service), broken.CONVERSATIONS[service.server]
        return await asyncio.start_server(lambda reader, writer: converse_so(answers, reader, writer), sock=listening)
    if service.server == "proxy":
        return await asyncio.start_server(proxy.forward, sock=listening)
    application = _loading(_answers(service), service.delay_s)
    if service.tls:
        from netdiag.lab.servers import tls  # noqa: PLC0415 - ssl is paid for only where it is spoken

        clocked = tls.dated(application, service.tls)
        return tls.TlsServer(service.tls, listening, lambda reader, writer: converse(clocked, reader, writer))
    return await asyncio.start_server(lambda reader, writer: converse(application, reader, writer), sock=listening)


def _answers(service: Service) -> Callable[[Request], Reply]:
    if service.server == "web-page":
        return lambda _: Reply(200, {"server": "nginx", "content-type": "text/html"}, _PAGE)
    if service.server in proxy.THEMSELVES:
        return proxy.THEMSELVES[service.server]
    if service.server == "troubled":
        return lambda request: troubled.answer(request, service.trouble)
    if service.server in ("ollama", *broken.CONVERSATIONS):
        models, on_loopback = service.models or (ollama.MODEL,), ip_address(service.listen).is_loopback
        return lambda request: ollama.answer(request, models, on_loopback=on_loopback)
    kind = _KINDS[service.server]
    return lambda request: openai_compatible.answer(request, kind, service.models or (kind.model,))


def _loading(answers: Callable[[Request], Reply], delay_s: float) -> Application:
    """Let what needs the model wait until it is loaded; the first such request begins to load it, as in Ollama."""
    loaded: asyncio.Task[None] | None = None

    async def application(request: Request) -> Reply:
        nonlocal loaded
        reply = answers(request)
        if delay_s and request.method == "POST" and reply.status == 200:
            loaded = loaded or asyncio.create_task(asyncio.sleep(delay_s))
            await asyncio.shield(loaded)
        return reply

    return application


async def _say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while await reader.read(1 << 16):
            pass
    finally:
        writer.close()
