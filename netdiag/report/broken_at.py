"""How far one gets on the way from the container to the service: where the drawn path breaks. Pure."""

from collections.abc import Iterator
from typing import Final, Literal

from netdiag import failures, platform
from netdiag.model.attempt import Attempt
from netdiag.model.place import Hop
from netdiag.model.report import Examined, Report

Place = Literal["", "leaving", "host", "service", "answer"]
"""Nowhere; before anything left the container's network; before the host; at the service's door; in its answer."""

_ORDER: Final[tuple[Place, ...]] = ("leaving", "host", "service", "answer")


def stations(report: Report) -> tuple[Hop, ...]:
    """Return the stations from the container to its host, as far as the report tells; empty where it does not."""
    if report.path or report.platform is None or report.evidence is None:
        return report.path
    return platform.path(report.evidence.facts, report.platform)


def broken_at(report: Report) -> Place:
    """Return where the way ends for those endpoints that do not work as they are: as far as one of them got."""
    reached = [place for item in report.endpoints if item.verdict == "broken" for place in _reached(item)]
    return max(reached, key=_ORDER.index) if reached else ""


def _reached(item: Examined) -> Iterator[Place]:
    if any(proof.status is not None or proof.duration_ms for proof in item.proofs):
        yield "answer"
    sent = [a for a in item.attempts if a.step in ("tcp", "control")]
    tried = [a for a in sent if not a.address.startswith(("127.", "::1"))]  # a control that is refused came to the host
    yield from map(_ended, tried)
    if not tried:
        yield "service" if sent else "leaving"


def _ended(attempt: Attempt) -> Place:
    if attempt.failure is None:
        return "answer"
    if attempt.unsent:
        return "leaving"
    if attempt.failure in (failures.CONNECTION_REFUSED, failures.CONNECTION_RESET):
        return "service"
    return "host"
