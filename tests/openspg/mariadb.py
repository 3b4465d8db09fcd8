"""A real MariaDB for the tests, in a directory of their own and on loopback only."""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pymysql
from openspg import tables

from netdiag.openspg import Database
from netdiag.text import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARE = Path("/usr/share/mysql")
SMALL = ("--innodb-buffer-pool-size=16M", "--innodb-log-file-size=8M", "--performance-schema=OFF", "--skip-log-bin")


def missing() -> str:
    """Return why no MariaDB can be started here, or nothing."""
    if not shutil.which("mariadbd") and not Path("/usr/sbin/mariadbd").exists():
        return "there is no mariadbd; run, as root on a Debian: tests/grounds/up mariadb"
    return "" if (SHARE / "mysql_system_tables.sql").exists() else f"{SHARE} holds no system tables"


class MariaDb:
    """A server with one database called openspg; its root has the password of OpenSPG's compose file."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port = _free_port()
        self._options = ["--no-defaults", f"--datadir={directory / 'data'}", "--user=root", *SMALL]
        self._process: subprocess.Popen[bytes] | None = None
        (directory / "data").mkdir()
        scripts = [(SHARE / f"mysql_system_tables{part}.sql").read_text() for part in ("", "_data")]
        bootstrap = "create database mysql;\nuse mysql;\n" + "".join(scripts)
        made = [_program(), *self._options, "--bootstrap"]
        subprocess.run(made, input=bootstrap.encode(), check=True, capture_output=True)
        self.start()
        with self.connected(password="", name="") as root:
            root.execute("CREATE DATABASE openspg")
            for user in ("root@'127.0.0.1'", "root@localhost"):
                root.execute(f"SET PASSWORD FOR {user} = PASSWORD('openspg')")

    def start(self) -> None:
        """Start it; returns when it answers."""
        where = [f"--socket={self.directory / 'socket'}", f"--pid-file={self.directory / 'pid'}"]
        network = [f"--port={self.port}", "--bind-address=127.0.0.1", "--skip-name-resolve"]
        charset = ["--character-set-server=utf8mb4", "--collation-server=utf8mb4_general_ci"]
        with (self.directory / "log").open("ab") as log:
            command = [_program(), *self._options, *where, *network, *charset]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        for _ in range(400):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1) as answer:
                if answer.recv(1):
                    return
            time.sleep(0.05)
        raise RuntimeError((self.directory / "log").read_text())

    def stop(self) -> None:
        """End it in order."""
        assert self._process is not None
        self._process.terminate()
        self._process.wait(timeout=30)

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Keep it from answering anybody, while its port still accepts connections."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    @contextlib.contextmanager
    def connected(self, user: str = "root", password: str = "openspg", name: str = "openspg") -> Iterator[Connected]:
        """Yield a connection of the test's own."""
        connection = pymysql.connect(
            host="127.0.0.1",
            port=self.port,
            user=user,
            password=password,
            database=name or None,
            charset="utf8mb4",
            autocommit=True,
            read_timeout=20,
        )
        try:
            yield Connected(connection)
        finally:
            connection.close()

    def database(self, user: str = "root", password: str = "openspg", port: int = 0) -> Database:
        """Return how netdiag is to reach it."""
        return Database("127.0.0.1", port or self.port, user, Secret(password), "openspg")

    def filled(self, version: str, rows: list[tuple[str, dict[str, object]]]) -> None:
        """Make the database that of a version, with these rows and no others."""
        with self.connected(name="") as root:
            root.execute("DROP DATABASE openspg")
            root.execute("CREATE DATABASE openspg")
        with self.connected() as root:
            for table in tables.TABLES[version]:
                root.execute(table)
            for table, row in rows:
                self.put(table, row)

    def put(self, table: str, row: dict[str, object]) -> None:
        """Add a row."""
        with self.connected() as root:
            marks = ", ".join(["%s"] * len(row))
            root.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", *row.values())

    def configs(self) -> dict[str, bytes | None]:
        """Return the bytes of every configuration by table and id."""
        found: dict[str, bytes | None] = {}
        with self.connected() as root:
            for (table,) in root.execute("SHOW TABLES LIKE 'kg\\_%%'"):
                if table == "kg_model_provider":
                    continue
                for number, text in root.execute(f"SELECT id, CAST(config AS BINARY) FROM {table} ORDER BY id"):
                    found[f"{table}/{number}"] = text
        return found


class Connected:
    """A connection that executes statements."""

    def __init__(self, connection: pymysql.Connection) -> None:
        self.connection = connection

    def execute(self, statement: str, *values: object) -> list[tuple]:
        """Return what a statement selects."""
        with self.connection.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall())


def _program() -> str:
    return shutil.which("mariadbd") or "/usr/sbin/mariadbd"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
