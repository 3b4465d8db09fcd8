"""The story of a run: detect → candidates → probe → prove → diagnose → plan → apply → verify."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Final

from netdiag import exits, findings, kag, openspg, platform, repair, sources
from netdiag.detection import survey
from netdiag.findings.rules import of_endpoints
from netdiag.model.endpoint import Endpoint
from netdiag.model.event import Event, Finished, Found, Planned, Started, Tell, Written
from netdiag.model.place import Facts, Platform
from netdiag.model.report import Evidence, Examined, Report
from netdiag.probe.environment import of_server
from netdiag.prove import Caller, Ways, examine
from netdiag.store import CannotWrite, Store

ANSWER_LIMIT_S: Final = 120.0
"""Seconds a model may take to answer, unless the user says otherwise: loading one from disk takes up to a minute."""


NOWHERE: Final = Platform("linux-host", in_container=False, shares_host_network=False, confidence="guess")
"""Where a single call is made from: nothing is said of the place, so it is not looked at."""


@dataclass(frozen=True)
class Job:
    """What is asked for: which configurations, which addresses to try beside the known ones, and whether to write."""

    command: str
    files: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    write: bool = False
    answer_s: float = ANSWER_LIMIT_S
    kag_version: str = ""
    only: sources.Only | None = None
    scope: openspg.Scope = "all"
    database: openspg.Given | None = None
    stdin: bytes = b""
    directory: Path = field(default_factory=Path)
    root: Path = Path("/")


def run(job: Job, tell: Tell, open_store: Callable[[], Store] = Store) -> Report:
    """Check every configuration, and repair what is proven if ``job.write``; every outcome is in the report."""
    began, started = time.monotonic(), _now()
    tell(Started(job.command, started))
    facts = platform.read(job.root)
    named = platform.name(facts)
    server = _server(job, facts, named)
    open_store = repair.reaching(open_store, server)
    recovered = repair.recover(open_store) if job.write else ()
    found = sources.gather(job.files, job.directory, job.stdin, job.only, sources.Beside(server, job.scope))
    places = repair.located(found.documents)

    ways = Ways(platform.candidates(facts, named, job.hosts), found.endpoints, tell)
    version = kag.chosen(job.kag_version, job.root)
    environment = of_server(job.root, in_container=named.in_container)
    caller = Caller(version.version, job.answer_s, tell, environment, certain=version.certain)
    examined = examine(found.endpoints, ways, caller)
    around = survey(facts, job.hosts) if any(ways.is_lost(item) for item in examined) else None
    if around and ways.add(around.candidates):
        again = iter(examine([item.endpoint for item in examined if ways.is_lost(item)], ways, caller))
        examined = tuple(next(again) if ways.is_lost(item) else item for item in examined)
    examined = ways.explained(examined)

    place = around.platform if around else platform.name(facts, ways.answers)
    answers = around.answers if around else ()
    evidence = Evidence(facts, answers, version.text, job.answer_s, environment.proxy_variables)
    examined = of_endpoints(examined, ways.candidates, place, evidence)

    plan, not_planned = repair.plan(examined, found.documents)
    _tell(tell, [Planned(edit) for edit in plan.edits])
    written = repair.write(plan, found.documents, open_store, places, server) if job.write else repair.Written()
    _tell(tell, [Written(applied) for applied in written.applied])
    version_said = findings.of_version(version.text, version.instead, examined, certain=version.certain)
    place_said = (*version_said, *findings.of_run(place, evidence)) if found.endpoints else ()
    if any(item.verdict == "broken" for item in examined):
        place_said = (*place_said, *sources.ollama_host(job.root))
    report = Report(
        command=job.command,
        started=started,
        duration_ms=_since(began),
        exit_code=exits.OK,
        kag_version=version.text,
        platform=place,
        candidates=ways.candidates,
        endpoints=examined,
        findings=(*recovered, *found.findings, *place_said, *not_planned, *written.findings),
        plan=plan,
        applied=written.applied,
        output=written.output,
        evidence=evidence,
    )
    return _finished(replace(report, exit_code=_exit_code(job, report)), tell)


def call_once(endpoint: Endpoint, job: Job, tell: Tell) -> Report:
    """Make one call exactly as KAG makes it for ``endpoint``, wherever its base_url points; nothing is rewritten."""
    began, started = time.monotonic(), _now()
    tell(Started(job.command, started))
    version = kag.chosen(job.kag_version, job.root)
    facts = platform.read(job.root)
    environment = of_server(job.root, in_container=platform.name(facts).in_container)
    caller = Caller(version.version, job.answer_s, tell, environment)
    proof = caller.refusal(endpoint) or caller.prove(endpoint, "", endpoint.base_url, trusted=True)
    examined = Examined(endpoint, "broken" if proof.failure else "works", proofs=(proof,), proven_url=proof.url)
    evidence = Evidence(Facts(), (), version.text, job.answer_s, environment.proxy_variables)
    endpoints = of_endpoints([examined], (), NOWHERE, evidence)
    report = Report(
        command=job.command,
        started=started,
        duration_ms=_since(began),
        exit_code=exits.PROBLEM if proof.failure else exits.OK,
        kag_version=version.text,
        endpoints=endpoints,
    )
    return _finished(report, tell)


def _server(job: Job, facts: Facts, place: Platform) -> openspg.Server:
    asked_for = job.only == "server"
    return openspg.find(job.root, facts, in_container=place.in_container, named=asked_for, said=job.database)


def rollback(
    paths: Sequence[Path], run: str | None = None, open_store: Callable[[], Store] = Store, job: Job | None = None
) -> Report:
    """Put back what the last run changed, or ``run``, or of it ``paths``; refused when a file was edited since."""
    began, started = time.monotonic(), _now()
    job = job or Job("rollback")
    facts = platform.read(job.root)
    open_store = repair.reaching(open_store, _server(job, facts, platform.name(facts)))
    said = repair.recover(open_store)
    try:
        applied = open_store().rollback(paths, run)
    except CannotWrite as error:
        status = exits.PROBLEM if error.nothing_to_undo else exits.CANNOT_WRITE
        return Report("rollback", started, _since(began), status, findings=(*said, repair.not_undone(error)))
    said = (*said, *repair.around(applied))
    return Report("rollback", started, _since(began), exits.OK, findings=said, applied=applied)


def journal(open_store: Callable[[], Store] = Store) -> Report:
    """Say what the journal holds; nothing is written, not even to tidy up after a killed run."""
    began, started = time.monotonic(), _now()
    try:
        runs = repair.history(open_store)
    except CannotWrite as error:
        refused = (repair.not_undone(error),)
        return Report("rollback", started, _since(began), exits.CANNOT_WRITE, findings=refused)
    return Report("rollback", started, _since(began), exits.OK, runs=runs)


def _exit_code(job: Job, report: Report) -> int:
    """Return the status of docs/reference.md: what could not be read or written outweighs what is broken."""
    said = [*report.findings, *(finding for item in report.endpoints for finding in item.findings)]
    codes = {finding.code for finding in said}
    for status, meaning in _BY_CODE:
        if codes & meaning:
            return status
    if job.write and "ND603" in codes:
        return exits.CANNOT_WRITE
    if not report.endpoints and codes & {"ND536", "ND537", "ND538", "ND542", "ND543"}:
        return exits.NO_CONFIGURATION
    if "ND603" in codes or any(findings.severity(code) == "error" for code in codes):
        return exits.PROBLEM
    if report.plan.edits and not job.write:
        return exits.PENDING if job.command == "fix-base-url" else exits.PROBLEM
    return exits.OK


_BY_CODE: Final = (
    (exits.ROLLED_BACK, {"ND602", "ND611"}),
    (exits.CANNOT_WRITE, {"ND601", "ND609", "ND610"}),
    (exits.NO_CONFIGURATION, {"ND501", "ND502", "ND505", "ND530", "ND532", "ND533", "ND534", "ND535", "ND540"}),
)


def _finished(report: Report, tell: Tell) -> Report:
    """Tell what the run found, and that it is over."""
    _tell(tell, [Found(finding, item.endpoint) for item in report.endpoints for finding in item.findings])
    _tell(tell, [Found(finding) for finding in report.findings])
    tell(Finished(report))
    return report


def _tell(tell: Tell, events: Iterable[Event]) -> None:
    for event in events:
        tell(event)


def _since(began: float) -> float:
    return round((time.monotonic() - began) * 1000, 3)


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
