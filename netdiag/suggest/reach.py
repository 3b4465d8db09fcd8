"""Where is looked: the addresses of this container's own host, the containers beside it, and the ports.

Only what is known to be the host counts (:mod:`netdiag.platform.trust`), and what the user named. A name counts when
all addresses that it stands for do, so it is resolved before anything is connected to.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from netdiag import platform
from netdiag.model.host import HostView, Listener, Published
from netdiag.model.place import Candidate, Facts, NameAnswer, Platform
from netdiag.platform.trust import Trust
from netdiag.probe.names import resolved
from netdiag.suggest import ports as table

NAMES_LIMIT_S = 1.5
"""Seconds for all names together: as long as an address may take to answer."""


class Reach(NamedTuple):
    """``hosts`` are looked at on the ports that :meth:`ports_of` has, ``siblings`` on their own.

    ``place`` is the platform by now. ``ports`` are those of this container's host: the table's, or what listens there.

    ``trust`` tells of each host whether it may be sent a key. ``programs`` are known of ports where the host was seen.
    ``closed`` are listeners on the host that no container reaches, ``given`` the ports that the user named.
    """

    place: Platform
    hosts: tuple[Candidate, ...]
    ports: tuple[int, ...]
    siblings: tuple[Candidate, ...] = ()
    trust: Mapping[str, Trust] = MappingProxyType({})
    programs: Mapping[int, str] = MappingProxyType({})
    closed: tuple[Listener, ...] = ()
    given: tuple[int, ...] = ()

    def ports_of(self, candidate: Candidate) -> tuple[int, ...]:
        """Return the ports to look at: nobody has seen what listens at an address that the user named."""
        named = table.PORTS if candidate.kind == "user" else ()
        return tuple(dict.fromkeys((*self.ports, *named)))

    def trusts(self, host: str) -> bool:
        """Tell whether a host may be sent a key."""
        return host in self.trust and self.trust[host].is_trusted

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every address that is connected to, once."""
        every = (address for each in (*self.hosts, *self.siblings) for address in each.addresses)
        return tuple(dict.fromkeys(every))


def reach(
    facts: Facts,
    named: Sequence[str],
    given: Sequence[int],
    view: HostView | None,
    resolve: Callable[[Sequence[str], float], Mapping[str, NameAnswer]] = resolved,
) -> Reach:
    """Return where to look: ``named`` are hosts, ``given`` ports that the user named, ``view`` what the host showed."""
    place = platform.name(facts)
    unknown = [each.host for each in platform.candidates(facts, place, named) if not each.addresses]
    answers = tuple(resolve(unknown, NAMES_LIMIT_S).values())
    place = platform.name(facts, answers)
    hosts = tuple(_of_host(facts, place, platform.candidates(facts, place, named, answers), answers))
    addresses = {address for each in hosts for address in each.addresses}
    ports, programs = tuple(dict.fromkeys((*given, *table.PORTS))), {}
    closed: tuple[Listener, ...] = ()
    if view and view.listeners is not None:
        serving = [each for each in view.listeners if table.is_candidate(each) and not _is_of_openspg(each, view)]
        opened = [each for each in serving if _is_open(each, addresses)]
        published = {p.host_port for p in _published(view)}
        ports = tuple(dict.fromkeys((*given, *table.in_order({each.port for each in opened} | published))))
        programs = {each.port: each.program for each in opened if each.program != table.FORWARDER}
        reachable = {each.port for each in opened} | published
        closed = tuple(each for each in serving if each.is_loopback and each.port not in reachable)
    beside = platform.siblings(view, dict.fromkeys((*ports, *table.PORTS))) if view else platform.NO_SIBLINGS
    ranks = {_key(each): each.rank for each in platform.candidates(facts, place, named, answers, beside)}
    siblings = (*beside.meant, *beside.alike) if place.has_own_network else ()
    hosts, siblings = (
        tuple(sorted((each._replace(rank=ranks[_key(each)]) for each in found), key=lambda each: each.rank))
        for found in (hosts, siblings)
    )
    # a container beside this one that the user names is trusted by that name
    trust: dict[str, Trust] = {}
    for each in sorted((*hosts, *siblings), key=lambda each: each.kind == "user"):
        trust[each.host] = platform.judge(each, _stands_for(each, answers), facts, place, named)
    return Reach(place, hosts, ports, siblings, trust, programs, closed, tuple(given))


def _key(candidate: Candidate) -> tuple[str, int]:
    return candidate.host.lower(), candidate.port


def _of_host(
    facts: Facts, place: Platform, candidates: Sequence[Candidate], answers: Sequence[NameAnswer]
) -> Iterator[Candidate]:
    """Yield the candidates that are the host or were named, each with the addresses that none before it has."""
    taken: set[str] = set()
    for each in candidates:
        addresses = platform.routed(facts, _stands_for(each, answers))
        is_meant = each.kind == "user" or platform.is_host(each, addresses, facts, place)
        new = tuple(address for address in addresses if address not in taken)
        if is_meant and new:
            taken |= {*new}
            yield each._replace(addresses=new)


def _stands_for(candidate: Candidate, answers: Sequence[NameAnswer]) -> tuple[str, ...]:
    """Return the addresses of a candidate, or what its name was just resolved to."""
    known = {answer.name: answer.addresses for answer in answers}
    return candidate.addresses or known.get(candidate.host, ())


def _is_open(listener: Listener, addresses: set[str]) -> bool:
    """Tell whether a socket of the host can be reached at one of its ``addresses`` from here."""
    return listener.is_everywhere or listener.address in addresses


def _published(view: HostView) -> Iterator[Published]:
    """Yield the ports that other containers publish for more than the host itself, and that may be a model server's."""
    for sibling in view.siblings:
        for each in sibling.published:
            is_narrow = Listener(each.address, each.host_port).is_loopback
            if sibling.is_running and not is_narrow and each.port not in table.OTHERS:
                yield each


def _is_of_openspg(listener: Listener, view: HostView) -> bool:
    """Tell whether Docker forwards the port to a container that serves no models, or to this one itself.

    Whose socket it is only root sees; which containers publish it the engine tells everybody who may ask.
    """
    inner = [p.port for each in view.siblings for p in each.published if p.host_port == listener.port]
    is_forwarded = bool(inner) or listener.program == table.FORWARDER
    return is_forwarded and all(port in table.OTHERS for port in inner)
