"""``netdiag install`` and ``uninstall``: netdiag in a container to stay, and taken away again without a trace."""

import contextlib
import json
from typing import TYPE_CHECKING, Final

from netdiag import exits
from netdiag.container import answers, lending, reading, running
from netdiag.container.allowed import ALLOWED
from netdiag.container.client import connected
from netdiag.container.finding import find
from netdiag.container.keeping import Kept
from netdiag.container.looking import look
from netdiag.container.refusal import Refused
from netdiag.container.request import Request, Streams
from netdiag.container.ways import require_running
from netdiag.container.words import refusal, say, taken
from netdiag.model.container import Container
from netdiag.store import CannotWrite

if TYPE_CHECKING:
    from docker import APIClient

SAID: Final = frozenset(
    {
        "already_gone",
        "already_installed",
        "cannot_install",
        "installed",
        "journal_not_taken",
        "place_taken",
        "uninstalled",
    }
)
"""What settling.py may say: words of words.py."""

_STATUS: Final = {
    "installed": exits.OK,
    "already_installed": exits.OK,
    "uninstalled": exits.OK,
    "already_gone": exits.OK,
    "cannot_install": exits.CANNOT_WRITE,
}


def settle(request: Request, streams: Streams, *, installs: bool) -> int:
    """Install netdiag in the container or take it away, say what came of it, and return the status of that."""

    def tell(sentence: str) -> None:
        streams.err.write(f"netdiag: {sentence}\n".encode())
        streams.err.flush()

    try:
        with connected(ALLOWED["run"]) as (client, address):
            picked = find(client, request.container, request.calling, address.program)
            if picked.evidence:
                tell(taken(picked, request))
            container = reading.container(client, picked.container.id)
            python = _python(client, container)
            own = Kept.of(container.id, own=container.user)
            visit = running.Visit(client, container.id, request, streams, own)
            of_root = Kept.of(container.id, "root", container.user)
            word, detail = _settled(visit, of_root, python, container.user, installs=installs)
            tell(say(word, request.language, name=container.name, detail=detail))
            return _STATUS.get(word, exits.PROBLEM)
    except Refused as refused:
        tell(refusal(refused, request.language))
        return refused.status


def _python(client: "APIClient", container: Container) -> str:
    require_running(container)
    if container.read_only:
        raise Refused(word="read_only_root", name=container.name)
    inside = look(client, container.id, "0")
    if not inside.python:
        raise Refused(word="nothing_to_install_on", name=container.name)
    return inside.python


def _settled(visit: running.Visit, of_root: Kept, python: str, owner: str, *, installs: bool) -> tuple[str, str]:
    """Run settling.py in the container, as root; return its word and detail.

    Root there has a journal ``of_root``'s own, where it is not whom the container is run as.
    """
    said: list[tuple[str, str]] = []
    has_two = of_root.directory != visit.kept.directory
    journals = {b"journal": visit.kept, **({b"of-root": of_root} if has_two else {})}
    command = [python, "-I", "-S", "-B", "-c", lending.LOADER, "install" if installs else "uninstall"]
    with visit.kept.alone(), of_root.alone() if has_two else contextlib.nullcontext():
        program, journal = (lending.program(), visit.kept.packed()) if installs else (b"", b"")
        roots = of_root.packed() if installs and has_two else lending.nothing()
        header = {"installs": installs, "owner": owner, "digest": lending.digest(program) if installs else ""}
        with answers.reading():
            created = answers.require_id(visit.client.exec_create(visit.container, command, stdin=True, user="0")["Id"])
        with running.started(visit.client, created) as stream:

            def hear(line: bytes) -> None:
                word, _, rest = line.partition(b" ")
                if word == b"said":
                    with answers.reading():
                        what, detail = json.loads(rest)
                        said.append((what if what in SAID else "cannot_install", str(detail)))
                elif kept := journals.get(word):
                    with contextlib.suppress(OSError, ValueError, CannotWrite):
                        kept.replace(running.decoded(line))
                        stream.send(b"A")
                        return
                    stream.send(b"N")

            stream.send(lending.sent("settling.py", header, program=program, journal=journal, of_root=roots))
            stream.pass_on(visit.streams.out, visit.streams.err, hear)
        if installs and said and said[0][0] == "installed":
            for kept in journals.values():
                kept.replace(lending.nothing())
    return said[0] if said else ("cannot_install", "")
