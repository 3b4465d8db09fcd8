"""The connection to a process in a container: its three streams, and what its first program says to this one."""

import contextlib
import socket
import struct
from collections.abc import Callable, Iterator
from typing import IO, Any, Final

from netdiag.container.refusal import Refused

_HEADER: Final = struct.Struct(">BxxxL")  # Docker Engine API, "Attach to a container": stream type, length
_STDERR: Final = 2
_CHUNK: Final = 1 << 16

FOR_THE_HOST: Final = b"\0"
"""What a line of standard error begins with that is not for people."""


class Stream:
    """A hijacked connection; closing it tells the process that nobody waits any more."""

    def __init__(self, connection: Any) -> None:
        self._keep = connection  # closes the socket when it is garbage
        self._socket: Any = getattr(connection, "_sock", connection)
        self._socket.settimeout(None)  # a model may be silent for minutes

    def send(self, data: bytes) -> None:
        """Send it to the process's standard input; a process that has ended takes nothing."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._socket.sendall(data)

    def end_input(self) -> None:
        """End the process's standard input. Raises :class:`Refused` over TLS, which cannot be closed by half."""
        if not hasattr(self._socket, "context"):
            self._socket.shutdown(socket.SHUT_WR)
        else:
            raise Refused(word="no_stdin_over_tls")

    def close(self) -> None:
        """Close the connection."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._keep.close()
        self._socket.close()

    def opens_with(self, line: bytes) -> bool:
        """Wait for the first that the process says, and say whether it is ``line``; where it ends before, it is not."""
        return next((data for _, data in self._frames()), b"") == line

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
        while header := self._exactly(_HEADER.size):
            kind, size = _HEADER.unpack(header)
            yield kind, self._exactly(size)

    def _exactly(self, size: int) -> bytes:
        """Return ``size`` bytes, or none where the stream ends before."""
        parts = []
        while size:
            part = self._socket.recv(min(size, _CHUNK))
            if not part:
                return b""
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


class _Errors:
    """Tells lines for people from those for this program."""

    def __init__(self, err: IO[bytes], hear: Callable[[bytes], None]) -> None:
        self._err = err
        self._hear = hear
        self._held = b""

    def write(self, data: bytes) -> None:
        data = self._held + data
        while data:
            people, marked, rest = data.partition(FOR_THE_HOST)
            self._err.write(people)
            line, ended, after = rest.partition(b"\n")
            if not ended:
                data, self._held = b"", marked + rest
                break
            self._hear(line)
            data, self._held = after, b""
        self._err.flush()
