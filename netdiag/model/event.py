"""What is told while a run is under way, to whoever looks on: progress on a terminal, lines of JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from netdiag.model.attempt import Attempt, Proof
    from netdiag.model.endpoint import Endpoint
    from netdiag.model.journal import Applied
    from netdiag.model.plan import Edit
    from netdiag.model.report import Finding, Report
    from netdiag.model.suggestion import Suggestions


class Started(NamedTuple):
    """A run of ``command`` begins, at a time in UTC (ISO 8601)."""

    command: str
    started: str


class Tried(NamedTuple):
    """An attempt ended; those that run at the same time are told together."""

    attempt: Attempt


class Calling(NamedTuple):
    """A wait for ``what`` begins: ``qwen2.5:3b (http://…)``."""

    what: str


class Accepted(NamedTuple):
    """The connection that ``what`` needs was accepted: from now on its answer is waited for."""

    what: str


class Answered(NamedTuple):
    """The wait for ``what`` is over, however it ended."""

    what: str


class Called(NamedTuple):
    """KAG's own call for ``endpoint`` was made, or refused before anything was sent: ``proof`` is what came of it."""

    endpoint: Endpoint
    proof: Proof


class Found(NamedTuple):
    """A finding about ``endpoint``, or about the run."""

    finding: Finding
    endpoint: Endpoint | None = None


class Suggested(NamedTuple):
    """What could be configured was looked for, and this was found; told when all was tried."""

    suggestions: Suggestions


class Planned(NamedTuple):
    """An edit is planned; it is written, if at all, after all of them were told."""

    edit: Edit


class Written(NamedTuple):
    """A source was written, and read back as planned."""

    applied: Applied


class Finished(NamedTuple):
    """The run is over; a stream of events without this one was cut off."""

    report: Report


Event: TypeAlias = (
    "Started | Tried | Calling | Accepted | Answered | Called | Found | Suggested | Planned | Written | Finished"
)

Tell: TypeAlias = Callable[[Event], None]
"""Told of each event as it happens, in the thread of the run; what it raises ends the run."""


def tell_all(tell: Tell, events: Iterable[Event]) -> None:
    """Tell each of ``events`` in turn."""
    for event in events:
        tell(event)


def nobody(_: Event) -> None:
    """Hear, and say nothing."""
