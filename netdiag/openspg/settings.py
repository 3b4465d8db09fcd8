"""How to reach what an OpenSPG server keeps: from the server's own command line, without sending anything.

What that does not say has the values of OpenSPG's own compose file.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple
from urllib.parse import unquote, urlsplit

from netdiag.model.place import Facts
from netdiag.text import Secret, host_port

if TYPE_CHECKING:
    from netdiag.openspg.parts import Part
    from netdiag.openspg.process import Started
    from netdiag.openspg.spring import Settings

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
        return f"{host_port(self.host, self.port)}/{self.name}"


class Server(NamedTuple):
    """An OpenSPG server that may run here.

    ``runs`` tells that its process was seen, ``listens`` that its port is open, or may be; ``named`` that the user
    asked for the server or its database. ``database`` is ``None`` where nothing says that there is one within reach.
    ``unread`` names the file that may hold more settings and that this user may not read.
    """

    port: int = PORT
    runs: bool = False
    listens: bool = True
    named: bool = False
    database: Database | None = None
    parts: "tuple[Part, ...]" = ()
    unread: str = ""

    @property
    def address(self) -> str:
        """Where it listens, or will."""
        return f"127.0.0.1:{self.port}"

    @property
    def is_starting(self) -> bool:
        """Whether its process is there and its port is not open yet: the case for 7 to 20 seconds."""
        return self.runs and not self.listens

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host of its database, where one is known."""
        return (self.database.host,) if self.database else ()

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


def find(  # noqa: PLR0913 - what is known of the place, and what the user said
    root: Path,
    facts: Facts,
    *,
    in_container: bool,
    named: bool,
    said: Given | None = None,
    shares_host_network: bool = False,
) -> Server:
    """Return what speaks for a server here, as far as files tell.

    A database is looked for by its usual name only within a container beside a server: elsewhere ``mysql`` is
    somebody's. ``named`` tells that the user asked for the server, ``said`` what he says of its database.

    Who listens on the server's port is the server in a container's own network only. On a host it is most often the
    port that its container publishes: models are called from in there, and what is reached from here proves nothing.
    """
    said = said or Given()
    asked_for = named or bool(said.host)
    is_own = in_container and not shares_host_network
    seen = _started(root) if in_container or _listens(facts, PORT) else None
    settings = seen.settings if seen else None
    port = _port(settings.get("server.port") if settings else None, PORT)
    known = _listens(facts, port)
    beside = in_container and (bool(seen) or (known and is_own) or named)
    database = (_database(settings) if settings else Database()) if beside else None
    if said.host:
        own = (database or Database()).password
        database = Database(said.host, said.port, said.user, said.password or own, said.name)
    elif database and said.password:
        database = database._replace(password=said.password)
    return Server(
        port=port,
        runs=bool(seen) and in_container,
        # No listener at all: /proc/net/tcp may be unreadable (gVisor).
        listens=(is_own or bool(seen) or asked_for) and (known or not facts.listeners),
        named=asked_for,
        database=database,
        parts=_parts(settings, said) if settings and in_container else (),
        unread=seen.unread if seen else "",
    )


def _listens(facts: Facts, port: int) -> bool:
    return any(listener.endswith(f":{port}") for listener in facts.listeners)


def _started(root: Path) -> "Started | None":
    from netdiag.openspg.process import started  # noqa: PLC0415 - where nothing speaks for a server, there is none

    return started(root)


def _database(settings: "Settings") -> Database:
    """Return the database that the server was told; what its URL says counts before a setting of its own."""
    from netdiag.openspg import jdbc  # noqa: PLC0415 - the same
    from netdiag.openspg.process import JDBC  # noqa: PLC0415

    usual = Database()
    url = jdbc.parsed(settings.get(f"{JDBC}url") or "") or jdbc.Jdbc("")
    host = url.host or settings.get(f"{JDBC}host") or ""
    password = url.password if url.password is not None else settings.get(f"{JDBC}password")
    return Database(
        host if _HOST.fullmatch(host) else usual.host,
        _port(url.port or (None if url.host else settings.get(f"{JDBC}port")), usual.port),
        url.user or settings.get(f"{JDBC}username") or usual.user,
        usual.password if password is None else Secret(password),
        url.name if _NAME.fullmatch(url.name) else usual.name,
    )


def _parts(settings: "Settings", said: Given) -> "tuple[Part, ...]":
    """Return the other parts; among them the server's own database where the user names another, which is read."""
    from netdiag.openspg.parts import Part, parts  # noqa: PLC0415 - beside a server only

    own = _database(settings)
    is_other = bool(said.host) and (said.host, said.port) != (own.host, own.port)
    return (*parts(settings), *([Part("mysql", own.host, own.port, "mysql")] if is_other else []))


def _port(text: str | None, usual: int) -> int:
    return int(text) if text and text.isdecimal() and 0 < int(text) < 65536 else usual
