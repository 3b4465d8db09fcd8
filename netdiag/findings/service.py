"""Why a call failed that reached somebody, or that KAG itself refused to make. Pure."""

from collections.abc import Iterator
from typing import Final

from netdiag import failures
from netdiag.findings.context import Context, call_line, origin_of
from netdiag.model.attempt import Proof, Service
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


def of_calls(examined: Examined, context: Context) -> Iterator[Finding]:
    """Yield what the most telling of the failed calls says: that of a service that is known, before a stranger's."""
    proofs = [proof for proof in examined.proofs if proof.failure in _BY_PROOF]
    if not proofs:
        return
    proof = min(proofs, key=_weight)
    endpoint = examined.endpoint
    service = proof.service or Service("other")
    code = _BY_PROOF[proof.failure or ""]
    if code == "ND404" and service.name == "ollama" and proof.failure == failures.FORBIDDEN and not proof.detail:
        code = "ND409"
    values = {
        **context.place,
        "address": origin_of(proof.url),
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
        **proof.seen,
    }
    yield Finding(code, endpoint.where, values, (call_line(proof),))


def _weight(proof: Proof) -> tuple[int, int]:
    known = proof.service is not None and proof.service.name != "other"
    telling = _TELLING.index(proof.failure) if proof.failure in _TELLING else len(_TELLING)
    return (0 if known else 1, telling)
