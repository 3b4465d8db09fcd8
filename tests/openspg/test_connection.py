"""What answers in place of the database: every failure is a word, in time, and none of its text is kept."""

import contextlib
import socket
import threading
import time

import pytest

from netdiag.openspg import connection
from netdiag.openspg.connection import Connection, FailedError
from netdiag.openspg.settings import Database
from netdiag.probe import names
from netdiag.text import Secret


@contextlib.contextmanager
def answering(text: bytes):
    """Say ``text`` to whoever connects, then wait for him to go."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(5)

        def serve() -> None:
            with contextlib.suppress(OSError):
                client, _ = listening.accept()
                with client:
                    client.sendall(text)
                    client.settimeout(3)
                    client.recv(4096)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "db_lost"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "db_lost"),
        (b"\x05\x00\x00\x00\x0aabcd", "db_not_mysql"),
        (b"\x17\x00\x00\x00\xff\x10\x04#08004Too many conn sk-c4", "db_busy"),
        (b"\x01\x00\x00\x00\x09", "db_not_mysql"),
    ],
    ids=["a web server", "ssh", "cut off", "an error at once", "an old protocol"],
)
def test_something_else_answers(text, word, monkeypatch):
    """It is not taken for a database."""
    monkeypatch.setattr(connection, "READ_S", 1.0)
    with answering(text) as port, pytest.raises(FailedError) as failed:
        Connection(Database("127.0.0.1", port))
    assert failed.value.word in (word, "db_hangs", "db_not_mysql", "db_lost")
    assert "c4" not in str(failed.value)


def test_nothing_listens():
    """A closed port is a refusal."""
    with pytest.raises(FailedError) as failed:
        Connection(Database("127.0.0.9", 1))
    assert failed.value.word == "db_refused"


def test_a_greeting_that_drips(monkeypatch):
    """One limit is for a whole session, however often a byte comes."""
    monkeypatch.setattr(connection, "SESSION_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            client, _ = listening.accept()
            with client, contextlib.suppress(OSError):
                for byte in b"\x4a\x00\x00\x00\x0a8.0.36\x00" + bytes(200):
                    client.sendall(bytes([byte]))
                    time.sleep(0.1)

        threading.Thread(target=drip, daemon=True).start()
        began = time.monotonic()
        with pytest.raises(FailedError) as failed:
            Connection(Database("127.0.0.1", listening.getsockname()[1]))
    assert (failed.value.word, time.monotonic() - began < 1.5) == ("db_silent", True)


def test_a_name_that_takes_too_long(monkeypatch):
    """A dead name server is not waited for."""
    monkeypatch.setattr(connection, "CONNECT_S", 0.1)
    monkeypatch.setattr(connection, "within", lambda name, limit: names.within(name, limit, lambda _: time.sleep(1)))
    began = time.monotonic()
    with pytest.raises(FailedError) as failed:
        Connection(Database("mysql", 3306))
    assert (failed.value.word, time.monotonic() - began < 0.8) == ("db_name_unknown", True)


def test_wrong_password(database):
    """The login is refused, and the number of the error is all that is told."""
    with pytest.raises(FailedError) as failed:
        Connection(database.database(password="hunter2"))
    assert (failed.value.word, failed.value.detail) == ("db_login_refused", "MySQL error 1045")


def test_no_such_database(database):
    """So is a database that is not there."""
    with pytest.raises(FailedError) as failed:
        Connection(Database("127.0.0.1", database.port, "root", Secret("openspg"), "other"))
    assert failed.value.word == "db_unknown"
