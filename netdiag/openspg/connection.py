"""One connection to the database, every step of it bounded, every failure a word: the only user of PyMySQL.

A message of the database may quote what is stored, keys included, so none of it is kept.
"""

import contextlib
import struct
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pymysql

from netdiag import failures
from netdiag.openspg.settings import Database
from netdiag.probe.cutoff import CutOff
from netdiag.probe.names import within
from netdiag.store import Reason

CONNECT_S: Final = 2.0
"""Longest wait for the name, and for the connection: the database is on the same machine, one bridge away."""

READ_S: Final = 5.0
"""Longest wait for an answer. A frozen server (SIGSTOP, a full disk) still accepts connections and never answers."""

SESSION_S: Final = 10.0
"""Seconds for all that is done over a connection that only reads, its login included: PyMySQL's limits are for each
receive, and whoever sends a byte now and then would hold a run for minutes. Sixty megabytes of rows take two or three.
In a transaction each statement has READ_S instead, since how many there are depends on what is written."""

LOCK_S: Final = 3
"""Longest wait for a row that somebody else is writing; shorter than READ_S, or it would look like a frozen server."""

_WORDS: Final[Mapping[int, Reason]] = {
    1040: "db_busy",  # too many connections
    1041: "db_busy",  # out of memory
    1044: "db_denied",
    1045: "db_login_refused",
    1049: "db_unknown",
    1053: "db_lost",  # it is shutting down
    1129: "db_blocked",  # too many errors of this host's connections (max_connect_errors)
    1130: "db_login_refused",  # this host is not allowed to connect
    1142: "db_denied",
    1143: "db_denied",
    1146: "db_unknown_shape",  # no such table
    1054: "db_unknown_shape",  # no such column
    1118: "db_too_large",
    1135: "db_busy",  # no thread for it
    1153: "db_too_large",  # max_allowed_packet
    1203: "db_busy",  # max_user_connections
    1205: "db_locked",
    1213: "db_locked",  # deadlock
    1226: "db_busy",  # MAX_USER_CONNECTIONS of the account
    1227: "db_denied",
    1251: "db_login_method",  # it wants a way to log in that this client has not
    1290: "db_read_only",  # --read-only
    1406: "db_too_large",  # data too long for column
    1698: "db_login_refused",  # unix_socket
    1792: "db_read_only",  # a read-only transaction
    1836: "db_read_only",
    2003: "db_refused",
    2006: "db_lost",
    2013: "db_lost",
    2014: "db_not_mysql",
    2059: "db_login_method",
    1820: "db_login_refused",  # its password has expired
    1862: "db_login_refused",  # the same, at the login
    3118: "db_login_refused",  # the account is locked
    3955: "db_login_refused",  # locked after too many wrong passwords
    4151: "db_login_refused",  # locked, in MariaDB
}
"""Errors by number: mysqld_error.h and errmsg.h, the same in MySQL and MariaDB."""

_PACKAGES: Final[Mapping[str, Reason]] = {"cryptography": "db_needs_cryptography", "pynacl": "db_needs_pynacl"}
"""Packages that PyMySQL asks for by RuntimeError: for caching_sha2_password and sha256_password over a connection
without TLS, and for MariaDB's ed25519."""


class FailedError(Exception):
    """The database did not do what was asked: ``word`` is one of terms.yaml, ``code`` the database's own number."""

    def __init__(self, word: Reason, code: int = 0) -> None:
        super().__init__(word, code)
        self.word: Reason = word
        self.code = code

    @property
    def detail(self) -> str:
        """What can be looked up: ``MySQL error 1045``."""
        return f"MySQL error {self.code}" if self.code else ""


class Connection:
    """A connection to be closed in the end; what was not committed is then as it was before."""

    def __init__(self, database: Database) -> None:
        self._connection, self._cut_off = _connected(database)
        self._writes = False

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return what ``statement`` selects; raises :class:`FailedError`."""
        with self._bounded(), self._connection.cursor() as cursor:
            cursor.execute(statement, tuple(values))
            return list(cursor.fetchall())

    def change(self, statement: str, values: Sequence[Any] = ()) -> int:
        """Return how many rows ``statement`` changed; raises :class:`FailedError`."""
        with self._bounded(), self._connection.cursor() as cursor:
            return int(cursor.execute(statement, tuple(values)))

    def begin(self) -> None:
        """Begin a transaction in which nothing is ever cut off to fit, and no lock awaited for long."""
        self._writes = True
        self.change("SET SESSION sql_mode = CONCAT(@@SESSION.sql_mode, ',STRICT_ALL_TABLES')")
        self.change("SET SESSION innodb_lock_wait_timeout = %s", (LOCK_S,))
        with self._bounded():
            self._connection.begin()

    def commit(self) -> None:
        """Commit; after a :class:`FailedError` it is not known whether that was done."""
        with self._bounded():
            self._connection.commit()

    def close(self) -> None:
        """Close the connection; the database forgets what was not committed."""
        self._cut_off.call_off()
        with contextlib.suppress(pymysql.Error, OSError):
            self._connection.close()

    @contextlib.contextmanager
    def _bounded(self) -> Iterator[None]:
        if self._writes:
            self._cut_off.renew(READ_S)
        with failing(self._cut_off):
            yield


@contextlib.contextmanager
def failing(cut_off: CutOff | None = None) -> Iterator[None]:
    """Turn what PyMySQL raises into a :class:`FailedError`, without its text; ``db_hangs`` where it was cut off."""
    try:
        with _failing():
            yield
    except FailedError:
        if cut_off and cut_off.is_over:
            raise FailedError(word="db_hangs") from None
        raise


@contextlib.contextmanager
def _failing() -> Iterator[None]:
    try:
        yield
    except pymysql.Error as error:
        raise FailedError(_word(error), _code(error)) from None
    except TimeoutError:
        raise FailedError(word="db_hangs") from None
    except RuntimeError as error:
        word = next((word for package, word in _PACKAGES.items() if package in str(error)), None)
        raise FailedError(word or "db_not_mysql") from None
    except (OSError, ValueError, LookupError, TypeError, AssertionError, struct.error):
        # what is not the protocol
        raise FailedError(word="db_not_mysql") from None


def _connected(database: Database) -> tuple[Any, CutOff]:
    answer = within(database.host, CONNECT_S)
    if not answer.addresses:
        raise FailedError(word="db_name_unknown")
    deadline = time.monotonic() + CONNECT_S
    failed = FailedError(word="db_timed_out")
    for address in answer.addresses:
        left = deadline - time.monotonic()
        if left <= 0:
            break
        try:
            return _logged_in(database, address, left)
        except FailedError as error:
            failed = error
            if error.word not in ("db_refused", "db_timed_out", "db_unreachable"):
                raise
    raise failed


def _logged_in(database: Database, address: str, limit_s: float, *, tls: bool = True) -> tuple[Any, CutOff]:
    """Return a connection to one address: over TLS where the server has it, unless the two have no version in common.

    With it comes what cuts it off.

    Before the server has greeted nothing is known of it: what is silent then need not be a MySQL.
    """
    made: Any = pymysql.Connection(
        host=address,
        port=database.port,
        user=database.user,
        password=database.password.reveal(),
        database=database.name,
        charset="utf8mb4",
        connect_timeout=limit_s,
        read_timeout=READ_S,
        write_timeout=READ_S,
        autocommit=True,
        ssl_disabled=not tls,
        defer_connect=True,
    )
    cut_off = CutOff(lambda: getattr(made, "_sock", None), SESSION_S)
    try:
        with failing(cut_off):
            made.connect()
    except FailedError as error:
        cut_off.call_off()
        has_greeted = hasattr(made, "server_version")
        if has_greeted and error.code == 2003 and tls:  # the connection is there, and TLS upon it is not
            return _logged_in(database, address, limit_s, tls=False)
        if error.word == "db_hangs" and not has_greeted:
            raise FailedError(word="db_silent") from None
        raise
    except BaseException:
        cut_off.call_off()
        raise
    return made, cut_off


def _code(error: pymysql.Error) -> int:
    return error.args[0] if error.args and isinstance(error.args[0], int) else 0


def _word(error: pymysql.Error) -> Reason:
    code, text = _code(error), str(error.args[1:])
    if code == 2003:
        return _unconnected(getattr(error, "original_exception", None))
    if code == 2013 and "timed out" in text:
        return "db_hangs"
    return _WORDS.get(code, "db_not_mysql" if isinstance(error, pymysql.InternalError) and not code else "db_failed")


def _unconnected(error: object) -> Reason:
    """Return why there is no connection, from the error that PyMySQL keeps in its own."""
    if isinstance(error, TimeoutError):
        return "db_timed_out"
    if isinstance(error, OSError) and error.errno in failures.NO_WAY:
        return "db_unreachable"
    return "db_refused"
