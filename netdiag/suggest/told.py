"""What is said of a search: nothing was found, nothing could be proven, or who listens in vain. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final

from netdiag import failures
from netdiag.findings.commands import quoted
from netdiag.findings.suggested import ended
from netdiag.model.attempt import Attempt
from netdiag.model.endpoint import OLLAMA_PORT
from netdiag.model.report import Finding
from netdiag.model.suggestion import Offer, Suggestions
from netdiag.suggest.causes import Search, causes
from netdiag.suggest.offers import KEY
from netdiag.text import shown


def told(search: Search) -> tuple[Finding, ...]:
    """Return the findings about a search: none where something is proven and nobody listens in vain."""
    found, why = search.found, tuple(causes(search))
    if found.is_proven:
        return tuple(finding._replace(severity="warning") for finding in why)
    if not found.addresses:
        has_none = search.reach.place.name == "no-network"
        return (*why, Finding("ND104") if has_none else Finding("ND583", "", search.place))
    if not found.services:
        return (*why, _none(search, is_explained=bool(why)))
    return (*why, _unproven(search) if found.offers else _empty(found))


def _none(search: Search, *, is_explained: bool) -> Finding:
    """Return that there is no service: by what was tried, or by what the host showed where nothing was to be tried."""
    found = search.found
    if not found.tried and search.view and search.view.listeners is not None:
        opened = [each for each in search.view.listeners if not each.is_loopback]
        values = {**search.place, "is_explained": "yes" if is_explained else "no"}
        return Finding("ND584", "", values, tuple(f"host: {each.text}" for each in opened[:_LIMIT]))
    values = {
        **search.place,
        "ports": _listed(found.ports),
        "addresses": _listed(found.addresses),
        "service": "ollama",
        "port": str(OLLAMA_PORT),
    }
    return Finding("ND581", "", values, tuple(_connects(found.tried)))


_LIMIT: Final = 12
"""Sockets of the host that are told at most."""


def _empty(found: Suggestions) -> Finding:
    values = {"services": _listed(_named(found)), "service": _kind(found)}
    return Finding("ND587", "", values)


def _unproven(search: Search) -> Finding:
    found = search.found
    values = {
        "services": _listed(_named(found)),
        "service": _kind(found),
        **_key(search),
        "slow": "yes" if any(offer.proof.failure in failures.TOO_LATE for offer in found.offers) else "no",
        **_first(found.offers),
    }
    return Finding("ND582", "", values, tuple(map(_called, found.offers)))


def _key(search: Search) -> dict[str, str]:
    """Return whether a service wants a key that was not given, refuses the one that was, or was not to be sent it.

    A key goes to the host and to what the user named, so a container has to be named.
    """
    wanting = [offer for offer in search.found.offers if offer.key == "own" and offer.proof.failure in KEY]
    hosts = [offer.service.candidate.host for offer in wanting]
    if host := next((each for each in hosts if not search.reach.trusts(each)), ""):
        return {"is_container": "yes", "host": quoted(host)}
    return {("refuses_key" if search.has_key else "wants_key"): "yes"} if hosts else {}


def _first(called: Sequence[Offer]) -> dict[str, str]:
    """Return the call to make by itself: the first that failed otherwise than for want of a key."""
    offer = next((each for each in called if each.model and each.key != "own"), None)
    if offer is None:
        return {"failed": "no"}
    return {
        "failed": "yes",
        "type": offer.type,
        "url": quoted(offer.base_url),
        "model": quoted(offer.model),
        "kind": offer.kind,
    }


def _kind(found: Suggestions) -> str:
    return "ollama" if any(each.service.name == "ollama" for each in found.services) else "other"


def _connects(tried: tuple[Attempt, ...]) -> Iterator[str]:
    """Yield how each address ended: ``172.18.0.1 connection_refused: 11434, 8000``; and who answered in vain."""
    asked = {each.port for each in tried if each.step == "identity"}
    places: dict[tuple[str, str], list[int]] = {}
    for each in tried:
        where = each.address if each.host in ("", each.address) else f"{each.host} {each.address}".rstrip()
        if each.step == "identity":
            how = ": ".join(filter(None, (each.failure, each.detail)))
            places.setdefault((where, how), []).append(each.port)
        elif each.failure or each.port not in asked:
            places.setdefault((where, each.failure or "connected"), []).append(each.port)
    for (where, how), ports in places.items():
        yield f"{where} {how}: {_listed(tuple(ports))}"


def _called(offer: Offer) -> str:
    what = " ".join(filter(None, (offer.base_url, shown(offer.model))))
    return f"{what}: {ended(offer.proof)}"


def _named(found: Suggestions) -> tuple[str, ...]:
    return tuple(f"{each.service.name} {each.candidate.host}:{each.port}" for each in found.services)


def _listed(values: tuple[object, ...]) -> str:
    return ", ".join(map(str, values))
