"""What is said of a search: nothing was found, nothing could be proven, or who listens in vain. Pure."""

from collections.abc import Iterator

from netdiag.model.attempt import Attempt
from netdiag.model.endpoint import OLLAMA_PORT
from netdiag.model.report import Finding
from netdiag.model.suggestion import Offer, Suggestions
from netdiag.suggest.causes import Search, causes
from netdiag.text import shown


def told(search: Search) -> tuple[Finding, ...]:
    """Return the findings about a search: none where something is proven and nobody listens in vain."""
    found, place, why = search.found, search.place, tuple(causes(search))
    if found.is_proven:
        return tuple(finding._replace(severity="warning") for finding in why)
    if not found.addresses:
        return (*why, Finding("ND583", "", place))
    if not found.services:
        values = {
            **place,
            "ports": _listed(found.ports) or "nothing_listens",
            "addresses": _listed(found.addresses),
            "service": "ollama",
            "port": str(OLLAMA_PORT),
        }
        return (*why, Finding("ND581", "", values, tuple(_connects(found.tried))))
    values = {
        "services": _listed(_named(found)),
        "service": "ollama" if any(each.service.name == "ollama" for each in found.services) else "other",
        "wants_key": "yes" if any(offer.key == "own" for offer in found.offers) else "no",
        "lists": "yes" if found.offers else "no",
    }
    return (*why, Finding("ND582", "", values, tuple(map(_called, found.offers))))


def _connects(tried: tuple[Attempt, ...]) -> Iterator[str]:
    """Yield how the connects to each address ended: ``172.18.0.1 connection_refused: 11434, 8000``."""
    ended: dict[tuple[str, str], list[int]] = {}
    for each in tried:
        where = each.address if each.host in ("", each.address) else f"{each.host} {each.address}".rstrip()
        ended.setdefault((where, each.failure or "connected"), []).append(each.port)
    for (where, how), ports in ended.items():
        yield f"{where} {how}: {_listed(tuple(ports))}"


def _called(offer: Offer) -> str:
    status = f"HTTP {offer.proof.status}, " if offer.proof.status else ""
    return f"{offer.base_url} {shown(offer.model)}: {status}{offer.proof.failure}"


def _named(found: Suggestions) -> tuple[str, ...]:
    return tuple(f"{each.service.name} {each.candidate.host}:{each.port}" for each in found.services)


def _listed(values: tuple[object, ...]) -> str:
    return ", ".join(map(str, values))
