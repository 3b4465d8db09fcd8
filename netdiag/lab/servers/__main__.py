"""Run one of the lab's servers by hand, until interrupted.

``python -m netdiag.lab.servers ollama --listen 0.0.0.0 --port 11434 --model qwen2.5:3b``
"""

import argparse
import asyncio
import signal
import socket
import sys
from ipaddress import ip_address

from netdiag.lab.listeners import listen
from netdiag.lab.servers import SERVERS, serve, troubled
from netdiag.lab.topology import Service


def main() -> None:
    """Serve what the command line asks for."""
    service = _service()
    try:
        listening = listen(service)
    except OSError as error:
        sys.exit(f"cannot listen on {service.listen} port {service.port}: {error.strerror}")
    asyncio.run(_run(service, listening))


def _service() -> Service:
    parser = argparse.ArgumentParser(prog="python -m netdiag.lab.servers", description="answer like a recorded server")
    parser.add_argument("server", choices=SERVERS)
    parser.add_argument("--listen", type=ip_address, default="127.0.0.1", metavar="ADDRESS")
    parser.add_argument("--port", type=int, default=11434, help="0 takes a free one")
    parser.add_argument("--model", action="append", default=[], help="a model it serves; repeatable")
    parser.add_argument("--delay", type=float, default=0.0, metavar="SECONDS", help="the time a model takes to load")
    parser.add_argument("--trouble", choices=sorted(troubled.troubles()), default="", help="what a troubled one says")
    given = parser.parse_args()
    models = tuple(given.model)
    return Service(given.server, given.port, str(given.listen), models, delay_s=given.delay, trouble=given.trouble)


async def _run(service: Service, listening: socket.socket) -> None:
    address, port = listening.getsockname()[:2]
    end = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    server = await serve(service, listening)
    print(f"{service.server} listens on {address} port {port}", flush=True)  # noqa: T201
    await end.wait()
    server.close()


if __name__ == "__main__":
    main()
