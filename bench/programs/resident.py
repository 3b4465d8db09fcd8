"""Lives in the container and runs what it is sent, each in a fresh process: ``resident.py SOCKET``.

A line of JSON arrives on the Unix socket, one goes back. ``{"start": argv}`` begins a server and waits until it says a
line; ``{"argv", "env", "output"}`` runs a command and tells its wall and processor time, peak memory and exit status.
What a new process may show as its peak is at least this program's own (the kernel keeps it across exec), so this
imports little. A command that takes longer than three minutes is killed.
"""

import json
import os
import signal
import socket
import sys
import time

_LIMIT_S = 180


def start(argv):
    """Begin a server; it is up when it has written something. It ends with the container."""
    read, write = os.pipe()
    os.posix_spawn(argv[0], argv, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, write, 1)])
    os.close(write)
    return {"said": os.read(read, 100).decode()}


def run(argv, env, output):
    """Run one command to its end."""
    said = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    actions = [(os.POSIX_SPAWN_DUP2, said, 1), (os.POSIX_SPAWN_DUP2, said, 2)]
    began = time.monotonic()
    child = os.posix_spawn(argv[0], argv, env, file_actions=actions)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
    signal.alarm(_LIMIT_S)
    _, status, used = os.wait4(child, 0)
    ended = time.monotonic()
    signal.alarm(0)
    os.close(said)
    return {
        "status": os.waitstatus_to_exitcode(status),
        "wall_ms": (ended - began) * 1000,
        "cpu_ms": (used.ru_utime + used.ru_stime) * 1000,
        "rss_mb": used.ru_maxrss / 1024,
    }


def main():
    """Serve until the other side closes."""
    channel = socket.socket(socket.AF_UNIX)
    channel.connect(sys.argv[1])
    lines = channel.makefile("rw")
    for line in lines:
        job = json.loads(line)
        told = start(job["start"]) if "start" in job else run(**job)
        lines.write(json.dumps(told) + "\n")
        lines.flush()


main()
