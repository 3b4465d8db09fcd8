"""The process that holds a lab: it makes the host's side, runs its servers, and ends when its maker does.

On the socket that :func:`netdiag.lab.make` gives it a :class:`World` arrives; it answers once, with ``{"directory"}``
or ``{"call", "errno"}``, and from then on that socket carries commands to the container. When its standard input
closes, by the end of ``with`` or by the death of the maker, the lab ends.
"""

import asyncio
import json
import os
import pickle
import signal
import socket
import sys
import tempfile
import traceback
from dataclasses import dataclass
from typing import Final

from netdiag.lab.container import MAX_MESSAGE, run_commands, settle
from netdiag.lab.firewall import set_up
from netdiag.lab.listeners import listen, name_server_socket
from netdiag.lab.namespaces import (
    NEW_NETWORK,
    NEW_PROCESSES,
    NEW_USERS,
    become_root,
    die_with_parent,
    inside_network,
    unshare,
)
from netdiag.lab.network import make_networks
from netdiag.lab.servers import serve
from netdiag.lab.topology import Service, World

_READY: Final = b"ready"


@dataclass(frozen=True)
class _Host:
    """The host's sockets, and the container's process with the pipe that closes when it ends."""

    services: tuple[tuple[Service, socket.socket], ...]
    names: socket.socket | None
    container: int
    container_alive: int


def main(channel: socket.socket) -> None:
    """Hold the lab whose world arrives on ``channel``, until standard input closes."""
    # what ends the maker, or its process group, must not end this before it has cleaned up
    group = os.getpgrp()
    os.setpgid(0, 0)
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    maker = os.getppid()
    message = channel.recv(MAX_MESSAGE)
    if not message:
        return  # the maker was interrupted
    world = pickle.loads(message)  # noqa: S301 - from the maker, which runs as the same user
    # its place is named: else tempfile would try it out with a file, which a kill leaves behind
    place = os.environ.get("TMPDIR", "/tmp")  # noqa: S108
    with tempfile.TemporaryDirectory(prefix="netdiag-lab-", dir=place, ignore_cleanup_errors=True) as directory:
        try:
            host = _make(world, channel, group)
        except OSError as error:
            channel.send(json.dumps({"call": error.filename, "errno": error.errno}).encode())
            return
        try:
            channel.send(json.dumps({"directory": directory}).encode())
            asyncio.run(_serve_until_the_end(world, host, maker))
        finally:
            os.kill(host.container, signal.SIGKILL)
            os.waitpid(host.container, 0)


def _make(world: World, channel: socket.socket, group: int) -> _Host:
    uid, gid = os.getuid(), os.getgid()
    unshare(NEW_USERS | NEW_NETWORK | NEW_PROCESSES)
    become_root(uid, gid)
    network = make_networks(world)
    services = tuple((each, listen(each, network if each.on == "container" else None)) for each in world.services)
    names = name_server_socket(world, network)
    container, alive = _start_container(world, network, channel)
    # not before the container has been started: the first process of its namespace must not be iptables, whose end
    # would be the namespace's
    set_up(world)
    os.setpgid(container, group)  # back into the maker's, and the terminal's: a Ctrl-C is for the commands too
    return _Host(services, names, container, alive)


def _start_container(world: World, network: int, channel: socket.socket) -> tuple[int, int]:
    alive, its_end = os.pipe()
    container = os.fork()
    if container == 0:
        try:
            os.close(alive)
            with inside_network(network):
                settle(world)
                os.write(its_end, _READY)
                run_commands(channel)
        except OSError as error:
            os.write(its_end, json.dumps([error.errno, error.strerror, error.filename]).encode())
        except Exception:  # noqa: BLE001 - the maker reads the last line
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(its_end)
    answer = os.read(alive, 4096)
    if answer == _READY:
        return container, alive
    os.waitpid(container, 0)
    if not answer:
        sys.exit(1)
    raise OSError(*json.loads(answer))


async def _serve_until_the_end(world: World, host: _Host, maker: int) -> None:
    end = asyncio.Event()
    loop = asyncio.get_running_loop()
    for closing in (sys.stdin.fileno(), host.container_alive):
        loop.add_reader(closing, end.set)
    # a process forked by the maker may keep standard input open after the maker's death; this signal comes then too,
    # and also when only the thread that made the lab is gone
    loop.add_signal_handler(signal.SIGUSR1, lambda: None if os.getppid() == maker else end.set())
    die_with_parent(signal.SIGUSR1)
    servers = [await serve(service, listening) for service, listening in host.services if not service.drop]
    if host.names:
        # dnspython takes a twentieth of a second: here the maker does not wait for it, and a query waits in the socket
        from netdiag.lab.servers.names import NameServer  # noqa: PLC0415

        await loop.create_datagram_endpoint(lambda: NameServer(world), sock=host.names)
    await end.wait()
    die_with_parent(0)  # no more signals: the loop, when it closes, gives this one back its default, death
    for server in servers:
        server.close()
