"""What an OpenSPG server holds, by the best way there is: its database, else what it tells of itself."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from netdiag import config
from netdiag.model.endpoint import Endpoint
from netdiag.model.report import Finding
from netdiag.openspg import projects
from netdiag.openspg.companions import Look
from netdiag.openspg.settings import Scope, Server

if TYPE_CHECKING:
    from netdiag.model.host import HostView
    from netdiag.openspg.connection import FailedError
    from netdiag.store import Reason

_AGAIN: Final[frozenset["Reason"]] = frozenset({"db_busy", "db_lost", "db_name_unknown", "db_refused", "db_unknown"})
"""How a database ends a connection at once while it starts: it may be there once the server has been asked."""

_NOBODY: Final[frozenset["Reason"]] = frozenset({"db_name_unknown", "db_refused", "db_timed_out", "db_unreachable"})
"""What shows no database at all: where no server is seen either, ``mysql`` is nobody's name."""


class Held(NamedTuple):
    """The documents by their sources, every endpoint, what is to be said of them, and what of the parts around."""

    documents: Mapping[str, config.Document] = MappingProxyType({})
    endpoints: tuple[Endpoint, ...] = ()
    findings: tuple[Finding, ...] = ()
    around: tuple[Finding, ...] = ()


def read(server: Server, scope: Scope, view: "HostView | None" = None) -> Held:
    """Return what ``server`` holds within ``scope`` (``global``, ``projects`` or ``all``); never raises.

    ``view`` is what was seen on the host. Where nothing answers and nothing spoke for a server, nothing is said.
    """
    look = Look(server.parts)
    held, failed = _of_database(server, scope)
    if held is None:
        told = projects.ask(server.projects) if server.listens else projects.Told("closed")
        if failed and failed.word in _AGAIN:
            held, failed = _of_database(server, scope)
        if held is None:
            return _of_server(server, scope, told, failed, look.findings(), view)
    return held._replace(around=(*held.around, *look.findings()))


def _of_database(server: Server, scope: Scope) -> "tuple[Held | None, FailedError | None]":
    """Return what the database holds, or why it could not be read."""
    if server.database is None:
        return None, None
    from netdiag.openspg import database  # noqa: PLC0415 - PyMySQL is paid for only where there may be one
    from netdiag.openspg.connection import FailedError  # noqa: PLC0415

    try:
        found = database.read(server.database, scope)
    except FailedError as error:
        return None, error
    starting = (Finding("ND541", server.address, {"address": server.address}),) if server.is_starting else ()
    return Held(found.documents, found.endpoints, found.findings, starting), None


def _of_server(  # noqa: PLR0913, PLR0917 - all that was found
    server: Server,
    scope: Scope,
    told: projects.Told,
    failed: "FailedError | None",
    around: tuple[Finding, ...],
    view: "HostView | None",
) -> Held:
    """Return what the server tells; its knowledge bases only, and nothing of it can be edited."""
    is_there = failed is not None and failed.word not in _NOBODY
    is_met = server.runs or server.named or is_there or told.state in ("answers", "database_down")
    findings: tuple[Finding, ...] = ()
    if failed and is_met:
        from netdiag.openspg.away import cause  # noqa: PLC0415 - few databases are away

        found, around = cause(failed.word, failed.detail, server, told.state, around, view)
        findings = (found,)
    elif is_met:
        findings = tuple(_silent(server, told))
    findings = (*findings, *_bad(server, told))
    if scope == "global":
        return Held({}, (), findings, around)
    endpoints = tuple(projects.endpoints(told.projects))
    return Held({}, endpoints, (*findings, *projects.gone(told.projects)), around)


def _silent(server: Server, told: projects.Told) -> Iterator[Finding]:
    """Yield why the server tells nothing, where no database of it is known that could be read."""
    if told.state != "answers":
        closed = "ND534" if server.runs else "ND540"
        code = {"silent": "ND533", "database_down": "ND532", "closed": closed}.get(told.state, "ND540")
        yield Finding(code, server.address, {"address": server.address})


def _bad(server: Server, told: projects.Told) -> Iterator[Finding]:
    """Yield the knowledge bases that the server cannot tell."""
    for number in told.bad:
        values = {"id": str(number), "address": server.address, "asked": str(told.asked)}
        yield Finding("ND539", server.address, values)
    yield from projects.limited(told, server.address)
