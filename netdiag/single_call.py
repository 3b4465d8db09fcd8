"""One call exactly as KAG makes it, of which nothing follows: what ``netdiag chat`` does.

It takes the engine's way with the one address that was given: connect, call, tell causes apart, diagnose. No other
address is tried and nothing is rewritten.
"""

import time
from collections.abc import Sequence

from netdiag import exits, findings, kag, outcome, platform
from netdiag.clock import now, since
from netdiag.detection import survey
from netdiag.findings.rules import of_endpoints
from netdiag.job import Job
from netdiag.model.endpoint import Endpoint
from netdiag.model.event import Started, Tell
from netdiag.model.place import Candidate
from netdiag.model.report import Evidence, Examined, Report
from netdiag.probe.environment import of_server
from netdiag.prove.caller import Caller
from netdiag.prove.examine import examine
from netdiag.prove.target import target
from netdiag.prove.ways import Ways


def call_once(endpoint: Endpoint, job: Job, tell: Tell) -> Report:
    """Make one call exactly as KAG makes it for ``endpoint``, and say why it fails where it does."""
    began, started = time.monotonic(), now()
    tell(Started(job.command, started))
    facts = platform.read(job.root)
    place = platform.name(facts)
    version = kag.chosen(job.kag_version, job.root)
    environment = of_server(job.root, in_container=place.in_container)
    caller = Caller(version.version, job.answer_s, tell, environment, certain=version.certain)
    ways = Ways(_own(endpoint, platform.candidates(facts, place, job.hosts)), [endpoint], tell, facts=facts)
    examined = examine([caller.keyed(endpoint)], ways, caller)
    around = survey(facts, job.hosts) if any(map(ways.is_lost, examined)) else None
    examined = tuple(map(_as_given, ways.explained(examined)))
    place = around.platform if around else platform.name(facts, ways.answers)
    answers = around.answers if around else ()
    evidence = Evidence(facts, answers, version.text, job.answer_s, environment.proxy_variables)
    examined = of_endpoints(examined, ways.candidates, place, evidence)
    failed = any(item.verdict == "broken" for item in examined)
    report = Report(
        command=job.command,
        started=started,
        duration_ms=since(began),
        exit_code=exits.OK,
        kag_version=version.text,
        platform=place,
        candidates=ways.candidates,
        endpoints=examined,
        findings=findings.of_run(place, evidence) if failed else (),
        evidence=evidence,
    )
    return outcome.finished(report, tell, writes=False)


def _own(endpoint: Endpoint, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Return the candidate that is the configured host itself, where it is one of this platform's."""
    to = target(endpoint)
    return tuple(candidate for candidate in candidates if to and to.is_at(candidate))


def _as_given(item: Examined) -> Examined:
    """Return the endpoint as its URL was given: what works with another path only has failed, and this is told."""
    if item.verdict != "repairable":
        return item
    return item._replace(verdict="broken", proofs=tuple(p for p in item.proofs if p.failure), proven_url="")
