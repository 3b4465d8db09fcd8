"""What was tried, as a JSON report has it: addresses, connects and calls."""

from typing import Any

from netdiag.model.attempt import Attempt, Proof
from netdiag.model.place import Candidate
from netdiag.report.labels import origin
from netdiag.text import shown


def candidate_of(candidate: Candidate, language: str) -> dict[str, Any]:
    """Return a candidate as a report has it."""
    return {
        "host": candidate.host,
        "kind": candidate.kind,
        "origin": origin(candidate, language),
        "source": candidate.source,
        "rank": candidate.rank,
        "addresses": list(candidate.addresses),
        "port": candidate.port,
        "instead_of": list(candidate.instead_of),
    }


def attempt_of(attempt: Attempt) -> dict[str, Any]:
    """Return an attempt as a report has it."""
    return {
        "step": attempt.step,
        "host": attempt.host,
        "address": attempt.address,
        "port": attempt.port,
        "started_ms": attempt.started_ms,
        "duration_ms": attempt.duration_ms,
        "failure": attempt.failure,
        "status": attempt.status,
        "detail": shown(attempt.detail),
        "neighbour": attempt.neighbour,
        "unsent": attempt.unsent,
    }


def proof_of(proof: Proof) -> dict[str, Any]:
    """Return a call as a report has it."""
    service = proof.service
    return {
        "host": proof.host,
        "url": shown(proof.url),
        "failure": proof.failure,
        "detail": shown(proof.detail),
        "status": proof.status,
        "duration_ms": proof.duration_ms,
        "service": {"name": service.name, "version": shown(service.version), "models": list(map(shown, service.models))}
        if service
        else None,
        "wanted_url": shown(proof.wanted_url),
        "seen": {name: shown(value) for name, value in proof.seen.items()},
    }
