"""Runs netdiag in a container: the one that is installed there, or this one, lent to the container's Python."""

import base64
import contextlib
import signal
import tarfile
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from netdiag.container import lending
from netdiag.container.keeping import Kept
from netdiag.container.request import Request, Streams
from netdiag.container.stream import Stream
from netdiag.container.words import say

if TYPE_CHECKING:
    from docker import APIClient

_ANNOUNCED: Final = """read -r _; printf '\\000pid %s\\n' "$$" >&2; exec "$0" "$@" """
"""It waits for a line before it says which process it is: what comes sooner than the answer to its start gets lost."""

_LETTERS: Final = {signal.SIGINT: b"I", signal.SIGTERM: b"T"}
_TOGETHER: Final = "netdiag-{}"


class Visit(NamedTuple):
    """What is run where, and where its output and its journal go."""

    client: "APIClient"
    container: str
    request: Request
    streams: Streams
    kept: Kept


def installed(visit: Visit, program: str) -> int:
    """Run ``program``, the container's own netdiag; return its status."""
    client, identity, request, streams, _ = visit
    environment = {**request.environment, "PYTHONIOENCODING": request.encoding}
    command = ["sh", "-c", _ANNOUNCED, program, *request.argv]
    created = client.exec_create(identity, command, stdin=True, user=request.user, environment=environment)["Id"]
    process: list[str] = []

    def hear(line: bytes) -> None:
        process.append(line.decode("ascii", "replace").removeprefix("pid "))

    def signalled(number: int) -> None:
        if process:
            kill = ["sh", "-c", 'kill -s "$1" "$2"', "sh", signal.Signals(number).name.removeprefix("SIG"), process[0]]
            client.exec_start(client.exec_create(identity, kill, user=request.user)["Id"])

    with started(client, created) as stream:
        stream.send(b"\n" + request.stdin)
        if request.stdin:
            stream.end_input()
        with _passing_signals(signalled):
            stream.pass_on(streams.out, streams.err, hear)
    return int(client.exec_inspect(created)["ExitCode"] or 0)


def lent(visit: Visit, python: str) -> int:
    """Lend netdiag to the container's ``python``, in memory; return its status. The journal is kept here."""
    client, identity, request, _, kept = visit
    command = [python, "-I", "-S", "-B", "-c", lending.LOADER, *request.argv]
    with kept.alone() if request.writes else contextlib.nullcontext():
        packed = lending.packed(loan(visit), lending.program())
        created = client.exec_create(identity, command, stdin=True, user=request.user)["Id"]
        with started(client, created) as stream:
            status = lend(stream, packed, visit)
    return int(client.exec_inspect(created)["ExitCode"] or 0) if status is None else status


def lend(stream: Stream, packed: bytes, visit: Visit) -> int | None:
    """Send the program to a Python that waits for it, and pass on what comes until it ends.

    Return the status that it says it ends with; a process that was killed says none.
    """
    _, _, request, streams, kept = visit

    statuses: list[int] = []

    def hear(line: bytes) -> None:
        if line.startswith(b"status "):
            statuses.append(int(line[len(b"status ") :]))
        elif line.startswith(b"journal "):
            try:
                kept.replace(base64.b64decode(line[len(b"journal ") :]))
            except (OSError, ValueError, tarfile.TarError) as error:
                said = say("journal_not_kept", request.language, path=kept.directory, detail=error)
                streams.err.write(f"netdiag: {said}\n".encode())
            else:
                stream.send(b"A")

    stream.send(packed)
    with _passing_signals(lambda number: stream.send(_LETTERS[signal.Signals(number)])):
        stream.pass_on(streams.out, streams.err, hear)
    return statuses[0] if statuses else None


def loan(visit: Visit) -> lending.Loan:
    """Return what goes with the program."""
    request = visit.request
    return lending.Loan(
        environment=request.environment,
        encoding=request.encoding,
        stdin=request.stdin,
        journal=visit.kept.packed() if request.writes else lending.nothing(),
        state=_TOGETHER.format(visit.container[:12]) if request.writes else "",
        gently=not request.watches,
    )


@contextlib.contextmanager
def started(client: "APIClient", created: str) -> Iterator[Stream]:
    """Start a process that was made in a container, and yield the connection to it."""
    with contextlib.closing(Stream(client.exec_start(created, socket=True))) as stream:
        yield stream


@contextlib.contextmanager
def _passing_signals(tell: Callable[[int], None]) -> Iterator[None]:
    """Pass SIGINT and SIGTERM on to the process in the container; a second one ends this one."""
    seen: list[int] = []

    def handle(number: int, _: FrameType | None) -> Any:
        if seen:
            raise KeyboardInterrupt
        seen.append(number)
        tell(number)

    before = {number: signal.signal(number, handle) for number in _LETTERS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
