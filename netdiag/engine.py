"""The story of a run: detect → candidates → probe → prove → diagnose → plan → apply → verify."""

import importlib
import time
from typing import TYPE_CHECKING, Final

from netdiag import exits, platform, sources, whole
from netdiag.clock import now, since
from netdiag.handed_in import seen_from_host
from netdiag.job import Job, Known, process_of, server_of
from netdiag.model.event import Planned, Started, Tell, Written, tell_all
from netdiag.model.place import Platform
from netdiag.model.report import Evidence, Finding, Report
from netdiag.prove.target import hosts, ports
from netdiag.prove.ways import Ways

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from netdiag import openspg
    from netdiag.detection import Surroundings
    from netdiag.model.host import HostView
    from netdiag.model.report import Examined
    from netdiag.model.suggestion import Suggestions
    from netdiag.prove.caller import Caller
    from netdiag.store import Store

_LATER: Final = (
    "netdiag.prove.caller",
    "netdiag.prove.examine",
    "netdiag.prove.unreached",
    "netdiag.findings.rules",
    "netdiag.repair",
    "netdiag.outcome",
)
"""What a run needs once somebody has answered: loaded while the first packets are under way, which costs it nothing."""

_NOTHING_FOUND: Final = frozenset({"ND502", "ND540"})
"""There is no file, and no OpenSPG server beside."""


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
    found = found._replace(
        endpoints=whole.with_defaults(found.endpoints, job.root, in_container=named.in_container),
        findings=(*_in_containers(job, found.findings, named), *found.findings),
    )
    siblings, view = platform.NO_SIBLINGS, host
    if host:
        wanted = ports(found.endpoints)
        host = platform.concerning(host, wanted, {*hosts(found.endpoints), *server.hosts})
        siblings = platform.siblings(host, wanted)
    candidates = platform.candidates(facts, named, job.hosts, siblings=siblings)
    ways = Ways(candidates, found.endpoints, tell, meanwhile=load, facts=facts)

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
    examined, around = _looked_further(
        examined, ways, caller, lambda names: survey(facts, job.hosts, siblings, names), host
    )
    suggestions, said = _unasked(job, found, Known(facts, named, server, view), tell)

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


def _looked_further(
    examined: "tuple[Examined, ...]",
    ways: Ways,
    caller: "Caller",
    survey: "Callable[[Sequence[str]], Surroundings]",
    host: "HostView | None",
) -> "tuple[tuple[Examined, ...], Surroundings | None]":
    """Return the endpoints with what more was tried where nobody was reached, and the place as it is known by then."""
    from netdiag.prove.examine import examine
    from netdiag.prove.unreached import Unreached

    unreached = Unreached(ways, caller, host)
    asked = unreached.names(examined)
    around = None if asked is None else survey(asked)
    if around and ways.add(around.candidates, around.answers):
        again = iter(examine([item.endpoint for item in examined if ways.is_lost(item)], ways, caller))
        examined = tuple(next(again) if ways.is_lost(item) else item for item in examined)
    return ways.explained(unreached.look(examined, around.answers if around else ())), around


def _in_containers(job: Job, said: tuple[Finding, ...], place: Platform) -> tuple[Finding, ...]:
    """Return which OpenSPG servers run in containers of this host, where this is one and nothing was found on it.

    A container that shares its host's network may have been given the engine's socket, too.
    """
    if place.has_own_network or not any(finding.code in _NOTHING_FOUND for finding in said):
        return ()
    from netdiag.container import on_host

    return on_host.look(job.command)


def _unasked(
    job: Job, found: sources.Sources, known: Known, tell: Tell
) -> "tuple[Suggestions | None, tuple[Finding, ...]]":
    """Return what could be configured where nothing is, and what is to be said of the search."""
    if found.endpoints:
        return None, ()
    from netdiag import suggesting

    return suggesting.unasked(job, found, known, tell)


def _recover(open_store: "Callable[[], Store] | None", server: "openspg.Server") -> tuple[Finding, ...]:
    from netdiag import repair

    return repair.recover(repair.reaching(open_store, server))


def load() -> None:
    """Import what a run needs once somebody has answered."""
    for name in _LATER:
        importlib.import_module(name)
