"""What could be configured: on request (``netdiag suggest``), and unasked where surely nothing is configured.

On request the server's database is read for one thing only, the version whose page is filled in; nothing that is
configured is called. Nothing is written.
"""

import time

from netdiag import exits, kag, openspg, outcome, platform, sources, suggest
from netdiag.clock import now, since
from netdiag.handed_in import seen_from_host
from netdiag.job import Job, Known, server_of
from netdiag.model.event import Started, Tell
from netdiag.model.report import Evidence, Finding, Report
from netdiag.model.suggestion import Suggestions
from netdiag.probe.environment import of_server


def run(job: Job, tell: Tell) -> Report:
    """Look for model services on this container's own host, and return what to type for each model."""
    began, started = time.monotonic(), now()
    tell(Started(job.command, started))
    facts = platform.read(job.root)
    place = platform.name(facts)
    host, host_said = seen_from_host()
    server = server_of(job, facts, place)
    found = _of_server(server)
    suggestions, said = _search(job, found, Known(facts, place, server, host), tell)
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


def unasked(
    job: Job, found: sources.Sources, known: Known, tell: Tell
) -> tuple[Suggestions | None, tuple[Finding, ...]]:
    """Return what could be typed where the sources ``found`` say that nothing is configured, else nothing."""
    all_read = job.only != "files" and job.scope != "projects"
    if not job.suggests or not suggest.is_called_for(
        job.command, found.findings, in_container=known.place.in_container, all_read=all_read
    ):
        return None, ()
    return _search(job, found, known, tell)


def _search(job: Job, found: sources.Sources, known: Known, tell: Tell) -> tuple[Suggestions, tuple[Finding, ...]]:
    version = kag.chosen(job.kag_version, job.root)
    codes = {finding.code for finding in found.findings}
    has_server = known.server.runs or known.server.database is not None
    place = suggest.place(codes, found.documents, version.version, certain=version.certain, has_server=has_server)
    text = version.text if place.version == version.version else place.version
    environment = of_server(job.root, in_container=known.place.in_container)
    search = suggest.Search(
        place, text, known.facts, environment, job.answer_s, job.hosts, job.ports, known.view, job.key
    )
    return suggest.search(search, tell)


def _of_server(server: openspg.Server) -> sources.Sources:
    """Return what the server's database holds; that it cannot be read is a note, since only its version is wanted."""
    if server.database is None:
        return sources.Sources({}, (), (), {})
    from netdiag.openspg import held  # noqa: PLC0415 - only where a server may be asked

    found = held.read(server._replace(parts=()), "global")
    noted = tuple(finding._replace(severity="note") for finding in found.findings)
    return sources.Sources(found.documents, (), noted, {})
