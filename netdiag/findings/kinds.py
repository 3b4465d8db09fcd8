"""The wrong kind of server for a type, and what a service has no API for: told by the calls that were made. Pure."""

from collections.abc import Mapping
from typing import Final

from netdiag.findings import edits
from netdiag.findings.context import Context, call_line, origin_of
from netdiag.model.attempt import Proof
from netdiag.model.endpoint import MODEL_PAGE
from netdiag.model.report import Examined, Finding
from netdiag.text import shown

_OF_EMBEDDINGS: Final = frozenset({"text-embeddings-inference", "infinity"})
"""Servers that have no chat at all (huggingface/text-embeddings-inference, michaelfeil/infinity: their routes)."""

NO_PATH: Final = frozenset({"ND401", "ND402", "ND422", "ND425", "ND441", "ND442"})
"""Codes that a call is told as which met no API at its path."""


def of_own_type(proof: Proof) -> bool:
    """Tell whether a call was made as configured, or corrected; not one of those that were tried in its place."""
    return "alternative" not in proof.seen


def met(examined: Examined) -> Proof | None:
    """Return the call with another type that met the API of that type, where that of the configured type met none."""
    return next((proof for proof in examined.proofs if "other_type" in proof.seen), None)


def tried(proof: Proof, examined: Examined) -> tuple[str, ...]:
    """Return the calls at the same address that were tried in place of ``proof``, as evidence."""
    others = (each for each in examined.proofs if each.host == proof.host and not of_own_type(each))
    return tuple(map(call_line, others))


def wrong_type(examined: Examined, other: Proof, context: Context) -> Finding:
    """Return that the type is the fault, with the settings to write: those of the call that met an API."""
    endpoint = examined.endpoint
    values = {
        **context.place,
        **edit(examined, other, context),
        "address": origin_of(other.url),
        "type": endpoint.type,
        "base_url": shown(endpoint.base_url),
        "kag": context.kag,
        "model": endpoint.model if endpoint.model.isprintable() else shown(endpoint.model),
        "kind": endpoint.kind,
        "stored": "page" if endpoint.table == MODEL_PAGE else "file" if endpoint.line or endpoint.table else "command",
        "proven": "no" if other.failure else "yes",
        "failure": other.failure or "",
        "detail": other.detail or "-",
    }
    first = first_of(other, examined)
    return Finding("ND440", endpoint.where, values, (call_line(first), *tried(first, examined)))


def first_of(other: Proof, examined: Examined) -> Proof:
    """Return the call of the configured type at the address of ``other``, or the first of all."""
    at = (proof for proof in examined.proofs if proof.host == other.host and of_own_type(proof))
    return next(at, examined.proofs[0])


def edit(examined: Examined, other: Proof, context: Context) -> Mapping[str, str]:
    """Return what is written, and what to write for the call ``other``, in the form of the endpoint's place."""
    endpoint, type_, url = examined.endpoint, other.seen["other_type"], shown(other.url)
    name = "client_type" if context.kag.startswith("0.5") else "type"
    key = {"api_key": "none"} if other.seen.get("filled") == "api_key" else {}
    return {
        "other_type": type_,
        "instead_url": url,
        "before": f"{name} {endpoint.type}, base_url {shown(endpoint.base_url)}",
        "edit": edits.written(endpoint, {name: type_, "base_url": url, **key}),
        "provider": "Ollama" if type_ == "ollama" else "OpenAI",
    }


def exactly(code: str, proof: Proof, examined: Examined) -> str:
    """Return the code of a failed call, made more exact by what else was tried and by what the service lists."""
    if proof.wanted_url and code in NO_PATH | {"ND410", "ND457"} and code != "ND425":
        return "ND402"  # with another path it is a model service
    if code == "ND403" and _is_listed(proof, examined):
        return "ND461"
    return _without_api(code, proof, examined) if code in ("ND401", "ND402", "ND425") else code


def _without_api(code: str, proof: Proof, examined: Examined) -> str:
    """Return the code of a call that met no API: that the service has none for such a node, where that is known.

    It is a service that is known, or a provider, and the paths and types that KAG has for the node were tried in vain.
    """
    service = proof.service.name if proof.service else "other"
    kind = examined.endpoint.kind
    if proof.wanted_url:
        return code
    if kind == "embedding" and service == "vllm":
        return "ND422"  # it has this path when it is started for an embedding model
    if not tried(proof, examined):
        return code
    if kind == "embedding" and service != "ollama" and (service != "other" or "is_provider" in proof.seen):
        return "ND441"
    return "ND442" if kind == "chat" and service in _OF_EMBEDDINGS else code


def _is_listed(proof: Proof, examined: Examined) -> bool:
    """Tell whether a service lists the very model that it says it has not: then what is behind it has none."""
    service = proof.service
    return service is not None and service.name != "ollama" and examined.endpoint.model in service.models
