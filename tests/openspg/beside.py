"""netdiag beside a server: the program itself, with the ways to the host and to the server that a test has made."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from netdiag import cli, engine, platform, suggesting, undoing
from netdiag.model.place import Candidate, Gateway, Platform
from netdiag.openspg import Server

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from openspg.mariadb import MariaDb
    from openspg.server import Api

OK, PROBLEM, ROLLED_BACK, CANNOT_WRITE, UNREADABLE = 0, 1, 4, 77, 78

IN_IMAGES = {"0.8": "0.8+"}
"""The KAG in OpenSPG's images where it is not the one of that release: those named latest have a newer one."""

HOST = "127.0.0.2"
"""What stands for the host."""

WAYS = (
    Candidate("localhost", "loopback", "", 0, ("127.0.0.1",)),
    Candidate(HOST, "gateway", "eth0", 1, (HOST,)),
)


PLACE = Platform("docker-compose", in_container=True, shares_host_network=False, confidence="certain")


@dataclass
class Done:
    """What a command ended with, said and reported."""

    status: int
    said: str
    report: dict[str, Any] = field(default_factory=dict)

    @property
    def codes(self) -> set[str]:
        """Every code of the report."""
        items = self.report["endpoints"]
        found = [*self.report["findings"], *(each for item in items for each in item["findings"])]
        return {each["code"] for each in found}


@dataclass
class Beside:
    """A server with its database, and netdiag in its container; ``server`` and the ``kag`` in it can be replaced."""

    database: MariaDb
    api: Api
    version: str
    model_port: int
    directory: Path
    server: Server = field(init=False)
    kag: str = field(init=False)

    def __post_init__(self) -> None:
        self.server = Server(port=self.api.port, runs=True, database=self.database.database())
        self.kag = IN_IMAGES.get(self.version, self.version)

    def patch(self, setattr_: Callable[..., None]) -> None:
        """Give netdiag the ways to the host, and to the server, that there are here."""
        read = platform.read
        gateways = (Gateway(HOST, "eth0"),)
        setattr_(platform, "read", lambda *root: read(*root)._replace(gateways=gateways))
        setattr_(platform, "candidates", lambda *_, **__: WAYS)
        setattr_(platform, "name", lambda *_: PLACE)
        for module in (engine, suggesting, undoing):
            setattr_(module, "server_of", lambda *_: self.server)

    def netdiag(self, *arguments: str) -> Done:
        """Run a command in this process; returns its report."""
        status, said = self._run(*arguments, "--format", "json")
        assert "{" in said, said
        return Done(status, said, json.loads(said[said.index("{") :]))

    def told(self, *arguments: str) -> Done:
        """Run a command in this process; returns what people read."""
        return Done(*self._run(*arguments))

    def _run(self, *arguments: str) -> tuple[int, str]:
        out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        with redirect_stdout(out), redirect_stderr(out):
            status = cli.main([*arguments, *self._options(arguments[0])])
            out.flush()
        return status, out.buffer.getvalue().decode()  # type: ignore[attr-defined]

    def _options(self, command: str) -> list[str]:
        return [] if command == "rollback" else ["--kag-version", self.kag]

    def state(self) -> Path:
        """The directory of the journal."""
        return self.directory / "state"


def ended(done: Done) -> tuple[int, set[str]]:
    """Status and codes; whatever was said holds no key."""
    assert "c4n4ry" not in done.said
    return done.status, done.codes


def reasons(done: Done, code: str) -> set[str]:
    """The reasons given with a code."""
    return {each["values"].get("reason", "") for each in done.report["findings"] if each["code"] == code}
