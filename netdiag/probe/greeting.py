"""One greeting in a protocol's own words: whether who accepts connections is the service that should be there.

A process that hangs, and a forwarder with nobody behind it, accept connections too. What is sent needs no login and
changes nothing: Bolt's handshake, MinIO's question whether it lives; a MySQL server speaks first.
"""

import re
import socket
import time
from collections.abc import Callable, Mapping
from typing import Final, Literal, NamedTuple

from netdiag.text import printable

Protocol = Literal["bolt", "minio", "mysql"]

LIMIT_S: Final = 2.0
"""Seconds for the whole greeting: these answer in a millisecond, and a JVM that collects garbage in one second."""

_MOST: Final = 4096
"""Bytes that are read of an answer; a greeting of MySQL has some 100, MinIO's answer 500."""

_BOLT: Final = bytes.fromhex("6060b01700080805000204040000010400000003")
"""Bolt's magic number and four offers of versions, 5.0 to 5.8, 4.2 to 4.4, 4.1 and 3: whatever Neo4j since 3.5 speaks
(neo4j.com, Bolt Protocol handshake specification)."""

_MINIO: Final = (
    b"GET /minio/health/live HTTP/1.1\r\nHost: %b\r\nUser-Agent: netdiag\r\nAccept: */*\r\nConnection: close\r\n\r\n"
)
"""MinIO's own probe of its life, which needs no login (docs/metrics/healthcheck in its repository)."""

Outcome = Literal["healthy", "silent", "closed", "other", "refused"]


class Greeting(NamedTuple):
    """How it ended, and what was said.

    ``silent``: nothing came in time. ``closed``: the connection was closed without a word. ``other``: what came is of
    another protocol. ``refused``: the right one, which says that it cannot work.
    """

    outcome: Outcome
    said: str = ""


def greet(protocol: Protocol, host: str, address: str, port: int, *, limit_s: float = LIMIT_S) -> Greeting:
    """Return how what listens at ``address`` answers; ``host`` is what it is called. Never raises."""
    deadline = time.monotonic() + limit_s
    sent = {"bolt": _BOLT, "minio": _MINIO % f"{host}:{port}".encode(), "mysql": b""}[protocol]
    is_whole, read = _READERS[protocol]
    got = b""
    try:
        with socket.create_connection((address, port), timeout=limit_s) as connection:
            connection.sendall(sent)
            while len(got) < _MOST and not is_whole(got):
                if (left := deadline - time.monotonic()) <= 0:
                    break
                connection.settimeout(left)
                if not (more := connection.recv(_MOST)):
                    break
                got += more
    except TimeoutError:
        return read(got) if got else Greeting("silent")
    except OSError:
        pass  # reset: what was said before counts
    return read(got) if got else Greeting("closed")


def _read_bolt(got: bytes) -> Greeting:
    """A server answers with the version it chose, or four zeros where it has none of them; both are Bolt."""
    is_version = len(got) == 4 and got[0] == 0 and (got == bytes(4) or got[3] in range(1, 10))
    return Greeting("healthy") if is_version else Greeting("other", words(got))


def _read_minio(got: bytes) -> Greeting:
    head = got.partition(b"\r\n\r\n")[0].decode("latin-1")
    status = re.match(r"HTTP/1\.[01] (\d{3})", head)
    if not status or not re.search(r"(?im)^server:\s*minio", head):
        return Greeting("other", words(got))
    return Greeting("healthy") if status[1] == "200" else Greeting("refused", f"HTTP {status[1]}")


def _read_mysql(got: bytes) -> Greeting:
    """A packet of three bytes of length and a number: protocol 10 and a version, or 255 and the number of an error."""
    if len(got) > 6 and got[3] <= 1 and got[4] == 0xFF:
        return Greeting("refused", f"MySQL error {int.from_bytes(got[5:7], 'little')}")
    return Greeting("healthy") if _mysql_version(got) else Greeting("other", words(got))


def _mysql_version(got: bytes) -> str:
    is_greeting = len(got) > 5 and got[3] == 0 and got[4] == 10 and int.from_bytes(got[:3], "little") < 1024
    return got[5:].partition(b"\0")[0].decode("ascii", "replace") if is_greeting else ""


def words(got: bytes) -> str:
    """Return in a few words what somebody said who is not the service that was expected."""
    if version := _mysql_version(got):
        return f"MySQL {printable(version, 40)}"
    line = got.partition(b"\n")[0].strip()
    server = re.search(rb"(?im)^server:[ \t]*([^\r\n]+)", got) if got.startswith(b"HTTP/") else None
    if line and all(0x20 <= byte < 0x7F for byte in line):
        return printable(b", ".join([line, server[1]] if server else [line]).decode("ascii", "replace"), 80)
    return "TLS" if got[:2] == b"\x15\x03" else f"bytes {got[:8].hex(' ')}"


_READERS: Final[Mapping[Protocol, tuple[Callable[[bytes], bool], Callable[[bytes], Greeting]]]] = {
    "bolt": (lambda got: len(got) == 4 if got[:1] == b"\0" else b"\n" in got or len(got) >= 64, _read_bolt),
    "minio": (lambda got: b"\r\n\r\n" in got, _read_minio),
    "mysql": (lambda got: len(got) >= 4 + int.from_bytes(got[:3], "little") if len(got) > 3 else False, _read_mysql),
}
"""For each protocol what tells that an answer is whole, and what it means."""
