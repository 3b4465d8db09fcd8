"""How to reach what an OpenSPG server keeps: from the server's own command line, without sending anything.

What that does not say has the values of OpenSPG's own compose file.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, Literal, NamedTuple
from urllib.parse import unquote, urlsplit

from netdiag.model.place import Facts
from netdiag.openspg.parts import Part, parts
from netdiag.openspg.process import JDBC, started_with
from netdiag.text import Secret

_JDBC_URL: Final = re.compile(r"jdbc:(?:mysql|mariadb)://([\w.-]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?/([\w$-]+)")
_NAME: Final = re.compile(r"[0-9A-Za-z_$-]{1,64}")
_HOST: Final = re.compile(r"[0-9A-Za-z_]([0-9A-Za-z_.-]*[0-9A-Za-z_])?|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+")

Scope = Literal["global", "projects", "all"]
"""What is looked at: the configuration that new knowledge bases begin with, the copies in each of them, or both."""

PORT: Final = 8887
"""The server's own (application-default.properties: server.port)."""


class Database(NamedTuple):
    """A MySQL or MariaDB, and who logs in to it: by default as in OpenSPG's own compose file."""

    host: str = "mysql"
    port: int = 3306
    user: str = "root"
    password: Secret = Secret("openspg")
    name: str = "openspg"

    @property
    def where(self) -> str:
        """The database as it is named to people and in the journal: ``mysql:3306/openspg``; never who logs in."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}/{self.name}"


class Server(NamedTuple):
    """An OpenSPG server that may run here.

    ``runs`` tells that its process was seen, ``listens`` that its port is open, or may be; ``named`` that the user
    asked for the server or its database. ``database`` is ``None`` where nothing says that there is one within reach.
    """

    port: int = PORT
    runs: bool = False
    listens: bool = True
    named: bool = False
    database: Database | None = None
    parts: tuple[Part, ...] = ()

    @property
    def address(self) -> str:
        """Where it listens, or will."""
        return f"127.0.0.1:{self.port}"

    @property
    def is_starting(self) -> bool:
        """Whether its process is there and its port is not open yet: the case for 7 to 20 seconds."""
        return self.runs and not self.listens

    @property
    def projects(self) -> str:
        """Where it tells its knowledge bases; needs no login."""
        return f"http://{self.address}/public/v1/project"


class Given(NamedTuple):
    """What the user says of the database: ``--db-url``, and the password in what ``--db-password-env`` names.

    ``host`` is empty, and ``password`` is ``None``, where that was not said.
    """

    host: str = ""
    port: int = 3306
    user: str = "root"
    name: str = "openspg"
    password: Secret | None = None


def given(url: str) -> Given:
    """Return what ``mysql://user@host:port/database`` names; raises ``ValueError`` without a word of a password in it.

    Whoever can list processes reads a command line, so a password does not belong there.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 3306
    except ValueError:
        host, port, parts = "", 0, urlsplit("")
    if parts.password is not None:
        msg = "takes no password, since everybody can read a command line: name a variable with --db-password-env"
        raise ValueError(msg)
    name = parts.path.removeprefix("/") or "openspg"
    is_sound = parts.scheme in ("mysql", "mariadb") and _HOST.fullmatch(host) and _NAME.fullmatch(name)
    if not is_sound or parts.query or parts.fragment:
        msg = "takes mysql://user@host:port/database"
        raise ValueError(msg)
    return Given(host, port, unquote(parts.username or "root"), name)


def find(root: Path, facts: Facts, *, in_container: bool, named: bool, said: Given | None = None) -> Server:
    """Return what speaks for a server here, as far as files tell.

    A database is looked for by its usual name only within a container beside a server: elsewhere ``mysql`` is
    somebody's. ``named`` tells that the user asked for the server, ``said`` what he says of its database.
    """
    said = said or Given()
    line, settings = started_with(root) if in_container else ((), {})
    port = _port(settings.get("server.port", ""), PORT)
    known = any(listener.endswith(f":{port}") for listener in facts.listeners)
    beside = in_container and (bool(line) or known or named)
    database = _database(settings) if beside else None
    if said.host:
        own = (database or Database()).password
        database = Database(said.host, said.port, said.user, said.password or own, said.name)
    elif database and said.password:
        database = database._replace(password=said.password)
    return Server(
        port=port,
        runs=bool(line),
        listens=known or not facts.listeners,  # none at all: /proc/net/tcp may be unreadable (gVisor)
        named=named or bool(said.host),
        database=database,
        parts=(*parts(settings), *_own(settings, said)) if line else (),
    )


def _database(settings: Mapping[str, str]) -> Database:
    usual = Database()
    url = _JDBC_URL.match(settings.get(f"{JDBC}url", ""))
    host, port, name = (url[1].strip("[]"), url[2] or "", url[3]) if url else ("", "", "")
    host = host or settings.get(f"{JDBC}host", "")
    password = settings.get(f"{JDBC}password")
    return Database(
        host if _HOST.fullmatch(host) else usual.host,
        _port(port or settings.get(f"{JDBC}port", ""), usual.port),
        settings.get(f"{JDBC}username") or usual.user,
        usual.password if password is None else Secret(password),
        name or usual.name,
    )


def _own(settings: Mapping[str, str], said: Given) -> Iterator[Part]:
    """Yield the server's own database as a part where the user names another one, which is read in its place."""
    own = _database(settings)
    if said.host and (said.host, said.port) != (own.host, own.port):
        yield Part("mysql", own.host, own.port, "mysql")


def _port(text: str, usual: int) -> int:
    return int(text) if text.isdecimal() and 0 < int(text) < 65536 else usual
