"""The container's first process: it takes its place in the namespaces, then runs the commands it is sent.

A command arrives as one message: a JSON object ``{"argv", "cwd", "env"}``, perhaps with ``"foreground"``, and four
file descriptors: the command's standard streams, and a socket for its end. On that socket goes ``{"returncode"}``, or
``{"errno"}`` when it could not be started; when the other side closes the socket, the command is killed.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import threading
from typing import Any, Final

from netdiag.lab import rootfs
from netdiag.lab.namespaces import NEW_HOSTNAME, NEW_MOUNTS, NEW_USERS, become_root, die_with_parent, unshare
from netdiag.lab.topology import World

MAX_MESSAGE: Final = 1 << 17


def settle(world: World) -> None:
    """Turn this process, already in the container's network and the first of its process namespace, into it.

    Its root is that of a second user namespace: ``/proc/self/uid_map`` maps 0 to 0, as in a container of a Docker
    that runs as root, and like there it has no power over its network or its mounts.
    """
    unshare(NEW_MOUNTS | NEW_HOSTNAME)
    socket.sethostname(rootfs.HOSTNAME)
    rootfs.make_root(world)
    unshare(NEW_USERS)
    become_root(0, 0)
    die_with_parent(signal.SIGKILL)
    os.umask(0o022)  # Docker's, whatever the maker's is
    # for the first process of a namespace the default of a terminal's signals is to ignore them; its children,
    # whose ends nobody waits for, are not to stay as zombies
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)


def run_commands(requests: socket.socket) -> None:
    """Run each command that arrives, until the other side closes the socket."""
    while True:
        message, received, _, _ = socket.recv_fds(requests, MAX_MESSAGE, 4)
        if not message:
            return
        if os.fork() == 0:
            try:
                requests.close()
                _attend(json.loads(message), received)
            finally:
                os._exit(0)
        for descriptor in received:
            os.close(descriptor)


def _attend(request: dict[str, Any], received: list[int]) -> None:
    """Run one command and tell its end; a Ctrl-C at the terminal is for the command, not for this process."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, lambda *_: None)  # unlike SIG_IGN, this does not outlive exec
    stdin, stdout, stderr, end = received
    if request.get("foreground"):
        _take_terminal(stdin)
    with socket.socket(fileno=end) as reply, contextlib.suppress(ConnectionError):
        try:
            command = subprocess.Popen(  # noqa: S603 - to run what it is sent is what this is for
                request["argv"], cwd=request["cwd"], env=request["env"], stdin=stdin, stdout=stdout, stderr=stderr
            )
        except OSError as error:
            reply.send(json.dumps({"errno": error.errno}).encode())
            return
        threading.Thread(target=_kill_when_closed, args=(reply, command), daemon=True).start()
        reply.send(json.dumps({"returncode": command.wait()}).encode())


def _take_terminal(descriptor: int) -> None:
    """Become the foreground of the terminal: a shell needs a process group there that it can see, and give back to."""
    os.setpgid(0, 0)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # sent to who does this from the background
    with contextlib.suppress(OSError):  # it is no terminal
        os.tcsetpgrp(descriptor, os.getpgrp())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)


def _kill_when_closed(reply: socket.socket, command: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(OSError):
        reply.recv(1)
        command.kill()
