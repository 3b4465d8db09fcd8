"""Runs netdiag in a container: the one that is installed there, or this one, lent to the container's Python."""

import base64
import contextlib
import json
import re
import signal
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from netdiag.container import answers, lending, reading, records
from netdiag.container.keeping import Kept
from netdiag.container.looking import output
from netdiag.container.refusal import Refused
from netdiag.container.request import Request, Streams
from netdiag.container.stream import PATIENCE_S, Stream
from netdiag.container.ways import require_running
from netdiag.container.words import say
from netdiag.handed_in import DESCRIPTOR, HANDED
from netdiag.store import CannotWrite

if TYPE_CHECKING:
    from docker import APIClient

_ANNOUNCED: Final = f"""
unset handed; read -r handed; printf '\\000pid %s\\n' "$$" >&2
exec "$0" "$@" {DESCRIPTOR}<<END
$handed
END
"""
"""It waits for a line before it says which process it is: what comes sooner than the answer to its start gets lost.

The line is what the host hands in. Its variable is no part of the environment, which others may read
(``/proc/PID/environ``, proc(5)), and a here-document is a pipe or a file without a name.
"""

_ENDING_S: Final = 2.0
"""Longest wait for the engine to notice that a process has ended whose streams have."""


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
    environment = {**request.environment, "PYTHONIOENCODING": request.encoding, HANDED: str(DESCRIPTOR)}
    command = ["sh", "-c", _ANNOUNCED, program, *request.argv]
    with answers.reading():
        created = answers.require_id(
            client.exec_create(identity, command, stdin=True, user=request.user, environment=environment)["Id"]
        )
    process: list[str] = []

    def hear(line: bytes) -> None:
        if not process and (said := re.fullmatch(rb"pid ([1-9][0-9]{0,9})", line)):
            process.append(said[1].decode())

    def silent(seconds: float) -> None:
        _require_at_work(visit)
        if process and seconds >= PATIENCE_S and _is_stopped(visit, process[0]):
            raise Refused(word="inside_silent", seconds=int(seconds))

    def signalled(number: int) -> None:
        if process:
            kill = ["sh", "-c", 'kill -s "$1" "$2"', "sh", signal.Signals(number).name.removeprefix("SIG"), process[0]]
            output(client, identity, request.user, kill)

    handed = json.dumps({"view": request.view, "environment": dict(request.secrets)}).encode()
    with started(client, created, silent) as stream:
        stream.send(handed + b"\n" + request.stdin)
        if request.stdin:
            stream.end_input()
        with _passing_signals(signalled):
            stream.pass_on(streams.out, streams.err, hear)
    if (status := ended(client, created)) is None:
        _require_at_work(visit)
        raise Refused(word="inside_lost")
    return status


def lent(visit: Visit, python: str) -> int:
    """Lend netdiag to the container's ``python``, in memory; return its status. The journal is kept here."""
    client, identity, request, _, kept = visit
    command = [python, "-I", "-S", "-B", "-c", lending.LOADER, *request.argv]
    with kept.alone() if request.writes else contextlib.nullcontext():
        packed = lending.packed(loan(visit), lending.program())
        with answers.reading():
            created = answers.require_id(client.exec_create(identity, command, stdin=True, user=request.user)["Id"])
        with started(client, created) as stream:
            status = lend(stream, packed, visit)
    if status is None:
        code = ended(client, created)
        _require_at_work(visit)
        word, value = answers.how_it_ended(code)
        raise Refused(word=word, value=value)
    return status


def lend(stream: Stream, packed: bytes, visit: Visit) -> int | None:
    """Send the program to a Python that waits for it, and pass on what comes until it ends.

    Return the status that it says it ends with; a process that was killed says none.
    """
    _, _, request, streams, kept = visit

    statuses: list[int] = []

    def hear(line: bytes) -> None:
        if (status := answers.told_status(line)) is not None:
            statuses.append(status)
        elif line.startswith(b"journal ") and request.writes:
            try:
                kept.replace(decoded(line))
            except (OSError, ValueError, CannotWrite) as error:
                said = say("journal_not_kept", request.language, path=kept.directory, detail=error)
                streams.err.write(f"netdiag: {said}\n".encode())
            else:
                stream.send(b"A")

    def silent(seconds: float) -> None:
        """Ask whether somebody is there: a model may take minutes, but that the thread which listens can say."""
        if seconds < PATIENCE_S:
            stream.send(b"P")
            return
        _require_at_work(visit)
        raise Refused(word="inside_silent", seconds=int(seconds))

    try:
        stream.send(packed)
    except Refused:
        _require_at_work(visit)
        raise
    stream.silent = silent
    with _passing_signals(lambda number: stream.send(_LETTERS[signal.Signals(number)])):
        stream.pass_on(streams.out, streams.err, hear)
    return statuses[0] if statuses else None


def decoded(line: bytes) -> bytes:
    """Return the tar of a line ``journal BASE64``; raises :class:`ValueError` for anything else."""
    text = line.partition(b" ")[2]
    if len(text) > records.LARGEST * 4 // 3 + 4:
        msg = f"more than {records.LARGEST} bytes"
        raise ValueError(msg)
    return base64.b64decode(text, validate=True)


def loan(visit: Visit) -> lending.Loan:
    """Return what goes with the program."""
    request = visit.request
    return lending.Loan(
        environment={**request.environment, **request.secrets},
        view=request.view,
        encoding=request.encoding,
        stdin=request.stdin,
        journal=visit.kept.packed() if request.writes else lending.nothing(),
        state=_TOGETHER.format(visit.container[:12]) if request.writes else "",
        gently=not request.watches,
    )


@contextlib.contextmanager
def started(client: "APIClient", created: str, silent: Callable[[float], None] | None = None) -> Iterator[Stream]:
    """Start a process that was made in a container, and yield the connection to it."""
    with contextlib.closing(Stream(client.exec_start(created, socket=True), silent)) as stream:
        yield stream


def ended(client: "APIClient", created: str) -> int | None:
    """Return the status of a process whose streams have ended; ``None`` where it goes on, or the engine says none."""
    until = time.monotonic() + _ENDING_S
    while True:
        with answers.reading():
            said = client.exec_inspect(created)
            is_over, code = said["Running"] is False, answers.status(said["ExitCode"])
        if is_over or time.monotonic() > until:
            return code if is_over else None
        time.sleep(0.05)


def _require_at_work(visit: Visit) -> None:
    """Raise :class:`Refused` where the container itself is why nothing comes: paused, stopped, gone."""
    require_running(reading.container(visit.client, visit.container))


def _is_stopped(visit: Visit, process: str) -> bool:
    """Tell whether a process in the container was stopped by a signal (proc_pid_stat(5))."""
    command = ["sh", "-c", 'read -r line <"/proc/$1/stat" && echo "$line"', "sh", process]
    return output(visit.client, visit.container, visit.request.user, command).rpartition(")")[2].split()[:1] in (
        ["T"],
        ["t"],
    )


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
