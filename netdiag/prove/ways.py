"""The ways to the host and how far each got: a race for all ports, and others for what was called off or came later."""

from collections.abc import Iterator, Sequence
from typing import Final

from netdiag import failures
from netdiag.model.attempt import Attempt
from netdiag.model.endpoint import Endpoint
from netdiag.model.place import Candidate, NameAnswer
from netdiag.model.report import Examined
from netdiag.probe.race import Race, race
from netdiag.prove.target import Target, problem, target

NONE: Final = Race((), {}, {})


class Ways:
    """Candidates by port. Making one races every candidate on the port of every endpoint that means this host."""

    def __init__(self, candidates: Sequence[Candidate], endpoints: Sequence[Endpoint]) -> None:
        self.candidates = tuple(candidates)
        targets = [self.target(endpoint) for endpoint in endpoints]
        self._ports = tuple({to.port: None for to in targets if to and to.local and not problem(to)})
        self._race = race(self.candidates, self._ports) if self._ports else NONE

    def target(self, endpoint: Endpoint) -> Target | None:
        """Return what to call for an endpoint, as :func:`netdiag.prove.target.target` does for these candidates."""
        return target(endpoint, {candidate.host for candidate in self.candidates})

    def add(self, candidates: Sequence[Candidate]) -> bool:
        """Race those candidates that were not known yet as well; tell whether there were any."""
        known = {candidate.host for candidate in self.candidates}
        new = tuple(candidate for candidate in candidates if candidate.host not in known)
        if new and self._ports:
            self.candidates += new
            self._race = _joined(self._race, race(new, self._ports, patient=True))
        return bool(new)

    def is_lost(self, item: Examined) -> bool:
        """Tell whether an endpoint means this host, and none of the ways led to anybody who could be called."""
        to = self.target(item.endpoint)
        return item.verdict == "broken" and to is not None and to.local and not item.proofs

    @property
    def answers(self) -> tuple[NameAnswer, ...]:
        """What the C library said of the names that were asked for, as far as it did."""
        return tuple(self._race.resolved.values())

    def open(self, to: Target) -> Iterator[Candidate]:
        """Yield the candidates that accept connections on the target's port, its configured host first."""
        yield from self._connected(self.candidates, to)
        waiting = {(a.host, a.port) for a in self._race.attempts if a.failure == failures.NOT_AWAITED}
        late = [candidate for candidate in self.candidates if (candidate.host, to.port) in waiting]
        if late:
            self._race = _joined(self._race, race(late, [to.port], patient=True))
            yield from self._connected(late, to)

    def next_open(self, to: Target, chosen: Candidate) -> Candidate | None:
        """Return the best other candidate that is known to accept connections on the target's port."""
        others = (other for other in self._connected(self.candidates, to) if other.host != chosen.host)
        return next(others, None)

    def attempts(self, to: Target) -> tuple[Attempt, ...]:
        """Return every attempt on the target's port."""
        return tuple(attempt for attempt in self._race.attempts if attempt.port == to.port)

    def _connected(self, candidates: Sequence[Candidate], to: Target) -> list[Candidate]:
        found = [candidate for candidate in candidates if (candidate.host, to.port) in self._race.connected]
        return sorted(found, key=lambda candidate: (not to.is_at(candidate), candidate.rank))


def _joined(first: Race, again: Race) -> Race:
    """Return the first race with what became of those that were raced again, or for the first time."""
    raced = {(attempt.host, attempt.port) for attempt in again.attempts}
    kept = tuple(attempt for attempt in first.attempts if (attempt.host, attempt.port) not in raced)
    return Race(
        kept + again.attempts,
        {**first.connected, **again.connected},
        {**first.resolved, **again.resolved},
    )
