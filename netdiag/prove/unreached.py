"""Look further where the configured address was not reached: at itself, and at the usual ways to the same service.

An address that is none of the host's is not replaced, since somebody chose it. Yet most of them are the host's by
another word: its address on a network outside, the one that it had yesterday, the name of a container. So whoever
answers at the ways to the host on that port is called as well and told of, and what the user named is written.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from netdiag import config, failures, platform
from netdiag.model.attempt import Attempt
from netdiag.model.event import nobody
from netdiag.model.place import Candidate, Facts, NameAnswer
from netdiag.model.report import Examined
from netdiag.platform import names
from netdiag.platform.meaning import PLATFORM_NAMES, SERVICE_NAMES, may_be_host, meaning
from netdiag.platform.resolving import EMBEDDED_DNS
from netdiag.platform.trust import WHEREVER_IT_LEADS, Trust
from netdiag.probe import control
from netdiag.probe.race import CONNECT_LIMIT_S, Race, race
from netdiag.prove.alternatives import along_paths
from netdiag.prove.caller import Caller
from netdiag.prove.target import Target
from netdiag.prove.ways import Ways

if TYPE_CHECKING:
    from netdiag.model.host import HostView

_NO_SERVICE: Final = frozenset({failures.CONNECTION_CLOSED, failures.CONNECTION_RESET, failures.READ_TIMED_OUT})
"""How a call ends in a tunnel that accepts for everybody, beside what begins with ``tls_``."""


class Unreached:
    """What is found out of endpoints whose configured address led nowhere, beyond what their calls said."""

    def __init__(self, ways: Ways, caller: Caller, host: "HostView | None" = None) -> None:
        self._ways = ways
        self._caller = caller.telling(nobody)
        self._facts = ways.facts
        self._races: dict[tuple[tuple[str, ...], int], Race] = {}
        self._near = dict.fromkeys(host.addresses if host else (), True)

    def names(self, examined: Sequence[Examined]) -> tuple[str, ...] | None:
        """Return the names to ask for beside the host's; ``None`` where no name server needs to be asked.

        These are the names that were configured in vain, and the usual ones of containers with model servers.
        """
        foreign = [to.url.host for item in examined if (to := self._foreign(item))]
        asked = [host.removesuffix(".") for host in foreign if not config.address_of(host) and host.isascii()]
        is_lost = any(map(self._ways.is_lost, examined))
        if not asked and not is_lost:
            return None
        is_container = is_lost or any("." not in name for name in asked)
        services = SERVICE_NAMES if is_container and EMBEDDED_DNS in self._facts.nameservers else ()
        return tuple(dict.fromkeys((*asked, *services)))

    def look(self, examined: Sequence[Examined], answers: Sequence[NameAnswer]) -> tuple[Examined, ...]:
        """Return the endpoints with what more was tried for them; ``answers`` are those to :meth:`names`."""
        return tuple(self._looked(item, answers) for item in examined)

    def _looked(self, item: Examined, answers: Sequence[NameAnswer]) -> Examined:
        services = tuple(_containers(self._facts, answers))
        if to := self._foreign(item):
            return self._of_foreign(item, to, services)
        if self._ways.is_lost(item) and (lost := self._ways.target(item.endpoint)) and services:
            return self._tried(item, lost, services, is_known=False)
        return item

    def _foreign(self, item: Examined) -> Target | None:
        """Return what an endpoint calls whose address is none of the host's, where no service was reached there."""
        to = self._ways.target(item.endpoint)
        if item.verdict != "broken" or to is None or to.local or not item.proofs or not to.is_usable:
            return None
        last = item.proofs[-1]
        is_by_proxy = "direct" in last.seen or "proxy" in last.seen
        failure = last.failure or ""
        is_unreached = failure in failures.UNREACHED | _NO_SERVICE or failure.startswith("tls_")
        return to if is_unreached and last.status is None and not is_by_proxy else None

    def _of_foreign(self, item: Examined, to: Target, services: tuple[Candidate, ...]) -> Examined:
        own = self._own(to)
        addresses = tuple(dict.fromkeys(each.address for each in own if each.step == "tcp" and each.address))
        near = self._near_of(addresses)
        own = [each._replace(neighbour="host") if each.address in near else each for each in own]
        item = item._replace(attempts=(*item.attempts, *own))
        kind = meaning(to.url.host, to.url.scheme, addresses, self._facts, near)
        if not may_be_host(kind):
            return item
        others = services if kind == "container" else ()
        port = PLATFORM_NAMES[bare].port if (bare := names.bare(to.url.host)) in PLATFORM_NAMES else 0
        ways = [_at_port(each, to, port) for each in self._usual()]
        return self._tried(item, to, (*ways, *others), is_known=kind in ("host", "platform"))

    def _own(self, to: Target) -> list[Attempt]:
        """Return how connects to the configured host end, so that they can be told apart as the host's are."""
        way = self._ways.configured(to)
        known = self._raced((way,), to.port)
        return list(known.attempts)

    def _near_of(self, addresses: Sequence[str]) -> tuple[str, ...]:
        """Return the addresses that this container's host surely has: its bridge passes nothing on to reach them."""
        place = self._ways.place
        gateways = tuple(gateway.address for gateway in self._facts.gateways if "%" not in gateway.address)
        is_host = place.has_own_network and platform.host(place).gateway == "host" and gateways
        asked = [
            each
            for each in addresses
            if each not in self._near and names.is_private(each) and not names.own_network(self._facts, each)
        ]
        if is_host and asked:
            ended = control.near((*asked, *gateways), limit_s=control.SHORT_LIMIT_S)
            # what drops all that is for the host drops this too, and a packet to pass on would have been reported
            drops = any(ended.get(each) == failures.TIMED_OUT for each in gateways)
            said = {failures.CONNECTION_REFUSED, *([failures.TIMED_OUT] if drops else [])}
            self._near |= {each: ended.get(each) in said for each in asked}
        return tuple(each for each in addresses if self._near.get(each) or each in gateways)

    def _usual(self) -> Iterator[Candidate]:
        """Yield the ways to the host, what the user named first; loopback only where it is the host."""
        for each in self._ways.candidates:
            if each.kind != "loopback" or not self._ways.place.has_own_network:
                yield each

    def _raced(self, ways: Sequence[Candidate], port: int) -> Race:
        key = (tuple(each.host for each in ways), port)
        if key not in self._races:
            self._races[key] = race(ways, [port], limit_s=CONNECT_LIMIT_S, patient=True)
        return self._races[key]

    def _tried(self, item: Examined, to: Target, ways: Sequence[Candidate], *, is_known: bool) -> Examined:
        """Call at the ways that accept connections, best first, until one call succeeds.

        What the user named is what he meant, so it is to be written; the others are told of. ``is_known`` says that the
        service is surely the host's, so that evidence for an address counts.
        """
        ran = self._raced(ways, to.port)
        for way in sorted(ways, key=lambda each: each.rank):
            if (way.host, way.at(to.port)) not in ran.connected:
                continue
            trust = self._trust(to, way, is_known=is_known)
            proofs = tuple(along_paths(item.endpoint, way.host, to.base_url(way), self._caller, trust))
            last = proofs[-1]
            opened = [a for a in ran.attempts if a.step == "tcp" and a.host == way.host and not a.failure]
            if last.failure is None and way.kind == "user":
                told = item._replace(attempts=(*item.attempts, *opened), proofs=(*item.proofs, *proofs))
                return told._replace(verdict="repairable", chosen=way, proven_url=last.url)
            if last.failure is None or way.kind == "user":
                item = item._replace(attempts=(*item.attempts, *opened), proofs=(*item.proofs, *proofs))
            elif last.failure == failures.NOT_TRUSTED and last.seen.get("distrust") not in ("neighbour", "public"):
                item = item._replace(attempts=(*item.attempts, *opened))  # known to be there, and not called
            if last.failure is None or last.failure in failures.TOO_LATE:
                break
        return item

    def _trust(self, to: Target, way: Candidate, *, is_known: bool) -> Trust:
        if way.kind == "user":
            return WHEREVER_IT_LEADS
        if is_known:
            return self._ways.trust(to, way)
        return Trust("container" if way.is_container else "unproven", next(iter(way.addresses), ""))


def _containers(facts: Facts, answers: Sequence[NameAnswer]) -> Iterator[Candidate]:
    """Yield the usual names that Docker's own name server knows, each with the container's address on this network."""
    liars = names.liars(answers)
    for rank, answer in enumerate(answers):
        near = tuple(each for each in answer.addresses if names.own_network(facts, each))
        if answer.name in SERVICE_NAMES and answer.server == EMBEDDED_DNS and answer.server not in liars and near:
            yield Candidate(answer.name, "alike", "Docker DNS", 100 + rank, near)


def _at_port(way: Candidate, to: Target, port: int) -> Candidate:
    """Return a way to the service's own port on the host, where that is another one than the configured name's."""
    return way._replace(port=port, instead_of=(to.port,)) if port and port != to.port and not way.port else way
