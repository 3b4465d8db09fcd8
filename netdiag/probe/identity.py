"""Ask who answers at an address, without a key: the first thing a stranger at a known port is told is nothing."""

import json
from typing import Any, Final

from netdiag import failures
from netdiag.model.attempt import Answer, Request, Service
from netdiag.probe.http import send

IDENTITY_LIMIT_S: Final = 3.0
"""Seconds for each question. These paths answer from memory; a server that needs longer is taken as unknown."""


def identify(origin: str, *, connect_s: float) -> tuple[Service, Answer]:
    """Return who answers at ``origin`` (``http://172.17.0.1:11434``), and the answer that told.

    ``other`` stands for anything that is not known to serve models; ``failure`` of the answer then says if there was
    no HTTP at all. Paths: Ollama's ``/api/version`` and ``/api/tags``, vLLM's ``/version``, OpenAI's ``/v1/models``.
    """
    answer = _get(origin, "/api/version", connect_s)
    if answer.failure:
        return Service("other"), answer
    if _is_ollama_refusal(answer):
        return Service("ollama"), answer
    version = _json(answer).get("version")
    if answer.status == 200 and isinstance(version, str):
        return Service("ollama", version, _models(_get(origin, "/api/tags", connect_s), "models", "name")), answer
    return _openai_like(origin, connect_s)


def _openai_like(origin: str, connect_s: float) -> tuple[Service, Answer]:
    listing = _get(origin, "/v1/models", connect_s)
    body = _json(listing)
    models = _models(listing, "data", "id")
    guarded = listing.status in (401, 403) and "error" in body
    if not guarded and not (listing.status == 200 and isinstance(body.get("data"), list)):
        return Service("other"), listing
    answer = _get(origin, "/version", connect_s)
    version = _json(answer).get("version")
    if answer.status == 200 and isinstance(version, str):
        return Service("vllm", version, models), listing
    return Service("openai-compatible", "", models), listing


def _is_ollama_refusal(answer: Answer) -> bool:
    """Ollama bound to loopback answers a Host it does not know with 403 and no body (server/routes.go)."""
    return answer.status == 403 and not answer.body and answer.failure is None


def _get(origin: str, path: str, connect_s: float) -> Answer:
    request = Request("GET", origin + path, {"Accept": "application/json"})
    return send(request, connect_s=connect_s, read_s=IDENTITY_LIMIT_S, direct=True)


def _json(answer: Answer) -> dict[str, Any]:
    try:
        value = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _models(answer: Answer, listing: str, key: str) -> tuple[str, ...]:
    entries = _json(answer).get(listing)
    if answer.failure == failures.TOO_LARGE or not isinstance(entries, list):
        return ()
    return tuple(str(entry[key]) for entry in entries if isinstance(entry, dict) and key in entry)
