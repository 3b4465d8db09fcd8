"""Which other containers of the engine may be the model service, and how this one reaches them. Pure."""

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from netdiag.model.place import Candidate, CandidateKind

if TYPE_CHECKING:
    from netdiag.model.host import Attached, HostView, Published, Sibling


class Serving(NamedTuple):
    """A container that may be what is configured on a port of the host.

    ``port`` is its own, and ``published`` says that it is the host's too: then it is what localhost means there.
    Without that it is a guess, since it merely has the same port.
    """

    sibling: "Sibling"
    port: int
    published: "Published | None"


class Siblings(NamedTuple):
    """Candidates, not yet ranked: what is ``meant`` by a configured port, and what only looks ``alike``."""

    meant: tuple[Candidate, ...] = ()
    alike: tuple[Candidate, ...] = ()


NO_SIBLINGS: Final = Siblings()


def serving(view: "HostView", port: int) -> tuple[Serving, ...]:
    """Return the containers that may be what is configured on ``port``: those that publish it before the others."""
    published = [Serving(each, p.port, p) for each in view.siblings for p in each.published if p.host_port == port]
    known = {found.sibling.name for found in published}
    alike = [Serving(each, port, None) for each in view.siblings if port in each.ports and each.name not in known]
    return (*{(found.sibling.name, found.port): found for found in published}.values(), *alike)


def concerning(view: "HostView", ports: Iterable[int], hosts: Collection[str]) -> "HostView":
    """Return the view with those containers only that serve one of ``ports``, or that a base_url names as its host.

    Reports are shown to others, and the rest of a machine's containers is none of theirs.
    """
    serves = {found.sibling.name for port in ports for found in serving(view, port)}
    kept = (each for each in view.siblings if each.name in serves or not each.names.isdisjoint(hosts))
    return view._replace(siblings=tuple(kept))


def attached(view: "HostView", sibling: "Sibling") -> "Attached | None":
    """Return how a sibling is reached on a network that both are on, by a name if there is one; ``None`` if none is."""
    shared = [each for each in view.shared(sibling) if each.address]
    return next((each for each in shared if each.names), shared[0] if shared else None)


def siblings(view: "HostView", ports: Iterable[int]) -> Siblings:
    """Return the running containers that this one reaches, each a way to those of the configured ``ports`` it serves.

    A container without a name on the network (Docker's default bridge has none) is never better than alike: its
    address lasts until it is restarted.
    """
    meant: dict[tuple[str, int], Candidate] = {}
    alike: dict[tuple[str, int], Candidate] = {}
    for port in ports:
        for candidate, is_meant in _candidates(view, port):
            key = (candidate.host, candidate.port)
            known = meant if is_meant or key in meant else alike
            before = known.get(key, candidate)
            is_contested = before.contested or candidate.contested
            known[key] = candidate._replace(instead_of=(*before.instead_of, port), contested=is_contested)
    return Siblings(tuple(meant.values()), tuple(each for key, each in alike.items() if key not in meant))


def _candidates(view: "HostView", port: int) -> Iterator[tuple[Candidate, bool]]:
    publishing = {each.sibling.name for each in serving(view, port) if each.published and each.sibling.is_running}
    for found in serving(view, port):
        at = attached(view, found.sibling)
        if at and found.sibling.is_running:
            host = at.names[0] if at.names else at.address
            source = f"{found.sibling.name} ({at.network})"
            kind: CandidateKind = "sibling" if found.published else "alike"
            is_contested = kind == "sibling" and len(publishing) > 1
            candidate = Candidate(host, kind, source, 0, (at.address,), found.port, contested=is_contested)
            yield candidate, bool(found.published and at.names)
