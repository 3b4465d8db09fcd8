"""The story of a run: detect → candidates → probe → prove → diagnose → plan → apply → verify."""

import importlib
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from netdiag import config, exits, openspg, platform, sources, whole
from netdiag.clock import now, since
from netdiag.handed_in import seen_from_host
from netdiag.model.event import Planned, Started, Tell, Written, tell_all
from netdiag.model.place import Facts, Platform
from netdiag.model.report import Evidence, Finding, Report
from netdiag.prove.target import hosts, ports
from netdiag.prove.ways import Ways
from netdiag.text import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from netdiag.kag.version import Installed
    from netdiag.model.host import HostView
    from netdiag.model.suggestion import Suggestions
    from netdiag.store import Store

_LATER: Final = (
    "netdiag.prove.caller",
    "netdiag.prove.examine",
    "netdiag.findings.rules",
    "netdiag.repair",
    "netdiag.outcome",
)
"""What a run needs once somebody has answered: loaded while the first packets are under way, which costs it nothing."""

_NOTHING_FOUND: Final = frozenset({"ND502", "ND540"})
"""There is no file, and no OpenSPG server beside."""

ANSWER_LIMIT_S: Final = 120.0
"""Seconds a model may take to answer, unless the user says otherwise: loading one from disk takes up to a minute."""


class Job(NamedTuple):
    """What is asked for: which configurations, which addresses to try beside the known ones, and whether to write.

    ``asks_who`` has services asked who they are even where they answer KAG's call. ``ports`` and ``key`` are for the
    search for model services, which is made where nothing is configured, if ``suggests``.
    """

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
    asks_who: bool = False
    ports: tuple[int, ...] = ()
    key: Secret | None = None
    suggests: bool = True
    directory: Path = Path()
    root: Path = Path("/")


class Known(NamedTuple):
    """What is known before anything is looked for: ``view`` is what the host showed, with all its containers."""

    facts: Facts
    place: Platform
    server: openspg.Server
    view: "HostView | None" = None


def server_of(job: Job, facts: Facts, place: Platform) -> openspg.Server:
    """Return what speaks for an OpenSPG server here."""
    asked_for = job.only == "server"
    return openspg.find(job.root, facts, in_container=place.in_container, named=asked_for, said=job.database)


def process_of(job: Job, place: Platform) -> config.Process:
    """Return the process of KAG that reads the files here; what it depends on is looked up where a file needs it."""

    def installed() -> "Installed":
        from netdiag import kag

        return kag.chosen(job.kag_version, job.root)

    def values(names: "Collection[str]") -> "Mapping[str, str]":
        from netdiag.probe.environment import values_of

        return values_of(job.root, names, in_container=place.in_container)

    return config.Process(installed, values)


def run(job: Job, tell: Tell, open_store: "Callable[[], Store] | None" = None) -> Report:
    """Check every configuration, and repair what is proven if ``job.write``; every outcome is in the report."""
    began, started = time.monotonic(), now()
    tell(Started(job.command, started))
    facts = platform.read(job.root)
    named = platform.name(facts)
    server = server_of(job, facts, named)
    recovered = _recover(open_store, server) if job.write else ()
    host, host_said = seen_from_host()
    beside = sources.Beside(server, job.scope, process_of(job, named), host)
    found = sources.gather(job.files, job.directory, job.stdin, job.only, beside)
    found = found._replace(endpoints=whole.with_defaults(found.endpoints, job.root, in_container=named.in_container))
    found = found._replace(findings=(*_in_containers(job, found.findings, named), *found.findings))
    siblings, view = platform.NO_SIBLINGS, host
    if host:
        wanted = ports(found.endpoints)
        host = platform.concerning(host, wanted, {*hosts(found.endpoints), *server.hosts})
        siblings = platform.siblings(host, wanted)
    candidates = platform.candidates(facts, named, job.hosts, siblings=siblings)
    ways = Ways(candidates, found.endpoints, tell, meanwhile=_load, facts=facts)

    from netdiag import findings, kag, outcome, repair
    from netdiag.detection import survey
    from netdiag.findings.rules import of_endpoints
    from netdiag.probe.environment import of_server
    from netdiag.prove.caller import Caller
    from netdiag.prove.examine import examine

    version = kag.chosen(job.kag_version, job.root)
    environment = of_server(job.root, in_container=named.in_container)
    caller = Caller(version.version, job.answer_s, tell, environment, certain=version.certain, asks_who=job.asks_who)
    examined = examine(tuple(map(caller.keyed, found.endpoints)), ways, caller)
    around = survey(facts, job.hosts, siblings) if any(ways.is_lost(item) for item in examined) else None
    if around and ways.add(around.candidates, around.answers):
        again = iter(examine([item.endpoint for item in examined if ways.is_lost(item)], ways, caller))
        examined = tuple(next(again) if ways.is_lost(item) else item for item in examined)
    examined = ways.explained(examined)
    known = Known(facts, named, server, view)
    suggestions, said = look_around(job, found, known, tell) if is_wanted(job, found, known) else (None, ())

    place = around.platform if around else platform.name(facts, ways.answers)
    answers = around.answers if around else ()
    evidence = Evidence(facts, answers, version.text, job.answer_s, environment.proxy_variables, host)
    examined = found.usable(of_endpoints(examined, ways.candidates, place, evidence))

    plan, examined = repair.plan(examined, found.documents)
    tell_all(tell, [Planned(edit) for edit in plan.edits])
    store = repair.reaching(open_store, server)
    written = repair.write(plan, found.documents, store, found.places, server) if job.write else repair.Written()
    tell_all(tell, [Written(applied) for applied in written.applied])
    version_said = findings.of_version(version.text, version.instead, examined, certain=version.certain)
    place_said = (*version_said, *findings.of_run(place, evidence)) if found.endpoints else ()
    whole_said = whole.findings(found.documents.values(), version.version, in_container=named.in_container)
    if any(item.verdict == "broken" for item in examined):
        place_said = (*place_said, *sources.ollama_host(job.root))
    report = Report(
        command=job.command,
        started=started,
        duration_ms=since(began),
        exit_code=exits.OK,
        kag_version=version.text,
        platform=place,
        candidates=ways.candidates,
        endpoints=examined,
        findings=(*recovered, *host_said, *found.findings, *whole_said, *place_said, *said, *written.findings),
        plan=plan,
        applied=written.applied,
        output=written.output,
        evidence=evidence,
        suggestions=suggestions,
    )
    return outcome.finished(report, tell, writes=job.write)


def _in_containers(job: Job, said: tuple[Finding, ...], place: Platform) -> tuple[Finding, ...]:
    """Return which OpenSPG servers run in containers of this host, where this is one and nothing was found on it.

    A container that shares its host's network may have been given the engine's socket, too.
    """
    is_host = not place.in_container or place.shares_host_network
    if not is_host or not any(finding.code in _NOTHING_FOUND for finding in said):
        return ()
    from netdiag.container import on_host

    return on_host.look(job.command)


def is_wanted(job: Job, found: sources.Sources, known: Known) -> bool:
    """Tell whether to look for model services without having been asked to: where surely nothing is configured."""
    if found.endpoints or not job.suggests:
        return False
    from netdiag.suggest.rule import is_called_for

    all_read = job.only != "files" and job.scope != "projects"
    return is_called_for(job.command, found.findings, in_container=known.place.in_container, all_read=all_read)


def look_around(
    job: Job, found: sources.Sources, known: Known, tell: Tell
) -> "tuple[Suggestions, tuple[Finding, ...]]":
    """Look for model services on this container's own host; return what could be typed, and what is to be said."""
    from netdiag import kag, suggest
    from netdiag.probe.environment import of_server

    version = kag.chosen(job.kag_version, job.root)
    codes = {finding.code for finding in found.findings}
    has_server = known.server.runs or known.server.database is not None
    place = suggest.place(codes, found.documents, version.version, certain=version.certain, has_server=has_server)
    environment = of_server(job.root, in_container=known.place.in_container)
    text = version.text if place.version == version.version else place.version
    search = suggest.Search(
        place, text, known.facts, environment, job.answer_s, job.hosts, job.ports, known.view, job.key
    )
    return suggest.search(search, tell)


def _recover(open_store: "Callable[[], Store] | None", server: openspg.Server) -> tuple[Finding, ...]:
    from netdiag import repair

    return repair.recover(repair.reaching(open_store, server))


def _load() -> None:
    for name in _LATER:
        importlib.import_module(name)
