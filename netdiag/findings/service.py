"""Why a call failed that reached somebody, or that KAG itself refused to make. Pure."""

from collections.abc import Iterator, Mapping
from typing import Final

from netdiag import failures
from netdiag.findings import kinds
from netdiag.findings.context import Context, call_line
from netdiag.model.attempt import Proof
from netdiag.model.endpoint import MODEL_PAGE, Endpoint
from netdiag.model.report import Examined, Finding

_BY_KAG: Final = {
    failures.UNSUPPORTED_TYPE: "ND407",
    failures.MISSING_SETTING: "ND408",
    failures.LOCAL_TYPE: "ND508",
    failures.BROKEN_TYPE: "ND509",
    failures.WRONG_SETTING: "ND550",
}
"""What KAG refuses before anything is sent. It is told beside what the service said once it was mended."""

_OF_STORED: Final = {"api_key": "ND431", "type": "ND432", "base_url": "ND433"}
"""What KAG misses in a model that OpenSPG 0.8's page has stored, where it is not to be written into a file."""

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
    failures.FORBIDDEN: "ND466",
    failures.OUT_OF_MEMORY: "ND458",
    failures.LOCATION_REFUSED: "ND459",
    failures.UPSTREAM_FAILED: "ND460",
    failures.UPSTREAM_LACKS_MODEL: "ND461",
    failures.UPSTREAM_REFUSES_KEY: "ND462",
    failures.LOGIN_WANTED: "ND463",
    failures.SIGN_IN_WANTED: "ND464",
    failures.CANNOT_RERANK: "ND465",
    failures.KEY_DISABLED: "ND467",
    failures.KEY_HEADER: "ND468",
    failures.REQUEST_REFUSED: "ND405",
    failures.REDIRECTED_AWAY: "ND457",
    failures.TOO_MANY_REDIRECTS: "ND457",
    failures.SERVICE_UNAVAILABLE: "ND406",
    failures.SERVER_ERROR: "ND406",
    failures.UNEXPECTED_ANSWER: "ND410",
    failures.TOO_LARGE: "ND410",
    failures.KEY_UNSENDABLE: "ND411",
    failures.KEY_MASKED: "ND412",
    failures.KEY_MISSING: "ND413",
    failures.KEY_EXPIRED: "ND414",
    failures.KEY_NOT_SENT: "ND415",
    failures.MODEL_LOADING: "ND416",
    failures.RATE_LIMITED: "ND417",
    failures.OUT_OF_CREDIT: "ND418",
    failures.MODEL_FORBIDDEN: "ND419",
    failures.TOO_MANY_TOKENS: "ND420",
    failures.FIELD_REFUSED: "ND421",
    failures.CANNOT_EMBED: "ND422",
    failures.CANNOT_CHAT: "ND423",
    failures.ORIGIN_REFUSED: "ND424",
    failures.WEB_PAGE: "ND425",
    failures.STREAM_UNREADABLE: "ND451",
    failures.CLIENT_TIMED_OUT: "ND453",
    failures.BAD_URL: "ND503",
    failures.PROXY_FAILED: "ND301",
}
"""A call that reached somebody: its failure names the cause."""

_BY_REMARK: Final = {"empty": "ND454", "dimensions": "ND450", "first": "ND456", "took": "ND455"}
"""What was seen of an answer that KAG takes, by its name (:mod:`netdiag.prove.remarks`)."""

_TELLING: Final = (
    failures.KEY_UNSENDABLE,
    failures.MODEL_NOT_FOUND,
    failures.CANNOT_EMBED,
    failures.CANNOT_CHAT,
    failures.CANNOT_RERANK,
    failures.UPSTREAM_LACKS_MODEL,
    failures.UPSTREAM_REFUSES_KEY,
    failures.STREAM_UNREADABLE,
    failures.OUT_OF_CREDIT,
    failures.MODEL_FORBIDDEN,
    failures.KEY_MASKED,
    failures.KEY_MISSING,
    failures.KEY_EXPIRED,
    failures.KEY_DISABLED,
    failures.KEY_HEADER,
    failures.LOGIN_WANTED,
    failures.SIGN_IN_WANTED,
    failures.KEY_NOT_SENT,
    failures.KEY_REFUSED,
    failures.OUT_OF_MEMORY,
    failures.TOO_MANY_TOKENS,
    failures.FIELD_REFUSED,
    failures.REQUEST_REFUSED,
    failures.MODEL_LOADING,
    failures.RATE_LIMITED,
    failures.UPSTREAM_FAILED,
    failures.SERVICE_UNAVAILABLE,
    failures.SERVER_ERROR,
    failures.UNEXPECTED_ANSWER,
    failures.REDIRECTED_AWAY,
    failures.CLIENT_TIMED_OUT,
    failures.READ_TIMED_OUT,
    failures.PROXY_FAILED,
    failures.ORIGIN_REFUSED,
    failures.LOCATION_REFUSED,
    failures.FORBIDDEN,
    failures.WEB_PAGE,
    failures.PATH_NOT_FOUND,
)
"""When several addresses answered, the failure that says most about the right one comes first."""


def code_of(failure: str) -> str:
    """Return the code that a failed call is told as, whoever answered; empty for a failure that tells of no answer."""
    return _BY_PROOF.get(failure, "")


def of_calls(examined: Examined, context: Context) -> Iterator[Finding]:
    """Yield what KAG itself refused, and what the most telling of the failed calls says.

    That of a service that is known comes before a stranger's. Where a corrected path led further, the path is a fault
    beside what stopped the call there.
    """
    refused = next((proof for proof in examined.proofs if proof.failure in _BY_KAG), None)
    if refused:
        yield _finding(_of_kag(refused, examined.endpoint), refused, examined, context)
    if elsewhere := kinds.met(examined):
        yield from _of_another(elsewhere, examined, context)
        return
    failed = [proof for proof in examined.proofs if proof.failure in _BY_PROOF and kinds.of_own_type(proof)]
    if examined.endpoint.table and refused and examined.proofs[-1].failure is None:
        return  # the address that works is written, and those that do not are told of no more than elsewhere
    if failed:
        proof = min(failed, key=_weight)
        yield _finding(_of_service(proof, examined), proof, examined, context)
        for other in failed:
            if other.wanted_url == proof.url and other is not proof:
                yield _finding(_of_service(other, examined), other, examined, context)


def _of_another(other: Proof, examined: Examined, context: Context) -> Iterator[Finding]:
    """Yield what is wrong where a call of another type met an API; and what stopped that call."""
    first = kinds.first_of(other, examined)
    if first.failure == failures.KEY_NOT_SENT:  # of the type it says nothing, and with a key the call succeeds
        told = _finding(_of_service(first, examined), first, examined, context)
        yield told._replace(values={**told.values, **kinds.edit(examined, other, context)})
    else:
        yield kinds.wrong_type(examined, other, context)
    if other.failure:
        yield _finding(_of_service(other, examined), other, examined, context)


def of_success(examined: Examined, context: Context) -> Iterator[Finding]:
    """Yield what is to be known of an endpoint that works, or can be repaired: KAG's check passes all the same."""
    worked = [proof for proof in examined.proofs if proof.failure is None]
    for name, code in _BY_REMARK.items():
        proof = next((proof for proof in worked if name in proof.seen), None)
        if proof:
            yield _finding(code, proof, examined, context)


def _of_kag(proof: Proof, endpoint: Endpoint) -> str:
    code = _BY_KAG[proof.failure or ""]
    if code == "ND408" and endpoint.table == MODEL_PAGE and proof.detail in _OF_STORED:
        return _OF_STORED[proof.detail]
    if code == "ND408" and any(each.setting == proof.detail for each in endpoint.ignored):
        return "ND564"
    return "ND507" if code == "ND407" and proof.seen.get("instead") else code


def _of_service(proof: Proof, examined: Examined) -> str:
    """Return the code of a failed call, made more exact by who answered."""
    code = _BY_PROOF[proof.failure or ""]
    service = proof.service.name if proof.service else "other"
    if code == "ND503" and proof.detail == "placeholder":
        return "ND518"
    if "other_kag" in proof.seen:
        return "ND452"
    if code == "ND406" and proof.seen.get("retry_after"):
        return "ND417"
    if service == "ollama":
        from netdiag.findings import answers  # noqa: PLC0415 - a run in which all works does without it

        return answers.of_ollama(code, proof)
    return kinds.exactly(code, proof, examined)


def _finding(code: str, proof: Proof, examined: Examined, context: Context) -> Finding:
    from netdiag.findings import answers  # noqa: PLC0415 - a run in which all works does without it

    values: Mapping[str, str] = answers.values(proof, examined, context)
    if code in _OF_STORED.values():
        from netdiag.findings import stored  # noqa: PLC0415 - few runs have it

        values = {**values, **stored.values(examined)}
    evidence = (call_line(proof),) if proof.failure and not (code in _OF_STORED.values() and not proof.url) else ()
    tried = kinds.tried(proof, examined) if code in kinds.NO_PATH and kinds.of_own_type(proof) else ()
    return Finding(code, examined.endpoint.where, values, evidence + tried)


def _weight(proof: Proof) -> tuple[int, int]:
    known = proof.service is not None and proof.service.name != "other"
    telling = _TELLING.index(proof.failure) if proof.failure in _TELLING else len(_TELLING)
    return (0 if known else 1, telling)
