"""Runs in the lab: the real program in a container that leads nowhere, with its connects as the kernel saw them."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from host_views import handing

from netdiag import lab
from netdiag.lab import Network, Service, World
from netdiag.model.host import HostView

COMPOSE = Network("br-5eed0c0ffee0", gateway="172.18.0.1/16", container="172.18.0.2/16")
OLLAMA = Service("ollama", 11434, models=("qwen2.5:3b", "bge-m3"))
HOST = ("172.18.0.1", "172.17.0.1")
"""The gateway, and the default bridge: what surely is the host on a compose network."""

_CONNECT = re.compile(
    r"connect\(\d+<TCP.*?sin6?_port=htons\((\d+)\).*?(?:inet_addr\(|AF_INET6, |inet_pton\(AF_INET6, )\"([^\"]+)\""
)


class Container:
    """A container of the lab."""

    def __init__(self, inside: lab.Lab) -> None:
        self._inside = inside
        self.directory = inside.directory

    def run(self, *words: str, view: HostView | None = None, **options: Any) -> tuple[int, dict[str, Any]]:
        """Run netdiag and return its status and its report."""
        done = self._inside.run(handing(["netdiag", *words, "--format", "json"], view, self.directory), **options)
        assert done.stderr == "" or done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    def connects(self, *words: str, view: HostView | None = None) -> set[tuple[str, int]]:
        """Run netdiag under strace and return every address and port that it connected to over TCP."""
        log = self.directory / "trace"
        command = ["strace", "-f", "-qq", "-yy", "-e", "trace=connect", "-e", "signal=none", "-o", str(log)]
        self._inside.run(handing([*command, "netdiag", *words], view, self.directory))
        return {(address, int(port)) for port, address in _CONNECT.findall(log.read_text())}


@contextmanager
def container(world: World) -> Iterator[Container]:
    """Make a world, and yield its container."""
    with lab.make(world) as inside:
        yield Container(inside)
