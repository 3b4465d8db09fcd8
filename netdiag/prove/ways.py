"""The ways to the host and how far each got: one race for all ports, and a second one for those called off."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from netdiag import failures
from netdiag.model import Attempt, Candidate, Endpoint
from netdiag.probe.race import Race, race
from netdiag.prove.target import Target, problem, target

NONE: Final = Race((), {}, {})


class Ways:
    """Candidates by port. Making one races every candidate on the port of every endpoint that means this host."""

    def __init__(self, candidates: Sequence[Candidate], endpoints: Sequence[Endpoint]) -> None:
        self._candidates = candidates
        targets = [self.target(endpoint) for endpoint in endpoints]
        wanted = [to for to in targets if to and to.local and not problem(to)]
        self._race = race(candidates, [to.port for to in wanted]) if wanted else NONE

    def target(self, endpoint: Endpoint) -> Target | None:
        """Return what to call for an endpoint, as :func:`netdiag.prove.target.target` does for these candidates."""
        return target(endpoint, {candidate.host for candidate in self._candidates})

    @property
    def resolved(self) -> Mapping[str, tuple[str, ...]]:
        """The addresses of the names that were asked for, as far as they are known."""
        return {name: answer.addresses for name, answer in self._race.resolved.items()}

    def open(self, to: Target) -> Iterator[Candidate]:
        """Yield the candidates that accept connections on the target's port, its configured host first."""
        yield from self._connected(self._candidates, to)
        waiting = {(a.host, a.port) for a in self._race.attempts if a.failure == failures.NOT_AWAITED}
        late = [candidate for candidate in self._candidates if (candidate.host, to.port) in waiting]
        if late:
            self._race = _joined(self._race, race(late, [to.port], patient=True), late, to.port)
            yield from self._connected(late, to)

    def attempts(self, to: Target) -> tuple[Attempt, ...]:
        """Return every attempt on the target's port."""
        return tuple(attempt for attempt in self._race.attempts if attempt.port == to.port)

    def _connected(self, candidates: Sequence[Candidate], to: Target) -> list[Candidate]:
        found = [candidate for candidate in candidates if (candidate.host, to.port) in self._race.connected]
        return sorted(found, key=lambda candidate: (not to.is_at(candidate), candidate.rank))


def _joined(first: Race, again: Race, late: Sequence[Candidate], port: int) -> Race:
    """Return the first race with what became of those that had been called off on ``port``."""
    hosts = {candidate.host for candidate in late}
    kept = tuple(attempt for attempt in first.attempts if attempt.port != port or attempt.host not in hosts)
    return Race(
        kept + again.attempts,
        {**first.connected, **again.connected},
        {**first.resolved, **again.resolved},
    )
