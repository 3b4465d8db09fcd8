"""The ways to the host and how far each got: a race for all ports, and others for what was called off or came later.

Whatever host is configured takes part, even where this platform has no such candidate, and is waited for to the end.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from netdiag import config, failures, platform
from netdiag.model.attempt import Attempt, Neighbour
from netdiag.model.endpoint import Endpoint
from netdiag.model.event import Tell, Tried, nobody, tell_all
from netdiag.model.place import Candidate, Facts, NameAnswer, Platform
from netdiag.model.report import Examined
from netdiag.platform import names
from netdiag.probe import control
from netdiag.probe.names import NAME_LIMIT_S, Lookups, within
from netdiag.probe.race import CONNECT_LIMIT_S, NAME_GRACE_S, Race, race
from netdiag.prove.target import Target, target

NONE: Final = Race((), {}, {})
UNKNOWN: Final = Facts()

_BROKEN_OFF: Final = frozenset({failures.CONNECTION_CLOSED, failures.CONNECTION_RESET, failures.READ_TIMED_OUT})
"""How a call ends where something accepts connections and answers nothing."""


class Ways:
    """Candidates by port. Making one races every candidate on the port of every endpoint that means this host.

    ``meanwhile`` is called here while the first packets are under way. ``facts`` tell which candidate is surely
    the host.
    """

    def __init__(
        self,
        candidates: Sequence[Candidate],
        endpoints: Sequence[Endpoint],
        tell: Tell = nobody,
        meanwhile: Callable[[], None] | None = None,
        facts: Facts = UNKNOWN,
    ) -> None:
        self.candidates = tuple(candidates)
        self._tell = tell
        self.facts = facts
        self._asked: tuple[NameAnswer, ...] = ()
        self._lookup = Lookups()
        self._began = time.monotonic()
        wanted = [to for to in map(self.target, endpoints) if to and to.raced]
        self._ports = tuple({to.port: None for to in wanted})
        self._lock = threading.Lock()
        self._race = NONE
        if wanted:
            distinct = {(to.url.host, to.port): to for to in wanted}.values()  # rows have copies of a few base_urls
            required = {(self.configured(to).host, to.port) for to in distinct}
            entries = self._entries(distinct)
            self._race = race(entries, self._ports, required=required, resolve=self._lookup, meanwhile=meanwhile)
            _told(self._race, tell)

    def target(self, endpoint: Endpoint) -> Target | None:
        """Return what to call for an endpoint, as :func:`netdiag.prove.target.target` does for these candidates."""
        # who names another container means that one, and nothing is put in its place
        own = [candidate for candidate in self.candidates if not candidate.is_container]
        return target(endpoint, {name.lower() for candidate in own for name in (candidate.host, *candidate.aliases)})

    def configured(self, to: Target) -> Candidate:
        """Return the configured host as a way of its own, with the address it spells; a name's are still to be known.

        It is the candidate that has this host, or one that is none of this platform's and leads to this port only.
        """
        same = next((each for each in self.candidates if to.is_at(each)), None)
        address = config.address_of(to.url.host)
        if config.is_host_local(to.url.host):
            addresses = (address,) if address else same.addresses if same else ()
            return (same or Candidate("localhost", "loopback", "", 0))._replace(addresses=addresses)
        if same and same.kind == "loopback":  # a name that this container's /etc/hosts gives itself
            return same._replace(host=to.url.host, addresses=())
        way = same or Candidate(to.url.host, "name", "", 0, (), to.port, (to.port,))
        return way._replace(addresses=(address,) if address else ())

    def _entries(self, wanted: Iterable[Target]) -> tuple[Candidate, ...]:
        """Return who takes part in the race: the candidates, and what is configured with the addresses it has there."""
        entries = {(each.host.lower(), each.port): each for each in self.candidates}
        for to in wanted:
            way = self.configured(to)
            key = (way.host.lower(), way.port)
            known = entries.get(key, way).addresses if way.addresses else ()
            entries[key] = way._replace(addresses=tuple(dict.fromkeys((*known, *way.addresses))))
        return tuple(entries.values())

    def add(self, candidates: Sequence[Candidate], answers: Sequence[NameAnswer] = ()) -> bool:
        """Race those candidates that were not known yet as well; tell whether there were any.

        ``answers`` are what name servers said since: they tell what kind of place this is.
        """
        self._asked = tuple(answers)
        known = {(candidate.host, candidate.port) for candidate in self.candidates}
        new = tuple(candidate for candidate in candidates if (candidate.host, candidate.port) not in known)
        if new and self._ports:
            self.candidates += new
            again = race(new, self._ports, patient=True, resolve=self._lookup)
            _told(again, self._tell)
            self._race = _joined(self._race, again)
        return bool(new)

    def is_lost(self, item: Examined) -> bool:
        """Tell whether an endpoint means this host, and none of the ways led to anybody who could be called.

        A call through a proxy that was made all the same says nothing of the ways, where it leads nowhere without it.
        """
        to = self.target(item.endpoint)
        sent = (proof for proof in item.proofs if proof.failure != failures.NOT_TRUSTED)
        is_called = any(proof.seen.get("direct") not in failures.UNREACHED for proof in sent)
        return item.verdict == "broken" and to is not None and to.local and not is_called

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
            others = {candidate.host for candidate in self.candidates if candidate.kind != "loopback"}
            return [attempt for attempt in sent if attempt.failure and attempt.host in others]
        to = self.target(item.endpoint)
        if to and not to.local:
            own = [each for each in sent if each.host == to.url.host and each.failure]
            sent = [each for each in sent if not each.failure]
            if own:  # nobody on the internet is asked for a port that is not configured
                return [each for each in own if names.is_private(each.address)]
        # a service that answered the question who it is has a fault of its own, and no control tells it
        broken_off = {p.host for p in item.proofs if p.failure in _BROKEN_OFF and p.seen.get("unheard")}
        return [attempt for attempt in sent if not attempt.failure and attempt.host in broken_off]

    @property
    def answers(self) -> tuple[NameAnswer, ...]:
        """What the C library said of the names that were asked for, as far as it did."""
        return tuple(self._race.resolved.values())

    @property
    def place(self) -> Platform:
        """What kind of place this is, by all that names stood for so far."""
        return platform.name(self.facts, (*self.answers, *self._asked))

    def trust(self, to: Target, candidate: Candidate) -> platform.Trust:
        """Return whether the secrets of an endpoint may go to a candidate (:func:`netdiag.platform.judge`).

        They may go where it is configured to go. A name is resolved once more, since it may stand for something else by
        now; what it stood for before counts too.
        """
        if to.is_at(candidate):
            return platform.WHEREVER_IT_LEADS
        addresses = candidate.addresses
        if not config.address_of(candidate.host) and candidate.kind != "loopback":
            before = self._race.resolved.get(candidate.host)
            now = within(candidate.host, CONNECT_LIMIT_S)
            addresses = tuple(dict.fromkeys((*(before.addresses if before else ()), *now.addresses)))
        named = [each.host for each in self.candidates if each.kind == "user"]
        return platform.judge(candidate, addresses, self.facts, self.place, named)

    def machine(self, candidate: Candidate) -> str:
        """Return the same word for candidates that are one machine (:func:`netdiag.platform.machine`)."""
        return platform.machine(candidate, self.place)

    def is_reached(self, to: Target, tell: Tell, limit_s: float) -> bool:
        """Tell whether the configured host accepts connections on its port, waiting for it as long as KAG would.

        Its name gets ``limit_s`` seconds at most, from the beginning of the race for all. ``tell`` hears of what was
        not known yet when that was over.
        """
        way = self.configured(to)
        if self._is_waiting(way, to.port):
            left = min(NAME_LIMIT_S, limit_s) - (time.monotonic() - self._began)
            again = race([way], [to.port], patient=True, name_limit_s=max(left, NAME_GRACE_S), resolve=self._lookup)
            self._join(again, tell)
        return self._is_open(way, to.port)

    def open(self, to: Target, tell: Tell) -> Iterator[Candidate]:
        """Yield the candidates that accept connections on the target's port, beside the configured host.

        ``tell`` hears of those that were called off and are tried again.
        """
        yield from self._connected(self.candidates, to)
        late = [each for each in self.candidates if self._is_waiting(each, to.port)]
        if late:
            self._join(race(late, [to.port], patient=True, resolve=self._lookup), tell)
            yield from self._connected(late, to)

    def next_open(self, to: Target, chosen: Candidate | None) -> Candidate | None:
        """Return the best candidate, beside the one ``chosen``, that is known to accept connections on the port."""
        open_ = (each for each in self.candidates if self._is_open(each, to.port))
        others = (each for each in open_ if not chosen or each.host != chosen.host)
        return min(others, key=lambda each: each.rank, default=None)

    def attempts(self, to: Target) -> tuple[Attempt, ...]:
        """Return every attempt on the target's port, or on a candidate's own in its place."""
        ways = {(candidate.host, candidate.at(to.port)) for candidate in (*self.candidates, self.configured(to))}
        return tuple(attempt for attempt in self._race.attempts if (attempt.host, attempt.port) in ways)

    def _connected(self, candidates: Sequence[Candidate], to: Target) -> list[Candidate]:
        """Return the open ones of ``candidates``, best first, without what the configured URL itself has called."""
        called = self._is_open(self.configured(to), to.port)
        found = [each for each in candidates if self._is_open(each, to.port) and not (called and to.is_at(each))]
        return sorted(found, key=lambda each: each.rank)

    def _is_open(self, way: Candidate, port: int) -> bool:
        """Tell whether one of the way's own addresses accepted, or any at all where it is a name."""
        return any(
            attempt.step == "tcp" and not attempt.failure and (not way.addresses or attempt.address in way.addresses)
            for attempt in self._attempts_at(way, port)
        )

    def _is_waiting(self, way: Candidate, port: int) -> bool:
        """Tell whether a way was called off before any of its addresses had accepted."""
        is_called_off = any(attempt.failure == failures.NOT_AWAITED for attempt in self._attempts_at(way, port))
        return is_called_off and not self._is_open(way, port)

    def _attempts_at(self, way: Candidate, port: int) -> Iterator[Attempt]:
        at = (way.host, way.at(port))
        return (attempt for attempt in self._race.attempts if (attempt.host, attempt.port) == at)

    def _join(self, again: Race, tell: Tell) -> None:
        _told(again, tell)
        with self._lock:
            self._race = _joined(self._race, again)


def _told(ended: Race, tell: Tell) -> None:
    tell_all(tell, map(Tried, ended.attempts))


def _compared(
    item: Examined, addresses: set[str], controls: Mapping[str, Attempt], known: Mapping[str, Neighbour]
) -> Examined:
    """Return the endpoint with its attempts' neighbours, and the controls of these ``addresses`` after them."""
    tried = tuple(each._replace(neighbour=known.get(each.address, each.neighbour)) for each in item.attempts)
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
