"""Who is there: every address and port at once, then each that accepted a connection is asked who it is."""

import time
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from netdiag import failures
from netdiag.model.attempt import Answer, Attempt, Service
from netdiag.model.event import Tell, Tried, tell_all
from netdiag.model.place import Candidate
from netdiag.model.suggestion import FoundService
from netdiag.probe.control import neighbours
from netdiag.probe.environment import Environment
from netdiag.probe.identity import Asking, identify, stranger, wants_key
from netdiag.probe.models import can_be_typed
from netdiag.probe.race import CONNECT_LIMIT_S, race
from netdiag.prove.beside import side_by_side
from netdiag.suggest.ports import PORTS
from netdiag.suggest.reach import Reach
from netdiag.text import Secret, host_port, shown, without_secrets

ASK_LIMIT_S: Final = 3.0
"""Seconds for a connection to what has just accepted one."""

ANSWER_LIMIT_S: Final = 10.0
"""Seconds for each question. One that computes an answer for somebody else, and has one thread, lists its models late;
nothing is configured that could be called instead."""

QUESTIONS_LIMIT_S: Final = 20.0
"""Seconds for all questions about a service before its models are called."""


class Discovered(NamedTuple):
    """The model services, in the order in which they are suggested, and every connect that was made to find them.

    Behind the connects is who answered where that is no model service (``identity``).
    """

    services: tuple[FoundService, ...]
    tried: tuple[Attempt, ...]


def discover(
    reach: Reach, environment: Environment, key: Secret | None, tell: Tell, limit_s: float = QUESTIONS_LIMIT_S
) -> Discovered:
    """Return the model services within ``reach``; ``key`` is the user's, sent only to who wants one and is trusted.

    All questions to one port together end within ``limit_s`` seconds.
    """
    ended = tuple(_tried(reach))
    known = neighbours()  # of addresses that have just been connected to
    tried = tuple(each._replace(neighbour=known.get(each.address, "")) for each in ended)
    tell_all(tell, map(Tried, tried))
    accepted = {(attempt.host, attempt.port) for attempt in tried if not attempt.failure}
    groups = _groups(reach, accepted)

    def one(at: int, _: Tell) -> FoundService | Attempt:
        return _identified(groups[at], reach, environment, key, time.monotonic() + limit_s)

    answers = side_by_side([[at] for at in range(len(groups))], one, tell)
    found = [each for each in answers.values() if isinstance(each, FoundService)]
    others = tuple(each for at in range(len(groups)) if isinstance(each := answers[at], Attempt))
    tell_all(tell, map(Tried, others))
    return Discovered(tuple(_once(sorted(found, key=lambda each: _order(each, reach)))), (*tried, *others))


def asking(
    found: FoundService,
    environment: Environment,
    until: float,
    bearer: Secret | None = None,
    peers: frozenset[str] | None = None,
) -> Asking:
    """Return how to ask a service what it has, with all questions over by ``until`` (``time.monotonic``).

    With ``peers`` a key goes to these addresses only.
    """
    ends = min(until, time.monotonic() + QUESTIONS_LIMIT_S)
    return Asking(origin(found.candidate, found.port), ASK_LIMIT_S, ANSWER_LIMIT_S, ends, environment, bearer, peers)


def origin(candidate: Candidate, port: int) -> str:
    """Return ``http://172.18.0.1:11434``."""
    return f"http://{host_port(candidate.host, port)}"


def _tried(reach: Reach) -> Iterator[Attempt]:
    for ports in dict.fromkeys(map(reach.ports_of, reach.hosts)):
        hosts = tuple(each for each in reach.hosts if reach.ports_of(each) == ports)
        yield from race(hosts, ports, limit_s=CONNECT_LIMIT_S, patient=True).attempts
    if reach.siblings:
        wanted = dict.fromkeys(port for each in reach.siblings for port in each.instead_of)
        yield from race(reach.siblings, tuple(wanted), limit_s=CONNECT_LIMIT_S, patient=True).attempts


class _Group(NamedTuple):
    """The ways to one port of one machine, best first, and that port on each of them."""

    ways: tuple[Candidate, ...]
    port: int


def _groups(reach: Reach, accepted: set[tuple[str, int]]) -> list[_Group]:
    """Return what accepted: the host's addresses are one machine, each container and each named address another.

    An address that the user named is the host only where it is known to be.
    """
    groups: dict[tuple[str, int], list[Candidate]] = {}
    for each in reach.hosts:
        machine = "" if each.kind != "user" else each.host
        for port in reach.ports_of(each):
            if (each.host, port) in accepted:
                groups.setdefault((machine, port), []).append(each)
    for each in reach.siblings:
        if (each.host, each.port) in accepted:
            groups.setdefault((each.host, each.port), []).append(each)
    return [_Group(tuple(ways), port) for (_, port), ways in groups.items()]


def _identified(
    group: _Group, reach: Reach, environment: Environment, key: Secret | None, until: float
) -> FoundService | Attempt:
    """Return the service of a group, asked at the first of its ways that gets an answer, or how none came about."""
    refused: FoundService | None = None
    other: Attempt | None = None
    for at, way in enumerate(group.ways):
        program = "" if way.is_container else reach.programs.get(group.port, "")
        found = FoundService(Service("other"), way, group.port, group.ways[at:], program)
        began = time.monotonic()
        service, answer = identify(asking(found, environment, until))
        needs = wants_key(answer) and service.name != "other"
        if needs and key and reach.trusts(way.host):
            peers = reach.trust[way.host].addresses
            service = _listed(identify(asking(found, environment, until, key, peers))[0], service, key)
        service = service._replace(models=tuple(name for name in service.models if can_be_typed(name, key)))
        found = found._replace(service=service, wants_key=needs)
        if service.name != "other" and (service.models or answer.status != 403 or needs):
            return found
        if service.name != "other":
            refused = refused or found  # an Ollama that refuses this Host may take another
            continue
        other = other or _other(found, answer, began, asking(found, environment, until))
        if answer.failure not in failures.UNREACHED:
            break
    return refused or other or _other(found, answer, began, asking(found, environment, until))


def _other(found: FoundService, answer: Answer, began: float, to: Asking) -> Attempt:
    """Return who answers there instead of a model service, or how nobody did."""
    failure = answer.failure or failures.NOT_A_MODEL_SERVICE
    who = "" if answer.failure else shown(stranger(to))
    way = found.candidate
    address = next(iter(way.addresses), "")
    took = (time.monotonic() - began) * 1000
    return Attempt("identity", way.host, address, found.port, 0.0, round(took, 3), failure, who, answer.status)


def _listed(with_key: Service, without: Service, key: Secret) -> Service:
    """Return the service as who has its key sees it, by the name that is known without one if that says more."""
    if with_key.name in ("openai-compatible", "other"):
        return with_key._replace(name=without.name, version=without.version)
    return with_key._replace(version=without_secrets(with_key.version, [key]))


def _order(found: FoundService, reach: Reach) -> tuple[int, int, int]:
    """Return the order of services: ports that the user named, then the table's, then others; then the better way."""
    order = (*reach.given, *PORTS)
    known = order.index(found.port) if found.port in order else len(order)
    return known, found.port, found.candidate.rank


def _once(services: Sequence[FoundService]) -> Iterator[FoundService]:
    """Yield each service once, at its best way: the same models at a published port and in its container are one."""
    known: list[FoundService] = []
    for each in services:
        at = next((at for at, other in enumerate(known) if _is_same(each, other)), None)
        if at is None:
            known.append(each)
            continue
        first, second = sorted((known[at], each), key=lambda found: found.candidate.rank)
        known[at] = first._replace(candidates=(*first.candidates, *second.candidates))
    yield from known


def _is_same(one: FoundService, other: FoundService) -> bool:
    """Tell whether two ways lead to one service: both show the same, and one stands for the other's port."""
    ports = {one.port, *one.candidate.instead_of} & {other.port, *other.candidate.instead_of}
    shows_same = one.service == other.service and one.wants_key == other.wants_key
    return bool(ports) and shows_same and bool(one.service.models or one.wants_key)
