"""The connection to a process in a container: its three streams, and what its first program says to this one.

What comes is a stranger's: however much it sends, a bounded part of it is held, and no wait is without an end.
"""

import contextlib
import select
import socket
import struct
import time
from collections.abc import Callable, Iterator
from typing import IO, Any, Final

from netdiag.container.refusal import Refused

_HEADER: Final = struct.Struct(">BxxxL")  # Docker Engine API, "Attach to a container": stream type, length
_STDERR: Final = 2
_CHUNK: Final = 1 << 16

QUIET_S: Final = 10.0
"""After so many seconds of silence the process is asked whether it is still there."""

PATIENCE_S: Final = 30.0
"""Longest time in which a process takes nothing of its standard input, or does not answer: one that is stopped, or a
machine that swaps, would keep this one for ever. Python on a slow machine takes some seconds to start."""

_HELD: Final = 1 << 20
"""Bytes of output that are held while input is sent."""

_LINE: Final = 48 << 20
"""Bytes of a line for this program: a journal (records.LARGEST) in base64, which has four for three."""

FOR_THE_HOST: Final = b"\0"
"""What a line of standard error begins with that is not for people."""


class Stream:
    """A hijacked connection; closing it tells the process that nobody waits any more."""

    def __init__(self, connection: Any, silent: Callable[[float], None] | None = None) -> None:
        """Keep the connection; ``silent`` is called with the seconds of silence, again and again, and may raise."""
        self._keep = connection  # closes the socket when it is garbage
        self._socket: Any = getattr(connection, "_sock", connection)
        self._socket.settimeout(QUIET_S)
        self._is_tls = hasattr(self._socket, "context")
        self._selects = isinstance(self._socket, socket.socket) and not self._is_tls
        self._received = bytearray()
        self._ended = False
        self.silent = silent or _impatient

    def send(self, data: bytes) -> None:
        """Send it to the process's standard input; a process that has ended takes nothing.

        What it says meanwhile is held. Raises :class:`Refused` where it takes nothing for :data:`PATIENCE_S`.
        """
        rest, deadline = memoryview(data), time.monotonic() + PATIENCE_S
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            while rest and not self._ended:
                if sent := self._send_some(rest):
                    rest, deadline = rest[sent:], time.monotonic() + PATIENCE_S
                elif time.monotonic() > deadline:
                    raise Refused(word="inside_takes_nothing", seconds=int(PATIENCE_S))

    def _send_some(self, rest: memoryview) -> int:
        """Send what goes now, and return how much that was."""
        if not self._selects:  # what OpenSSL holds select(2) does not know, nor a named pipe of Windows
            try:
                return int(self._socket.send(rest[:_CHUNK]))
            except TimeoutError:
                return 0
        listens = [self._socket] if len(self._received) < _HELD else []
        readable, writable, _ = select.select(listens, [self._socket], [], 1.0)
        if readable:
            part = self._socket.recv(_CHUNK)
            self._received += part
            self._ended = not part
        if not writable or self._ended:
            return 0
        try:
            return int(self._socket.send(rest[:_CHUNK], socket.MSG_DONTWAIT))
        except BlockingIOError:
            return 0

    def end_input(self) -> None:
        """End the process's standard input. Raises :class:`Refused` over TLS, which cannot be closed by half."""
        if self._is_tls:
            raise Refused(word="no_stdin_over_tls")
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Close the connection."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._keep.close()
        self._socket.close()

    def opens_with(self, line: bytes) -> bool:
        """Wait for the first that the process says, and say whether it is ``line``; where it ends before, it is not."""
        return next((data for _, data in self._frames()), b"") == line

    def output(self, limit: int, limit_s: float) -> bytes:
        """Return at most ``limit`` bytes of what the process prints until it ends, whatever the stream.

        Raises :class:`Refused` where it goes on for longer than ``limit_s`` seconds.
        """
        held, began = bytearray(), time.monotonic()

        def require_time(_: float = 0) -> None:
            if time.monotonic() - began >= limit_s:
                raise Refused(word="inside_silent", seconds=int(limit_s))

        self.silent = require_time
        for _, data in self._frames():
            held += data[: limit - len(held)]
            require_time()
        return bytes(held)

    def pass_on(self, out: IO[bytes], err: IO[bytes], hear: Callable[[bytes], None]) -> None:
        """Write what comes until the process ends; ``hear`` gets the lines that are for this program."""
        errors = _Errors(err, hear)
        for kind, data in self._frames():
            if kind == _STDERR:
                errors.write(data)
            else:
                out.write(data)
                out.flush()

    def _frames(self) -> Iterator[tuple[int, bytes]]:
        """Yield what comes in parts of at most :data:`_CHUNK`, however long a frame says that it is."""
        while len(header := self._exactly(_HEADER.size)) == _HEADER.size:
            kind, size = _HEADER.unpack(header)
            while size:
                part = self._receive(min(size, _CHUNK))
                if not part:
                    return
                yield kind, part
                size -= len(part)

    def _exactly(self, size: int) -> bytes:
        """Return ``size`` bytes, or fewer where the stream ends before."""
        parts = bytearray()
        while len(parts) < size and (part := self._receive(size - len(parts))):
            parts += part
        return bytes(parts)

    def _receive(self, size: int) -> bytes:
        if self._received:
            part = bytes(self._received[:size])
            del self._received[:size]
            return part
        began = time.monotonic()
        while not self._ended:
            try:
                part = self._socket.recv(size)
            except TimeoutError:  # noqa: PERF203 - a wait of seconds
                self.silent(time.monotonic() - began)
            except OSError:  # the engine is gone
                self._ended = True
            else:
                self._ended = not part
                return bytes(part)
        return b""


def _impatient(seconds: float) -> None:
    """Give up what says nothing for long."""
    if seconds >= PATIENCE_S:
        raise Refused(word="inside_silent", seconds=int(seconds))


class _Errors:
    """Tells lines for people from those for this program."""

    def __init__(self, err: IO[bytes], hear: Callable[[bytes], None]) -> None:
        self._err = err
        self._hear = hear
        self._line: bytearray | None = None

    def write(self, data: bytes) -> None:
        """Write what is for people; what is for this program is heard when its line has ended."""
        while data:
            if self._line is None:
                people, marked, data = data.partition(FOR_THE_HOST)
                self._err.write(people)
                self._line = bytearray() if marked else None
                continue
            part, ended, data = data.partition(b"\n")
            self._line += part[: _LINE + 1 - len(self._line)]
            if ended:
                self._hear(bytes(self._line))  # one that was too long is no base64
                self._line = None
        self._err.flush()
