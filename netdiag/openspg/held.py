"""What an OpenSPG server holds, by the best way there is: its database, else what it tells of itself."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from netdiag import config
from netdiag.model.endpoint import Endpoint
from netdiag.model.report import Finding
from netdiag.openspg import projects
from netdiag.openspg.companions import Look
from netdiag.openspg.settings import Scope, Server


class Held(NamedTuple):
    """The documents by their sources, every endpoint, what is to be said of them, and what of the parts around."""

    documents: Mapping[str, config.Document] = MappingProxyType({})
    endpoints: tuple[Endpoint, ...] = ()
    findings: tuple[Finding, ...] = ()
    around: tuple[Finding, ...] = ()


def read(server: Server, scope: Scope) -> Held:
    """Return what ``server`` holds within ``scope`` (``global``, ``projects`` or ``all``); never raises.

    Where nothing answers and nothing spoke for a server, nothing is said.
    """
    look = Look(server.parts)
    held, refused = _of_database(server, scope)
    if held is None:
        held = _of_server(server, scope, refused)
    return held._replace(around=(*held.around, *look.findings()))


def _of_database(server: Server, scope: Scope) -> tuple[Held | None, Finding | None]:
    """Return what the database holds, or why it could not be read."""
    if server.database is None:
        return None, None
    from netdiag.openspg import database  # noqa: PLC0415 - PyMySQL is paid for only where there may be one
    from netdiag.openspg.connection import FailedError  # noqa: PLC0415

    try:
        found = database.read(server.database, scope)
    except FailedError as error:
        values = {"database": server.database.where, "user": server.database.user, "reason": error.word}
        return None, Finding("ND530", server.database.where, values | {"detail": error.detail})
    starting = (Finding("ND541", server.address, {"address": server.address}),) if server.is_starting else ()
    return Held(found.documents, found.endpoints, found.findings, starting), None


def _of_server(server: Server, scope: Scope, refused: Finding | None) -> Held:
    """Return what the server tells; its knowledge bases only, and nothing of it can be edited."""
    told = projects.ask(server.projects) if server.listens else projects.Told("closed")
    is_met = server.runs or server.named or told.state in ("answers", "database_down")
    findings = tuple(_said(server, told, refused)) if is_met else ()
    if scope == "global":
        return Held({}, (), findings)
    return Held({}, tuple(projects.endpoints(told.projects)), (*findings, *projects.gone(told.projects)))


def _said(server: Server, told: projects.Told, refused: Finding | None) -> Iterator[Finding]:
    address = server.address
    if told.state == "answers":
        if refused:
            yield Finding("ND531", refused.where, refused.values)
        for number in told.bad:
            yield Finding("ND539", address, {"id": str(number), "address": address, "asked": str(told.asked)})
        yield from projects.limited(told, address)
        return
    if refused:
        yield refused
    closed = "ND534" if server.runs else "ND540"
    code = {"silent": "ND533", "database_down": "ND532", "closed": closed, "other": "ND540"}[told.state]
    if server.runs or not refused or code == "ND532":
        yield Finding(code, address, {"address": address})
