"""The one cause of a database that cannot be read: what a login needs, and what the host shows of its container."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest
from openspg.beside import UNREADABLE

from netdiag import failures
from netdiag.model.host import Attached, HostView, Listener, Published, Sibling, to_json
from netdiag.model.place import NameAnswer
from netdiag.model.report import Finding
from netdiag.openspg import Database, Server, companions, connection
from netdiag.openspg.away import cause
from netdiag.openspg.connection import FailedError
from netdiag.openspg.parts import Part
from netdiag.text import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator

GREETING = (
    b"\x0a9.7.0\0" + b"\1\0\0\0" + b"saltsalt\0" + b"\xff\xf7" + b"\xff\2\0" + b"\xff\xdf\x15" + b"\0" * 10
    + b"saltsaltsalt\0" + b"caching_sha2_password\0"
)  # fmt: skip
"""What a MySQL 9.7 without TLS greets with: of its capabilities CLIENT_SSL (0x0800) is missing."""

SWITCH = b"\xfeclient_ed25519\0" + b"s" * 32
FULL = b"\x01\x04"
KEY = b"\x01-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n"


@contextlib.contextmanager
def speaking(*answers: bytes) -> Iterator[int]:
    """Say each of ``answers`` as a packet in turn: the first at once, each other once the client has spoken."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with contextlib.suppress(OSError), listening.accept()[0] as client:
                client.settimeout(3)
                for number, answer in enumerate(answers):
                    client.sendall(len(answer).to_bytes(3, "little") + bytes([2 * number]) + answer)
                    client.recv(4096)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(5)


@pytest.mark.parametrize(
    ("answers", "word"),
    [
        ((GREETING, FULL, KEY), "db_needs_cryptography"),
        ((GREETING, SWITCH), "db_needs_pynacl"),
        ((GREETING, b"\xfeauth_gssapi_client\0x"), "db_login_method"),
        ((GREETING, b"\xff\x69\x04#HY000Host 'x' is blocked"), "db_blocked"),
        ((GREETING, b"\xff\x15\x04#28000Access denied"), "db_login_refused"),
    ],
    ids=["caching_sha2_password without TLS", "ed25519", "another method", "a blocked host", "a refusal"],
)
def test_a_login_that_needs_more(answers, word):
    """What PyMySQL has no package for is told by its name, and not as something that is no MySQL."""
    with speaking(*answers) as port, pytest.raises(FailedError) as failed:
        connection.Connection(Database("127.0.0.1", port, password=Secret("secret")))
    assert failed.value.word == word
    found, _ = cause(failed.value.word, failed.value.detail, SERVER, "answers", (), None)
    assert found.code == ("ND553" if "needs" in word or "method" in word else "ND531")


# ---- what the host shows

HERE = "spg_default"
MYSQL = Sibling("release-openspg-mysql", "running", "spg", "mysql", (Attached("db_default", "10.9.0.2", ("mysql",)),))
OPEN = (Listener("0.0.0.0", 3306),)
SERVER = Server(port=8887, runs=True, database=Database(), parts=(Part("neo4j", "n", 1), Part("minio", "m", 1)))
NAMELESS = tuple(Finding("ND230", each.host, {"part": each.name, "host": each.host}) for each in SERVER.parts)
ALIAS = "docker network connect --alias mysql openspg release-openspg-mysql"
JOIN = "docker network connect db_default openspg"


def seen(sibling: Sibling, *networks: str) -> HostView:
    """A view of the host with one other container."""
    return HostView(0, "Debian", "openspg", networks, None, (), (sibling,))


def on(network: str, *names: str, **more: object) -> Sibling:
    """The database's container on a network, with names there."""
    return MYSQL._replace(networks=(Attached(network, "10.9.0.2", names),), **more)


FACTS = {
    "not joined": (seen(MYSQL, HERE), "ND547", JOIN),
    "not joined, its own name elsewhere": (
        seen(on("db_default", "db"), HERE),
        "ND547",
        f"docker network connect --alias mysql {HERE} release-openspg-mysql",
    ),
    "both on Docker's own bridge": (
        seen(on("bridge"), "bridge"),
        "ND547",
        f"docker network create openspg\ndocker network connect openspg openspg\n{ALIAS}",
    ),
    "stopped": (seen(on(HERE, "mysql", state="exited"), HERE), "ND548", ""),
    "stopped and not joined": (seen(MYSQL._replace(state="exited"), HERE), "ND548", JOIN),
    "nothing listens": (seen(on(HERE, "mysql", listeners=()), HERE), "ND549", ""),
    "on its loopback": (seen(on(HERE, "mysql", listeners=(Listener("127.0.0.1", 3306),)), HERE), "ND549", ""),
    "joined": (seen(on(HERE, "mysql", listeners=OPEN), HERE), "ND554", None),
    "not there": (seen(MYSQL._replace(name="other", service="", networks=()), HERE), "ND554", None),
    "no view": (None, "ND554", None),
}


@pytest.mark.parametrize(("view", "code", "join"), FACTS.values(), ids=FACTS)
def test_what_the_host_shows(view, code, join):
    """The container that is the database is a fact with the command that mends it; without a view it is a guess."""
    found, around = cause("db_name_unknown", "", SERVER, "closed", NAMELESS, view)
    assert (found.code, found.values.get("join")) == (code, join)
    assert around == (() if code in ("ND547", "ND554") else NAMELESS)


def test_only_the_database_is_nameless():
    """Where other names are known, this container is on their network."""
    found, around = cause("db_name_unknown", "", SERVER, "closed", NAMELESS[:1], None)
    assert (found.code, around) == ("ND530", NAMELESS[:1])


def test_the_server_reaches_it():
    """Where the server tells its knowledge bases, its database is another one than the host shows stopped."""
    assert cause("db_name_unknown", "", SERVER, "answers", (), FACTS["stopped"][0])[0].code == "ND531"


def test_what_the_settings_do_not_show():
    """An encrypted password, and an environment that this user may not read, are told beside a refused login."""
    server = SERVER._replace(database=Database(password=Secret("ENC(c4n4ry)")), unread="/proc/1/environ")
    found, _ = cause("db_login_refused", "", server, "answers", (), None)
    told = " ".join(found.evidence)
    assert ("encrypted" in told, "/proc/1/environ" in told, "c4n4ry" in told) == (True, True, False)


def test_an_address_and_what_is_published():
    """The database may be named by its address; what the container publishes is evidence."""
    server = SERVER._replace(database=Database("10.9.0.2"))
    sibling = MYSQL._replace(published=(Published(3306, "0.0.0.0", 13306),))
    found, _ = cause("db_timed_out", "", server, "closed", (), seen(sibling, HERE))
    assert (found.code, found.values["join"]) == ("ND547", JOIN)
    assert any("13306" in line for line in found.evidence)


@pytest.mark.parametrize("version", ["0.8"])
def test_a_whole_run_with_a_view(beside, version, monkeypatch):
    """The fact is the one cause of the run, and its command is shown."""
    monkeypatch.setattr(connection, "within", lambda *_: NameAnswer("mysql", failure=failures.DNS_NXDOMAIN))
    monkeypatch.setattr("netdiag.handed_in._view", to_json(seen(MYSQL, HERE)._replace(seen=int(time.time()))))
    monkeypatch.setattr(companions, "looked_at", lambda part: Finding("ND230", part.host, {"part": part.name}))
    beside.api.close()
    beside.server = beside.server._replace(database=Database(), parts=SERVER.parts)
    done = beside.told("check")
    assert done.status == UNREADABLE
    assert done.said.startswith("problem: no network joins this container with release-openspg-mysql")
    assert JOIN in done.said
    assert "ND230" not in done.said
