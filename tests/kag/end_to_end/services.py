"""The services of a situation, friendly and not: what they are, as data, and the program that runs them in a lab.

The program enters the host's network of the lab, whose container's first process it is told, and answers there and in
the container. A line on its standard input is answered by one on its standard output: the requests that came since the
last time; after it every service begins anew, as if it had never been asked.
"""

import asyncio
import json
import os
import socket
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import replace
from ipaddress import ip_address
from typing import Any, Final, NamedTuple

MODELS: Final = ("qwen2.5:3b", "bge-m3:latest")
"""What an Ollama serves here."""


class Service(NamedTuple):
    """A server with the manner in which it answers; ``on`` is whose network it listens in."""

    server: str
    port: int
    listen: str
    on: str = "host"
    manner: str = ""
    delay_s: float = 0.0


class Names(NamedTuple):
    """A name server at ``listen``, on the host or for a loopback address in the container; empty for none."""

    listen: str
    known: tuple[tuple[str, str], ...] = ()
    delay_s: float = 0.0


class Hosted(NamedTuple):
    """All that runs in a lab beside the container; ``addresses`` are more ones of the host, its LAN's for one."""

    services: tuple[Service, ...]
    names: Names
    addresses: tuple[str, ...] = ()


JSON: Final = {"content-type": "application/json"}
Answers = Callable[[Any], Any]


def _reply(status: int, headers: Mapping[str, str], body: str | bytes = b"") -> Any:
    from netdiag.lab.servers.http import Reply  # noqa: PLC0415 - data is read where no server runs

    return Reply(status, headers, body.encode() if isinstance(body, str) else body)


def _fails_first(times: int, status: int) -> Callable[[Answers, Any, int], Any]:
    error = json.dumps({"error": {"message": "busy", "type": "server_error"}})
    return lambda good, request, nth: _reply(status, JSON, error) if nth <= times else good(request)


def _moved(status: int, *, says_where: bool = True, host: str = "") -> Callable[[Answers, Any, int], Any]:
    def answer(good: Answers, request: Any, _: int) -> Any:
        if request.path.startswith("/moved"):
            return good(replace(request, path=request.path.removeprefix("/moved")))
        origin = f"http://{host}:{request.headers['host'].rpartition(':')[2]}" if host else ""
        return _reply(status, {"location": f"{origin}/moved{request.path}"} if says_where else {})

    return answer


def _more(**values: Any) -> Callable[[Answers, Any, int], Any]:
    def answer(good: Answers, request: Any, _: int) -> Any:
        reply = good(request)
        with suppress(ValueError):
            return replace(reply, body=json.dumps({**json.loads(reply.body), **values}).encode())
        return reply

    return answer


def _always(status: int, headers: Mapping[str, str], body: str) -> Callable[[Answers, Any, int], Any]:
    return lambda good, request, nth: _reply(status, headers, body)


_PAGE: Final = "<!doctype html><html><head><title>Welcome</title></head><body>It works</body></html>"
_EVENTS: Final = 'data: {"choices": [{"index": 0, "delta": {"content": "hi"}}]}\n\ndata: [DONE]\n\n'
_NO: Final = '{"error": {"message": "no"}}'

MANNERS: Final[Mapping[str, Callable[[Answers, Any, int], Any]]] = {
    "": lambda good, request, nth: good(request),
    "404": _always(404, JSON, '{"detail": "Not Found"}'),
    "page": _always(200, {"content-type": "text/html"}, _PAGE),
    "empty": _always(200, JSON, ""),
    "events": _always(200, {"content-type": "text/event-stream"}, _EVENTS),
    "error in 200": _always(200, JSON, _NO),
    "400": _always(400, JSON, _NO),
    "429": _always(429, JSON, _NO),
    "500": _always(500, JSON, _NO),
    "503": _always(503, {"content-type": "text/html"}, _PAGE),
    "500 once": _fails_first(1, 500),
    "503 twice": _fails_first(2, 503),
    "409 once": _fails_first(1, 409),
    "425": _always(425, JSON, _NO),
    "301": _moved(301),
    "302": _moved(302),
    "307": _moved(307),
    "308": _moved(308),
    "307 to nowhere": _moved(307, says_where=False),
    "308 to the bridge": _moved(308, host="172.17.0.1"),
    "error null": _more(error=None),
    "large": _more(more="x" * 1_200_000),
    "mark": lambda good, request, nth: replace(good(request), body=b"\xef\xbb\xbf" + good(request).body),
}  # fmt: skip
"""By name, from the good answer, the request, and how often the same one came, to what is said instead."""

BROKEN_OFF: Final = ("silent", "resets", "closes")
"""Manners that give no answer: nothing, a reset, the end of the connection."""


class Running:
    """What the services were asked since the last time."""

    def __init__(self) -> None:
        self.kept: list[str] = []
        self._times: Counter[tuple[Service, str, bytes]] = Counter()

    def forget(self) -> list[str]:
        """Begin anew, and return what there was."""
        kept, self.kept = self.kept, []
        self._times.clear()
        return kept

    def application(self, service: Service) -> Callable[[Any], Any]:
        """Return how this service answers."""
        good, manner = _good(service), MANNERS.get(service.manner)

        async def answer(request: Any) -> Any:
            self.kept.append(f"{service.port} {request.method} {request.path} {request.body[:200]!r}")
            same = (service, request.path.removeprefix("/moved"), request.body)
            self._times[same] += 1
            if service.delay_s:
                await asyncio.sleep(service.delay_s)
            if manner is None:
                raise ConnectionAbortedError
            return manner(good, request, self._times[same])

        return answer


def _good(service: Service) -> Answers:
    from netdiag.lab.servers import ollama, openai_compatible  # noqa: PLC0415

    if service.server == "ollama":
        on_loopback = ip_address(service.listen).is_loopback
        return lambda request: ollama.answer(request, MODELS, on_loopback=on_loopback)
    kind = {
        "vllm": openai_compatible.VLLM,
        "vllm-with-key": openai_compatible.VLLM_WITH_KEY,
        "llama-cpp-python": openai_compatible.LLAMA_CPP_PYTHON,
    }[service.server]
    return lambda request: openai_compatible.answer(request, kind, (kind.model,))


async def _serve(service: Service, listening: socket.socket, running: Running) -> None:
    from netdiag.lab.servers.broken import PROTOCOLS  # noqa: PLC0415
    from netdiag.lab.servers.http import converse  # noqa: PLC0415

    if service.manner == "resets":
        await asyncio.get_running_loop().create_server(PROTOCOLS["resets"], sock=listening)
        return
    application = running.application(service)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.CancelledError):
            if service.manner == "silent":
                await reader.read()
                writer.close()
            else:
                await converse(application, reader, writer)

    await asyncio.start_server(talk, sock=listening)


def _name_server(names: Names) -> Callable[[], asyncio.DatagramProtocol]:
    from netdiag.lab import World  # noqa: PLC0415
    from netdiag.lab.servers.names import answer  # noqa: PLC0415 - dnspython takes a twentieth of a second

    world = World(names=names.known)

    class Server(asyncio.DatagramProtocol):
        def connection_made(self, transport: Any) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, addr: Any) -> None:
            if found := answer(data, world):
                asyncio.get_running_loop().call_later(names.delay_s, self.transport.sendto, found, addr)

    return Server


def _listening(service: Service) -> socket.socket:
    family = socket.AF_INET6 if ":" in service.listen else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((service.listen, service.port))
    listening.listen(128)
    return listening


def _addressed(addresses: tuple[str, ...]) -> None:
    from pyroute2 import IPRoute  # noqa: PLC0415 - a tenth of a second

    with IPRoute() as link:
        for address in addresses:
            link.addr("add", index=1, address=address, prefixlen=32)


def _opened(hosted: Hosted, container: int) -> tuple[list[tuple[Service, socket.socket]], socket.socket | None]:
    """Return the sockets, each opened in the network that it belongs to; this process stays in the host's."""
    from namespaces import enter, holder_of, open_namespace  # noqa: PLC0415

    holder = holder_of(container)
    networks = {"host": open_namespace(holder, "net"), "container": open_namespace(container, "net")}
    enter(open_namespace(holder, "user"), "user")
    enter(networks["host"], "net")
    if hosted.addresses:
        _addressed(hosted.addresses)
    services, names = [], None
    for on, network in networks.items():
        enter(network, "net")
        services += [(each, _listening(each)) for each in hosted.services if each.on == on]
        at = hosted.names.listen
        if at and on == ("container" if ip_address(at).is_loopback else "host"):
            names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            names.bind((at, 53))
    return services, names


async def _until_closed(hosted: Hosted, services: list[tuple[Service, socket.socket]], names: Any) -> None:
    running, end = Running(), asyncio.Event()
    for service, listening in services:
        await _serve(service, listening, running)
    if names:
        await asyncio.get_running_loop().create_datagram_endpoint(_name_server(hosted.names), sock=names)

    def asked() -> None:
        if not os.read(0, 1 << 12):
            end.set()
            return
        print(json.dumps(running.forget()), flush=True)

    asyncio.get_running_loop().add_reader(0, asked)
    print("ready", flush=True)
    await end.wait()


def as_line(hosted: Hosted, container: int) -> str:
    """Return what the program is told first."""
    return json.dumps([container, hosted]) + "\n"


def _told(line: str) -> tuple[int, Hosted]:
    container, (services, names, addresses) = json.loads(line)
    at, known, delay_s = names
    named = Names(at, tuple((address, name) for address, name in known), delay_s)
    return container, Hosted(tuple(Service(*each) for each in services), named, tuple(addresses))


def main() -> None:
    """Run the services that the first argument tells, until standard input closes."""
    container, hosted = _told(sys.argv[1])
    services, names = _opened(hosted, container)
    with ExitStack() as stack:
        for _, listening in services:
            stack.callback(listening.close)
        asyncio.run(_until_closed(hosted, services, names))


if __name__ == "__main__":
    main()
