"""The ways to the host and how far each got: a race for all ports, and others for what was called off or came later."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from netdiag import failures
from netdiag.model.attempt import Attempt, Neighbour
from netdiag.model.endpoint import Endpoint
from netdiag.model.event import Tell, Tried, nobody, tell_all
from netdiag.model.place import Candidate, NameAnswer
from netdiag.model.report import Examined
from netdiag.probe import control
from netdiag.probe.race import CONNECT_LIMIT_S, Race, race
from netdiag.prove.target import Target, target

NONE: Final = Race((), {}, {})

_BROKEN_OFF: Final = frozenset({failures.CONNECTION_CLOSED, failures.CONNECTION_RESET, failures.READ_TIMED_OUT})
"""How a call ends where something accepts connections and answers nothing."""


class Ways:
    """Candidates by port. Making one races every candidate on the port of every endpoint that means this host.

    ``meanwhile`` is called in a thread while the first packets are under way.
    """

    def __init__(
        self,
        candidates: Sequence[Candidate],
        endpoints: Sequence[Endpoint],
        tell: Tell = nobody,
        meanwhile: Callable[[], None] | None = None,
    ) -> None:
        self.candidates = tuple(candidates)
        self._tell = tell
        targets = [self.target(endpoint) for endpoint in endpoints]
        self._ports = tuple({to.port: None for to in targets if to and to.raced})
        self._lock = threading.Lock()
        self._race = NONE
        if self._ports:
            self._race = race(self.candidates, self._ports, meanwhile=meanwhile)
            _told(self._race, tell)

    def target(self, endpoint: Endpoint) -> Target | None:
        """Return what to call for an endpoint, as :func:`netdiag.prove.target.target` does for these candidates."""
        # who names another container means that one, and nothing is put in its place
        own = [candidate for candidate in self.candidates if not candidate.is_container]
        return target(endpoint, {name.lower() for candidate in own for name in (candidate.host, *candidate.aliases)})

    def add(self, candidates: Sequence[Candidate]) -> bool:
        """Race those candidates that were not known yet as well; tell whether there were any."""
        known = {(candidate.host, candidate.port) for candidate in self.candidates}
        new = tuple(candidate for candidate in candidates if (candidate.host, candidate.port) not in known)
        if new and self._ports:
            self.candidates += new
            again = race(new, self._ports, patient=True)
            _told(again, self._tell)
            self._race = _joined(self._race, again)
        return bool(new)

    def is_lost(self, item: Examined) -> bool:
        """Tell whether an endpoint means this host, and none of the ways led to anybody who could be called."""
        to = self.target(item.endpoint)
        return item.verdict == "broken" and to is not None and to.local and not item.proofs

    def explained(self, examined: Sequence[Examined]) -> tuple[Examined, ...]:
        """Return the endpoints with what tells causes apart, where one of them led nowhere or was broken off.

        That is the neighbour of every address, and one more connect to each address in question: never more than one,
        however many endpoints there are.
        """
        unclear = [self._unclear(item) for item in examined]
        attempts = [attempt for each in unclear for attempt in each]
        if not attempts:
            return tuple(examined)
        slowest_s = max(attempt.duration_ms for attempt in attempts) / 1000
        limit_s = max(control.SHORT_LIMIT_S, CONNECT_LIMIT_S - slowest_s)
        asked = [] if control.PORT in self._ports else [attempt.address for attempt in attempts]
        controls = {attempt.address: attempt for attempt in control.control(asked, limit_s=limit_s)}
        tell_all(self._tell, map(Tried, controls.values()))
        known = control.neighbours()
        return tuple(
            _compared(item, {attempt.address for attempt in each}, controls, known) if each else item
            for item, each in zip(examined, unclear, strict=True)
        )

    def _unclear(self, item: Examined) -> list[Attempt]:
        """Return the connects of an endpoint whose cause a control may tell; none where the endpoint works."""
        if item.verdict != "broken":
            return []
        sent = [a for a in item.attempts if a.step == "tcp" and a.address and not a.unsent]
        if self.is_lost(item):
            own = {candidate.host for candidate in self.candidates if candidate.kind == "loopback"}
            return [attempt for attempt in sent if attempt.failure and attempt.host not in own]
        # a service that answered the question who it is has a fault of its own, and no control tells it
        broken_off = {p.host for p in item.proofs if p.failure in _BROKEN_OFF and p.seen.get("unheard")}
        return [attempt for attempt in sent if not attempt.failure and attempt.host in broken_off]

    @property
    def answers(self) -> tuple[NameAnswer, ...]:
        """What the C library said of the names that were asked for, as far as it did."""
        return tuple(self._race.resolved.values())

    def open(self, to: Target, tell: Tell) -> Iterator[Candidate]:
        """Yield the candidates that accept connections on the target's port, its configured host first.

        ``tell`` hears of those that were called off and are tried again.
        """
        yield from self._connected(self.candidates, to)
        waiting = {(a.host, a.port) for a in self._race.attempts if a.failure == failures.NOT_AWAITED}
        late = [candidate for candidate in self.candidates if (candidate.host, candidate.at(to.port)) in waiting]
        if late:
            again = race(late, [to.port], patient=True)
            _told(again, tell)
            with self._lock:
                self._race = _joined(self._race, again)
            yield from self._connected(late, to)

    def next_open(self, to: Target, chosen: Candidate) -> Candidate | None:
        """Return the best other candidate that is known to accept connections on the target's port."""
        others = (other for other in self._connected(self.candidates, to) if other.host != chosen.host)
        return next(others, None)

    def attempts(self, to: Target) -> tuple[Attempt, ...]:
        """Return every attempt on the target's port, or on a candidate's own in its place."""
        ways = {(candidate.host, candidate.at(to.port)) for candidate in self.candidates}
        return tuple(attempt for attempt in self._race.attempts if (attempt.host, attempt.port) in ways)

    def _connected(self, candidates: Sequence[Candidate], to: Target) -> list[Candidate]:
        found = [
            candidate for candidate in candidates if (candidate.host, candidate.at(to.port)) in self._race.connected
        ]
        return sorted(found, key=lambda candidate: (not to.is_at(candidate), candidate.rank))


def _told(ended: Race, tell: Tell) -> None:
    tell_all(tell, map(Tried, ended.attempts))


def _compared(
    item: Examined, addresses: set[str], controls: Mapping[str, Attempt], known: Mapping[str, Neighbour]
) -> Examined:
    """Return the endpoint with its attempts' neighbours, and the controls of these ``addresses`` after them."""
    tried = tuple(each._replace(neighbour=known.get(each.address, "")) for each in item.attempts)
    return item._replace(attempts=tried + tuple(c for address, c in controls.items() if address in addresses))


def _joined(first: Race, again: Race) -> Race:
    """Return the first race with what became of those that were raced again, or for the first time."""
    raced = {(attempt.host, attempt.port) for attempt in again.attempts}
    kept = tuple(attempt for attempt in first.attempts if (attempt.host, attempt.port) not in raced)
    return Race(
        kept + again.attempts,
        {**first.connected, **again.connected},
        {**first.resolved, **again.resolved},
    )
