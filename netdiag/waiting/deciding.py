"""What to do next after a run: end, or wait and for what. Pure: a report and the time go in, a decision comes out."""

from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from typing import Final, Literal, NamedTuple

from netdiag import exits
from netdiag.model.report import Finding, Report
from netdiag.outcome import decisive
from netdiag.waiting.doors import Door, doors
from netdiag.waiting.healing import heals

FIRST_S: Final = 0.2
"""The first pause is at most this long. A run whose calls fail costs some 50 ms of processor time."""

LONGEST_S: Final = 4.0
"""No pause is longer where only a call can tell: a service that loads, is overloaded, or answers 503."""

LONGEST_AT_DOORS_S: Final = 30.0
"""No pause is longer where what is waited for shows by a connection, and connections are being tried anyway. What a
run would notice besides is rare: another network, an edited configuration."""

FIRST_AT_DOORS_S: Final = 1.0
REST_AT_DOORS: Final = 3.0
"""There a run is followed by a pause of at least three times what it took: a run that waits for black holes takes 2 s,
and nobody knocks meanwhile."""

End = Literal["settled", "expired"]
Told = tuple[str, str, str]


class Waiting(NamedTuple):
    """How far it has got: ``deadline`` in seconds of the clock, how many runs there were, what was told last."""

    deadline: float
    runs: int = 0
    told: frozenset[Told] = frozenset()


class Next(NamedTuple):
    """What comes next: the ``end``, or another run at ``until`` seconds of the clock.

    It comes before that when one of ``doors`` opens, though never before ``not_before``, when the service asked to be
    left alone until then. ``tell`` is what is in the way now and was not in the way before.
    """

    end: End | None = None
    until: float = 0.0
    not_before: float = 0.0
    doors: frozenset[Door] = frozenset()
    tell: tuple[Finding, ...] = ()


def after(  # noqa: PLR0913 - all that a decision depends on, so that none of it is asked for
    waiting: Waiting, report: Report, now: float, *, chance: float, today: float = 0.0, knocked: bool = False
) -> tuple[Waiting, Next]:
    """Decide what follows ``report``, whose run ended at ``now``.

    ``chance``, from 0 to 1, is the jitter: the whole pause is multiplied by it ("full jitter"), so that many that were
    started at once do not call at once. ``today`` is the time of day in seconds since 1970, for a Retry-After that is
    a date. ``knocked`` tells that the run was made for an open door: where it changed nothing, that door means nothing,
    and the next run waits its turn.
    """
    stopping = decisive(report)
    if report.exit_code in (exits.OK, exits.PENDING) or not can_heal(report, stopping):
        return waiting._replace(runs=waiting.runs + 1), Next("settled")
    told = frozenset(map(_told, stopping))
    new = tuple({_told(f)[0::2]: f for f in stopping if _told(f) not in waiting.told}.values())
    before = waiting.told
    waiting = waiting._replace(runs=waiting.runs + 1, told=told)
    if now >= waiting.deadline:
        return waiting, Next("expired", tell=new)
    is_vain = knocked and told == before
    at = () if is_vain else doors(report, stopping)
    shown = bool(at) and all(at)
    first, longest = (FIRST_AT_DOORS_S, LONGEST_AT_DOORS_S) if shown else (FIRST_S, LONGEST_S)
    pause = min(longest, first * 2 ** min(waiting.runs - 1, 16)) * chance
    took = report.duration_ms / 1000
    pause = max(pause, REST_AT_DOORS * took) if shown else pause
    asked = max((retry_after(finding, today) for finding in stopping), default=0.0)
    until = now + max(pause, asked)
    if until + took > waiting.deadline:
        until = waiting.deadline  # a run that could not end in time is not begun, unless a door opens
    return waiting, Next(None, until, min(now + asked, waiting.deadline), frozenset().union(*at), new)


def can_heal(report: Report, stopping: Sequence[Finding]) -> bool:
    """Tell whether all that is in the way can be over by itself: one thing that cannot is enough to end the wait.

    So is a base_url that another one has to be written for, where nothing is written: no waiting makes it work.
    What the OpenSPG server tells while its database cannot be read is not what is stored, and decides nothing.
    """
    told = [item for item in report.endpoints if item.endpoint.is_told]
    of_told = [finding for item in told for finding in item.findings]
    left = [finding for finding in stopping if finding not in of_told]
    items = [item for item in report.endpoints if not item.endpoint.is_told]
    repairable = any(item.verdict == "repairable" for item in items) and report.command == "check"
    return bool(left) and not repairable and all(map(heals, left))


def retry_after(finding: Finding, today: float) -> float:
    """Return for how many seconds the service asked to be left alone, by a number or a date; 0 where it did not."""
    text = finding.values.get("retry_after", "").removesuffix(" s")
    if text.isdecimal():
        return float(min(int(text), _DAY_S))
    try:
        return min(max(parsedate_to_datetime(text).timestamp() - today, 0.0), _DAY_S)
    except (TypeError, ValueError, IndexError, OverflowError):
        return 0.0


_DAY_S: Final = 86400


def _told(finding: Finding) -> Told:
    """Return what makes a failure another one: its code and its place, and how exactly it failed."""
    exact = " ".join(finding.values.get(name, "") for name in ("failure", "status", "reason", "address", "port"))
    return finding.code, finding.where, exact
