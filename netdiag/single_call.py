"""One call exactly as KAG makes it, of which nothing follows: what ``netdiag chat`` does."""

import time
from typing import Final

from netdiag import exits, kag, platform
from netdiag.clock import now, since
from netdiag.engine import Job
from netdiag.findings.rules import of_endpoints
from netdiag.model.endpoint import Endpoint
from netdiag.model.event import Started, Tell
from netdiag.model.place import Facts, Platform
from netdiag.model.report import Evidence, Examined, Report
from netdiag.outcome import told
from netdiag.probe.environment import of_server
from netdiag.prove.caller import Caller

NOWHERE: Final = Platform("linux-host", in_container=False, shares_host_network=False, confidence="guess")
"""Where a single call is made from: nothing is said of the place, so it is not looked at."""


def call_once(endpoint: Endpoint, job: Job, tell: Tell) -> Report:
    """Make one call exactly as KAG makes it for ``endpoint``, wherever its base_url points; nothing is rewritten."""
    began, started = time.monotonic(), now()
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
        duration_ms=since(began),
        exit_code=exits.PROBLEM if proof.failure else exits.OK,
        kag_version=version.text,
        endpoints=endpoints,
    )
    told(report, tell)
    return report
