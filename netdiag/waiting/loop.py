"""The loop around the decisions: runs, knocks at doors between them, and ends in time."""

import gc
import random
import time
from collections.abc import Callable, Collection, Sequence
from typing import Final, Protocol

from netdiag import exits
from netdiag.clock import now
from netdiag.job import Job
from netdiag.model.report import Finding, Report
from netdiag.outcome import outcomes
from netdiag.probe.doorstep import Doorstep
from netdiag.probe.http import warm
from netdiag.waiting.deciding import Next, Waiting, after
from netdiag.waiting.doors import Door
from netdiag.waiting.limit import BrokenOff, broken_off

KNOCK_EVERY_S: Final = 0.025
"""How often doors are tried while waiting: half of the 100 ms in which a service that came up is to be noticed has to
remain for the run that proves it. Costs some 2 % of a processor for ten addresses (bench/waiting.py)."""

LEAST_ANSWER_S: Final = 1.0
"""A model is given at least this long to answer, however little is left: with less nothing could succeed."""


LONGER_S: Final = 10.0
"""A run that is under way when time runs out gets so much more than one call to a model: a name may take that long."""


class Outside(Protocol):
    """What the loop sees of the world between its runs: time, chance and doors. Tests have one of their own."""

    def now(self) -> float:
        """Return seconds of a clock that only goes forward."""

    def today(self) -> float:
        """Return the time of day in seconds since 1970."""

    def sleep(self, seconds: float) -> None:
        """Let time pass; nothing where ``seconds`` is not positive."""

    def chance(self) -> float:
        """Return a random number from 0 to 1."""

    def prepare(self) -> None:
        """Make ready whatever the next run may need, now that there is time."""

    def is_open(self, doors: Collection[Door]) -> bool:
        """Tell whether one of the doors accepts a connection, soon."""


class Machine:
    """This machine: its clock, and real connections."""

    def __init__(self) -> None:
        self._doorstep = Doorstep()

    def now(self) -> float:
        """Return seconds since the machine started."""
        return time.monotonic()

    def today(self) -> float:
        """Return seconds since 1970."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Sleep; a signal ends it by an exception."""
        if seconds > 0:
            time.sleep(seconds)

    def chance(self) -> float:
        """Return a random number from 0 to 1."""
        return random.random()  # noqa: S311 - spreads load, guards nothing

    def prepare(self) -> None:
        """Load the client that calls are made with, and keep what is loaded out of the search for garbage."""
        warm()
        gc.freeze()

    def is_open(self, doors: Collection[Door]) -> bool:
        """Knock."""
        return self._doorstep.any_open(doors)


def until_settled(
    job: Job,
    limit_s: float,
    run: Callable[[Job], Report],
    tell: Callable[[Sequence[Finding]], None],
    outside: Outside | None = None,
) -> Report:
    """Run ``job`` until all is well, until something is in the way that cannot heal, or for ``limit_s`` seconds.

    Returns the last report; its exit status is 124 where time ran out. What earlier runs wrote stands in it, too.
    A run that began in time may end later, by one call and ``LONGER_S``; then it is broken off.
    ``tell`` hears what is in the way whenever that changes.
    """
    outside = outside or Machine()
    waiting = Waiting(outside.now() + limit_s)
    over_s = LONGER_S + min(job.answer_s, limit_s)
    before: Report | None = None
    knocked = False
    while True:
        left = waiting.deadline - outside.now()
        suggests = before is None or before.suggestions is None  # one search is enough, however often is waited
        answer_s = min(job.answer_s, max(left, LEAST_ANSWER_S))
        try:
            with broken_off(max(left, 0.0) + over_s):
                found = run(job._replace(answer_s=answer_s, suggests=job.suggests and suggests))
        except BrokenOff:
            return _unfinished(before, job, limit_s + over_s)
        report = _joined(before, found)
        waiting, following = after(
            waiting, report, outside.now(), chance=outside.chance(), today=outside.today(), knocked=knocked
        )
        if following.tell:
            tell(following.tell)
            outside.prepare()
        if following.end == "settled":
            return report
        if following.end is None:
            knocked = _pause(following, outside)
        if outside.now() >= waiting.deadline:
            return report._replace(exit_code=exits.TIMED_OUT)
        before = report


def _unfinished(before: Report | None, job: Job, seconds: float) -> Report:
    """Return what is known after a run that did not end within ``seconds``: what the runs before it found."""
    report = before or Report(job.command, now(), seconds * 1000, exits.TIMED_OUT)
    said = Finding("ND241", values={"seconds": f"{seconds:.0f}"})
    return report._replace(exit_code=exits.TIMED_OUT, findings=(said, *report.findings))


def _pause(following: Next, outside: Outside) -> bool:
    """Let time pass until the next run is due, or a door is open; tell whether one is."""
    outside.sleep(following.not_before - outside.now())
    while (present := outside.now()) < following.until:
        if following.doors and outside.is_open(following.doors):
            return True
        due = min(present + KNOCK_EVERY_S, following.until) if following.doors else following.until
        outside.sleep(due - outside.now())
    return False


def _joined(before: Report | None, report: Report) -> Report:
    """Return ``report`` with what runs before it wrote: an endpoint that was repaired then stays a repaired one."""
    if before is None or not before.applied:
        return report
    repaired = {
        (item.endpoint.source, item.endpoint.node): item
        for item, outcome in zip(before.endpoints, outcomes(before), strict=True)
        if outcome == "repaired"
    }
    endpoints = tuple(
        repaired.get((item.endpoint.source, item.endpoint.node), item) if item.verdict == "works" else item
        for item in report.endpoints
    )
    return report._replace(endpoints=endpoints, applied=(*before.applied, *report.applied))
