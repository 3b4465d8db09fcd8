"""What is said of what could be configured: what to enter, what is lacking beside it, and who wants a key. Pure."""

from collections.abc import Iterator
from typing import Final

from netdiag.findings.commands import quoted
from netdiag.findings.entries import block, entry
from netdiag.model.attempt import Proof
from netdiag.model.report import Finding
from netdiag.model.suggestion import FoundService, Offer, Suggestions
from netdiag.text import host_port

CODES: Final = frozenset({"ND585", "ND586", "ND588"})
"""All that is said here."""

TO_TYPE: Final = "ND585"
"""Something is proven, and pending until somebody types it."""

LACKING: Final = "ND563"
"""A file lacks a section that KAG needs."""

_KINDS: Final = ("chat", "embedding")
"""What KAG needs of each."""


def of_suggestions(suggestions: Suggestions) -> tuple[Finding, ...]:
    """Return what is to be entered and what is lacking beside it, then which services want a key.

    That nothing was found, or that all of it wants a key, the search itself says.
    """
    typed = (_to_type(suggestions), *_lacking(suggestions)) if suggestions.best else ()
    is_said = not typed and not unproven(suggestions)
    return (*typed, *(() if is_said else _wanting_a_key(suggestions)))


def is_covered(finding: Finding, suggestions: Suggestions) -> bool:
    """Tell whether those of ``suggestions`` say a finding of the run: theirs, or of a section that the block has."""
    lines = block(suggestions).splitlines() if finding.code == LACKING else ()
    return finding.code in CODES or any(line.startswith(f"{finding.values['key']}:") for line in lines)


def others(suggestions: Suggestions) -> tuple[Offer, ...]:
    """Return what was proven beside the best."""
    return tuple(offer for offer in suggestions.offers if offer.is_proven and offer not in suggestions.best)


def unproven(suggestions: Suggestions) -> tuple[Offer, ...]:
    """Return what was called and did not answer as KAG needs it; not what wants a key that was not given."""
    return tuple(o for o in suggestions.offers if not o.is_proven and not _wants_key(o))


def wanting_a_key(suggestions: Suggestions) -> tuple[tuple[FoundService, str], ...]:
    """Return the services of which nothing can be proven without their key, each with its address."""
    proven = {_at(offer.service) for offer in suggestions.offers if offer.is_proven}
    wanting = {_at(offer.service): (offer.service, offer.base_url) for offer in suggestions.offers if _wants_key(offer)}
    for service in suggestions.services:
        if service.wants_key:
            wanting.setdefault(_at(service), (service, address(service)))
    return tuple(found for at, found in wanting.items() if at not in proven)


def address(service: FoundService) -> str:
    """Return where a service is: ``172.18.0.1:8000``."""
    return host_port(service.candidate.host, service.port)


def line(offer: Offer) -> str:
    """Return an offer on a line: its kind, type, model and base_url."""
    return " ".join(filter(None, (offer.kind, offer.type, offer.model, offer.base_url)))


def _at(service: FoundService) -> tuple[str, int]:
    return service.candidate.host, service.port


def _wants_key(offer: Offer) -> bool:
    return offer.proof.failure is not None and offer.key == "own"


def _to_type(suggestions: Suggestions) -> Finding:
    values: dict[str, str] = {
        "form": suggestions.form,
        "kag": suggestions.kag,
        "has": " ".join(offer.kind for offer in suggestions.best),
        "key": " ".join(dict.fromkeys(offer.key for offer in suggestions.best if offer.key)),
        "models": ", ".join(f"{offer.model} ({offer.base_url})" for offer in suggestions.best),
        "block": block(suggestions),
    }
    for offer in suggestions.best:
        typed = entry(offer, suggestions)
        values |= {offer.kind: typed.lines, f"{offer.kind}_provider": typed.provider}
        if any(name == "API-Key" for name, _ in typed.fields) and not offer.key:
            values["key"] = f"{values['key']} any".strip()
    seen = (*map(line, others(suggestions)), *map(why, unproven(suggestions)))
    return Finding(TO_TYPE, values=values, evidence=seen)


def _lacking(suggestions: Suggestions) -> Iterator[Finding]:
    """Yield the kind that is lacking: KAG needs a chat model and an embedding model."""
    proven = {offer.kind for offer in suggestions.best}
    for kind in _KINDS:
        if kind in proven:
            continue
        failed = [offer for offer in unproven(suggestions) if offer.kind == kind]
        names = dict.fromkeys(service.service.name for service in suggestions.services)
        values = {
            "kind": kind,
            "kag": suggestions.kag,
            "service": " ".join(names),
            "addresses": ", ".join(map(address, suggestions.services)),
            "failed": "yes" if failed else "no",
        }
        yield Finding("ND588", values=values, evidence=tuple(map(why, failed)))


def why(offer: Offer) -> str:
    """Return an offer that is not proven on a line, with how the call ended."""
    return f"{line(offer)}: {ended(offer.proof)}"


def ended(proof: Proof) -> str:
    """Return how a call failed: ``HTTP 404, model_not_found, model 'llama3' not found``."""
    status = f"HTTP {proof.status}" if proof.status else ""
    return ", ".join(filter(None, (status, proof.failure, proof.detail)))


def _wanting_a_key(suggestions: Suggestions) -> Iterator[Finding]:
    for service, at in wanting_a_key(suggestions):
        values = {
            "address": at,
            "service": service.service.name,
            "port": str(service.port),
            "host": quoted(service.candidate.host),
            "is_container": "yes" if service.candidate.is_container else "no",
        }
        yield Finding("ND586", values=values)
