"""Servers that answer as no honest one does: they drip, flood, unfold, loop, lie, or never end."""

import contextlib
import gzip
import itertools
import os
import select
import socket
import ssl
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from netdiag.lab.servers.certificates import FOLDER

MEGABYTE: Final = 1024 * 1024
OK: Final = b"HTTP/1.1 200 OK\r\n"
JSON: Final = OK + b"Content-Type: application/json\r\n"
CHUNKED: Final = JSON + b"Transfer-Encoding: chunked\r\n\r\n"
EVENTS: Final = OK + b"Content-Type: text/event-stream\r\n\r\n"

Pieces = Iterator[bytes | float]
"""What a server does: bytes that it sends, and seconds that it waits."""

SILENCE: Final = 60.0


class Manner(NamedTuple):
    """One way of answering: what is sent after a request, and the words that may be told of a call that met it.

    ``streamed`` where KAG asks for a stream; ``is_http`` where only what is in the answer is wrong.
    """

    says: Callable[[], Pieces]
    words: frozenset[str]
    streamed: bool = False
    is_http: bool = False


def drip(text: bytes, every_s: float = 0.05) -> Pieces:
    """Send a byte at a time."""
    for at in range(len(text)):
        yield text[at : at + 1]
        yield every_s
    yield SILENCE


def flood(start: bytes, part: bytes, times: int | None = None) -> Pieces:
    """Send the same without end, or so many times, as fast as it goes."""
    yield start
    block = part * max(1, 65536 // len(part))
    for _ in itertools.count() if times is None else range(times * len(part) // len(block) + 1):
        yield block
    yield SILENCE


def slowly(start: bytes, part: bytes, every_s: float = 0.1) -> Pieces:
    """Send the same without end, in time."""
    yield start
    while True:
        yield part
        yield every_s


def whole(head: bytes, body: bytes) -> Pieces:
    """Send an answer of the right length."""
    yield head + b"Content-Length: %d\r\n\r\n" % len(body)
    yield body


def _zeros(window: int, megabytes: int) -> bytes:
    """Return so many megabytes of zeros, packed: a block that stands for itself, again and again."""
    packing = zlib.compressobj(9, zlib.DEFLATED, window)
    start = packing.compress(bytes(MEGABYTE)) + packing.flush(zlib.Z_FULL_FLUSH)
    again = packing.compress(bytes(MEGABYTE)) + packing.flush(zlib.Z_FULL_FLUSH)
    return start + again * megabytes


def bomb(encoding: bytes) -> Pieces:
    """Send 500 MB of zeros in 500 KB."""
    window = 31 if encoding == b"gzip" else 15
    yield from whole(JSON + b"Content-Encoding: %b\r\n" % encoding, _zeros(window, 500))


def double_bomb() -> Pieces:
    """Send 1.6 GB of zeros in a few kilobytes."""
    yield from whole(JSON + b"Content-Encoding: gzip, gzip\r\n", gzip.compress(_zeros(31, 1600)))


def nothing_in_gzip() -> Pieces:
    """Send blocks of deflate that hold nothing, without end (RFC 1951, 3.2.4)."""
    yield from flood(JSON + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"", 0)[:10], b"\x00\x00\x00\xff\xff")


def cut_short() -> Pieces:
    """Announce more than comes."""
    yield JSON + b'Content-Length: 1000\r\n\r\n{"choices": ['


def redirects(pause_s: float) -> Pieces:
    """Lead to itself, after a while."""
    yield pause_s
    yield from whole(b"HTTP/1.1 307 Temporary Redirect\r\nLocation: /again\r\n", b"")


LATE: Final = frozenset({"read_timed_out", "answer_unfinished"})
LARGE: Final = frozenset({"too_large"})
STRANGE: Final = frozenset({"not_http"})
CUT: Final = frozenset({"connection_closed", "connection_reset", "not_http"})
EITHER: Final = LATE | LARGE
NO_MODEL: Final = frozenset({"not_a_model_service", "unexpected_answer"})

MANNERS: Final[dict[str, Manner]] = {
    "silence": Manner(lambda: iter([SILENCE]), LATE),
    "status line drips": Manner(lambda: drip(OK + b"X: " + b"y" * 1000), LATE),
    "headers drip": Manner(lambda: slowly(OK, b"X: y\r\n"), LATE),
    "headers without end": Manner(lambda: flood(OK, b"X: y\r\n"), LARGE | STRANGE),
    "one header without end": Manner(lambda: flood(OK + b"X: ", b"y"), LARGE | STRANGE),
    "a thousand headers": Manner(lambda: whole(OK + b"X: y\r\n" * 1000, b"{}"), LARGE),
    "cookies": Manner(lambda: whole(OK + b"Set-Cookie: a=b; Path=/; Expires=1\r\n" * 2000, b"{}"), LARGE | STRANGE),
    "provisional answers": Manner(lambda: flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), EITHER),
    "provisional answers drip": Manner(lambda: slowly(b"", b"HTTP/1.1 102 Processing\r\n\r\n"), LATE),
    "body drips": Manner(lambda: drip(JSON + b"Content-Length: 9000\r\n\r\n" + b" " * 1000, 0.02), LATE),
    "body without end": Manner(lambda: flood(JSON + b"\r\n", b" "), EITHER),
    "chunks without end": Manner(lambda: flood(CHUNKED, b"400\r\n" + b" " * 1024 + b"\r\n"), EITHER),
    "tiny chunks with extensions": Manner(lambda: flood(CHUNKED, b"1;name=value\r\n \r\n"), EITHER),
    "one chunk extension without end": Manner(lambda: flood(CHUNKED + b"1;name=", b"v"), LARGE | STRANGE),
    "trailers without end": Manner(lambda: flood(CHUNKED + b"2\r\n{}\r\n0\r\n", b"X: y\r\n"), LARGE | STRANGE),
    "trailers drip": Manner(lambda: slowly(CHUNKED + b"2\r\n{}\r\n0\r\n", b"X: y\r\n"), LATE),
    "gzip bomb": Manner(lambda: bomb(b"gzip"), LARGE),
    "deflate bomb": Manner(lambda: bomb(b"deflate"), LARGE),
    "gzip in gzip": Manner(double_bomb, LARGE),
    "gzip of nothing": Manner(nothing_in_gzip, EITHER),
    "no gzip": Manner(lambda: whole(JSON + b"Content-Encoding: gzip\r\n", os.urandom(5000)), STRANGE),
    "many encodings": Manner(lambda: whole(JSON + b"Content-Encoding: a" + b",gzip" * 999 + b"\r\n", b"x"), STRANGE),
    "comment of events without end": Manner(lambda: flood(EVENTS + b": ", b"y"), EITHER, streamed=True),
    "data of an event without end": Manner(lambda: flood(EVENTS + b"data: ", b"y"), EITHER, streamed=True),
    "comments drip": Manner(lambda: slowly(EVENTS, b": ping\n\n"), LATE, streamed=True),
    "a million events": Manner(lambda: whole(OK, b"data: {}\n\n" * 800_000), LARGE, streamed=True),
    "deep JSON": Manner(lambda: whole(JSON, b"[" * 100_000), NO_MODEL, is_http=True),
    "a long number": Manner(lambda: flood(JSON + b"Content-Length: 100000000\r\n\r\n", b"1", 100 * MEGABYTE), EITHER),
    "a million values": Manner(lambda: whole(JSON, b'{"data": [' + b"{}," * 1_000_000 + b"{}]}"), LARGE),
    "redirects in a circle": Manner(lambda: redirects(0), LATE | {"too_many_redirects"}),
    "slow redirects": Manner(lambda: redirects(0.2), LATE),
    "cut short": Manner(cut_short, CUT),
    "closed": Manner(lambda: iter([]), CUT),
    "reset": Manner(lambda: iter([JSON, -1.0]), CUT),
    "HTTP/0.9": Manner(lambda: iter([b"<html>hello</html>\r\n"]), CUT),
    "HTTP/2": Manner(lambda: iter([b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + bytes(18), SILENCE]), STRANGE | LATE),
    "noise": Manner(lambda: (os.urandom(65536) for _ in itertools.count()), STRANGE | LARGE),
    "another protocol": Manner(lambda: iter([b"SSH-2.0-OpenSSH_9.2\r\n", SILENCE]), STRANGE | LATE),
}  # fmt: skip


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack(">BHH", kind, 0x0303, len(body)) + body


_HELLO: Final = _record(22, b"\x02\x00\x40\x00" + b"\x03\x03" + bytes(32))
"""The beginning of a ServerHello that is longer than this record."""

HANDSHAKES: Final[dict[str, Manner]] = {
    "no handshake": Manner(lambda: iter([SILENCE]), LATE),
    "handshake drips": Manner(lambda: drip(_HELLO, 0.05), LATE),
    "handshake without end": Manner(
        lambda: flood(b"", _record(22, b"\x02\xff\xff\xff" + bytes(16000))), frozenset({"tls_failed", "too_large"})
    ),
    "warnings without end": Manner(
        lambda: slowly(b"", _record(21, b"\x01\x5a"), 0.05), LATE | {"tls_failed", "tls_not_spoken"}
    ),
    "closed in the handshake": Manner(lambda: iter([_HELLO]), CUT | {"tls_failed"}),
    "noise, no handshake": Manner(
        lambda: iter([os.urandom(65536)]), frozenset({"tls_not_spoken", "tls_failed", "connection_reset"})
    ),
}
"""Done instead of a handshake."""


@contextlib.contextmanager
def hostile(says: Callable[[], Pieces], *, tls: bool = False, listens: bool = True) -> Iterator[int]:
    """Yield a port at which every request is answered so; without ``listens`` no request is read first."""
    stop = threading.Event()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(FOLDER / "trusted.pem", FOLDER / "key.pem")
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        server.settimeout(0.1)

        def serve() -> None:
            while not stop.is_set():
                with contextlib.suppress(TimeoutError):
                    connection, _ = server.accept()
                    threading.Thread(target=meet, args=(connection,), daemon=True).start()

        def meet(connection: socket.socket) -> None:
            with connection, contextlib.suppress(OSError):
                connection.settimeout(5)
                if tls:
                    with context.wrap_socket(connection, server_side=True) as above:
                        _answer(above, says(), stop, listens=listens)
                else:
                    _answer(connection, says(), stop, listens=listens)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            stop.set()
            thread.join()


def _answer(
    connection: socket.socket, pieces: Iterable[bytes | float], stop: threading.Event, *, listens: bool
) -> None:
    if listens:
        _request(connection)
    for piece in pieces:
        if stop.is_set():
            return
        if isinstance(piece, bytes):
            connection.sendall(piece)
        elif piece < 0:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            _wait(connection, piece, stop)


def _wait(connection: socket.socket, seconds: float, stop: threading.Event) -> None:
    """Wait, and end when the other side has gone."""
    ends = time.monotonic() + seconds
    while not stop.is_set() and (left := ends - time.monotonic()) > 0:
        if select.select([connection], [], [], min(left, 0.2))[0]:
            if not connection.recv(65536):
                raise ConnectionResetError
            time.sleep(0.01)


def _request(connection: socket.socket) -> None:
    """Read a whole request."""
    got = b""
    while b"\r\n\r\n" not in got:
        got += _more(connection)
    head, _, body = got.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    size = int(lengths[0].partition(b":")[2]) if lengths else 0
    while len(body) < size:
        body += _more(connection)


def _more(connection: socket.socket) -> bytes:
    got = connection.recv(65536)
    if not got:
        raise ConnectionResetError
    return got
