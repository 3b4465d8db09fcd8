"""What could be configured, as ``netdiag/report/1`` has it."""

from typing import Any

from netdiag.findings.entries import block, entry
from netdiag.model.suggestion import FoundService, Offer, Suggestions
from netdiag.report.json_attempts import attempt_of, candidate_of, proof_of
from netdiag.text import shown


def suggestions_of(made: Suggestions, language: str) -> dict[str, Any]:
    """Return ``made`` as plain values; a service and an offer are named by their place in their lists."""
    return {
        "form": made.form,
        "kag": made.kag,
        "services": [_service(service, language) for service in made.services],
        "offers": [_offer(offer, made) for offer in made.offers],
        "best": [made.offers.index(offer) for offer in made.best],
        "block": block(made),
        "tried": [attempt_of(attempt) for attempt in made.tried],
        "ports": list(made.ports),
        "addresses": list(made.addresses),
    }


def _service(found: FoundService, language: str) -> dict[str, Any]:
    service = found.service
    return {
        "name": service.name,
        "version": shown(service.version),
        "models": list(map(shown, service.models)),
        "candidate": candidate_of(found.candidate, language),
        "port": found.port,
        "candidates": [candidate_of(candidate, language) for candidate in found.candidates],
        "program": shown(found.program),
        "wants_key": found.wants_key,
        "left_out": list(map(shown, found.left_out)),
    }


def _offer(offer: Offer, made: Suggestions) -> dict[str, Any]:
    typed = entry(offer, made)
    return {
        "kind": offer.kind,
        "type": offer.type,
        "base_url": shown(offer.base_url),
        "model": shown(offer.model),
        "key": offer.key,
        "service": _place(offer.service, made),
        "dimensions": offer.dimensions,
        "proof": proof_of(offer.proof),
        "provider": typed.provider,
        "fields": [{"name": name, "value": shown(value)} for name, value in typed.fields],
        "text": typed.text,
    }


def _place(found: FoundService, made: Suggestions) -> int:
    """Return the place of a service in the list; that of an offer may be at another of its addresses."""
    return next(at for at, each in enumerate(made.services) if (each.port, each.service) == (found.port, found.service))
