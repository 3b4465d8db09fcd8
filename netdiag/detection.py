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
from netdiag.platform.meaning import SERVICE_NAMES


class Surroundings(NamedTuple):
    """The place as far as it is known without connecting to anything; ``answers`` is empty where nobody was asked."""

    facts: Facts
    platform: Platform
    answers: tuple[NameAnswer, ...]
    candidates: tuple[Candidate, ...]


def survey(
    facts: Facts,
    hosts: Sequence[str] = (),
    siblings: platform.Siblings = platform.NO_SIBLINGS,
    configured: Sequence[str] = (),
) -> Surroundings:
    """Ask the name servers for every name a host may have, and name the platform with their answers.

    ``configured`` are other names to ask for. Takes as long as the servers do, at most
    :data:`netdiag.probe.dns.LIMIT_S` seconds.
    """
    place = platform.name(facts)
    answers: tuple[NameAnswer, ...] = ()
    if place.in_container or configured:
        from netdiag.probe import dns  # noqa: PLC0415 - dnspython is paid for only where somebody is asked

        of_host = names.ALL if place.in_container else ()
        # the first that is answered stands for all in a finding, and the usual names of containers mean least
        others = [name for name in configured if name in SERVICE_NAMES]
        mine = [name for name in configured if name not in SERVICE_NAMES]
        answers = dns.ask((*mine, *of_host, *others, names.CONTROL), facts.nameservers)
        place = platform.name(facts, answers)
        if place.localhost_is_host:
            # the host's names were asked for because a virtual machine's name server knows them, and this is none
            answers = tuple(answer for answer in answers if answer.name not in names.ALL)
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
