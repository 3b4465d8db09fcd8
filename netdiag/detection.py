"""Where this is: what can be read, what the name servers say, and the ways to the host that follow from both.

Nothing but questions to the container's own name servers is sent, and none outside a container.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from netdiag import exits, findings, platform
from netdiag.clock import now, since
from netdiag.handed_in import seen_from_host
from netdiag.model.place import Candidate, Facts, NameAnswer, Platform
from netdiag.model.report import Evidence, Report
from netdiag.platform import names


class Surroundings(NamedTuple):
    """The place as far as it is known without connecting to anything; ``answers`` is empty where nobody was asked."""

    facts: Facts
    platform: Platform
    answers: tuple[NameAnswer, ...]
    candidates: tuple[Candidate, ...]


def survey(facts: Facts, hosts: Sequence[str] = (), siblings: platform.Siblings = platform.NO_SIBLINGS) -> Surroundings:
    """Ask the name servers for every name a host may have, and name the platform with their answers.

    Takes as long as they do, at most :data:`netdiag.probe.dns.LIMIT_S` seconds.
    """
    place = platform.name(facts)
    answers: tuple[NameAnswer, ...] = ()
    if place.in_container:
        from netdiag.probe import dns  # noqa: PLC0415 - dnspython is paid for only where somebody is asked

        answers = dns.ask((*names.ALL, names.CONTROL), facts.nameservers)
        place = platform.name(facts, answers)
        if place.localhost_is_host:
            answers = ()  # they were asked for what a virtual machine's name server knows, and it is none
    return Surroundings(facts, place, answers, platform.candidates(facts, place, hosts, answers, siblings))


def detect(hosts: Sequence[str] = (), root: Path = Path("/")) -> Report:
    """Say where this is, why that is believed, which addresses would be tried, and which one would be written."""
    began, started = time.monotonic(), now()
    around = survey(platform.read(root), hosts)
    facts, place = around.facts, around.platform
    host, said = seen_from_host()
    evidence = Evidence(facts, around.answers, host=host)
    return Report(
        command="detect",
        started=started,
        duration_ms=since(began),
        exit_code=exits.OK,
        platform=place,
        candidates=around.candidates,
        findings=(*said, *findings.of_detection(place, evidence)),
        path=platform.path(facts, place),
        choice=platform.choice(around.candidates, place),
        evidence=evidence,
    )
