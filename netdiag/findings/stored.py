"""What is said of the models that OpenSPG 0.8's page has stored: what KAG misses there is added on that page. Pure."""

from collections.abc import Mapping
from typing import Final

from netdiag.model.endpoint import Endpoint
from netdiag.model.report import Examined
from netdiag.text import shown

_WITHOUT_KEY: Final = frozenset({"Ollama", "ollama"})
"""Providers whose form on the page has no field for a key (``kg_provider_param``, openspg-initdb.sql:484)."""


def values(examined: Examined) -> Mapping[str, str]:
    """Return what the words and remedies need: who provides the model, where its row is, and what became of it."""
    endpoint = examined.endpoint
    provider = provider_of(endpoint)
    type_ = next((str(each.value) for each in endpoint.ignored if each.setting == "type"), "")
    proven = examined.proofs[-1].failure is None if examined.proofs else False
    return {
        "provider": shown(provider),
        "keyed": "no" if provider in _WITHOUT_KEY else "yes",
        "typed": "yes" if type_ else "no",
        "wanted_type": type_,
        "kind": endpoint.kind,
        "row": endpoint.source.rpartition("/")[2],
        "entry": endpoint.node,
        "reason": _became(examined, proven=proven),
        "suggestion": suggestion(endpoint),
    }


def provider_of(endpoint: Endpoint) -> str:
    """Return the provider under which the page shows a model."""
    return [*endpoint.place.split(" > "), "", ""][1]


def suggestion(endpoint: Endpoint) -> str:
    """Return a base_url to begin with, where a model has none."""
    if endpoint.type.lower() == "ollama":
        return "http://localhost:11434"
    return "http://localhost:11434/v1" if provider_of(endpoint) in _WITHOUT_KEY else "http://localhost:PORT/v1"


def _became(examined: Examined, *, proven: bool) -> str:
    """Return what became of the call that was made with a placeholder for what KAG misses, as a word of terms.yaml."""
    if len(examined.proofs) < 2 and not examined.attempts:
        return "stored_uncalled"
    if not proven:
        return "stored_unproven"
    return "stored_works" if examined.proven_url == examined.endpoint.base_url else "stored_moved"
