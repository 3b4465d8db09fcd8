"""What could be configured where nothing is: the model services on this container's own host, and what to type.

Ports and addresses → who accepts → who that is → its models → KAG's own call for each → what to type, best first.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from netdiag import findings
from netdiag.model.event import Called, Event, Tell
from netdiag.model.host import HostView
from netdiag.model.place import Facts
from netdiag.model.report import Finding
from netdiag.model.suggestion import FoundService, Suggestions
from netdiag.platform.trust import Trust
from netdiag.probe.environment import Environment
from netdiag.prove.beside import side_by_side
from netdiag.prove.caller import Caller
from netdiag.suggest import causes
from netdiag.suggest.discover import discover
from netdiag.suggest.form import Place, place
from netdiag.suggest.offers import Offers, Wanted, best, offers, ordered
from netdiag.suggest.reach import reach
from netdiag.suggest.rule import is_called_for
from netdiag.suggest.told import told
from netdiag.text import Secret

__all__ = ["Place", "Search", "is_called_for", "place", "search"]


class Search(NamedTuple):
    """Where to look, and for what: ``hosts`` and ``ports`` are those that the user named, ``key`` his own.

    ``view`` is what the host showed, with all its containers. ``kag`` is how KAG's version is called, ``answer_s`` how
    many seconds a model may take.
    """

    place: Place
    kag: str
    facts: Facts
    environment: Environment
    answer_s: float
    hosts: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    view: HostView | None = None
    key: Secret | None = None


def search(wanted: Search, tell: Tell) -> tuple[Suggestions, tuple[Finding, ...]]:
    """Return what could be typed, and what is to be said of the search; every failure is in them, none is raised."""
    within = reach(wanted.facts, wanted.hosts, wanted.ports, wanted.view)
    found = discover(within, wanted.environment, wanted.key, tell, wanted.answer_s)
    made = _offers(found.services, wanted, within.trust, _without_calls(tell))
    every = [offer for each in made for offer in each.offers]
    suggestions = Suggestions(
        form=wanted.place.form,
        kag=wanted.kag,
        services=tuple(each.service for each in made),
        offers=ordered(every),
        best=best(every),
        tried=found.tried,
        ports=tuple(dict.fromkeys(attempt.port for attempt in found.tried)) or within.ports,
        addresses=tuple(dict.fromkeys(each.address for each in found.tried if each.address)) or within.addresses,
    )
    place_ = findings.values(wanted.facts, within.place)
    return suggestions, told(causes.Search(suggestions, within, place_, wanted.view, bool(wanted.key)))


def _offers(
    services: Sequence[FoundService], wanted: Search, trust: Mapping[str, Trust], tell: Tell
) -> tuple[Offers, ...]:
    """Return the offers of each service; services are called side by side, the models of one in turn."""
    form, version, certain = wanted.place
    caller = Caller(version, wanted.answer_s, tell, wanted.environment, certain=certain)
    needs = Wanted(form, version, certain, wanted.key, trust)

    def one(at: int, tell_: Tell) -> Offers:
        return offers(services[at], needs, caller.telling(tell_), wanted.environment)

    made = side_by_side([[at] for at in range(len(services))], one, tell)
    return tuple(made[at] for at in range(len(services)))


def _without_calls(tell: Tell) -> Tell:
    """Return who is told of all but calls: those of a search are no endpoint's, and stand in the suggestions."""

    def filtered(event: Event) -> None:
        if not isinstance(event, Called):
            tell(event)

    return filtered
