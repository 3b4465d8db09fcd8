"""The containers in which everything is measured, and the way to have something run there."""

import json
import os
import socket
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from netdiag import lab
from netdiag.lab import Network, Service, World

PROGRAMS: Final = Path(__file__).parent / "programs"
INSTANT_PORT: Final = 20000
BLACK_HOLES: Final = tuple(f"192.0.2.{number}" for number in range(1, 16))
"""Addresses to which a route leads and where nobody is (RFC 5737's, so they are nobody's elsewhere either)."""

_START_LIMIT_S: Final = 30.0
_OLLAMA: Final = Service("ollama", 11434)

WORLDS: Final[Mapping[str, World]] = {
    "one way": World(services=(_OLLAMA,), nameserver=""),
    "compose": World(
        networks=(Network("br-5eed0c0ffee0", gateway="172.18.0.1/16", container="172.18.0.2/16"),),
        nameserver="127.0.0.11",
        services=(_OLLAMA,),
        dead=BLACK_HOLES,
    ),
}
"""Where there is one way to the host; and a compose project's network, where candidates and black holes are added."""


@dataclass(frozen=True)
class Ended:
    """How a command ended: its figures by name, its exit status, and what it said."""

    figures: Mapping[str, float]
    status: int
    said: str


class Place:
    """A container with a resident. ``directory`` is the home of what runs there."""

    def __init__(self, directory: Path, channel: socket.socket) -> None:
        self.directory = directory
        self._lines = channel.makefile("rw", encoding="utf-8")

    def start(self, *argv: str) -> None:
        """Start a server that stays; it is up when this returns."""
        told = self._ask({"start": list(argv)})
        assert told["said"], f"{argv} did not start"

    def run(self, argv: Sequence[str], env: Mapping[str, str]) -> Ended:
        """Run a command in a fresh process."""
        output = self.directory / "output"
        told = self._ask({"argv": list(argv), "env": dict(env), "output": str(output)})
        return Ended(told, int(told.pop("status")), output.read_text(errors="replace"))

    def _ask(self, job: Mapping[str, Any]) -> dict[str, Any]:
        self._lines.write(json.dumps(job) + "\n")
        self._lines.flush()
        if not (line := self._lines.readline()):
            msg = f"the container ended while it ran {job}"
            raise lab.LabError(msg)
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def make(world: World) -> Iterator[Place]:
    """Make a container with a resident and the instant server for the length of a ``with``."""
    with lab.make(world) as made, socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(made.directory / "resident"))
        listening.listen()
        listening.settimeout(_START_LIMIT_S)
        threading.Thread(target=_live, args=(made,), daemon=True).start()
        channel, _ = listening.accept()
        with channel:
            place = Place(made.directory, channel)
            place.start(sys.executable, str(PROGRAMS / "instant.py"), str(INSTANT_PORT))
            yield place


def _live(made: lab.Lab) -> None:
    resident = [sys.executable, "-I", "-S", str(PROGRAMS / "resident.py"), str(made.directory / "resident")]
    with suppress(lab.LabError):  # it ends with the container
        made.run(resident, timeout=None)


def environment(home: Path, *first: str) -> dict[str, str]:
    """Return the variables that a command is run with, these folders being first on the path."""
    return {
        "PATH": os.pathsep.join((*first, os.defpath)),
        "HOME": str(home),
        "NETDIAG_STATE_DIR": str(home / "state"),
        "LANG": "C.UTF-8",
    }
