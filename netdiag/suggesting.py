"""What could be configured, because the user asks: what ``netdiag suggest`` does.

The server's database is read for one thing only, the version whose page is filled in; nothing that is configured is
called, and nothing is written.
"""

import time

from netdiag import exits, kag, openspg, outcome, platform, sources
from netdiag.clock import now, since
from netdiag.engine import Job, Known, look_around, server_of
from netdiag.handed_in import seen_from_host
from netdiag.model.event import Started, Tell
from netdiag.model.report import Evidence, Report


def suggest(job: Job, tell: Tell) -> Report:
    """Look for model services on this container's own host, and return what to type for each model."""
    began, started = time.monotonic(), now()
    tell(Started(job.command, started))
    facts = platform.read(job.root)
    place = platform.name(facts)
    host, host_said = seen_from_host()
    server = server_of(job, facts, place)
    found = _of_server(server)
    suggestions, said = look_around(job, found, Known(facts, place, server, host), tell)
    report = Report(
        command=job.command,
        started=started,
        duration_ms=since(began),
        exit_code=exits.OK,
        kag_version=suggestions.kag,
        platform=place,
        findings=(*host_said, *found.findings, *said),
        evidence=Evidence(facts, (), kag.chosen(job.kag_version, job.root).text, job.answer_s),
        suggestions=suggestions,
    )
    return outcome.finished(report, tell, writes=False)


def _of_server(server: openspg.Server) -> sources.Sources:
    """Return what the server's database holds; that it cannot be read is a note, since only its version is wanted."""
    if server.database is None:
        return sources.Sources({}, (), (), {})
    from netdiag.openspg import held  # noqa: PLC0415 - only where a server may be asked

    found = held.read(server._replace(parts=()), "global")
    noted = tuple(finding._replace(severity="note") for finding in found.findings)
    return sources.Sources(found.documents, (), noted, {})
