"""From what was tried to what it means. Pure: the same evidence always gives the same findings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from netdiag import failures
from netdiag.model.attempt import Attempt, Proof, Service
from netdiag.model.endpoint import Endpoint
from netdiag.model.place import Candidate
from netdiag.model.report import Examined, Finding

_BY_PROOF: Final = {
    failures.READ_TIMED_OUT: "ND204",
    failures.CONNECTION_CLOSED: "ND205",
    failures.CONNECTION_RESET: "ND205",
    failures.NOT_HTTP: "ND205",
    failures.TLS_UNTRUSTED: "ND302",
    failures.TLS_NOT_SPOKEN: "ND302",
    failures.NOT_A_MODEL_SERVICE: "ND401",
    failures.PATH_NOT_FOUND: "ND402",
    failures.MODEL_NOT_FOUND: "ND403",
    failures.KEY_REFUSED: "ND404",
    failures.FORBIDDEN: "ND404",
    failures.REQUEST_REFUSED: "ND405",
    failures.REDIRECTED_AWAY: "ND405",
    failures.RATE_LIMITED: "ND406",
    failures.SERVICE_UNAVAILABLE: "ND406",
    failures.SERVER_ERROR: "ND406",
    failures.UNSUPPORTED_TYPE: "ND407",
    failures.MISSING_SETTING: "ND408",
    failures.UNEXPECTED_ANSWER: "ND410",
    failures.TOO_LARGE: "ND410",
    failures.KEY_UNSENDABLE: "ND411",
    failures.BAD_URL: "ND503",
    failures.PROXY_FAILED: "ND301",
}
"""A call that reached somebody (or was refused by KAG itself): its failure names the cause."""

_TELLING: Final = (
    failures.KEY_UNSENDABLE,
    failures.UNSUPPORTED_TYPE,
    failures.MISSING_SETTING,
    failures.MODEL_NOT_FOUND,
    failures.KEY_REFUSED,
    failures.REQUEST_REFUSED,
    failures.RATE_LIMITED,
    failures.SERVICE_UNAVAILABLE,
    failures.SERVER_ERROR,
    failures.UNEXPECTED_ANSWER,
    failures.READ_TIMED_OUT,
    failures.PROXY_FAILED,
    failures.FORBIDDEN,
    failures.PATH_NOT_FOUND,
)
"""When several addresses answered, the failure that says most about the right one comes first."""

_BY_CONNECTION: Final = ((failures.CONNECTION_REFUSED, "ND201"), (failures.TIMED_OUT, "ND202"))
"""How connects to the host's addresses ended, the most telling first: a refusal proves that the host was reached."""

_SERVICES: Final = {11434: "ollama", 8000: "vllm"}
"""Default ports of the two servers whose documentation KAG's own points to."""


@dataclass(frozen=True)
class Context:
    """What the rules need beside the evidence.

    The candidates tried, KAG's version, the patience in seconds, the proxy variables set, what is known of the place
    (:func:`netdiag.findings.places.values`), and why it offers no address of a host, where it offers none.
    """

    candidates: tuple[Candidate, ...]
    kag: str
    seconds: float
    proxy_variables: tuple[str, ...] = ()
    place: Mapping[str, str] = field(default_factory=dict)
    no_way: Finding | None = None


def of_endpoint(examined: Examined, context: Context) -> tuple[Finding, ...]:
    """Return why this endpoint does not work, or why it is not edited; nothing when it works or can be repaired."""
    if examined.verdict == "left_alone" or (examined.verdict == "repairable" and examined.endpoint.url_span is None):
        return (_not_edited(examined),)
    if examined.verdict != "broken":
        return ()
    for rule in _RULES:
        if finding := rule(examined, context):
            return (finding,)
    return ()


def _not_edited(examined: Examined) -> Finding:
    endpoint = examined.endpoint
    values = {"base_url": endpoint.base_url, "suggestion": examined.proven_url, "reason": endpoint.left_alone}
    if examined.verdict == "left_alone":
        return Finding("ND504", endpoint.where, values)
    return Finding("ND506" if endpoint.left_alone else "ND603", endpoint.where, values)


def _by_proof(examined: Examined, context: Context) -> Finding | None:
    proofs = [proof for proof in examined.proofs if proof.failure in _BY_PROOF]
    if not proofs:
        return None
    proof = min(proofs, key=_weight)
    endpoint = examined.endpoint
    service = proof.service or Service("other")
    code = _BY_PROOF[proof.failure or ""]
    if code == "ND404" and service.name == "ollama" and proof.failure == failures.FORBIDDEN and not proof.detail:
        code = "ND409"
    values = {
        **context.place,
        "address": _origin(proof.url),
        "host": proof.host,
        "base_url": endpoint.base_url,
        "failure": proof.failure or "",
        "detail": proof.detail,
        "status": str(proof.status or ""),
        "model": endpoint.model,
        "models": ", ".join(service.models[:10]) or "?",
        "service": service.name,
        "type": endpoint.type,
        "kag": context.kag,
        "wanted": proof.wanted_url,
        "suggestion": proof.wanted_url,
        "corrected": "yes" if proof.wanted_url else "no",
        "seconds": f"{context.seconds:g}",
        "variables": ", ".join(context.proxy_variables),
        "reason": proof.detail,
    }
    return Finding(code, endpoint.where, values, (_told(proof),))


def _weight(proof: Proof) -> tuple[int, int]:
    known = proof.service is not None and proof.service.name != "other"
    telling = _TELLING.index(proof.failure) if proof.failure in _TELLING else len(_TELLING)
    return (0 if known else 1, telling)


def _by_name(examined: Examined, context: Context) -> Finding | None:
    """The configured host is a name that does not resolve, and no other address of the host answered either."""
    unknown = [a for a in examined.attempts if a.step == "dns" and a.failure and a.host in examined.endpoint.base_url]
    reached = any(a.failure == failures.CONNECTION_REFUSED for a in _at_host(examined, context))
    if not unknown or reached:
        return None
    attempt = unknown[0]
    known = any(candidate.host == attempt.host for candidate in context.candidates)
    values = {**context.place, **_place(attempt)}
    return Finding("ND103" if known else "ND206", examined.endpoint.where, values, (_line(attempt),))


def _by_connection(examined: Examined, context: Context) -> Finding | None:
    attempts = _at_host(examined, context)
    if not attempts:
        return None
    ended = {attempt.failure for attempt in attempts}
    code = next((code for word, code in _BY_CONNECTION if word in ended), "ND203")
    if code == "ND201" and context.place.get("loopback") == "yes":
        code = "ND208"
    values = {**context.place, **_wanted(examined.endpoint, attempts[0].port)}
    return Finding(code, examined.endpoint.where, values, tuple(_line(a) for a in attempts))


def _by_place(examined: Examined, context: Context) -> Finding | None:
    """No address of a host could be tried, because this kind of place offers none."""
    tried = [attempt for attempt in examined.attempts if attempt.step == "tcp" and attempt.failure]
    if context.no_way is None or not tried:
        return None
    values = {**context.no_way.values, **_wanted(examined.endpoint, tried[0].port)}
    evidence = (*context.no_way.evidence, *(_line(attempt) for attempt in tried))
    return Finding(context.no_way.code, examined.endpoint.where, values, evidence)


def _elsewhere(examined: Examined, context: Context) -> Finding | None:
    """No address of the host could be tried: only loopback, or an address that is not the host's."""
    tried = [a for a in examined.attempts if a.step in ("tcp", "call") and a.failure]
    if not tried:
        return None
    loopback = {candidate.host for candidate in context.candidates if candidate.kind == "loopback"}
    code = "ND207" if tried[0].host in loopback else "ND206"
    return Finding(code, examined.endpoint.where, _place(tried[0]), tuple(_line(attempt) for attempt in tried))


_RULES: Final[tuple[Callable[[Examined, Context], Finding | None], ...]] = (
    _by_proof,
    _by_name,
    _by_connection,
    _by_place,
    _elsewhere,
)
"""The first that speaks is the cause: what a service said outweighs what a connection did."""


def _at_host(examined: Examined, context: Context) -> list[Attempt]:
    """Return the failed connects to addresses that mean the host: not loopback, not a configured stranger."""
    hosts = {candidate.host for candidate in context.candidates if candidate.kind != "loopback"}
    return [a for a in examined.attempts if a.step == "tcp" and a.host in hosts and a.failure]


def _place(attempt: Attempt) -> dict[str, str]:
    return {
        "host": attempt.host,
        "port": str(attempt.port),
        "address": f"{attempt.host}:{attempt.port}",
        "failure": attempt.failure or "",
    }


def _wanted(endpoint: Endpoint, port: int) -> dict[str, str]:
    return {"port": str(port), "service": _service(endpoint, port), "model": endpoint.model}


def _service(endpoint: Endpoint, port: int) -> str:
    if endpoint.type.lower() == "ollama":
        return "ollama"
    return _SERVICES.get(port, "vllm" if endpoint.type == "vllm" else "other")


def _line(attempt: Attempt) -> str:
    """Return one attempt in the words of the vocabulary, the same in every language."""
    address = f"[{attempt.address}]" if ":" in attempt.address else attempt.address
    where = address if attempt.host in ("", attempt.address) else f"{attempt.host} {address}".rstrip()
    return f"{where}:{attempt.port} {attempt.step} {attempt.failure or 'connected'} ({attempt.duration_ms:.1f} ms)"


def _told(proof: Proof) -> str:
    status = f"HTTP {proof.status}, " if proof.status else ""
    return f"{proof.url}: {status}{proof.failure}"


def _origin(url: str) -> str:
    scheme, _, rest = url.rpartition("://")
    return f"{scheme}://{rest.partition('/')[0]}" if scheme else rest.partition("/")[0]
