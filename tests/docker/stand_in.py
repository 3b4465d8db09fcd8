"""Stands in for the OpenSPG server in its container: fills the database as a user does, then answers like its API.

With ``STANDS_FOR`` it is that version, on a database of its own (``openspg06``); with ``UNSAVED`` the database is as
the version's init script leaves it.
"""

import contextlib
import os
import sys
import time

import pymysql

sys.path.insert(0, "/srv")

from openspg import tables, unsaved
from openspg.server import Api

VERSION = os.environ.get("STANDS_FOR", "0.8")
DATABASE = "openspg" + VERSION.replace(".", "") if "STANDS_FOR" in os.environ else "openspg"
MODEL_PORT = 11434


class Database:
    """The database that the command line names."""

    @contextlib.contextmanager
    def connected(self, name: str | None = DATABASE):
        """Yield a connection, in the form that the tests' server takes."""
        connection = pymysql.connect(
            host="mysql", user="root", password="openspg", database=name, charset="utf8mb4", autocommit=True
        )
        try:
            yield Connected(connection)
        finally:
            connection.close()


class Connected:
    """A connection that executes statements."""

    def __init__(self, connection) -> None:
        self.connection = connection

    def execute(self, statement: str, *values: object) -> list[tuple]:
        """Return what a statement selects."""
        with self.connection.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall())


def main() -> None:
    """Wait for the database, fill it, serve."""
    database = Database()
    for _ in range(300):
        with contextlib.suppress(pymysql.Error), database.connected(None) as root:
            root.execute(f"CREATE DATABASE IF NOT EXISTS {DATABASE}")
            root.execute(f"USE {DATABASE}")
            for statement in tables.TABLES[VERSION]:
                root.execute(statement.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS"))
            for table, row in unsaved.rows(VERSION) if "UNSAVED" in os.environ else tables.rows(VERSION, MODEL_PORT):
                marks = ", ".join(["%s"] * len(row))
                root.execute(f"INSERT IGNORE INTO {table} ({', '.join(row)}) VALUES ({marks})", *row.values())
            break
        time.sleep(0.1)
    Api(database, VERSION, ("0.0.0.0", 8887))
    while True:
        time.sleep(3600)


main()
