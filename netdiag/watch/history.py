"""What became of each endpoint from one check to the next: only what changes, and what else had changed. Pure."""

from collections import deque
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from netdiag import findings
from netdiag.model.report import Examined, Finding, Report
from netdiag.outcome import outcomes

KEPT: Final = 500
"""Changes kept. At one change a minute that is a working day; a change takes some 500 bytes."""

State = Literal["works", "repairable", "broken", "left_alone", "gone"]
Key = tuple[str, str]
Signs = Mapping[str, str]
"""What surroundings look like, by the name of each part (``routes``, ``/etc/hosts``…): equal texts, equal parts."""

RUN: Final[Key] = ("", "")
"""What is not about one endpoint: a configuration that cannot be read, a server that is starting."""


class Change(NamedTuple):
    """One endpoint is another way than at the check before; ``was`` is ``None`` when it is seen for the first time.

    ``at`` and ``worked`` are in seconds since 1970; ``worked`` is when it last did, 0 where that was never seen.
    ``changed`` names what of the surroundings is not as it was then.
    """

    at: float
    where: str
    node: str
    was: State | None
    now: State
    causes: tuple[Finding, ...] = ()
    worked: float = 0.0
    changed: tuple[str, ...] = ()


class _Past(NamedTuple):
    """How an endpoint was: its state and codes, when it last worked, and what surroundings looked like then."""

    state: State
    codes: frozenset[str]
    where: str
    worked: float = 0.0
    signs: Signs = MappingProxyType({})


class History:
    """The states of all endpoints, and the changes that led to them."""

    def __init__(self, kept: int = KEPT) -> None:
        self.changes: deque[Change] = deque(maxlen=kept)
        self._past: dict[Key, _Past] = {}

    def observe(self, report: Report, at: float, signs: Signs) -> tuple[Change, ...]:
        """Take in a check that ended ``at`` seconds since 1970; return what changed since the one before it."""
        present = dict(_states(report))
        changes = [self._seen(key, present[key], at, signs) for key in present]
        changes += [self._gone(key, at) for key in list(self._past) if key not in present]
        found = tuple(change for change in changes if change)
        self.changes.extend(found)
        return found

    def lost(self, finding: Finding, at: float) -> tuple[Change, ...]:
        """Take in a check that came to nothing, for ``finding``; return that change of the run, where it is one."""
        change = self._seen(RUN, ("broken", "", (finding,)), at, {})
        found = (change,) if change else ()
        self.changes.extend(found)
        return found

    def worked(self, key: Key) -> float:
        """Return when an endpoint last worked, in seconds since 1970; 0 where that was never seen."""
        return self._past[key].worked if key in self._past else 0.0

    def _seen(self, key: Key, item: tuple[State, str, tuple[Finding, ...]], at: float, signs: Signs) -> Change | None:
        state, where, causes = item
        past = self._past.get(key)
        codes = frozenset(finding.code for finding in causes)
        works = state == "works"
        worked, then = (at, signs) if works else (past.worked, past.signs) if past else (0.0, {})
        self._past[key] = _Past(state, codes, where, worked, then)
        if past and (past.state, past.codes) == (state, codes):
            return None
        if past is None and key == RUN and works:
            return None  # that nothing is the matter beside the endpoints is no news
        changed = () if works or not worked else _different(then, signs)
        return Change(at, where, key[1], past.state if past else None, state, causes, worked, changed)

    def _gone(self, key: Key, at: float) -> Change:
        past = self._past.pop(key)
        return Change(at, past.where, key[1], past.state, "gone", (), past.worked)


def _states(report: Report) -> Iterator[tuple[Key, tuple[State, str, tuple[Finding, ...]]]]:
    for item, outcome in zip(report.endpoints, outcomes(report), strict=True):
        state: State = "left_alone" if outcome == "calls_nobody" else item.verdict
        yield (item.endpoint.source, item.endpoint.node), (state, item.endpoint.where, _causes(item))
    said = tuple(f for f in report.findings if findings.severity_of(f) == "error")
    yield RUN, ("broken" if said else "works", "", said)


def _causes(item: Examined) -> tuple[Finding, ...]:
    return tuple(finding for finding in item.findings if findings.severity_of(finding) == "error")


def _different(then: Signs, now: Signs) -> tuple[str, ...]:
    return tuple(sorted(name for name in {*then, *now} if then.get(name) != now.get(name)))
