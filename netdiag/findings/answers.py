"""What a failed call tells the words and remedies: who answered, which name is near, what to write instead. Pure."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from netdiag import failures
from netdiag.findings import edits, kinds, ollama, refused
from netdiag.findings.context import Context, origin_of, service_of
from netdiag.findings.nearest import nearest, pulled
from netdiag.model.attempt import Proof, Service
from netdiag.model.endpoint import MODEL_PAGE, Endpoint
from netdiag.model.report import Examined
from netdiag.text import Secret, shown

_SINCE: Final = {
    "/v1/embeddings": (0, 2, 6),
    "/v1/chat/completions": (0, 1, 24),
    "/api/chat": (0, 1, 14),
}
"""Since which release Ollama has a path that KAG calls (ollama issues 2416 and 9920; its release notes)."""


def of_ollama(code: str, proof: Proof) -> str:
    """Return the code of a call that failed at an Ollama, made more exact by what is known of Ollama."""
    service = proof.service or Service("ollama")
    if proof.failure == failures.FORBIDDEN and not proof.detail:
        return "ND424" if ollama.accepts_host(proof.host) else "ND409"
    if code == "ND403" and service.version and not service.models:
        return "ND427"
    if code in ("ND402", "ND425") and not proof.wanted_url and _is_too_old(service, proof.seen.get("asked_path", "")):
        return "ND426"
    return code


def values(proof: Proof, examined: Examined, context: Context) -> Mapping[str, str]:
    """Return the values of a finding about ``proof``, a call made for ``examined``."""
    endpoint = examined.endpoint
    service = proof.service or Service("other")
    type_ = proof.seen.get("type", endpoint.type)
    near, closeness = nearest(endpoint.model, service.models)
    pull = pulled(endpoint.model) if closeness != "same" else ""
    port = urlsplit(proof.url).port if _is_url(proof.url) else None
    right = proof.wanted_url or (proof.url if proof.failure is None else "")
    proven = next((p for p in examined.proofs if p.failure is None), None)
    return {
        **context.place,
        "address": origin_of(proof.url),
        "host": proof.host,
        "port": str(port or ollama.PORT),
        "base_url": endpoint.base_url or "''",
        "path": _path(proof.url) or "/",
        "failure": proof.failure or "",
        "detail": proof.detail or (f"HTTP {proof.status}" if proof.status else ""),
        "status": str(proof.status or ""),
        "model": endpoint.model if endpoint.model.isprintable() else shown(endpoint.model),
        "models": ", ".join(service.models[:10]),
        "nearest": near,
        "near": closeness if closeness and near != proof.seen.get("model", endpoint.model) else "no",
        "pulled": pull,
        "pullable": "yes" if pull else "no",
        "service": _service(service, endpoint, port or 0),
        "product": service.name,
        "version": service.version,
        "kind": endpoint.kind,
        "kag": context.kag,
        "wanted": right,
        "suggestion": right,
        "corrected": "yes" if right else "no",
        "seconds": f"{context.seconds:g}",
        "variables": ", ".join(context.proxy_variables),
        "reason": proof.seen.get("path_fault") or proof.detail or "path_unknown",
        "who": proof.seen.get("who") or f"HTTP {proof.status}",
        "missing": proof.detail if proof.failure == failures.MISSING_SETTING else "",
        "file": endpoint.source,
        "waits": "yes" if proof.seen.get("retry_after") else "no",
        **_instead(endpoint, type_, proven, is_disproved=bool(kinds.tried(proof, examined))),
        "tried": "small_call_unknown",
        **refused.values(proof, endpoint),
        **proof.seen,
        **_exempting(proof),
        "stored": "page" if endpoint.table == MODEL_PAGE else "file",
        **_setting(endpoint, proof, proven),
        **_ignored(endpoint, proof),
        "type": type_,
        "url": shown(proof.url),
    }


def _instead(endpoint: Endpoint, type_: str, proven: Proof | None, *, is_disproved: bool) -> Mapping[str, str]:
    """Return the base_url for a type that sends a key, or the one that a call with another type has proven."""
    base = endpoint.base_url.rstrip("/").removesuffix("/chat/completions").rstrip("/")
    keyed = f"{base}/v1" if type_.lower() == "ollama" and not re.search(r"/v\d\w*\Z", base) else base
    unproven = "disproved" if is_disproved else "no"
    found = {"keyed_url": shown(keyed), "instead_url": shown(endpoint.base_url), "proven": unproven}
    return {**found, "instead_url": shown(proven.url), "proven": "yes"} if proven else found


def _exempting(proof: Proof) -> Mapping[str, str]:
    """Return the variable that exempts the host from the proxy, and its value: what ``line`` says in one."""
    name, _, value = proof.seen.get("line", "").partition("=")
    return {"exempting": name, "exempted": value} if value else {}


def _setting(endpoint: Endpoint, proof: Proof, proven: Proof | None) -> Mapping[str, str]:
    """Return whether a setting's line is to be written or left out, and whether its base_url is to change with it."""
    moved = proven is not None and proven.url != endpoint.base_url and not endpoint.table  # a row's is written
    return {"written": "yes" if proof.seen.get("write") else "no", "moved": "yes" if moved else "no"}


def _ignored(endpoint: Endpoint, proof: Proof) -> Mapping[str, str]:
    """Return what is to be written for a key that KAG does not read, and where variables name settings, which one."""
    found = {}
    if proof.failure == failures.MISSING_SETTING and (variable := edits.variable(endpoint.node, proof.detail)):
        found = {"variable": variable, "missing": f"{proof.detail}_variable"}
    each = next((each for each in endpoint.ignored if each.setting == proof.detail), None)
    if each is None:
        return found
    value = "KEY" if isinstance(each.value, Secret) else shown(each.value)
    return {**found, "written": shown(each.written), "setting": each.setting, "value": value}


def _service(service: Service, endpoint: Endpoint, port: int) -> str:
    """Return who answered, as remedies ask: ``ollama``, ``vllm``, or where that is unknown what was probably meant."""
    if service.name in ("ollama", "vllm"):
        return service.name
    return service_of(endpoint, port) if service.name == "other" else "other"


def _is_too_old(service: Service, path: str) -> bool:
    since = next((since for known, since in _SINCE.items() if path.endswith(known)), None)
    numbers = re.match(r"(\d+)\.(\d+)\.(\d+)", service.version)
    return bool(since and numbers and tuple(map(int, numbers.groups())) < since)


def _path(url: str) -> str:
    return urlsplit(url).path if _is_url(url) else ""


def _is_url(text: str) -> bool:
    """Tell whether the standard library can take ``text`` apart, which raises for ports that are no numbers."""
    try:
        return urlsplit(text).port is not None or "://" in text
    except ValueError:
        return False
